package isolate

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
)

// errTooLong is what an interrupted isolate was interrupted with.
var errTooLong = errors.New("took too long")

const (
	tick = 10 * time.Millisecond
	// An actor with running actions loses them by a move, so it waits longer for
	// the stuck isolate than one that has only queued work.
	patience = 2 * time.Second
	// Go code below JavaScript (a sort, a deep unwinding) doesn't see an interrupt:
	// after this long the isolate is given up with whatever it still does.
	deafness = 500 * time.Millisecond
)

// watchdog looks after the isolates of a version: one that is away from its loop
// is relieved of its other actors, one beyond its time limit is interrupted. It
// sleeps while all isolates are in their loops.
type watchdog struct {
	v     *Version
	after time.Duration
	awake atomic.Bool
	wake  chan struct{} // cap 1
	quit  chan struct{}
	once  sync.Once
}

func newWatchdog(v *Version, after time.Duration) *watchdog {
	return &watchdog{v: v, after: after, wake: make(chan struct{}, 1), quit: make(chan struct{})}
}

// poke says that an isolate began a turn.
func (d *watchdog) poke() {
	if d.awake.Load() {
		return
	}
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

func (d *watchdog) stop() { d.once.Do(func() { close(d.quit) }) }

func (d *watchdog) run() {
	t := time.NewTimer(tick)
	defer t.Stop()
	for {
		d.awake.Store(true)
		for busy := true; busy; {
			t.Reset(tick)
			select {
			case <-t.C:
			case <-d.quit:
				return
			}
			busy = d.look()
		}
		d.awake.Store(false)
		if d.look() { // a turn that began meanwhile did not wake us
			continue
		}
		select {
		case <-d.wake:
		case <-d.quit:
			return
		}
	}
}

// look checks every isolate and reports whether one is busy.
func (d *watchdog) look() (busy bool) {
	now := time.Now().UnixNano()
	for _, r := range d.v.isolates() {
		since := r.since.Load()
		if since == 0 {
			continue
		}
		busy = true
		away := time.Duration(now - since)
		if now > r.limit.Load() {
			r.interrupt(errTooLong, now)
		}
		if at := r.stopAt.Load(); at != 0 && now-at > int64(deafness) && (!r.server || r.repl != nil) && !r.booting.Load() {
			r.abandon()
			continue
		}
		if r.server || r.booting.Load() || away < d.after {
			continue
		}
		stage := int32(1)
		if away > patience {
			stage = 2
		}
		if r.stuck.Load() < stage {
			r.relieve(stage)
		}
	}
	return busy
}

// relieve moves the other actors away from a stuck isolate; from the watchdog's
// goroutine. Stage 1 takes those without running work, stage 2 all.
func (r *isolate) relieve(stage int32) {
	r.busy.Lock()
	if r.since.Load() == 0 {
		r.busy.Unlock()
		return
	}
	r.stuck.Store(stage)
	culprit := r.running.Load()
	var moved []*instance
	for _, inst := range r.v.instancesOf(r) {
		if inst != culprit && (stage > 1 || !inst.occupied.Load()) && inst.over.CompareAndSwap(false, true) {
			moved = append(moved, inst)
		}
	}
	r.busy.Unlock()
	for _, inst := range moved {
		inst.gone(actor.ErrEvacuated)
	}
}

// interrupt stops the code that runs in r, once; from any goroutine.
func (r *isolate) interrupt(why error, now int64) {
	if r.interrupted.CompareAndSwap(false, true) {
		r.noMemory.Store(why == errNoMemory)
		r.stopAt.Store(now)
		r.vm.Interrupt(why)
	}
}

// abandon gives up an isolate that does not heed its interrupt, from the
// watchdog's goroutine: its actors are started elsewhere, the culprit's call
// fails. Its goroutine ends by itself when the code below it returns.
func (r *isolate) abandon() {
	r.busy.Lock()
	if r.since.Load() == 0 || !r.abandoned.CompareAndSwap(false, true) {
		r.busy.Unlock()
		return
	}
	culprit := r.running.Load()
	var others []*instance
	mine := false
	for _, inst := range r.v.instancesOf(r) {
		if inst.over.CompareAndSwap(false, true) {
			if inst == culprit {
				mine = true
			} else {
				others = append(others, inst)
			}
		}
	}
	r.busy.Unlock()
	r.shut()
	for _, inst := range others {
		inst.gone(actor.ErrEvacuated)
	}
	if mine {
		culprit.forsaken(r.blamed.Load())
	}
	r.v.bg.Done() // nobody waits for its goroutine any more
	if r.repl != nil {
		r.repl.abandoned()
	}
	r.v.rt.o.Log.Error("JavaScript did not heed an interrupt; its thread is given up")
}
