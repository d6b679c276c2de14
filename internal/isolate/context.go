package isolate

import (
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/isolate/web"
)

// asyncContext is whose code runs: goja hands it from a promise's reaction to
// its job. It is immutable; a change makes a new one.
type asyncContext struct {
	inst  *instance   // nil: the server isolate, or code that no actor asked for
	inv   *invocation // nil: none, for instance onStart
	store any         // AsyncLocalStorage's
}

// invocation is one action on its way, for blame and time limits.
type invocation struct {
	call   actor.CallID
	action string
	start  time.Time
}

// asyncTracker is goja's AsyncContextTracker. Jobs may nest (a Go function that
// is a job's handler may call JavaScript, which drains the queue), hence the stack.
type asyncTracker struct {
	iso   *isolate
	saved []*asyncContext
	// After a reaction its code goes on running until something else does: what
	// it returned is yet to resolve a promise. outer is who ran before it.
	lingers bool
	outer   *asyncContext
}

// Grab is called when a reaction is registered.
func (t *asyncTracker) Grab() any { return t.iso.cur }

// Resumed is called before a reaction's job runs.
func (t *asyncTracker) Resumed(obj any) {
	before := t.iso.cur
	if t.lingers {
		before = t.outer
	}
	t.saved = append(t.saved, before)
	if len(t.saved) > maxJobs {
		t.iso.vm.Interrupt(web.ErrTooDeep)
	}
	ctx, _ := obj.(*asyncContext)
	t.iso.become(ctx)
	if ctx != nil && ctx.inst != nil {
		t.iso.touch(ctx.inst)
	}
}

// Exited is called after it.
func (t *asyncTracker) Exited() {
	if n := len(t.saved); n > 0 {
		t.outer, t.lingers = t.saved[n-1], true
		t.saved = t.saved[:n-1]
	}
}

// rest ends what lingers: no script runs any more.
func (t *asyncTracker) rest() {
	if t.lingers {
		t.iso.become(t.outer)
		t.outer = nil
	}
}

// reset forgets what an interrupt or stack overflow left behind.
func (t *asyncTracker) reset() { t.saved, t.lingers, t.outer = t.saved[:0], false, nil }
