package isolate

import (
	"net/http"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/isolate/web"
)

// hostConnInfo(actor, slot, what) reads one thing of a connection: id, params,
// auth or request.
func hostConnInfo(i *instance, a []goja.Value) goja.Value {
	c := i.conns[arg(a, 0).ToInteger()]
	if c == nil {
		return nil
	}
	switch arg(a, 1).String() {
	case "id":
		return i.iso.vm.ToValue(c.connID())
	case "params":
		return i.iso.value(c.info.Params)
	case "auth":
		return i.iso.value(c.info.Auth)
	case "request":
		return i.iso.request(c.info.Request)
	}
	return nil
}

// request is a W3C Request of what a caller sent, undefined for in-process callers.
func (r *isolate) request(q *actor.Request) goja.Value {
	if q == nil {
		return goja.Undefined()
	}
	v, err := web.NewRequest(r, web.RequestInit{Method: q.Method, URL: absolute(q.URL), Header: http.Header(q.Header)})
	if err != nil {
		r.throw(err)
	}
	return v
}

// hostConnState(actor, slot) is the state of a connection, or undefined.
func hostConnState(i *instance, a []goja.Value) goja.Value {
	c := i.conns[arg(a, 0).ToInteger()]
	if c == nil || c.state == nil {
		return nil
	}
	i.noteConn(c)
	return c.state.t.Root()
}

// hostSetConnState(actor, slot, value) replaces it.
func hostSetConnState(i *instance, a []goja.Value) goja.Value {
	c := i.conns[arg(a, 0).ToInteger()]
	if c == nil {
		return nil
	}
	if c.state == nil {
		c.state = i.newBox("conn.state")
	}
	if err := c.state.t.SetRoot(arg(a, 1)); err != nil {
		i.iso.throw(err)
	}
	i.noteConn(c)
	return c.state.t.Root()
}

// noteConn has the connection's state looked at when the turn ends, and in
// every later turn of this actor: scripts keep references to it.
func (i *instance) noteConn(c *connRec) {
	if !c.noted {
		c.noted = true
		i.dirty = append(i.dirty, c)
	}
}

// hostCloseConn(actor, slot, reason) closes a connection from the actor's side;
// the promise is fulfilled when it is on its way.
func hostCloseConn(i *instance, c *connRec, a []goja.Value) goja.Value {
	if !c.accepted || c.gone {
		return i.iso.resolved()
	}
	i.effect(actor.CloseConn{Conn: c.info.ID, Code: 1000, Reason: text(arg(a, 0))})
	return hostPermit(i, nil)
}

func (r *isolate) resolved() goja.Value {
	p, resolve, _ := r.vm.NewPromise()
	r.noteErr(resolve(goja.Undefined()))
	return r.vm.ToValue(p)
}
