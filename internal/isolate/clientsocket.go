package isolate

import (
	"bytes"
	"context"
	"net/http"
	"sync"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/web"
)

// nearSocket is a raw WebSocket between code of this process and an actor: the
// code has the object that it tells (sdk/runtime/socket.ts), the actor the
// actor.RawSocket. Nothing lies between but the two queues of its ends.
type nearSocket struct {
	r        *isolate
	task     web.Task // keeps the code's actor awake
	sink     *goja.Object
	protocol string

	mu      sync.Mutex
	open    bool            // taken; before, what the actor sends waits
	over    bool            // closed by either end
	queued  []func()        // for the code, before it is open
	sent    []socketMessage // for the actor, before it listens
	message func([]byte, bool)
	closed  func(int, string)
	stop    func() bool
	last    *socketEnd // for the actor, before it listens
}

type socketMessage struct {
	data   []byte
	binary bool
}

type socketEnd struct {
	code   int
	reason string
}

var _ actor.RawSocket = (*nearSocket)(nil)

// newSocket reads what a script asks for: query, params, url, protocols, sink.
func (r *isolate) newSocket(a []goja.Value) (*nearSocket, actor.ClientSocket) {
	s := &nearSocket{r: r, task: r.Task(web.SocketTask)}
	s.sink, _ = arg(a, 4).(*goja.Object)
	var protocols []string
	_ = r.vm.ExportTo(arg(a, 3), &protocols)
	if len(protocols) > 0 {
		s.protocol = protocols[0]
	}
	ef := actor.ClientSocket{Query: r.query(arg(a, 0)), Caller: r.caller(arg(a, 1)), Socket: s, Done: s.done}
	ef.Caller.Request = &actor.Request{Method: http.MethodGet, URL: text(arg(a, 2)), Header: http.Header{}}
	s.stop = context.AfterFunc(s.task.Context(), func() { s.leave(1001, "") })
	return s, ef
}

// ends is what the script sends and closes by.
func (s *nearSocket) ends() goja.Value {
	o := s.r.vm.NewObject()
	_ = o.Set("send", func(c goja.FunctionCall) goja.Value {
		m := socketMessage{binary: c.Argument(1).ToBoolean()}
		if buf, ok := c.Argument(0).Export().(goja.ArrayBuffer); ok {
			m.data = bytes.Clone(buf.Bytes())
		} else {
			m.data = []byte(text(c.Argument(0)))
		}
		s.r.Permit(func(err error) {
			if err == nil {
				s.deliver(m)
			}
		})
		return goja.Undefined()
	})
	_ = o.Set("close", func(c goja.FunctionCall) goja.Value {
		code, reason := int(c.Argument(0).ToInteger()), text(c.Argument(1))
		s.r.Permit(func(error) { s.end(code, reason) })
		return goja.Undefined()
	})
	return o
}

// done says whether the actor took the socket; from any goroutine.
func (s *nearSocket) done(err error) {
	if err != nil {
		s.mu.Lock()
		s.over, s.open = true, true
		s.mu.Unlock()
		s.stop()
		s.tell("failed", func() []goja.Value { return []goja.Value{s.r.throwable(err)} })
		s.task.Run(s.task.Done)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = true
	s.tell("taken", nil)
	s.tell("opened", nil) // in a turn of its own: the code listens by then
	for _, f := range s.queued {
		f()
	}
	s.queued = nil
}

// tell calls a function of the script's in a turn of its own.
func (s *nearSocket) tell(name string, args func() []goja.Value) {
	s.task.Run(func() {
		fn, ok := goja.AssertFunction(s.sink.Get(name))
		if !ok {
			return
		}
		var a []goja.Value
		if args != nil {
			a = args()
		}
		if _, err := fn(s.sink, a...); err != nil {
			s.r.ReportUnhandled(err)
		}
	})
}

// later is f, or f once the socket is open; s.mu is held.
func (s *nearSocket) later(f func()) {
	if s.open {
		f()
		return
	}
	s.queued = append(s.queued, f)
}

// deliver hands a message to the actor.
func (s *nearSocket) deliver(m socketMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.over:
	case s.message == nil:
		s.sent = append(s.sent, m)
	default:
		s.message(m.data, m.binary)
	}
}

// end closes the socket; both ends hear of it.
func (s *nearSocket) end(code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.over = true
	s.stop()
	s.later(func() {
		s.tell("ended", func() []goja.Value { return []goja.Value{s.r.vm.ToValue(code), s.r.vm.ToValue(reason)} })
		s.task.Run(s.task.Done)
	})
	s.tellActor(code, reason)
}

// leave is end for code that has ended.
func (s *nearSocket) leave(code int, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.over = true
		s.tellActor(code, reason)
	}
}

func (s *nearSocket) tellActor(code int, reason string) {
	if s.closed != nil {
		s.closed(code, reason)
		return
	}
	s.last = &socketEnd{code, reason}
}

// Send is actor.RawSocket's.
func (s *nearSocket) Send(data []byte, binary bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return errs.New(errs.Internal, "the WebSocket is closed")
	}
	s.later(func() {
		s.tell("received", func() []goja.Value {
			if binary {
				return []goja.Value{s.r.vm.ToValue(s.r.vm.NewArrayBuffer(bytes.Clone(data)))}
			}
			return []goja.Value{s.r.vm.ToValue(string(data))}
		})
	})
	return nil
}

// Close is actor.RawSocket's.
func (s *nearSocket) Close(code int, reason string) { s.end(code, reason) }

// Receive is actor.RawSocket's.
func (s *nearSocket) Receive(message func(data []byte, binary bool), closed func(code int, reason string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.message, s.closed = message, closed
	for _, m := range s.sent {
		message(m.data, m.binary)
	}
	s.sent = nil
	if s.last != nil {
		closed(s.last.code, s.last.reason)
	}
}

// Protocol is actor.RawSocket's.
func (s *nearSocket) Protocol() string { return s.protocol }

// hostClientSocket(actor, query, params, url, protocols, sink) opens a raw
// WebSocket and returns its send and close.
func hostClientSocket(i *instance, a []goja.Value) goja.Value {
	s, ef := i.iso.newSocket(a)
	if i.wouldWait(ef.Query) {
		s.done(errNotReady())
		return s.ends()
	}
	i.effect(ef)
	return s.ends()
}

// serverSocket(query, params, url, protocols, sink) is the same for code outside actors.
func (r *isolate) serverSocket(c goja.FunctionCall) goja.Value {
	s, ef := r.newSocket(c.Arguments)
	r.outward(func() { ef.Done(r.v.rt.o.Actors.Socket(r.v.ctx, ef.Query, ef.Caller, s)) })
	return s.ends()
}
