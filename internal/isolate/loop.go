package isolate

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/isolate/track"
)

// isolate is one goja runtime and the goroutine that enters it. Fields without
// a note belong to that goroutine.
type isolate struct {
	v      *Version
	server bool         // the server isolate: no actors, code runs at top level
	repl   *REPL        // nil: it isn't a REPL's
	until  atomic.Int64 // nanoseconds at which the line of a REPL is stopped, 0: none runs
	vm     *goja.Runtime
	js     hooks       // the TypeScript half
	fn     jsFunctions // intrinsics that Go calls

	cur       *asyncContext // whose code runs; nil: nobody's
	tracker   asyncTracker
	touched   []*instance // those whose code may have run in this turn
	reject    map[*goja.Promise]*asyncContext
	insts     map[int64]*instance
	crash     error // what no script can catch: interrupt, stack overflow
	serving   serverState
	realm     *track.Realm
	repairer  *repairer
	thenables *thenables
	links     map[int64]*link // that its code opened to actors
	lastLink  int64

	mu     sync.Mutex
	tasks  []task
	closed bool
	wake   chan struct{} // cap 1
	done   chan struct{} // closed when the goroutine has ended

	// For the watchdog. busy guards the end of a turn against evacuation.
	busy        sync.Mutex
	since       atomic.Int64 // start of the turn in nanoseconds, 0: in the loop
	limit       atomic.Int64 // nanoseconds at which the turn is interrupted
	running     atomic.Pointer[instance]
	interrupted atomic.Bool
	stopAt      atomic.Int64               // when it was interrupted in nanoseconds, 0: it was not
	blamed      atomic.Pointer[invocation] // the action that this turn began, if any
	noMemory    atomic.Bool                // it was interrupted for memory
	abandoned   atomic.Bool                // it did not heed the interrupt: nobody hears it any more
	booting     atomic.Bool                // its actors wait for the bundle, not for each other
	stuck       atomic.Int32               // stages of evacuation that this turn has seen

	load int // instances placed here; of Version.mu
}

// task is one entry into an isolate: a turn of ctx's actor.
type task struct {
	ctx *asyncContext
	f   func()
}

func newIsolate(v *Version, server bool) *isolate {
	r := &isolate{
		v: v, server: server, vm: goja.New(),
		reject: map[*goja.Promise]*asyncContext{},
		insts:  map[int64]*instance{},
		wake:   make(chan struct{}, 1),
		done:   make(chan struct{}),
	}
	r.tracker.iso = r
	r.booting.Store(true)
	return r
}

// post queues a task; from any goroutine. It reports whether the isolate still lives.
func (r *isolate) post(ctx *asyncContext, f func()) bool {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		return false
	}
	r.tasks = append(r.tasks, task{ctx, f})
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
	return true
}

// close ends the isolate once it is back in its loop.
func (r *isolate) close() {
	r.mu.Lock()
	r.closed = true
	r.tasks = nil
	r.mu.Unlock()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// next waits for tasks; spare is reused for those to come. ok is false when the isolate ends.
func (r *isolate) next(spare []task) (tasks []task, ok bool) {
	for {
		r.mu.Lock()
		if r.closed {
			r.mu.Unlock()
			return nil, false
		}
		if len(r.tasks) > 0 {
			tasks, r.tasks = r.tasks, spare[:0]
			r.mu.Unlock()
			return tasks, true
		}
		r.mu.Unlock()
		<-r.wake
	}
}

// loop runs tasks until the isolate is closed or lost.
func (r *isolate) loop() {
	var spare []task
	for {
		tasks, ok := r.next(spare)
		if !ok {
			return
		}
		for i := range tasks {
			r.turn(tasks[i].ctx, tasks[i].f)
			tasks[i] = task{}
			if r.interrupted.Load() && !r.server {
				r.discard()
				return
			}
		}
		spare = tasks
	}
}

// turn enters JavaScript once, until its promise jobs have run, and hands over
// what that did.
func (r *isolate) turn(ctx *asyncContext, f func()) {
	if ctx != nil && ctx.inst != nil && ctx.inst.over.Load() {
		return
	}
	start := r.enter(ctx)
	r.guard(f)
	if r.crash == nil {
		r.tracker.rest()
	}
	r.settle()
	r.leave(start)
}

// enter begins a turn of ctx's actor.
func (r *isolate) enter(ctx *asyncContext) time.Time {
	start := time.Now()
	limit := time.Minute
	r.become(ctx)
	var inst *instance
	if ctx != nil && ctx.inst != nil {
		inst = ctx.inst
		r.touch(inst)
		limit = inst.turnLimit(ctx.inv, start)
	}
	if r.repl != nil {
		if limit = betweenTurn; r.until.Load() != 0 {
			limit = time.Unix(0, r.until.Load()).Sub(start)
		}
	}
	r.running.Store(inst)
	r.blamed.Store(nil)
	r.limit.Store(start.Add(limit).UnixNano())
	r.since.Store(start.UnixNano())
	r.v.dog.poke()
	return start
}

// enterBoot begins the evaluation of the bundle.
func (r *isolate) enterBoot() time.Time {
	start := r.enter(nil)
	r.limit.Store(start.Add(r.v.rt.o.LoadTimeout).UnixNano())
	return start
}

// settle ends the JavaScript part of a turn: state changes are told, crashes
// and rejections are dealt with.
func (r *isolate) settle() {
	r.guard(func() {
		for i := 0; i < len(r.touched) && r.crash == nil; i++ { // telling may touch further instances
			r.touched[i].settlePromises()
			r.touched[i].tellStateChange()
		}
	})
	if r.crash != nil {
		r.crashed()
	}
	r.guard(r.reportRejections)
	for i := 0; i < len(r.touched); i++ {
		inst := r.touched[i]
		r.become(inst.base) // to blame for what its state's getters do
		r.guard(inst.collect)
		if r.crash != nil {
			r.crashed()
		}
	}
}

// guard runs f, which enters JavaScript. goja lets what no script can catch rise
// as a panic through its Go functions; a panic of ours ends the actor, not the server.
func (r *isolate) guard(f func()) {
	defer func() {
		x := recover()
		if x == nil || r.crash != nil {
			return
		}
		err, ok := x.(error)
		if !ok || !r.uncatchable(err) {
			r.crash = &breakdown{cause: x, stack: debug.Stack()}
		}
	}()
	f()
}

// leave hands over the outcomes of a turn, when nothing can evacuate their instances any more.
func (r *isolate) leave(start time.Time) {
	r.busy.Lock()
	r.since.Store(0)
	r.stuck.Store(0)
	r.running.Store(nil)
	r.busy.Unlock()
	took := time.Since(start)
	r.cur = nil
	r.tracker.reset()
	for i, inst := range r.touched {
		r.touched[i] = nil
		inst.report(took)
	}
	r.touched = r.touched[:0]
}

// touch notes that inst's code runs in this turn.
func (r *isolate) touch(inst *instance) {
	for _, t := range r.touched {
		if t == inst {
			return
		}
	}
	r.touched = append(r.touched, inst)
}

// as runs f with ctx as the running code, within a turn.
func (r *isolate) as(ctx *asyncContext, f func()) {
	old, lingers := r.cur, r.tracker.lingers
	r.become(ctx)
	f()
	r.become(old)
	r.tracker.lingers = lingers
}

// call calls a function of the TypeScript half, which catches what users throw.
func (r *isolate) call(fn goja.Callable, args ...goja.Value) goja.Value {
	v, err := fn(goja.Undefined(), args...)
	if err != nil {
		r.ReportUnhandled(err)
		return goja.Undefined()
	}
	return v
}

// uncatchable notes an error that scripts can't catch; it reports whether err is one.
func (r *isolate) uncatchable(err error) bool {
	var over *goja.StackOverflowError
	var stop *goja.InterruptedError
	if errors.As(err, &over) || errors.As(err, &stop) {
		if r.crash == nil {
			r.crash = err
		}
		return true
	}
	return false
}

// shut takes an isolate out of the pool; it takes no tasks any more.
func (r *isolate) shut() {
	r.mu.Lock()
	r.closed = true
	r.tasks = nil
	r.mu.Unlock()
	r.v.lost(r)
}

// discard gives up an isolate that was interrupted: whoever still lives in it
// is started elsewhere.
func (r *isolate) discard() {
	r.shut()
	for _, inst := range r.insts {
		inst.evacuate(actor.ErrEvacuated)
	}
}

// do runs f as a turn of nobody and waits for it; from another goroutine.
func (r *isolate) do(ctx context.Context, f func()) error {
	done := make(chan struct{})
	if !r.post(nil, func() { defer close(done); f() }) {
		return errClosed
	}
	select {
	case <-done:
		return nil
	case <-r.done:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errClosed = errors.New("the code that was asked is no longer running")
