package engine

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// scripted is a runtime without JavaScript: a test says what each job does.
type scripted struct {
	reg *actor.Registry

	mu    sync.Mutex
	lives []*scriptedLife
	// onStart makes the outcome of a start; nil: Started at once, with a
	// snapshot if the actor is new.
	onStart func(actor.Start) *actor.Outcome
	// parting are the changes of connections of a life that is stopped.
	parting []actor.ConnChange
	// onJob makes the outcome of a job; nil: the job is kept for the test.
	onJob func(*scriptedLife, actor.Job) *actor.Outcome
}

func newScripted(version string, names ...string) *scripted {
	s := &scripted{reg: &actor.Registry{Version: version, Actors: map[string]*actor.Definition{}}}
	for _, n := range names {
		s.reg.Actors[n] = &actor.Definition{Name: n, HasState: true, Options: actor.DefaultOptions()}
	}
	return s
}

func (s *scripted) Registry() *actor.Registry { return s.reg }

func (s *scripted) Start(spec actor.Start, sink actor.Sink) actor.Instance {
	l := &scriptedLife{s: s, spec: spec, sink: sink, in: make(chan func(), 1024)}
	s.mu.Lock()
	s.lives = append(s.lives, l)
	start := s.onStart
	s.mu.Unlock()
	go func() {
		for f := range l.in {
			f()
		}
	}()
	l.in <- func() {
		o := &actor.Outcome{Started: true}
		if start != nil {
			o = start(spec)
		} else if spec.New {
			o.Snapshot = []byte("s0")
		}
		l.turn(o)
	}
	return l
}

// last waits for and returns the nth life (1 is the first).
func (s *scripted) life(t testing.TB, n int) *scriptedLife {
	t.Helper()
	var l *scriptedLife
	eventually(t, "a life begins", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.lives) >= n {
			l = s.lives[n-1]
		}
		return l != nil
	})
	return l
}

type scriptedLife struct {
	s    *scripted
	spec actor.Start
	sink actor.Sink
	in   chan func()

	mu      sync.Mutex
	jobs    []actor.Job
	stopped bool
	killed  bool
	holding bool // Stop does not end this life by itself
	stops   []time.Duration
}

func (l *scriptedLife) turn(o *actor.Outcome) {
	l.mu.Lock()
	dead := l.killed
	l.mu.Unlock()
	if !dead && o != nil {
		l.sink.Turn(o)
	}
}

func (l *scriptedLife) Post(j actor.Job) {
	l.mu.Lock()
	l.jobs = append(l.jobs, j)
	l.mu.Unlock()
	l.s.mu.Lock()
	on := l.s.onJob
	l.s.mu.Unlock()
	if on != nil {
		l.in <- func() { l.turn(on(l, j)) }
	}
}

func (l *scriptedLife) Stop(grace time.Duration) {
	l.mu.Lock()
	l.stops = append(l.stops, grace)
	done := l.stopped || l.holding
	l.stopped = true
	l.mu.Unlock()
	if !done {
		l.s.mu.Lock()
		parting := l.s.parting
		l.s.mu.Unlock()
		l.in <- func() { l.turn(&actor.Outcome{Stopped: true, Conns: parting}) }
	}
}

func (l *scriptedLife) Kill() {
	l.mu.Lock()
	l.killed = true
	l.mu.Unlock()
}

// job waits for the nth job of type J.
func job[J actor.Job](t testing.TB, l *scriptedLife, n int) J {
	t.Helper()
	var got J
	eventually(t, "a job is posted", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		k := 0
		for _, j := range l.jobs {
			if x, ok := j.(J); ok {
				if k++; k == n {
					got = x
					return true
				}
			}
		}
		return false
	})
	return got
}

// fakeStore keeps everything in maps. Commits wait while held; they fail while broken.
type fakeStore struct {
	mu     sync.Mutex
	images map[actor.ID]*actor.Image
	alarms map[actor.AlarmID]actor.Alarm
	seq    uint64
	queue  []queued
	held   bool
	broken error
	read   func() // runs when what is due was read, before it is told; nil: nothing
	dumb   error  // what Acquire fails with; nil: it doesn't
	wake   chan struct{}
	log    []*actor.Batch
}

type queued struct {
	b    *actor.Batch
	done func(error)
}

func newFakeStore(t testing.TB) *fakeStore {
	s := &fakeStore{images: map[actor.ID]*actor.Image{}, alarms: map[actor.AlarmID]actor.Alarm{}, wake: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.wake:
				s.drain()
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return s
}

func (s *fakeStore) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *fakeStore) hold(on bool) {
	s.mu.Lock()
	s.held = on
	s.mu.Unlock()
	s.poke()
}

func (s *fakeStore) breakDown(err error) {
	s.mu.Lock()
	s.broken = err
	s.mu.Unlock()
}

func (s *fakeStore) drain() {
	for {
		s.mu.Lock()
		if s.held || len(s.queue) == 0 {
			s.mu.Unlock()
			return
		}
		q := s.queue[0]
		s.queue = s.queue[1:]
		err := s.broken
		if err == nil {
			s.apply(q.b)
		}
		s.mu.Unlock()
		q.done(err)
	}
}

func (s *fakeStore) apply(b *actor.Batch) {
	s.log = append(s.log, b)
	img := s.images[b.Lease.ID]
	if b.Create != nil && img == nil {
		img = &actor.Image{Ref: *b.Create, Input: b.Input}
		s.images[b.Lease.ID] = img
	}
	if b.Initialized {
		img.Initialized = true
	}
	if b.Snapshot != nil {
		img.Snapshot, img.Patches = b.Snapshot, nil
	}
	img.Patches = append(img.Patches, b.Patches...)
	for _, id := range b.ConnsRemoved {
		img.Conns = slices.DeleteFunc(img.Conns, func(c actor.ConnState) bool { return c.ID == id })
	}
	for _, c := range b.Conns {
		img.Conns = slices.DeleteFunc(img.Conns, func(o actor.ConnState) bool { return o.ID == c.ID })
		img.Conns = append(img.Conns, c)
	}
	for _, id := range b.AlarmsRemoved {
		delete(s.alarms, id)
	}
	for _, a := range b.Alarms {
		s.seq++
		a.Seq = s.seq
		s.alarms[a.ID] = a
	}
	img.Rev++
}

func (s *fakeStore) Lookup(_ context.Context, id actor.ID) (actor.Ref, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if img := s.images[id]; img != nil {
		return img.Ref, true, nil
	}
	return actor.Ref{}, false, nil
}

func (s *fakeStore) Acquire(_ context.Context, id actor.ID) (*actor.Image, actor.Lease, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dumb != nil {
		return nil, actor.Lease{}, s.dumb
	}
	img := s.images[id]
	if img == nil {
		return nil, actor.Lease{ID: id}, nil
	}
	copied := *img
	copied.Patches, copied.Conns = slices.Clone(img.Patches), slices.Clone(img.Conns)
	return &copied, actor.Lease{ID: id}, nil
}

func (s *fakeStore) Commit(b *actor.Batch, done func(error)) {
	s.mu.Lock()
	s.queue = append(s.queue, queued{b, done})
	s.mu.Unlock()
	s.poke()
}

func (s *fakeStore) sorted(keep func(actor.Alarm) bool) []actor.Alarm {
	var all []actor.Alarm
	for _, a := range s.alarms {
		if keep(a) && !a.Failed {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b actor.Alarm) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return int(a.Seq) - int(b.Seq)
	})
	return all
}

func (s *fakeStore) Alarms(_ context.Context, t time.Time, limit int) ([]actor.Alarm, error) {
	s.mu.Lock()
	all, read := s.sorted(func(a actor.Alarm) bool { return !a.At.After(t) }), s.read
	s.mu.Unlock()
	if read != nil {
		read()
	}
	return all[:min(len(all), limit)], nil
}

func (s *fakeStore) NextAlarm(_ context.Context, t time.Time) (time.Time, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.sorted(func(a actor.Alarm) bool { return a.At.After(t) })
	if len(all) == 0 {
		return time.Time{}, false, nil
	}
	return all[0].At, true, nil
}

func (s *fakeStore) Destroy(_ context.Context, id actor.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.images, id)
	for k, a := range s.alarms {
		if a.Actor == id {
			delete(s.alarms, k)
		}
	}
	return nil
}

func (s *fakeStore) ReadImage(ctx context.Context, id actor.ID) (*actor.Image, error) {
	img, _, err := s.Acquire(ctx, id)
	return img, err
}

func (s *fakeStore) AlarmsOf(_ context.Context, id actor.ID) ([]actor.Alarm, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []actor.Alarm
	for _, a := range s.alarms {
		if a.Actor == id {
			all = append(all, a)
		}
	}
	return all, nil
}

func (s *fakeStore) image(id actor.ID) *actor.Image {
	img, _, _ := s.Acquire(context.Background(), id)
	return img
}

// fakeClock moves only when told to.
type fakeClock struct {
	mu     sync.Mutex
	now    time.Time
	timers []*fakeTimer
}

type fakeTimer struct {
	at time.Time
	f  func()
}

func newFakeClock() *fakeClock { return &fakeClock{now: time.UnixMilli(1_700_000_000_000)} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) AfterFunc(d time.Duration, f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &fakeTimer{c.now.Add(d), f}
	c.timers = append(c.timers, t)
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		n := len(c.timers)
		c.timers = slices.DeleteFunc(c.timers, func(o *fakeTimer) bool { return o == t })
		return len(c.timers) < n
	}
}

func (c *fakeClock) advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	var due []*fakeTimer
	c.timers = slices.DeleteFunc(c.timers, func(t *fakeTimer) bool {
		if t.at.After(c.now) {
			return false
		}
		due = append(due, t)
		return true
	})
	c.mu.Unlock()
	for _, t := range due {
		t.f()
	}
}

// fakePeer notes what a client would get.
type fakePeer struct {
	mu  sync.Mutex
	got []string
}

func (p *fakePeer) add(s string) {
	p.mu.Lock()
	p.got = append(p.got, s)
	p.mu.Unlock()
}
func (p *fakePeer) Init(actor.ID, actor.ConnID, string) { p.add("init") }
func (p *fakePeer) Event(e *actor.Event)                { p.add("event " + e.Name) }
func (p *fakePeer) Close(_ int, reason string, _ error) { p.add("close " + reason) }
func (p *fakePeer) saw() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

// eventually waits for a condition that other goroutines bring about.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(100 * time.Microsecond) // yields; the condition decides
	}
}

func counterQuery(key string) actor.Query {
	return actor.Query{Kind: actor.GetOrCreate, Name: "counter", Key: actor.Key{key}, Input: value.Undefined{}}
}
