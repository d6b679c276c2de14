package isolate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
)

// Check evaluates b as an isolate of actors does, in which no server starts and
// no call leaves, and looks at what it defines. problems are initial states that
// can't be stored, each with the place of its actor; err is why there is no
// registry at all.
func (rt *Runtime) Check(ctx context.Context, b *actor.Bundle) (reg *actor.Registry, problems []*errs.Error, err error) {
	c, err := rt.compile(b)
	if err != nil {
		return nil, nil, &errs.Error{Code: errs.BuildFailed, Msg: err.Error(), Err: err}
	}
	v := &Version{rt: rt, code: c, insts: map[*instance]*isolate{}, serving: make(chan struct{})}
	v.ctx, v.cancel = context.WithCancel(context.Background())
	v.dog = newWatchdog(v, rt.o.StuckAfter)
	r := newIsolate(v, false)
	v.server = r // it isn't one: nobody serves by it
	v.publish()
	v.bg.Go(v.dog.run)
	done := make(chan struct{})
	v.bg.Go(func() {
		defer close(r.done)
		defer close(done)
		reg, problems, err = r.checked()
	})
	ctx, cancel := context.WithTimeout(ctx, rt.o.LoadTimeout)
	defer cancel()
	select {
	case <-done:
		v.Close()
		return reg, problems, err
	case <-ctx.Done():
		v.Close() // waits for the goroutine, so that its results are nobody's
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, nil, ctx.Err()
		}
		name := b.Entry
		if rel, err := filepath.Rel(b.Dir, b.Entry); err == nil {
			name = filepath.ToSlash(rel)
		}
		return nil, nil, errs.New(errs.BuildFailed, "%s did not finish loading: its top-level code runs on, or awaits what never comes", name).
			WithHint("Top-level code runs before any actor can: don't wait there for what only arrives later.")
	}
}

// checked boots the isolate and looks at what the entry defines.
func (r *isolate) checked() (*actor.Registry, []*errs.Error, error) {
	if err := r.boot(); err != nil {
		return nil, nil, err
	}
	for r.v.code.bundle.Async && !r.ready() && !r.serving.waiting {
		tasks, ok := r.next(nil)
		if !ok {
			return nil, nil, errClosed
		}
		for _, t := range tasks {
			r.turn(t.ctx, t.f)
		}
	}
	var reg *actor.Registry
	var problems []*errs.Error
	var err error
	r.turn(nil, func() {
		if err = r.rejected(); err != nil {
			return
		}
		var out goja.Value
		if out, err = r.js.describe(goja.Undefined(), r.entry()); err != nil {
			err = r.bootError(err)
			return
		}
		v, bad := jsvalue.ToValue(r.vm, out, jsvalue.Options{})
		if bad != nil {
			err = r.bootError(bad)
			return
		}
		if reg, err = registryOf(v, r.v.code.bundle); err == nil {
			problems = r.states(reg)
		}
	})
	return reg, problems, err
}

// rejected is what a top-level await threw.
func (r *isolate) rejected() error {
	p, ok := r.vm.GlobalObject().Get("__rivet_ready").(*goja.Object)
	if !ok || !r.v.code.bundle.Async {
		return nil
	}
	promise, ok := p.Export().(*goja.Promise)
	if !ok || promise.State() != goja.PromiseStateRejected {
		return nil
	}
	return r.thrownAtLoad(promise.Result(), nil)
}

// states are the initial states that can't be stored.
func (r *isolate) states(reg *actor.Registry) (problems []*errs.Error) {
	for _, name := range slices.Sorted(maps.Keys(reg.Actors)) {
		for _, part := range []string{"state", "connState"} {
			v, err := r.js.initial(goja.Undefined(), r.vm.ToValue(name), r.vm.ToValue(part))
			if err == nil && !goja.IsUndefined(v) && !goja.IsNull(v) {
				_, err = jsvalue.ToValue(r.vm, v, jsvalue.Options{State: true, Root: part})
			}
			if err != nil {
				e := errs.As(err)
				problems = append(problems, &errs.Error{
					Code: errs.InvalidStateType, Msg: fmt.Sprintf("actor %q: %s", name, e.Msg), Hint: e.Hint, At: reg.Actors[name].At,
				})
			}
		}
	}
	return problems
}
