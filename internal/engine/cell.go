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

	rev      uint64 // batches handed to the store since the actor was made
	stateRev uint64 // the last of them that changed the state
	bytes    int64  // stored size of the state

	// For the Observer alone.
	shared   *actor.Ref
	base     *actor.Base // the state that this life started with, until its start is told
	startSeq uint64
	startAt  time.Time
	madeSeq  uint64 // of the creation that this life begins with: before its start
	reloaded bool
	created  *actor.Entry // of the row that a batch under way inserts
	lived    bool
	done     [doneCalls]doneCall

	restart  bool // wake again after this stop: new code, or evacuation
	reload   bool // the next life runs other code than the last
	moved    []chan struct{}
	up       []chan struct{} // closed when this start has ended
	idle     uint64          // counts changes of idleness, so that an old timer is ignored
	stopIdle func() bool

	outbox   []func() // what must run without the lock, in order
	draining bool
}

// said is the effects of one turn of one life.
type said struct {
	gen     uint64
	effects []actor.Effect
	note    *turnNote // nil: nothing to tell the Observer
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
	silent  bool         // the job has no reply
	from    *conn        // that it came over; nil: over none
	rev     uint64       // of the batch with its turn's changes; set before its reply leaves
	entry   *actor.Entry // what the Observer will be told; nil: nothing
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
		if it.limited && c.waiting >= int(c.e.maxWaiting.Load()) {
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
		c.gate.Hold(said{gen: c.gen, effects: []actor.Effect{actor.Reply{Call: it.call, Output: c.ref}}})
	default:
		c.begun(it)
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
	if c.room != nil && c.waiting < int(c.e.maxWaiting.Load()) {
		close(c.room)
		c.room = nil
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
