package isolate

import (
	"context"
	"net/http"
	"sync"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// query reads how the client names an actor (ActorQuery of sdk/client/driver.ts).
func (r *isolate) query(v goja.Value) actor.Query {
	o, _ := r.message(v).(*value.Object)
	q := actor.Query{Input: value.Undefined{}}
	if o == nil || len(o.Keys) != 1 {
		r.throw(errs.New(errs.InvalidRequest, "Invalid request: no actor query"))
	}
	in, _ := o.Vals[0].(*value.Object)
	f := fields{in}
	q.Name, q.Region, q.ID = f.str("name"), f.str("region"), actor.ID(f.str("actorId"))
	q.Key = f.strs("key")
	if input, ok := in.Get("input"); ok {
		q.Input = input
	}
	switch o.Keys[0] {
	case "getForId":
		q.Kind = actor.GetForID
	case "getForKey":
		q.Kind = actor.GetForKey
	case "getOrCreateForKey":
		q.Kind = actor.GetOrCreate
	case "create":
		q.Kind = actor.Create
	}
	return q
}

func (r *isolate) caller(params goja.Value) actor.Caller {
	return actor.Caller{Params: r.message(params), Auth: value.Undefined{}, Transport: actor.InProcess, Server: true}
}

// hostClientCall(actor, query, params, action, args) calls an action of an actor.
func hostClientCall(i *instance, a []goja.Value) goja.Value {
	p, settle := i.promise()
	spec := i.iso.callSpec(a)
	if i.wouldWait(spec.Query) {
		settle(nil, errNotReady())
		return p
	}
	i.effect(actor.ClientCall{Token: i.await(settle), Spec: spec, Call: i.from()})
	return p
}

func (r *isolate) callSpec(a []goja.Value) actor.CallSpec {
	spec := actor.CallSpec{Query: r.query(arg(a, 0)), Caller: r.caller(arg(a, 1)), Action: text(arg(a, 2))}
	if args, ok := r.message(arg(a, 3)).(*value.Array); ok {
		r.bound(args.Items)
		spec.Args = args.Items
	}
	return spec
}

// hostClientResolve(actor, query) is a promise of an actor's id.
func hostClientResolve(i *instance, a []goja.Value) goja.Value {
	p, settle := i.promise()
	q := i.iso.query(arg(a, 0))
	if !i.wouldWait(q) {
		i.effect(actor.ClientResolve{Token: i.await(settle), Query: q})
	} else if q.Kind == actor.Create {
		settle(nil, errNotReady())
	} else {
		settle(string(i.spec.Ref.ID), nil)
	}
	return p
}

// wouldWait reports whether q names this actor while it starts: what it asked
// of itself would wait for onStart, which may wait for the answer.
func (i *instance) wouldWait(q actor.Query) bool {
	if i.started {
		return false
	}
	id := q.ID
	if q.Kind != actor.GetForID {
		id = actor.IDOf(q.Name, q.Key)
	}
	return id == i.spec.Ref.ID
}

func errNotReady() *errs.Error {
	e := errs.New(errs.ActorNotReady, "Actor not ready: it can't ask itself before its onStart has ended.")
	e.Status = http.StatusServiceUnavailable
	return e
}

// hostMayWait(actor, query) throws if an action over a connection to the actor
// that query names would wait for the actor that asks.
func hostMayWait(i *instance, a []goja.Value) goja.Value {
	if i.wouldWait(i.iso.query(arg(a, 0))) {
		i.iso.throw(errNotReady())
	}
	return nil
}

// link is a connection that code of an isolate opened to an actor. It is the
// actor.Peer of that connection.
type link struct {
	r    *isolate
	i    *instance // nil: the server isolate's
	ctx  *asyncContext
	id   int64
	sink *goja.Object

	mu     sync.Mutex
	link   actor.Link
	todo   []func(actor.Link) // before there is a link
	closed bool
	over   bool // told, or not wanted any more; isolate's goroutine
}

func (r *isolate) newLink(i *instance, sink goja.Value) *link {
	o, _ := sink.(*goja.Object)
	r.lastLink++
	l := &link{r: r, i: i, ctx: r.cur, id: r.lastLink, sink: o}
	if i != nil && (l.ctx == nil || l.ctx.inst != i) {
		l.ctx = i.base
	}
	if r.links == nil {
		r.links = map[int64]*link{}
	}
	r.links[l.id] = l
	if i != nil {
		i.work.Clients++
		context.AfterFunc(i.ctx, l.shut)
	}
	return l
}

// hostClientConnect(actor, query, params, sink) opens a connection and returns its number.
func hostClientConnect(i *instance, a []goja.Value) goja.Value {
	spec := actor.ConnectSpec{Query: i.iso.query(arg(a, 0)), Caller: i.iso.caller(arg(a, 1))}
	l := i.iso.newLink(i, arg(a, 2))
	i.effect(actor.ClientConnect{Spec: spec, Peer: l, Open: l.opened})
	return i.iso.vm.ToValue(l.id)
}

// opened is told the engine's end of the connection; from any goroutine.
func (l *link) opened(ln actor.Link, err error) {
	if err != nil {
		l.Close(1011, string(errs.CodeOf(err)), err)
		return
	}
	l.mu.Lock()
	closed := l.closed
	todo := l.todo
	l.link, l.todo = ln, nil
	l.mu.Unlock()
	if closed {
		ln.Close()
		return
	}
	for _, f := range todo {
		f(ln)
	}
}

// with runs f with the engine's end, now or once there is one.
func (l *link) with(f func(actor.Link)) {
	l.mu.Lock()
	ln := l.link
	if ln == nil && !l.closed {
		l.todo = append(l.todo, f)
	}
	l.mu.Unlock()
	if ln != nil {
		f(ln)
	}
}

// shut closes the connection from this side; from any goroutine.
func (l *link) shut() {
	l.mu.Lock()
	ln, was := l.link, l.closed
	l.closed, l.todo = true, nil
	l.mu.Unlock()
	if ln != nil && !was {
		ln.Close()
	}
}

// tell calls a function of the sink in a turn of whoever opened the connection.
func (l *link) tell(name string, args func() []goja.Value) {
	l.r.post(l.ctx, func() {
		if l.over {
			return
		}
		if fn, ok := goja.AssertFunction(l.sink.Get(name)); ok {
			if _, err := fn(l.sink, args()...); err != nil {
				l.r.ReportUnhandled(err)
			}
		}
		if name == "closed" {
			l.end()
		}
	})
}

// end takes the link out of the books; on the isolate's goroutine.
func (l *link) end() {
	if l.over {
		return
	}
	l.over = true
	delete(l.r.links, l.id)
	if l.i != nil {
		l.i.work.Clients--
	}
}

// Init is actor.Peer's.
func (l *link) Init(id actor.ID, conn actor.ConnID, _ string) {
	l.tell("opened", func() []goja.Value {
		return []goja.Value{l.r.vm.ToValue(string(id)), l.r.vm.ToValue(string(conn))}
	})
}

// Event is actor.Peer's.
func (l *link) Event(e *actor.Event) {
	l.tell("event", func() []goja.Value {
		return []goja.Value{l.r.vm.ToValue(e.Name), l.r.value(&value.Array{Items: e.Args})}
	})
}

// Close is actor.Peer's.
func (l *link) Close(code int, reason string, err error) {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.tell("closed", func() []goja.Value {
		e := goja.Value(goja.Undefined())
		if err != nil {
			e = l.r.throwable(err)
		}
		return []goja.Value{l.r.vm.ToValue(code), l.r.vm.ToValue(reason), e}
	})
}

// permitted runs f once all that the link's owner did so far is durable.
func (l *link) permitted(f func()) {
	l.r.Permit(func(err error) {
		if err == nil {
			f()
		}
	})
}

func (r *isolate) linkOf(v goja.Value) *link { return r.links[v.ToInteger()] }

// act calls an action over the connection; the sink hears of the result.
func (l *link) act(id int64, action string, args []value.Value) {
	l.permitted(func() {
		l.with(func(ln actor.Link) {
			ln.Act(action, args, func(out value.Value, err error) {
				if err != nil {
					l.tell("failed", func() []goja.Value { return []goja.Value{l.r.vm.ToValue(id), l.r.throwable(err)} })
					return
				}
				l.tell("result", func() []goja.Value { return []goja.Value{l.r.vm.ToValue(id), l.r.value(out)} })
			})
		})
	})
}

// hostLinkAct(actor, link, id, action, args)
func hostLinkAct(i *instance, a []goja.Value) goja.Value {
	if l := i.iso.linkOf(arg(a, 0)); l != nil && l.i == i {
		args, _ := i.iso.message(arg(a, 3)).(*value.Array)
		if args == nil {
			args = &value.Array{}
		}
		i.iso.bound(args.Items)
		l.act(arg(a, 1).ToInteger(), text(arg(a, 2)), args.Items)
	}
	return nil
}

// hostLinkSubscribe(actor, link, event, on)
func hostLinkSubscribe(i *instance, a []goja.Value) goja.Value {
	if l := i.iso.linkOf(arg(a, 0)); l != nil && l.i == i {
		event, on := text(arg(a, 1)), arg(a, 2).ToBoolean()
		l.permitted(func() { l.with(func(ln actor.Link) { ln.Subscribe(event, on) }) })
	}
	return nil
}

// hostLinkClose(actor, link)
func hostLinkClose(i *instance, a []goja.Value) goja.Value {
	if l := i.iso.linkOf(arg(a, 0)); l != nil && l.i == i {
		l.end()
		l.permitted(l.shut)
	}
	return nil
}
