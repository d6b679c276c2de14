package isolate

import (
	"errors"
	"fmt"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/isolate/polyfill"
	"github.com/rivetdev/rivet/internal/isolate/track"
	"github.com/rivetdev/rivet/internal/isolate/web"
	"github.com/rivetdev/rivet/internal/value"
)

// boot makes the runtime and evaluates the bundle in it, on the isolate's goroutine.
func (r *isolate) boot() error {
	start := r.enterBoot()
	var err error
	r.guard(func() { err = r.evaluate() })
	if err == nil && r.crash != nil {
		err = r.crash
	}
	if err != nil {
		err = r.bootError(err)
		r.crash = nil
	}
	r.settle()
	r.leave(start)
	return err
}

func (r *isolate) evaluate() error {
	if err := r.install(); err != nil {
		return err
	}
	c := r.v.code
	for _, p := range []*goja.Program{c.vendor, c.user} {
		if p == nil {
			continue
		}
		if _, err := r.vm.RunProgram(p); err != nil {
			return err
		}
	}
	return nil
}

// install prepares everything but the user's code.
func (r *isolate) install() error {
	r.repairer = newRepairer(r.vm)
	r.thenables = newThenables(r.vm)
	r.vm.SetMaxCallStackSize(maxFrames)
	r.vm.SetAsyncContextTracker(&r.tracker)
	r.vm.SetPromiseRejectionTracker(func(p *goja.Promise, op goja.PromiseRejectionOperation) {
		if op == goja.PromiseRejectionReject {
			r.reject[p] = r.cur
		} else {
			delete(r.reject, p)
		}
	})
	if err := web.Install(r); err != nil {
		return err
	}
	if err := polyfill.Install(r.vm); err != nil {
		return err
	}
	r.realm = track.Install(r.vm)
	if err := r.intrinsics(); err != nil {
		return err
	}
	if _, err := r.vm.RunProgram(r.v.code.sdk); err != nil {
		return fmt.Errorf("evaluate the SDK: %w", err)
	}
	mods, _ := r.vm.GlobalObject().Get("__rivet_modules").(*goja.Object)
	if mods == nil {
		return errors.New("the SDK has no modules")
	}
	var exports *goja.Object
	if ex := r.vm.Try(func() { exports, _ = mods.Get("rivet:runtime").(*goja.Object) }); ex != nil {
		return fmt.Errorf("evaluate the SDK: %w", ex)
	}
	if exports == nil {
		return errors.New("the SDK lacks its runtime")
	}
	boot, ok := goja.AssertFunction(exports.Get("boot"))
	if !ok {
		return errors.New("the SDK's runtime has no boot")
	}
	out, err := boot(goja.Undefined(), r.hostObject())
	if err != nil {
		return fmt.Errorf("boot the SDK: %w", err)
	}
	r.js.take(out.ToObject(r.vm))
	return nil
}

func (r *isolate) intrinsics() error {
	v, err := r.vm.RunString(`[Symbol.for("rivet.ActorError"), (v) => { try { return typeof v === "object" && v !== null ? JSON.stringify(v) ?? String(v) : String(v) } catch { return Object.prototype.toString.call(v) } }]`)
	if err != nil {
		return err
	}
	o := v.ToObject(r.vm)
	r.fn.actorError, _ = o.Get("0").(*goja.Symbol)
	r.fn.str, _ = goja.AssertFunction(o.Get("1"))
	return nil
}

// bootError says where the user's top-level code failed.
func (r *isolate) bootError(err error) error {
	var ex *goja.Exception
	if errors.As(err, &ex) {
		return r.thrownAtLoad(ex.Value(), err)
	}
	e := r.errorFrom(err)
	out := &errs.Error{Code: errs.BuildFailed, Msg: e.Msg, At: e.At, Stack: e.Stack, Err: err}
	return out.WithHint(loadHint)
}

const loadHint = "The code failed while it was loaded: repair it, then save."

// failed ends an isolate that could not boot: its actors can't start.
func (r *isolate) failed(err error) {
	r.mu.Lock()
	r.closed = true
	r.tasks = nil
	r.mu.Unlock()
	r.v.lost(r)
	for _, i := range r.v.instancesOf(r) {
		i.evacuate(err)
	}
}

// define reads the definitions of actors in an actor isolate. What asks for an
// actor at top level never comes to its exports there: the registry that it made
// until then counts. Turns of actors wait meanwhile.
func (r *isolate) define() error {
	var held []task
	for r.v.code.bundle.Async && !r.ready() && !r.serving.waiting {
		tasks, ok := r.next(nil)
		if !ok {
			return errClosed
		}
		for _, t := range tasks {
			if t.ctx != nil && t.ctx.inst != nil {
				held = append(held, t)
			} else {
				r.turn(t.ctx, t.f)
			}
		}
	}
	var err error
	r.turn(nil, func() {
		var out goja.Value
		if out, err = r.js.describe(goja.Undefined(), r.entry()); err == nil {
			err = r.described(out)
		} else {
			err = r.bootError(err)
		}
	})
	r.mu.Lock()
	r.tasks = append(held, r.tasks...)
	r.mu.Unlock()
	return err
}

// ready reports whether the entry's top-level awaits have settled.
func (r *isolate) ready() bool {
	p, ok := r.vm.GlobalObject().Get("__rivet_ready").(*goja.Object)
	if !ok {
		return true
	}
	promise, ok := p.Export().(*goja.Promise)
	return !ok || promise.State() != goja.PromiseStatePending
}

// described takes what an actor isolate itself must know of the definitions.
func (r *isolate) described(out goja.Value) error {
	v, err := jsvalue.ToValue(r.vm, out, jsvalue.Options{})
	if err != nil {
		return err
	}
	o, _ := v.(*value.Object)
	if msg := (fields{o}).str("error"); msg != "" {
		return &errs.Error{Code: errs.BuildFailed, Msg: msg}
	}
	r.js.withStateHook = map[string]bool{}
	for _, item := range (fields{o}).list("actors") {
		d, _ := item.(*value.Object)
		r.js.withStateHook[(fields{d}).str("name")] = fields{d}.yes("onStateChange")
	}
	return nil
}
