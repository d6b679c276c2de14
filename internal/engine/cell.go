package engine

import (
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/engine/gate"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// phase is where an actor is in its life. It goes round:
// asleep → acquiring → starting → awake → stopping → flushing → asleep.
type phase uint8

const (
	asleep    phase = iota // no JavaScript; a row and perhaps sockets
	acquiring              // reading the image from the store
	starting               // createState … onStart run
	awake                  // takes jobs
	stopping               // finishing what runs
	flushing               // stopped; its last batches are not durable yet
)

// cell is one actor as the engine holds it.
type cell struct {
	e  *Engine
	id actor.ID

	mu      sync.Mutex
	evicted bool
	phase   phase
	ref     actor.Ref
	def     *actor.Definition // of the running or last code
	version *loaded
	inst    actor.Instance
	gen     uint64 // of the running life; a life of another generation is not heard
	lease   actor.Lease
	made    *creation // what this life was created by; nil: it existed
	creates *creation // the row that the first batch of this life still has to insert
	// initialized: the mark that createState and onCreate ran is handed to the store.
	initialized bool

	pending  []*item                 // waiting for the actor to be awake
	calls    map[actor.CallID]*item  // posted and not answered
	lastCall actor.CallID            // ids are never used twice in a cell's life
	waiting  int                     // stateless public calls in pending and calls
	room     chan struct{}           // closed when waiting falls below the limit; nil: there is room
	conns    map[actor.ConnID]*conn  // open, also while asleep
	subs     map[string]*subscribers // by event
	gate     *gate.Gate[said]
	work     actor.Work

	restart  bool // wake again after this stop: new code, or evacuation
	reload   bool // the next life runs other code than the last
	moved    []chan struct{}
	idle     uint64 // counts changes of idleness, so that an old timer is ignored
	stopIdle func() bool

	outbox   []func() // what must run without the lock, in order
	draining bool
}

// said is the effects of one turn of one life.
type said struct {
	gen     uint64
	effects []actor.Effect
}

// item is one thing wanted of an actor.
type item struct {
	job    func(actor.CallID) actor.Job // nil: only that the actor exists
	create *creation                    // nil: it must exist
	asked  actor.Query                  // what the caller asked for; zero if it holds the actor already
	reply  func(value.Value, error)     // called once, with the cell locked; must not block or call the engine
	call   actor.CallID
	alarm  *actor.Alarm // set for a scheduled run
	counts bool         // among the calls that wait for this actor
	// limited calls are refused when too many wait; others wait with them.
	limited bool
	silent  bool // the job has no reply
}

// creation is what an actor is created with, if it doesn't exist.
type creation struct {
	ref       actor.Ref
	input     value.Value
	exclusive bool // fail if it exists
}

func newCell(e *Engine, id actor.ID) *cell {
	c := &cell{
		e: e, id: id,
		calls: map[actor.CallID]*item{},
		conns: map[actor.ConnID]*conn{},
		subs:  map[string]*subscribers{},
	}
	c.gate = gate.New(c.say)
	return c
}

// unlock releases the cell after running, without the lock and in order, what
// must not run under it. One goroutine drains at a time.
func (c *cell) unlock() {
	if c.draining {
		c.mu.Unlock()
		return
	}
	c.draining = true
	for len(c.outbox) > 0 {
		todo := c.outbox
		c.outbox = nil
		c.mu.Unlock()
		for _, f := range todo {
			f()
		}
		c.mu.Lock()
	}
	c.draining = false
	c.mu.Unlock()
}

func (c *cell) later(f func()) { c.outbox = append(c.outbox, f) }

// submit takes an item; the cell is locked.
func (c *cell) submit(it *item) {
	if c.e.draining.Load() {
		it.reply(nil, shuttingDown())
		return
	}
	if it.counts {
		if it.limited && c.waiting >= c.e.opts.WaitingPerActor {
			err := errs.New(errs.ActorOverloaded, "Actor %s has %d calls waiting.", c.describe(), c.waiting).
				WithHint("Call it less often, or spread the work over more actors.")
			err.Status = 503
			it.counts = false
			it.reply(nil, err)
			return
		}
		c.waiting++
	}
	if it.job != nil {
		c.lastCall++
		it.call = c.lastCall
	}
	if c.phase == awake {
		c.hand(it)
		return
	}
	c.pending = append(c.pending, it)
	if c.phase == asleep {
		c.wake()
	}
}

// hand gives an item to an actor that is awake.
func (c *cell) hand(it *item) {
	switch {
	case it.create != nil && it.create.exclusive && it.create != c.made:
		c.uncount(it)
		it.reply(nil, alreadyExists(c.ref))
	case it.job == nil:
		// The row may not be durable yet: answer through the gate.
		c.lastCall++
		it.call = c.lastCall
		c.calls[it.call] = it
		c.gate.Hold(said{c.gen, []actor.Effect{actor.Reply{Call: it.call, Output: c.ref}}})
	default:
		if !it.silent {
			c.calls[it.call] = it
		}
		c.busy()
		c.inst.Post(it.job(it.call))
	}
}

// finish takes an item out of the books, before its reply.
func (c *cell) finish(it *item) {
	delete(c.calls, it.call)
	c.uncount(it)
}

func (c *cell) uncount(it *item) {
	if !it.counts {
		return
	}
	it.counts = false
	c.waiting--
	if c.room != nil && c.waiting < c.e.opts.WaitingPerActor {
		close(c.room)
		c.room = nil
	}
}

// wake reads the actor's image and starts it; the cell is locked and asleep.
func (c *cell) wake() {
	c.phase = acquiring
	c.e.bg.Add(1)
	go func() {
		defer c.e.bg.Done()
		img, lease, err := c.e.store.Acquire(c.e.ctx, c.id)
		c.mu.Lock()
		defer c.unlock()
		c.acquired(img, lease, err)
	}()
}

// acquired goes on with waking, or with creating; the cell is locked.
func (c *cell) acquired(img *actor.Image, lease actor.Lease, err error) {
	if err != nil {
		c.failPending(unavailable(err))
		c.sleepNow()
		return
	}
	c.lease = lease
	c.made = nil
	if img == nil {
		if c.made = c.pendingCreation(); c.made == nil {
			c.restart = false
			c.sleepNow()
			return
		}
		img = &actor.Image{Ref: c.made.ref, Input: c.made.input}
	}
	c.ref, c.creates, c.initialized = img.Ref, c.made, img.Initialized
	if !c.wantsLife() {
		c.createOnly()
		return
	}
	c.start(img)
}

// pendingCreation is the first creation that somebody waits for. Whoever asked
// before that for an actor that must exist is told that it doesn't.
func (c *cell) pendingCreation() *creation {
	for len(c.pending) > 0 {
		it := c.pending[0]
		if it.create != nil {
			return it.create
		}
		c.pending = c.pending[1:]
		c.uncount(it)
		it.reply(nil, notFound(c.describeItem(it)))
	}
	return nil
}

// wantsLife reports whether anybody needs the actor to run, not only to exist.
func (c *cell) wantsLife() bool {
	if c.restart {
		return true
	}
	for _, it := range c.pending {
		if it.job != nil {
			return true
		}
	}
	return false
}

// createOnly writes the row of a new actor, or does nothing if it exists, and
// answers who asked for no more.
func (c *cell) createOnly() {
	if c.made == nil {
		c.answerResolvers()
		c.sleepNow()
		return
	}
	c.phase = flushing
	ref := c.made.ref
	b := &actor.Batch{Lease: c.lease, Create: &ref, Input: c.made.input}
	c.creates = nil
	c.e.store.Commit(b, func(err error) {
		c.mu.Lock()
		defer c.unlock()
		if err != nil {
			c.failPending(unavailable(err))
		} else {
			c.answerResolvers()
		}
		c.sleepNow()
	})
}

// answerResolvers answers those who only want the actor to exist.
func (c *cell) answerResolvers() {
	kept := c.pending[:0]
	for _, it := range c.pending {
		switch {
		case it.create != nil && it.create.exclusive && it.create != c.made:
			it.reply(nil, alreadyExists(c.ref))
		case it.job != nil:
			kept = append(kept, it)
		default:
			it.reply(c.ref, nil)
		}
	}
	c.pending = kept
}

// start begins a life; the cell is locked.
func (c *cell) start(img *actor.Image) {
	v := c.e.version.Load()
	var def *actor.Definition
	if v != nil {
		def = v.Registry().Actors[img.Ref.Name]
	}
	if def == nil {
		c.failPending(notFound(img.Ref.Name))
		c.releaseMoved()
		c.restart, c.reload = false, false
		c.sleepNow()
		return
	}
	c.phase, c.version, c.def = starting, v, def
	c.gen++
	c.work = actor.Work{Actions: 1}
	spec := actor.Start{
		Ref: img.Ref, New: !img.Initialized, Input: img.Input,
		Snapshot: img.Snapshot, Patches: img.Patches,
		Generation: c.gen, Reload: c.reload,
		Conns: c.restored(img),
	}
	c.restart, c.reload = false, false
	c.releaseMoved()
	c.inst = v.Start(spec, &life{c: c, gen: c.gen})
}

// releaseMoved tells a Swap that this actor left the old code.
func (c *cell) releaseMoved() {
	for _, m := range c.moved {
		close(m)
	}
	c.moved = nil
}

// started hands the jobs that waited to the new life.
func (c *cell) started() {
	c.phase = awake
	todo := c.pending
	c.pending = nil
	for _, it := range todo {
		c.hand(it)
	}
}

func (c *cell) failPending(err error) {
	todo := c.pending
	c.pending = nil
	for _, it := range todo {
		c.uncount(it)
		it.reply(nil, err)
	}
}

// sleepNow ends at asleep; it wakes again if somebody came meanwhile.
func (c *cell) sleepNow() {
	c.phase = asleep
	c.inst, c.made, c.creates = nil, nil, nil
	if len(c.pending) > 0 || c.restart {
		c.wake()
		return
	}
	c.releaseMoved()
	if len(c.conns) == 0 && len(c.calls) == 0 {
		c.e.evict(c)
	}
}

// busy cancels a pending sleep.
func (c *cell) busy() {
	c.idle++
	if c.stopIdle != nil {
		c.stopIdle()
		c.stopIdle = nil
	}
}

// quiet arms the sleep timer if nothing keeps the actor awake.
func (c *cell) quiet() {
	if c.phase != awake || !c.work.None() || len(c.calls) > 0 || len(c.pending) > 0 ||
		c.stopIdle != nil || c.def.HasVars && len(c.conns) > 0 {
		return
	}
	c.idle++
	idle, gen := c.idle, c.gen
	c.stopIdle = c.e.clock.AfterFunc(c.def.Options.SleepTimeout, func() {
		c.mu.Lock()
		defer c.unlock()
		if c.idle == idle && c.gen == gen && c.phase == awake {
			c.stopIdle = nil
			c.stop(0)
		}
	})
}

// stop begins the one way by which an actor stops; the cell is locked and awake or starting.
func (c *cell) stop(grace time.Duration) {
	c.busy()
	c.phase = stopping
	c.inst.Stop(grace)
}

// leave makes an actor that runs other code than v move to it. moved is nil if
// it doesn't run; else it is closed when it has left the old code.
func (c *cell) leave(v *loaded) (moved <-chan struct{}, conns int) {
	c.mu.Lock()
	defer c.unlock()
	if c.version == v || c.phase == asleep || c.phase == acquiring {
		return nil, 0
	}
	m := make(chan struct{})
	c.moved = append(c.moved, m)
	c.restart, c.reload = true, true
	if c.phase == awake || c.phase == starting {
		c.stop(c.e.opts.ReloadGrace)
	}
	return m, len(c.conns)
}

// shutdown stops the actor for good.
func (c *cell) shutdown(grace time.Duration) {
	c.mu.Lock()
	defer c.unlock()
	c.restart = false
	c.failPending(shuttingDown())
	if c.phase == awake || c.phase == starting {
		c.stop(grace)
	}
}

// settled is closed when the actor is asleep or gone.
func (c *cell) settled() <-chan struct{} {
	c.mu.Lock()
	defer c.unlock()
	m := make(chan struct{})
	if c.phase == asleep || c.evicted {
		close(m)
		return m
	}
	c.moved = append(c.moved, m)
	return m
}

// describe names the actor as errors do: name:["k"], or its id while unknown.
func (c *cell) describe() string {
	if c.ref.Name != "" {
		return identifier(c.ref.Name, c.ref.Key)
	}
	return string(c.id)
}

// describeItem names the actor as who asked for it did.
func (c *cell) describeItem(it *item) string {
	if it.asked.Name != "" {
		return identifier(it.asked.Name, it.asked.Key)
	}
	return c.describe()
}
