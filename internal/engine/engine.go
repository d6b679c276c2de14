// Package engine runs actors: it finds or creates them, wakes them when they
// are needed, hands them one job after another, makes what they changed
// durable before anybody hears of it, and stops them for sleep, for new code
// and for shutdown, always the same way.
//
// The engine knows neither HTTP nor goja nor SQL. JavaScript runs behind
// [Version] and [actor.Instance], storage behind [Store], time behind
// [actor.Clock]; each has a small fake in the tests.
//
// Every actor that is awake or has connections is a cell, guarded by a mutex of
// its own. A cell never calls into another cell, nor out of the engine in a way
// that could block, while it holds that mutex.
package engine

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
)

// Version is one load of the user's code, able to start actors.
type Version interface {
	Registry() *actor.Registry
	// Start begins a life of an actor and returns at once; sink hears of it.
	Start(spec actor.Start, sink actor.Sink) actor.Instance
}

// Options configure an Engine; a zero field takes the default it names.
type Options struct {
	Store Store           // required
	Clock actor.Clock     // nil: the machine's
	Log   *slog.Logger    // nil: discard
	Lines func(actor.Log) // what actors log; nil: discard. Must not block.
	// Observer hears what actors do; nil: nobody does, and it costs nothing.
	Observer Observer

	WaitingPerActor int           // stateless public calls waiting for one actor; 0: 1000
	ReloadGrace     time.Duration // running actions finish on old code for this long; 0: 5 s
	MaxAttempts     int           // failed runs of an alarm before it is kept as failed; 0: 5 retries
	MaxState        int           // bytes of one batch's state change; 0: 16 MiB
	NoSchedule      bool          // alarms are kept and not run
}

// Engine is the directory of actors and all that runs them.
type Engine struct {
	opts    Options
	store   Store
	clock   actor.Clock
	log     *slog.Logger
	version atomic.Pointer[loaded]

	maxWaiting, maxState atomic.Int64 // see SetLimits

	mu       sync.RWMutex
	cells    map[actor.ID]*cell
	closed   bool
	draining atomic.Bool

	alarms  *alarms
	rewaker rewaker
	bg      sync.WaitGroup // wakes, and calls that actors make
	ctx     context.Context
	cancel  context.CancelFunc
}

// SetLimits sets Options.WaitingPerActor and MaxState for what comes from now on.
func (e *Engine) SetLimits(waitingPerActor, maxState int) {
	if waitingPerActor <= 0 {
		waitingPerActor = 1000
	}
	if maxState <= 0 {
		maxState = 16 << 20
	}
	e.maxWaiting.Store(int64(waitingPerActor))
	e.maxState.Store(int64(maxState))
}

// loaded boxes a Version, so that cells can compare by pointer.
type loaded struct{ Version }

// New makes an engine that has no code yet: calls fail with actor_not_found
// until Swap gave it some. Close stops it.
func New(o Options) *Engine {
	if o.Clock == nil {
		o.Clock = actor.SystemClock{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lines == nil {
		o.Lines = func(actor.Log) {}
	}
	if o.ReloadGrace == 0 {
		o.ReloadGrace = 5 * time.Second
	}
	if o.MaxAttempts == 0 {
		o.MaxAttempts = 5
	}
	e := &Engine{opts: o, store: o.Store, clock: o.Clock, log: o.Log, cells: map[actor.ID]*cell{}}
	e.SetLimits(o.WaitingPerActor, o.MaxState)
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.alarms = newAlarms(e)
	e.rewaker.e = e
	return e
}

// Swapped says what a Swap moved to the new code.
type Swapped struct {
	Actors int // awake actors that were stopped on the old code
	Conns  int // connections that stayed open
}

// Swap makes v the code that runs from now on. Running actions finish on the
// old code within the reload grace; then each awake actor is started on the new
// one with its connections. Swap returns when no actor runs older code.
func (e *Engine) Swap(ctx context.Context, v Version) (Swapped, error) {
	l := &loaded{v}
	old := e.version.Swap(l)
	var s Swapped
	var wait []<-chan struct{}
	for _, c := range e.snapshot() {
		if moved, conns := c.leave(l); moved != nil {
			s.Actors++
			s.Conns += conns
			wait = append(wait, moved)
		}
	}
	if e.opts.NoSchedule {
		// they wait for another engine
	} else if old == nil {
		e.alarms.begin()
	} else {
		e.alarms.poke()
	}
	for _, w := range wait {
		select {
		case <-w:
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
	return s, nil
}

// Registry is what the running code defines; nil before the first Swap.
func (e *Engine) Registry() *actor.Registry {
	if l := e.version.Load(); l != nil {
		return l.Registry()
	}
	return nil
}

// definition finds a type, or fails with actor_not_found.
func (e *Engine) definition(name string) (*actor.Definition, error) {
	if r := e.Registry(); r != nil {
		if d, ok := r.Actors[name]; ok {
			return d, nil
		}
	}
	return nil, notFound(name)
}

// Close lets running actions finish for at most grace, saves and stops every
// actor, and returns when all that they did is durable or has failed.
func (e *Engine) Close(grace time.Duration) {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return
	}
	e.closed = true
	e.mu.Unlock()
	e.draining.Store(true)
	e.alarms.stop()
	for _, c := range e.snapshot() {
		c.shutdown(grace)
	}
	for _, c := range e.snapshot() {
		<-c.settled()
	}
	e.cancel()
	e.bg.Wait()
}

// Stats counts what lives.
type Stats struct {
	Cells, Awake, Conns int
}

// Stats is a count of cells, awake actors and connections now.
func (e *Engine) Stats() Stats {
	var s Stats
	for _, c := range e.snapshot() {
		c.mu.Lock()
		s.Cells++
		if c.phase == awake {
			s.Awake++
		}
		s.Conns += len(c.conns)
		c.mu.Unlock()
	}
	return s
}

func (e *Engine) snapshot() []*cell {
	e.mu.RLock()
	defer e.mu.RUnlock()
	all := make([]*cell, 0, len(e.cells))
	for _, c := range e.cells {
		all = append(all, c)
	}
	return all
}

// cell is the cell of id, made if there is none; nil once the engine is closed.
func (e *Engine) cell(id actor.ID) *cell {
	e.mu.RLock()
	c := e.cells[id]
	e.mu.RUnlock()
	if c != nil {
		return c
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.cells[id]; c != nil {
		return c
	}
	if e.closed {
		return nil
	}
	c = newCell(e, id)
	e.cells[id] = c
	return c
}

// withCell runs f on the locked cell of id, which is live for the time of f.
func (e *Engine) withCell(id actor.ID, f func(*cell)) error {
	for {
		c := e.cell(id)
		if c == nil || e.draining.Load() {
			return shuttingDown()
		}
		c.mu.Lock()
		if c.evicted { // it went between the look-up and the lock
			c.mu.Unlock()
			continue
		}
		f(c)
		c.unlock()
		return nil
	}
}

// evict forgets a cell that holds nothing; the cell is locked.
func (e *Engine) evict(c *cell) {
	c.evicted = true
	e.mu.Lock()
	delete(e.cells, c.id)
	e.mu.Unlock()
}

func notFound(what string) *errs.Error {
	return errs.New(errs.ActorNotFound, "Actor not found: %s (https://www.rivet.gg/docs/actors/clients/#actor-client)", what)
}

func shuttingDown() *errs.Error {
	e := errs.New(errs.ShuttingDown, "The server is shutting down.").WithHint("Try again when it is back.")
	e.Status = 503
	return e
}

func unavailable(err error) *errs.Error {
	if e := errs.As(err); e.Code == errs.StorageUnavailable && e.Public {
		return e
	}
	u := errs.New(errs.StorageUnavailable, "Storage is unavailable; the change was not made.").
		WithHint("Check the disk of the data directory, then try again.")
	u.Status, u.Err = 503, err
	return u
}

func tooLarge(size, limit int) *errs.Error {
	return errs.New(errs.StateTooLarge, "The state would be %d bytes large, at most %d are allowed; it is as before.", size, limit).
		WithHint("Keep large data elsewhere, or split it over several actors.")
}
