package isolate

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
)

// Version is one load of a bundle: its server isolate and the isolates that
// host its awake actors. Its methods may be called from any goroutine.
type Version struct {
	rt       *Runtime
	code     *code
	registry *actor.Registry
	server   *isolate
	dog      *watchdog
	bg       sync.WaitGroup
	ctx      context.Context // ends with the version
	cancel   context.CancelFunc

	all     atomic.Pointer[[]*isolate] // for the watchdog: server and pool
	app     atomic.Pointer[actor.App]  // what serve(app) was given
	retired atomic.Bool
	warned  sync.Map      // classes whose instances became part of a state, as [type, class]
	serving chan struct{} // closed by Serve
	once    sync.Once

	mu     sync.Mutex
	pool   []*isolate
	insts  map[*instance]*isolate
	lastID int64
	closed bool
}

// Registry is what the bundle defines.
func (v *Version) Registry() *actor.Registry { return v.registry }

// Serve says that the engine runs this version: calls that top-level server
// code made while it loaded go out now.
func (v *Version) Serve() { v.once.Do(func() { close(v.serving) }) }

// Start begins a life of an actor in the least loaded isolate and returns at once.
func (v *Version) Start(spec actor.Start, sink actor.Sink) actor.Instance {
	inst := newInstance(v, spec, sink)
	v.mu.Lock()
	if v.closed || inst.def == nil {
		v.mu.Unlock()
		go inst.refuse()
		return inst
	}
	v.lastID++
	inst.id = v.lastID
	r := v.place()
	inst.iso = r
	v.insts[inst] = r
	r.load++
	v.mu.Unlock()
	if !r.post(inst.base, inst.begin) {
		go inst.gone(actor.ErrEvacuated) // it was lost between the two
	}
	return inst
}

// place chooses an isolate, or makes one; v.mu is held.
func (v *Version) place() *isolate {
	var best *isolate
	for _, r := range v.pool {
		if r.stuck.Load() == 0 && !r.interrupted.Load() && (best == nil || r.load < best.load) {
			best = r
		}
	}
	if best != nil && (best.load == 0 || len(v.pool) >= v.rt.o.Size) {
		return best
	}
	return v.grow()
}

// grow adds an isolate to the pool; v.mu is held.
func (v *Version) grow() *isolate {
	r := newIsolate(v, false)
	v.pool = append(v.pool, r)
	v.publish()
	v.spawn(r)
	return r
}

// spawn starts an isolate's goroutine: it evaluates the bundle, then runs its loop.
func (v *Version) spawn(r *isolate) {
	v.bg.Add(1)
	go func() {
		defer func() {
			close(r.done)
			if !r.abandoned.Load() { // else its end is no longer awaited
				v.bg.Done()
			}
		}()
		err := r.boot()
		if err == nil {
			err = r.define()
		}
		if err != nil {
			r.failed(err)
			return
		}
		r.booting.Store(false)
		r.loop()
	}()
}

// publish renews the watchdog's list; v.mu is held.
func (v *Version) publish() {
	all := slices.Clone(v.pool)
	if v.server != nil {
		all = append(all, v.server)
	}
	v.all.Store(&all)
}

func (v *Version) isolates() []*isolate {
	if p := v.all.Load(); p != nil {
		return *p
	}
	return nil
}

// instancesOf lists the instances that live in r.
func (v *Version) instancesOf(r *isolate) []*instance {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []*instance
	for inst, at := range v.insts {
		if at == r {
			out = append(out, inst)
		}
	}
	return out
}

// lost takes an isolate out of the pool.
func (v *Version) lost(r *isolate) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pool = slices.DeleteFunc(v.pool, func(x *isolate) bool { return x == r })
	v.publish()
}

// forget takes an instance that has ended out of the books. A retired version
// ends with its last instance.
func (v *Version) forget(inst *instance) {
	v.mu.Lock()
	if r := v.insts[inst]; r != nil {
		r.load--
		delete(v.insts, inst)
	}
	last := v.retired.Load() && len(v.insts) == 0
	v.mu.Unlock()
	if last {
		v.end()
	}
}

// Retire says that newer code takes over: the isolates end when their last
// actor has stopped (a version without actors with Close). Call it before the
// engine swaps: an actor that stops then sees its connections leave (the
// virtual reconnect).
func (v *Version) Retire() {
	v.retired.Store(true)
}

// end stops all isolates without waiting.
func (v *Version) end() {
	v.mu.Lock()
	v.closed = true
	pool := v.pool
	v.pool = nil
	v.mu.Unlock()
	for _, r := range pool {
		r.close()
	}
	v.cancel()
	v.server.close()
	v.dog.stop()
}

// Close drops all instances and waits until the isolates have ended. Code that
// never yields is interrupted.
func (v *Version) Close() {
	all := v.isolates()
	v.end()
	for _, r := range all {
		r.close()
		if r.since.Load() != 0 {
			r.interrupted.Store(true)
			r.vm.Interrupt(errTooLong)
		}
	}
	for _, r := range all {
		if r.server && r.repl == nil {
			continue
		}
		select {
		case <-r.done:
		case <-time.After(deafness):
			r.abandon()
		}
	}
	v.bg.Wait()
	v.mu.Lock()
	left := v.insts
	v.insts = map[*instance]*isolate{}
	v.mu.Unlock()
	for inst := range left {
		inst.Kill()
	}
}
