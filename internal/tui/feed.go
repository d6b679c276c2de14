package tui

import (
	"context"
	"runtime/debug"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	frameEvery = time.Second / 30 // between batches: no more frames than that are of use
	askAgain   = time.Second      // between searches for a server that has gone
	askFirst   = 100 * time.Millisecond
	maxPending = 2000 // entries of a stream that wait for the next batch
)

// slot names a subscription by what the program shows it as. Setting it anew
// replaces what it was about.
type slot string

// spec is what a slot subscribes to.
type spec struct {
	topic  string
	query  inspect.Query
	window *inspect.Window
}

// batch is all that came since the last one: of pictures the newest, of streams
// the entries in order.
type batch struct {
	conn  *connected
	slots map[slot]*update
}

// connected tells that the server is there, or why not.
type connected struct {
	err  error
	meta inspect.Meta
	url  string
}

// update is what came for one slot.
type update struct {
	gen     int
	fresh   bool
	picture any // inspect.Build, []inspect.Type, actorRows, inspect.Actor, stateData, []inspect.Conn, []inspect.Alarm
	changed []string
	entries []inspect.Entry
	logs    []inspect.Log
	dropped int
	err     error

	topic string
	raw   client.Update
}

// actorRows is a window of the list of actors.
type actorRows struct {
	From  int             `json:"from"`
	Total int             `json:"total"`
	Items []inspect.Actor `json:"items"`
}

// stateData is a state and its revision.
type stateData struct {
	rev   uint64
	bytes int64
	tree  value.Value
}

// feed keeps a Watch of the server and hands what it tells to the program in
// batches, at most thirty a second and none while nothing happens. Its methods
// never wait for the server.
type feed struct {
	connect func(context.Context) (*client.Inspector, error)
	send    func(tea.Msg)

	mu      sync.Mutex
	in      *client.Inspector // nil: none yet
	want    map[slot]*wanted
	orders  []func(*client.Watch)
	pending batch
	stirred chan struct{} // there are orders
	dirty   chan struct{} // there is something to send
}

// wanted is a slot with its subscription.
type wanted struct {
	spec
	gen int
	sub *client.Subscription
}

func newFeed(connect func(context.Context) (*client.Inspector, error), send func(tea.Msg)) *feed {
	return &feed{
		connect: connect, send: send, want: map[slot]*wanted{},
		stirred: make(chan struct{}, 1), dirty: make(chan struct{}, 1),
	}
}

// inspector is the client of the server, nil before there is one.
func (f *feed) inspector() *client.Inspector {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.in
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// set subscribes a slot and returns the generation that its updates will have.
func (f *feed) set(s slot, sp spec) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := &wanted{spec: sp, gen: 1}
	old := f.want[s]
	if old != nil {
		w.gen = old.gen + 1
	}
	f.want[s] = w
	delete(f.pending.slots, s)
	f.order(func(c *client.Watch) {
		f.mu.Lock()
		var gone *client.Subscription
		if old != nil {
			gone, old.sub = old.sub, nil
		}
		current := f.want[s] == w
		f.mu.Unlock()
		if gone != nil {
			gone.Close()
		}
		if current {
			f.subscribe(c, s, w)
		}
	})
	return w.gen
}

// drop ends a slot.
func (f *feed) drop(s slot) {
	f.mu.Lock()
	defer f.mu.Unlock()
	old := f.want[s]
	if old == nil || old.topic == "" {
		return
	}
	f.want[s] = &wanted{gen: old.gen + 1} // generations go on
	delete(f.pending.slots, s)
	f.order(func(*client.Watch) {
		f.mu.Lock()
		gone := old.sub
		old.sub = nil
		f.mu.Unlock()
		if gone != nil {
			gone.Close()
		}
	})
}

// move moves the window of a slot.
func (f *feed) move(s slot, from, to int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := f.want[s]
	if w == nil || w.topic == "" {
		return
	}
	w.window = &inspect.Window{From: from, To: to}
	f.order(func(*client.Watch) {
		f.mu.Lock()
		sub := w.sub
		f.mu.Unlock()
		if sub != nil {
			sub.Window(from, to)
		}
	})
}

// order has the feed's goroutine do something with the watch; f.mu is held.
func (f *feed) order(do func(*client.Watch)) {
	f.orders = append(f.orders, do)
	poke(f.stirred)
}

// subscribe begins a subscription; only the feed's goroutine calls it.
func (f *feed) subscribe(c *client.Watch, s slot, w *wanted) {
	if w.topic == "" {
		return
	}
	f.mu.Lock()
	window := w.window
	f.mu.Unlock()
	sub := c.Subscribe(w.topic, w.query, window, func(u client.Update) { f.take(s, w, u) })
	f.mu.Lock()
	w.sub = sub
	f.mu.Unlock()
}

// take merges what a subscription tells into the next batch.
func (f *feed) take(s slot, w *wanted, u client.Update) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.want[s] != w {
		return
	}
	if f.pending.slots == nil {
		f.pending.slots = map[slot]*update{}
	}
	p := f.pending.slots[s]
	if p == nil || u.Fresh {
		p = &update{gen: w.gen, topic: w.topic, fresh: u.Fresh}
		f.pending.slots[s] = p
	}
	p.err = u.Err
	if u.Dropped != nil {
		p.dropped += u.Dropped.Count
	}
	if w.topic == inspect.TopicHistory || w.topic == inspect.TopicLogs {
		p.entries = append(p.entries, u.Items...)
		p.logs = append(p.logs, u.Logs...)
		if n := len(p.entries) - maxPending; n > 0 {
			p.entries, p.dropped = p.entries[n:], p.dropped+n
		}
		if n := len(p.logs) - maxPending; n > 0 {
			p.logs, p.dropped = p.logs[n:], p.dropped+n
		}
	} else if u.Err == nil {
		p.raw = u
		for _, op := range u.Ops {
			p.changed = append(p.changed, op.Path)
		}
	}
	poke(f.dirty)
}

// run watches until ctx ends.
func (f *feed) run(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer func() {
			if r := recover(); r != nil {
				f.send(caught{r, debug.Stack()})
			}
		}()
		f.deliver(ctx)
	}()
	defer func() {
		stop()
		wg.Wait()
	}()
	for wait := askFirst; ctx.Err() == nil; wait = min(2*wait, askAgain) {
		in, err := f.connect(ctx)
		if err == nil {
			err = f.watch(ctx, in)
		}
		if err != nil {
			f.report(connected{err: err})
		}
		if err == nil { // there is another server
			wait = askFirst
			continue
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// watch keeps one watch until ctx ends, or until there is another server; then
// it returns nil.
func (f *feed) watch(ctx context.Context, in *client.Inspector) error {
	status := make(chan error, 8)
	c, err := in.Watch(ctx, func(err error) {
		select {
		case status <- err:
		default: // what is told now and what was told before don't differ in what they lead to
		}
	})
	if err != nil {
		return err
	}
	defer c.Close()
	f.mu.Lock()
	f.in, f.orders = in, nil
	all := make(map[slot]*wanted, len(f.want))
	for s, w := range f.want {
		all[s] = w
	}
	f.mu.Unlock()
	for s, w := range all {
		f.subscribe(c, s, w)
	}
	f.report(connected{meta: c.Meta(), url: in.URL()})
	var again <-chan time.Time
	for {
		select {
		case <-f.stirred:
			f.mu.Lock()
			orders := f.orders
			f.orders = nil
			f.mu.Unlock()
			for _, do := range orders {
				do(c)
			}
		case err := <-status:
			if again = nil; err != nil {
				again = time.After(askAgain)
			}
			f.report(connected{err: err, meta: c.Meta(), url: in.URL()})
		case <-again:
			again = time.After(askAgain)
			if other, err := f.connect(ctx); err == nil && !other.Same(in) {
				return nil
			}
		case <-ctx.Done():
			return nil
		}
	}
}

func (f *feed) report(c connected) {
	f.mu.Lock()
	f.pending.conn = &c
	f.mu.Unlock()
	poke(f.dirty)
}

// deliver sends batches, until ctx ends.
func (f *feed) deliver(ctx context.Context) {
	for {
		select {
		case <-f.dirty:
		case <-ctx.Done():
			return
		}
		f.mu.Lock()
		b := f.pending
		f.pending = batch{}
		f.mu.Unlock()
		for _, u := range b.slots {
			u.decode()
		}
		f.send(b)
		select {
		case <-time.After(frameEvery):
		case <-ctx.Done():
			return
		}
	}
}

// decode makes the picture of what came last.
func (u *update) decode() {
	if u.raw.Data == nil {
		return
	}
	var err error
	switch u.topic {
	case inspect.TopicBuild:
		u.picture, err = decoded[inspect.Build](u.raw)
	case inspect.TopicTypes:
		u.picture, err = decoded[[]inspect.Type](u.raw)
	case inspect.TopicActors:
		u.picture, err = decoded[actorRows](u.raw)
	case inspect.TopicActor:
		u.picture, err = decoded[inspect.Actor](u.raw)
	case inspect.TopicConnections:
		u.picture, err = decoded[[]inspect.Conn](u.raw)
	case inspect.TopicSchedule:
		u.picture, err = decoded[[]inspect.Alarm](u.raw)
	case inspect.TopicState:
		u.picture = stateOf(u.raw.Data)
	}
	if err != nil {
		u.err = errs.Wrap(errs.MalformedMessage, err, "the server's %s can't be read", u.topic)
	}
	u.raw = client.Update{}
}

func decoded[T any](u client.Update) (out T, err error) {
	return out, u.Decode(&out)
}

// stateOf takes a state apart without copying its value.
func stateOf(data value.Value) stateData {
	var s stateData
	o, _ := data.(*value.Object)
	s.tree, _ = o.Get("value")
	if n, ok := o.Get("rev"); ok {
		f, _ := n.(float64)
		s.rev = uint64(f)
	}
	if n, ok := o.Get("bytes"); ok {
		f, _ := n.(float64)
		s.bytes = int64(f)
	}
	return s
}
