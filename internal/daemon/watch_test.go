package daemon

import (
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/studio"
	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// seen collects what a subscription is told.
type seen struct {
	mu   sync.Mutex
	all  []client.Update
	seqs []uint64
}

func (s *seen) told(u client.Update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, u)
	for _, e := range u.Items {
		s.seqs = append(s.seqs, e.Seq)
	}
	for _, l := range u.Logs {
		s.seqs = append(s.seqs, l.Seq)
	}
}

func (s *seen) last() client.Update {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) == 0 {
		return client.Update{}
	}
	return s.all[len(s.all)-1]
}

func (s *seen) numbers() []uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seqs)
}

func watch(t *testing.T, in *client.Inspector) *client.Watch {
	t.Helper()
	w, err := in.Watch(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

// subscribe begins a topic and waits for its first Update.
func subscribe(t *testing.T, w *client.Watch, topic string, q inspect.Query) *seen {
	t.Helper()
	s := &seen{}
	w.Subscribe(topic, q, nil, s.told)
	testkit.Eventually(t, topic+" begins", func() bool { s.mu.Lock(); defer s.mu.Unlock(); return len(s.all) > 0 })
	return s
}

// shows waits until the text of the last Data is what ok wants.
func (s *seen) shows(t *testing.T, what string, ok func(client.Update) bool) {
	t.Helper()
	testkit.Eventually(t, what, func() bool { return ok(s.last()) })
}

func TestWatchedPicturesFollow(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	l.call(t, "a", "increment", 1.0)
	id := l.id(t, "a")
	w := watch(t, l.Inspector)
	state := subscribe(t, w, inspect.TopicState, inspect.Query{Actor: id})
	part := subscribe(t, w, inspect.TopicState, inspect.Query{Actor: id, Path: "/count"})
	actors := subscribe(t, w, inspect.TopicActors, inspect.Query{Q: "key:a*"})
	one := subscribe(t, w, inspect.TopicActor, inspect.Query{Actor: id})
	schedule := subscribe(t, w, inspect.TopicSchedule, inspect.Query{})
	failures := subscribe(t, w, inspect.TopicErrors, inspect.Query{})
	types := subscribe(t, w, inspect.TopicTypes, inspect.Query{})
	build := subscribe(t, w, inspect.TopicBuild, inspect.Query{})
	if !state.last().Fresh || actors.last().Total != 1 {
		t.Errorf("first %+v, %+v", state.last(), actors.last())
	}
	began := time.Now()
	l.call(t, "a", "increment", 41.0)
	var st inspect.State
	state.shows(t, "the new state", func(u client.Update) bool {
		return u.Decode(&st) == nil && text(t, st.Value) == `{"count":42,"log":[],"when":{"$date":5}}`
	})
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	if u := state.last(); u.Fresh || len(u.Ops) == 0 {
		t.Errorf("it came as %+v", u)
	}
	part.shows(t, "the new part", func(u client.Update) bool { return u.Decode(&st) == nil && text(t, st.Value) == `42` })
	l.call(t, "ab", "increment", 1.0)
	actors.shows(t, "the new actor", func(u client.Update) bool { return u.Total == 2 })
	l.call(t, "a", "later", 600_000.0)
	schedule.shows(t, "the new alarm", func(u client.Update) bool {
		var all []inspect.Alarm
		return u.Decode(&all) == nil && len(all) == 1 && all[0].Action == "increment"
	})
	_, _ = l.Inspector.Call(t.Context(), id, "crash", nil, 0)
	failures.shows(t, "the new error", func(u client.Update) bool {
		var all []inspect.ErrorGroup
		return u.Decode(&all) == nil && len(all) == 2 // the answer and the line
	})
	types.shows(t, "the new count", func(u client.Update) bool {
		var all []inspect.Type
		return u.Decode(&all) == nil && all[1].Count == 2
	})
	must(l.Sleep(t.Context(), id))(t)
	one.shows(t, "that it sleeps", func(u client.Update) bool {
		var a inspect.Actor
		return u.Decode(&a) == nil && a.Status == inspect.Sleeping && a.Errors > 0
	})
	l.d.SetBuild(studio.Build{Status: "failed", Problems: []studio.Problem{{Text: "syntax"}}})
	build.shows(t, "the failed build", func(u client.Update) bool {
		var b inspect.Build
		return u.Decode(&b) == nil && b.Status == "failed" && len(b.Problems) == 1
	})
	if err := l.Destroy(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	state.shows(t, "that it is gone", func(u client.Update) bool { return errs.Is(u.Err, errs.ActorNotFound) })
	actors.shows(t, "one less", func(u client.Update) bool { return u.Total == 1 })
}

func TestWatchedStreamsFilter(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	l.call(t, "a", "increment", 1.0)
	w := watch(t, l.Inspector)
	history := subscribe(t, w, inspect.TopicHistory, inspect.Query{Filter: "kind:action"})
	logs := subscribe(t, w, inspect.TopicLogs, inspect.Query{Actor: l.id(t, "a"), Last: -1})
	if n := len(history.numbers()); n != 1 || len(logs.numbers()) != 0 {
		t.Errorf("they begin with %d and %d", n, len(logs.numbers()))
	}
	for range 20 {
		l.call(t, "a", "increment", 1.0)
		l.call(t, "b", "increment", 1.0)
	}
	testkit.Eventually(t, "all come", func() bool { return len(history.numbers()) == 41 && len(logs.numbers()) == 20 })
	if u := history.last(); u.Items[0].Kind != inspect.KindAction || text(t, u.Items[0].Patch) == "null" {
		t.Errorf("entry %s", text(t, u.Items[0]))
	}
	bad := &seen{}
	w.Subscribe(inspect.TopicHistory, inspect.Query{Filter: "nope:1"}, nil, bad.told)
	w.Subscribe("nope", inspect.Query{}, nil, bad.told)
	testkit.Eventually(t, "mistakes are told", func() bool { bad.mu.Lock(); defer bad.mu.Unlock(); return len(bad.all) == 2 && bad.all[0].Err != nil })
}

func TestWindowMoves(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	for i := range 30 {
		must(l.Create(t.Context(), "bare", []string{strconv.Itoa(100 + i)}, nil))(t)
	}
	w := watch(t, l.Inspector)
	s := &seen{}
	sub := w.Subscribe(inspect.TopicActors, inspect.Query{Sort: "-key"}, &inspect.Window{From: 0, To: 5}, s.told)
	keys := func(u client.Update) (out []string) {
		var page struct{ Items []inspect.Actor }
		if u.Decode(&page) == nil {
			for _, a := range page.Items {
				out = append(out, a.Key[0])
			}
		}
		return out
	}
	s.shows(t, "the first rows", func(u client.Update) bool {
		return slices.Equal(keys(u), []string{"129", "128", "127", "126", "125"}) && u.Total == 30
	})
	sub.Window(28, 33)
	s.shows(t, "the last rows", func(u client.Update) bool { return slices.Equal(keys(u), []string{"101", "100"}) })
}

// proxy is a connection to a server that a test can cut and hold up.
type proxy struct {
	net.Listener
	to string

	mu    sync.Mutex
	conns []net.Conn
	stall bool
}

func newProxy(t *testing.T, to string) *proxy {
	t.Helper()
	var lc net.ListenConfig
	ln, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{Listener: ln, to: to}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			s, err := net.Dial("tcp", to)
			if err != nil {
				_ = c.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, c, s)
			p.mu.Unlock()
			wg.Go(func() { _, _ = io.Copy(s, c); _ = s.Close() })
			wg.Go(func() { p.copy(c, s); _ = c.Close() })
		}
	})
	t.Cleanup(func() { _ = ln.Close(); p.cut(); wg.Wait() })
	return p
}

func (p *proxy) copy(dst, src net.Conn) {
	buf := make([]byte, 4096)
	for {
		n, err := src.Read(buf)
		for p.stalled() {
			time.Sleep(5 * time.Millisecond)
		}
		if _, werr := dst.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

func (p *proxy) stalled() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.stall }

func (p *proxy) setStall(on bool) { p.mu.Lock(); defer p.mu.Unlock(); p.stall = on }

// cut breaks all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns, p.stall = nil, false
}

func (l *live) through(t *testing.T) (*proxy, *client.Inspector) {
	t.Helper()
	p := newProxy(t, "127.0.0.1:"+strconv.Itoa(l.d.Port()))
	in, err := client.NewInspector(client.InspectorOptions{URL: "http://" + p.Addr().String(), Token: "studio"})
	if err != nil {
		t.Fatal(err)
	}
	return p, in
}

func TestWatchGoesOnWithoutGapOrDouble(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	p, in := l.through(t)
	var mu sync.Mutex
	lost, back := 0, 0
	w, err := in.Watch(t.Context(), func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			lost++
		} else {
			back++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	s := subscribe(t, w, inspect.TopicHistory, inspect.Query{Filter: "kind:action"})
	state := &seen{}
	total := 0
	for round := range 4 {
		for range 25 {
			l.call(t, "a", "increment", 1.0)
			total++
		}
		if round == 0 {
			w.Subscribe(inspect.TopicState, inspect.Query{Actor: l.id(t, "a"), Path: "/count"}, nil, state.told)
		}
		p.cut()
		for range 25 {
			l.call(t, "a", "increment", 1.0)
			total++
		}
		testkit.Eventually(t, "it is back", func() bool { mu.Lock(); defer mu.Unlock(); return back > round && lost > round })
	}
	testkit.Eventually(t, "all have come", func() bool { return len(s.numbers()) >= total })
	got := s.numbers()
	slices.Sort(got)
	if len(got) != total || len(slices.Compact(got)) != total {
		t.Errorf("%d entries came, %d of them different; want %d", len(got), len(slices.Compact(got)), total)
	}
	state.shows(t, "the state", func(u client.Update) bool {
		var st inspect.State
		return u.Decode(&st) == nil && text(t, st.Value) == strconv.Itoa(total)
	})
}

func TestASlowWatcherIsSentLess(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	p, in := l.through(t)
	w := watch(t, in)
	s := subscribe(t, w, inspect.TopicHistory, inspect.Query{})
	p.setStall(true)
	for range 1500 { // two entries and a line each: more than the ring keeps
		l.call(t, "a", "increment", 1.0)
	}
	p.setStall(false)
	last := uint64(0)
	for _, e := range must(l.History(t.Context(), client.HistoryQuery{Limit: 1}))(t).Items {
		last = e.Seq
	}
	testkit.Eventually(t, "the last comes", func() bool { return slices.Contains(s.numbers(), last) })
	dropped := 0
	s.mu.Lock()
	for _, u := range s.all {
		if u.Dropped != nil {
			dropped += u.Dropped.Count
		}
	}
	got := len(s.seqs)
	s.mu.Unlock()
	if dropped == 0 && got < 4500 || got+dropped < 4500 {
		t.Errorf("%d came and %d were told to be dropped, of more than 4500", got, dropped)
	}
}

func TestSocketRefusals(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	if _, err := l.as(t, "wrong").Watch(t.Context(), nil); !errs.Is(err, errs.Unauthorized) {
		t.Errorf("a wrong token: %v", err)
	}
	session := must(l.Session(t.Context(), false))(t).Session
	w := watch(t, l.as(t, session))
	if w.Meta().Project != "demo" {
		t.Errorf("meta %+v", w.Meta())
	}
	s := &seen{}
	for range inspect.MaxSubscriptions + 1 {
		w.Subscribe(inspect.TopicMeta, inspect.Query{}, nil, s.told)
	}
	testkit.Eventually(t, "the last is refused", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return slices.ContainsFunc(s.all, func(u client.Update) bool { return u.Err != nil })
	})
}
