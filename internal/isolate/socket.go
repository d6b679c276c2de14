package isolate

import (
	"context"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/web"
	"github.com/rivetdev/rivet/internal/value"
)

// rawSocket is a raw WebSocket in the hands of onWebSocket.
type rawSocket struct {
	i    *instance
	net  actor.RawSocket
	js   *goja.Object // an ActorSocket
	over bool
	stop func() bool
}

// socket is a raw WebSocket for onWebSocket.
func (i *instance) socket(j actor.SocketJob) {
	r := i.iso
	if !i.def.HasOnWebSocket {
		i.effect(actor.Reply{Call: j.Call, Err: &errs.Error{Code: errs.WebSocketNotDefined, Public: true, Status: 404,
			Msg: "Raw WebSocket handler not defined. Actor must implement `onWebSocket` to handle raw WebSockets."}})
		return
	}
	var req goja.Value
	if ex := r.vm.Try(func() { req = r.request(j.Request) }); ex != nil {
		i.effect(actor.Reply{Call: j.Call, Err: errs.New(errs.InvalidRequest, "Invalid request: %v", ex)})
		return
	}
	s := &rawSocket{i: i, net: j.Socket}
	i.lastSlot++
	id := i.lastSlot
	if i.sockets == nil {
		i.sockets = map[int64]*rawSocket{}
	}
	i.sockets[id] = s
	i.count(web.SocketTask, 1)
	// Its handler is code of this instance: it ends with it.
	s.stop = context.AfterFunc(i.ctx, func() { j.Socket.Close(1012, "") })
	failed := func(e *errs.Error) {
		if !e.Public {
			i.log(actor.Log{Level: actor.LogError, Msg: "onWebSocket: " + e.Msg, At: e.At, Fields: stackField(e)})
			e.Logged = true
		}
	}
	taken := false
	_, late := r.callbacks(nil, func(e *errs.Error) {
		failed(e)
		if taken {
			i.permit(func(error) { j.Socket.Close(1011, string(e.Code)) })
			return
		}
		s.end(id)
		s.stop()
		i.effect(actor.Reply{Call: j.Call, Err: e})
	})
	obj := r.call(r.js.socket, i.js, r.vm.ToValue(id), req, r.value(j.Auth), r.vm.ToValue(j.Socket.Protocol()), late)
	s.js, _ = obj.(*goja.Object)
	if s.js == nil || s.over {
		return
	}
	taken = true
	i.effect(actor.Reply{Call: j.Call, Output: value.Undefined{}})
	s.tell("opened", func() []goja.Value { return nil })
	j.Socket.Receive(func(data []byte, binary bool) {
		s.tell("received", func() []goja.Value {
			if binary {
				return []goja.Value{r.vm.ToValue(r.vm.NewArrayBuffer(data))}
			}
			return []goja.Value{r.vm.ToValue(string(data))}
		})
	}, func(code int, reason string) {
		s.tell("ended", func() []goja.Value {
			s.end(id)
			return []goja.Value{r.vm.ToValue(code), r.vm.ToValue(reason)}
		})
	})
}

// end takes the socket out of the books.
func (s *rawSocket) end(id int64) {
	if !s.over {
		s.over = true
		delete(s.i.sockets, id)
		s.i.count(web.SocketTask, -1)
		s.stop()
	}
}

// tell calls a method of the socket in a turn of its own; from any goroutine.
func (s *rawSocket) tell(name string, args func() []goja.Value) {
	r := s.i.iso
	r.post(s.i.base, func() {
		if fn, ok := goja.AssertFunction(s.js.Get(name)); ok {
			if _, err := fn(s.js, args()...); err != nil {
				r.ReportUnhandled(err)
			}
		}
	})
}

// hostSocketSend(actor, socket, data, binary)
func hostSocketSend(i *instance, a []goja.Value) goja.Value {
	s := i.sockets[arg(a, 0).ToInteger()]
	if s == nil {
		return nil
	}
	binary := arg(a, 2).ToBoolean()
	var data []byte
	if buf, ok := arg(a, 1).Export().(goja.ArrayBuffer); ok && binary {
		data = append(data, buf.Bytes()...)
	} else {
		data = []byte(text(arg(a, 1)))
	}
	i.permit(func(err error) {
		if err == nil {
			_ = s.net.Send(data, binary) // one that is closed says so itself
		}
	})
	return nil
}

// hostSocketClose(actor, socket, code, reason)
func hostSocketClose(i *instance, a []goja.Value) goja.Value {
	if s := i.sockets[arg(a, 0).ToInteger()]; s != nil {
		code, reason := int(arg(a, 1).ToInteger()), text(arg(a, 2))
		i.permit(func(error) { s.net.Close(code, reason) })
	}
	return nil
}
