package isolate

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// instance is one life of an actor. Fields without a note belong to its
// isolate's goroutine.
type instance struct {
	v    *Version
	iso  *isolate // set before it is posted to
	id   int64    // how the TypeScript half names it
	spec actor.Start
	def  *actor.Definition
	sink actor.Sink
	base *asyncContext
	step func() // runs the next job

	ctx    context.Context // ends with the instance
	cancel context.CancelFunc

	over     atomic.Bool // it is not heard any more
	occupied atomic.Bool // it has running actions or background work
	tasks    tasks
	recount  atomic.Bool // a turn is queued that tells of finished tasks

	mu       sync.Mutex // guards the next four
	queue    []actor.Job
	early    []actor.Job // came before onStart had ended
	stopping bool
	unbegun  []actor.CallID // given back by Stop

	js       *goja.Object // the TypeScript half, an Actor
	started  bool
	state    *stateBox // nil: the type has none
	changed  bool      // onStateChange has run in this turn
	unsealed int       // turns since the state was sealed

	out       *actor.Outcome // of this turn, nil: nothing yet
	ending    bool           // this turn is the last
	ended     bool
	stopErr   error
	winding   int // 0: no, 1: waiting for work to end, 2: onDisconnect of a reload runs
	work      actor.Work
	told      actor.Work // what the last outcome said
	calls     map[actor.CallID]*running
	dueStop   func() bool // of the timer for the first call's limit
	conns     map[int64]*connRec
	byID      map[actor.ConnID]*connRec
	lastSlot  int64
	waits     map[actor.Token]*wait
	lastToken actor.Token
	dirty     []*connRec
	settling  []settling
	sockets   map[int64]*rawSocket
	deadlines map[actor.Token]*deadline
}

// running is a call that was begun and not answered.
type running struct {
	inv      invocation
	slot     int64
	kept     bool // its connection is not of this call alone
	timedOut bool
}

// wait is something that the instance waits for.
type wait struct {
	ctx  *asyncContext
	done func(v value.Value, err error) // called in a turn of ctx
}

func newInstance(v *Version, spec actor.Start, sink actor.Sink) *instance {
	inst := &instance{
		v: v, spec: spec, sink: sink, def: v.registry.Actors[spec.Ref.Name],
		calls: map[actor.CallID]*running{},
		conns: map[int64]*connRec{},
		byID:  map[actor.ConnID]*connRec{},
		waits: map[actor.Token]*wait{},
	}
	inst.base = &asyncContext{inst: inst}
	inst.step = inst.runNext
	inst.ctx, inst.cancel = context.WithCancel(context.Background())
	return inst
}

// refuse ends an instance that was never placed.
func (i *instance) refuse() {
	err := errs.New(errs.ActorNotFound, "no actor type %s", i.spec.Ref.Name)
	if i.def != nil {
		i.gone(actor.ErrEvacuated)
		return
	}
	i.gone(err)
}

// Post hands over a job; see actor.Instance.
func (i *instance) Post(job actor.Job) {
	i.mu.Lock()
	if i.over.Load() {
		i.mu.Unlock()
		return
	}
	if i.stopping {
		switch job.(type) {
		case actor.Granted, actor.Result, actor.Disconnect:
		default:
			if call := callOf(job); call != 0 {
				i.unbegun = append(i.unbegun, call)
			}
			i.mu.Unlock()
			return
		}
	}
	i.queue = append(i.queue, job)
	i.mu.Unlock()
	if i.iso != nil {
		i.iso.post(i.base, i.step)
	}
}

// Stop ends the instance in good order; see actor.Instance.
func (i *instance) Stop(grace time.Duration) {
	i.mu.Lock()
	if i.stopping || i.over.Load() {
		i.mu.Unlock()
		return
	}
	i.stopping = true
	i.mu.Unlock()
	if i.iso == nil || !i.iso.post(i.base, func() { i.wind(grace) }) {
		return
	}
	// Code that never yields is interrupted when grace ends.
	stop := time.AfterFunc(grace+100*time.Millisecond, func() {
		if i.iso.running.Load() == i && !i.over.Load() {
			i.iso.limit.Store(0)
		}
	})
	context.AfterFunc(i.ctx, func() { stop.Stop() })
}

// Kill drops the instance; see actor.Instance.
func (i *instance) Kill() {
	if !i.over.CompareAndSwap(false, true) {
		return
	}
	i.leave()
}

// leave takes an instance that is over out of all books; from any goroutine.
func (i *instance) leave() {
	i.cancel()
	if i.iso == nil {
		return
	}
	i.v.forget(i)
	i.iso.post(nil, i.drop)
}

// drop frees what the isolate holds of an instance that is over.
func (i *instance) drop() {
	delete(i.iso.insts, i.id)
	if i.js != nil {
		i.iso.call(i.iso.js.drop, i.js)
		i.js = nil
	}
	if i.dueStop != nil {
		i.dueStop()
	}
	for _, c := range i.conns {
		if c.state != nil {
			c.state.t.Close()
		}
		c.state = nil
	}
	if i.state != nil {
		i.state.t.Close() // else the isolate would keep all that was tracked
	}
	i.state, i.waits = nil, nil
}

// gone reports the end of an instance whose isolate can't; over must be set or
// is set here. Err says why.
func (i *instance) gone(err error) {
	i.over.Store(true)
	o := &actor.Outcome{Stopped: true, Err: err, Unstarted: i.unstarted()}
	i.leave()
	i.sink.Turn(o)
}

// forsaken is gone for the culprit of an isolate that was abandoned; inv is the
// action that its turn began, nil if it began none.
func (i *instance) forsaken(inv *invocation) {
	err := i.iso.why()
	l := actor.Log{Level: actor.LogError, Msg: err.Msg, Actor: &i.spec.Ref, Time: i.iso.now()}
	o := &actor.Outcome{Stopped: true, Err: err, Unstarted: i.unstarted()}
	if inv != nil {
		l.Fields = []actor.LogField{{Key: "action", Value: inv.action}}
		o.Effects = []actor.Effect{actor.Reply{Call: inv.call, Err: err}}
	}
	o.Logs = []actor.Log{l}
	i.leave()
	i.sink.Turn(o)
}

// evacuate is gone for an instance that may be over already.
func (i *instance) evacuate(err error) {
	if i.over.CompareAndSwap(false, true) {
		i.gone(err)
	}
}

// unstarted lists the calls that were posted and never begun.
func (i *instance) unstarted() []actor.CallID {
	i.mu.Lock()
	defer i.mu.Unlock()
	out := i.unbegun
	for _, q := range [][]actor.Job{i.early, i.queue} {
		for _, job := range q {
			if call := callOf(job); call != 0 {
				out = append(out, call)
			}
		}
	}
	i.early, i.queue, i.unbegun = nil, nil, nil
	return out
}

// callOf is the call that a job begins, 0 if it begins none.
func callOf(job actor.Job) actor.CallID {
	switch j := job.(type) {
	case actor.Invoke:
		return j.Call
	case actor.Connect:
		return j.Call
	case actor.Act:
		return j.Call
	case actor.Run:
		return j.Call
	case actor.Edit:
		return j.Call
	case actor.FetchJob:
		return j.Call
	case actor.SocketJob:
		return j.Call
	}
	return 0
}

// turnLimit is how long a turn may take that inv asked for, if anything did.
func (i *instance) turnLimit(inv *invocation, now time.Time) time.Duration {
	limit := i.def.Options.ActionTimeout
	if !i.started {
		limit = max(i.def.Options.CreateVarsTimeout, time.Second)
	} else if inv != nil && i.calls[inv.call] != nil {
		limit -= now.Sub(inv.start)
	}
	return max(limit, tick)
}

// wind begins a Stop.
func (i *instance) wind(grace time.Duration) {
	if i.ended {
		return
	}
	i.winding = 1
	i.mu.Lock()
	for _, c := range i.conns {
		for _, j := range c.held {
			i.unbegun = append(i.unbegun, j.Call)
		}
		c.held = nil
	}
	i.mu.Unlock()
	if grace <= 0 {
		i.end(nil)
		return
	}
	stop := i.v.rt.o.Clock.AfterFunc(grace, func() {
		i.iso.post(i.base, func() { i.end(nil) })
	})
	context.AfterFunc(i.ctx, func() { stop() })
}

// end makes this turn the last one.
func (i *instance) end(err error) {
	if !i.ended {
		i.ended, i.ending, i.stopErr = true, true, err
	}
}

// busyWith reports whether a stopping instance has to be waited for.
func (i *instance) busyWith() bool { return i.work.Actions+i.work.Background > 0 }

// outcome is this turn's, made at its first use.
func (i *instance) outcome() *actor.Outcome {
	if i.out == nil {
		i.out = &actor.Outcome{}
	}
	return i.out
}

// effect notes something that leaves the actor.
func (i *instance) effect(e actor.Effect) {
	o := i.outcome()
	o.Effects = append(o.Effects, e)
}

// collect ends this turn's part in JavaScript: changes of state become data.
func (i *instance) collect() {
	if i.over.Load() {
		return
	}
	if i.winding > 0 && !i.ended && !i.busyWith() {
		i.wound()
	}
	i.flush()
	i.armCalls()
	i.changed = false
}

// wound goes on with a Stop when nothing runs any more.
func (i *instance) wound() {
	d := i.def
	if i.winding == 1 && i.started && i.v.retired.Load() && d.HasOnConnect && d.HasVars && d.HasOnDisconnect {
		i.winding = 2
		i.iso.as(i.base, func() { i.iso.call(i.iso.js.part, i.js) })
		if i.busyWith() {
			return
		}
	}
	i.end(nil)
}

// report hands over the outcome of a turn; the isolate is back in its loop.
func (i *instance) report(took time.Duration) {
	o := i.out
	i.out = nil
	if o != nil && i.state != nil && (o.Patch != nil || o.Snapshot != nil) {
		o.StateSize = i.state.t.Size()
	}
	i.occupied.Store(i.busyWith())
	if i.over.Load() {
		return
	}
	if i.ending {
		i.ending = false
		if !i.over.CompareAndSwap(false, true) {
			return
		}
		if o == nil {
			o = &actor.Outcome{}
		}
		o.Stopped, o.Err, o.Unstarted, o.Took = true, i.stopErr, i.unstarted(), took
		i.leave()
		i.sink.Turn(o)
		return
	}
	work := i.workNow()
	if o == nil {
		if work == i.told || !i.started {
			return
		}
		o = &actor.Outcome{}
	}
	o.Work, o.Took = work, took
	i.told = work
	i.sink.Turn(o)
}

func (i *instance) String() string { return fmt.Sprintf("%s %v", i.spec.Ref.Name, i.spec.Ref.Key) }
