package isolate

import (
	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// Calls of code outside actors. In the server isolate they go to the engine,
// once it runs this version; in actor isolates, whose top-level code only
// defines, they never settle.

// outside makes a promise for work that runs in a goroutine of its own.
func (r *isolate) outside(work func() (value.Value, error)) goja.Value {
	p, resolve, reject := r.vm.NewPromise()
	ctx := r.cur
	r.outward(func() {
		out, err := work()
		r.post(ctx, func() {
			if err != nil {
				r.noteErr(reject(r.throwable(err)))
				return
			}
			r.noteErr(resolve(r.value(out)))
		})
	})
	return r.vm.ToValue(p)
}

// outward runs what top-level code waits for, in a goroutine of its own, once
// the engine runs this version.
func (r *isolate) outward(work func()) {
	s := &r.serving
	s.waiting = true
	if !r.server || r.v.rt.o.Actors == nil {
		return
	}
	s.pending++
	if s.onWait != nil {
		s.onWait()
	}
	r.v.bg.Go(func() {
		select {
		case <-r.v.serving:
		case <-r.v.ctx.Done():
			return
		}
		work()
		r.post(nil, func() { s.pending-- })
	})
}

// serverCall(query, params, action, args)
func (r *isolate) serverCall(c goja.FunctionCall) goja.Value {
	spec := r.callSpec(c.Arguments)
	return r.outside(func() (value.Value, error) { return r.v.rt.o.Actors.Call(r.v.ctx, spec) })
}

// serverResolve(query)
func (r *isolate) serverResolve(c goja.FunctionCall) goja.Value {
	q := r.query(c.Argument(0))
	return r.outside(func() (value.Value, error) {
		ref, err := r.v.rt.o.Actors.Resolve(r.v.ctx, q)
		return string(ref.ID), err
	})
}

// serverConnect(query, params, sink) is an object of the link's functions.
func (r *isolate) serverConnect(c goja.FunctionCall) goja.Value {
	spec := actor.ConnectSpec{Query: r.query(c.Argument(0)), Caller: r.caller(c.Argument(1))}
	l := r.newLink(nil, c.Argument(2))
	if r.server && r.v.rt.o.Actors != nil {
		r.v.bg.Go(func() {
			select {
			case <-r.v.serving:
			case <-r.v.ctx.Done():
				return
			}
			l.opened(r.v.rt.o.Actors.Connect(r.v.ctx, spec, l))
		})
	}
	o := r.vm.NewObject()
	_ = o.Set("act", func(c goja.FunctionCall) goja.Value {
		args, _ := r.message(c.Argument(2)).(*value.Array)
		if args == nil {
			args = &value.Array{}
		}
		r.bound(args.Items)
		l.act(c.Argument(0).ToInteger(), text(c.Argument(1)), args.Items)
		return goja.Undefined()
	})
	_ = o.Set("subscribe", func(c goja.FunctionCall) goja.Value {
		event, on := text(c.Argument(0)), c.Argument(1).ToBoolean()
		l.permitted(func() { l.with(func(ln actor.Link) { ln.Subscribe(event, on) }) })
		return goja.Undefined()
	})
	_ = o.Set("close", func(goja.FunctionCall) goja.Value {
		l.end()
		l.permitted(l.shut)
		return goja.Undefined()
	})
	return o
}
