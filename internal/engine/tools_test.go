package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// notes is an Observer that keeps everything.
type notes struct {
	mu  sync.Mutex
	seq uint64
	all []*actor.Entry
}

func (n *notes) Seq() uint64 {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.seq++
	return n.seq
}

func (n *notes) Observe(e *actor.Entry) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, e)
}

// words are the entries as "kind name via", in the order in which they were told.
func (n *notes) words() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var out []string
	for _, e := range n.all {
		s := string(e.Kind)
		for _, part := range []string{e.Name, e.Via} {
			if part != "" {
				s += " " + part
			}
		}
		if e.Err != nil {
			s += " !" + string(errs.CodeOf(e.Err))
		}
		if e.Patch != nil {
			s += " +" + string(e.Patch)
		}
		if e.Base != nil {
			s += " =" + string(e.Base.Snapshot)
		}
		out = append(out, s)
	}
	return out
}

func (n *notes) find(t *testing.T, kind actor.EntryKind, name string) *actor.Entry {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, e := range n.all {
		if e.Kind == kind && e.Name == name {
			return e
		}
	}
	t.Fatalf("no entry %s %s", kind, name)
	return nil
}

func observedWorld(t *testing.T, onJob func(*scriptedLife, actor.Job) *actor.Outcome) (*world, *notes) {
	n := &notes{}
	w := &world{store: newFakeStore(t), clock: newFakeClock(), run: newScripted("v1", "counter")}
	w.run.onJob = onJob
	w.Engine = New(Options{Store: w.store, Clock: w.clock, Observer: n})
	if _, err := w.Swap(t.Context(), w.run); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.hold(false); w.Close(0) })
	return w, n
}

func idOf(key string) actor.ID { return actor.IDOf("counter", actor.Key{key}) }

func TestObserverHearsALife(t *testing.T) {
	t.Parallel()
	w, n := observedWorld(t, func(l *scriptedLife, j actor.Job) *actor.Outcome {
		o := echo(l, j)
		if inv, ok := j.(actor.Invoke); ok {
			o.Logs = []actor.Log{{Msg: "hello", Call: inv.Call}}
			o.Effects = append(o.Effects, actor.Broadcast{Event: &actor.Event{Name: "after"}, Call: inv.Call})
		}
		return o
	})
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	p := &fakePeer{}
	link, err := w.Connect(t.Context(), actor.ConnectSpec{Query: counterQuery("a"), Caller: actor.Caller{Transport: actor.WebSocket}}, p)
	if err != nil {
		t.Fatal(err)
	}
	link.Subscribe("changed", true)
	ch := make(chan answer, 1)
	link.Act("add", nil, func(out value.Value, err error) { ch <- answer{out, err} })
	waitAnswer(t, ch)
	link.Subscribe("changed", false)
	link.Close()
	if err := w.Sleep(t.Context(), idOf("a")); err != nil {
		t.Fatal(err)
	}
	want := []string{"create start", "start start =s0", "log", "action inc +inc", "event after", "subscribe changed ws", "connect ws",
		"event changed", "action add ws +add", "unsubscribe changed ws", "disconnect ws", "sleep"}
	got := n.words()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("entries\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	inc := n.find(t, actor.EntryAction, "inc")
	made, start := n.find(t, actor.EntryCreate, ""), n.find(t, actor.EntryStart, "")
	if made.Seq >= start.Seq || start.Seq >= inc.Seq {
		t.Errorf("numbered %d, %d, %d; want creation, start and action in this order", made.Seq, start.Seq, inc.Seq)
	}
	for _, e := range []*actor.Entry{n.find(t, actor.EntryEvent, "after"), n.find(t, actor.EntryLog, "")} {
		if e.Cause != inc.Seq || e.Trace != inc.Seq {
			t.Errorf("%s came from %d (trace %d), want %d", e.Kind, e.Cause, e.Trace, inc.Seq)
		}
	}
	if inc.Rev == 0 || inc.Actor.Name != "counter" || inc.Version != "v1" {
		t.Errorf("action entry %+v", inc)
	}
}

func TestObserverHearsNothingBeforeItIsDurable(t *testing.T) {
	t.Parallel()
	w, n := observedWorld(t, echo)
	if _, err := w.invoke("a", "warm"); err != nil {
		t.Fatal(err)
	}
	w.store.hold(true)
	ch := w.async("a", "inc")
	eventually(t, "the batch waits", func() bool { w.store.mu.Lock(); defer w.store.mu.Unlock(); return len(w.store.queue) == 1 })
	if slices.ContainsFunc(n.words(), func(s string) bool { return strings.Contains(s, "inc") }) {
		t.Error("told before the commit")
	}
	w.store.breakDown(errors.New("disk gone"))
	w.store.hold(false)
	waitAnswer(t, ch)
	eventually(t, "the failure is told", func() bool { return slices.Contains(n.words(), "error commit !storage_unavailable") })
	if !slices.Contains(n.words(), "action inc !storage_unavailable") {
		t.Errorf("entries %q", n.words())
	}
}

func TestSleepWakeRestartDestroy(t *testing.T) {
	t.Parallel()
	w, n := observedWorld(t, echo)
	ctx := t.Context()
	if err := w.Wake(ctx, idOf("a")); !errs.Is(err, errs.ActorNotFound) {
		t.Fatalf("Wake of nobody: %v", err)
	}
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	status := func() string {
		if l, ok := w.Live(idOf("a")); ok {
			return l.Status
		}
		return "gone"
	}
	if err := w.Sleep(ctx, idOf("a")); err != nil || status() != "gone" {
		t.Fatalf("Sleep: %v, %s", err, status())
	}
	if err := w.Wake(ctx, idOf("a")); err != nil || status() != "awake" {
		t.Fatalf("Wake: %v, %s", err, status())
	}
	if err := w.Restart(ctx, idOf("a")); err != nil || status() != "awake" {
		t.Fatalf("Restart: %v, %s", err, status())
	}
	w.run.life(t, 3)
	if l, _ := w.Live(idOf("a")); l.Rev != 2 || l.Version != "v1" || len(w.Lives()) != 1 {
		t.Errorf("Live = %+v", l)
	}
	p := &fakePeer{}
	if _, err := w.Connect(ctx, actor.ConnectSpec{Query: counterQuery("a")}, p); err != nil {
		t.Fatal(err)
	}
	eventually(t, "connected", func() bool { return slices.Contains(p.saw(), "init") })
	if err := w.Destroy(ctx, idOf("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Lookup(ctx, idOf("a")); !errs.Is(err, errs.ActorNotFound) {
		t.Errorf("after Destroy: %v", err)
	}
	if !slices.Contains(p.saw(), "close destroyed") || status() != "gone" {
		t.Errorf("peer saw %q, actor is %s", p.saw(), status())
	}
	if got := n.words(); got[len(got)-1] != "destroy studio" {
		t.Errorf("last entry %q", got[len(got)-1])
	}
	if err := w.Destroy(ctx, idOf("a")); !errs.Is(err, errs.ActorNotFound) {
		t.Errorf("second Destroy: %v", err)
	}
	if out, err := w.invoke("a", "again"); err != nil || out != "again" {
		t.Errorf("a new one: %v, %v", out, err)
	}
}

// graphStart gives new actors a real state.
func graphStart(s actor.Start) *actor.Outcome {
	o := &actor.Outcome{Started: true}
	if s.New {
		o.Snapshot = value.GraphOf(1.0).Encode()
	}
	return o
}

func TestEditOfASleeperLeavesItAsleep(t *testing.T) {
	t.Parallel()
	w, n := observedWorld(t, echo)
	w.run.onStart = graphStart
	ctx := t.Context()
	if err := w.Wake(ctx, idOf("a")); !errs.Is(err, errs.ActorNotFound) {
		t.Fatal(err)
	}
	w.run.onJob = func(_ *scriptedLife, j actor.Job) *actor.Outcome {
		return &actor.Outcome{Effects: []actor.Effect{actor.Reply{Call: j.(actor.Invoke).Call}}}
	}
	if _, err := w.invoke("a", "x"); err != nil {
		t.Fatal(err)
	}
	if err := w.Sleep(ctx, idOf("a")); err != nil {
		t.Fatal(err)
	}
	plus := func(v value.Value) (value.Value, error) { return v.(float64) + 1, nil }
	ed, err := w.EditState(ctx, idOf("a"), "", 1, plus)
	if err != nil || ed.Rev != 2 || ed.Seq == 0 {
		t.Fatalf("EditState = %+v, %v", ed, err)
	}
	var conflict *actor.Conflict
	if _, err := w.EditState(ctx, idOf("a"), "", 1, plus); !errors.As(err, &conflict) || conflict.Rev != 2 {
		t.Fatalf("edit of an old revision: %v", err)
	}
	img, err := w.Image(ctx, idOf("a"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := value.DecodeGraph(img.Snapshot, img.Patches...)
	if err != nil || g.Root() != 2.0 {
		t.Errorf("stored %v, %v", g.Root(), err)
	}
	if _, held := w.Live(idOf("a")); held {
		t.Error("the actor was woken")
	}
	if e := n.find(t, actor.EntryState, ""); e.Via != "studio" || e.Rev != 2 || e.Base == nil {
		t.Errorf("entry %+v", e)
	}
	if _, err := w.EditState(ctx, idOf("a"), "", 2, func(value.Value) (value.Value, error) { return strings.Repeat("x", 17<<20), nil }); !errs.Is(err, errs.StateTooLarge) {
		t.Errorf("an enormous state: %v", err)
	}
}

func TestEditOfOneAwakeIsATurnOfItsOwn(t *testing.T) {
	t.Parallel()
	var seen value.Value
	w, _ := observedWorld(t, func(l *scriptedLife, j actor.Job) *actor.Outcome {
		if ed, ok := j.(actor.Edit); ok {
			v, err := ed.Change(5.0)
			o := &actor.Outcome{Effects: []actor.Effect{actor.Reply{Call: ed.Call, Err: err}}}
			if err == nil {
				seen, o.Patch = v, []byte("edit")
			}
			return o
		}
		return echo(l, j)
	})
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	l, _ := w.Live(idOf("a"))
	plus := func(v value.Value) (value.Value, error) { return v.(float64) + 1, nil }
	ed, err := w.EditState(t.Context(), idOf("a"), "", l.Rev, plus)
	if err != nil || ed.Rev != l.Rev+1 || seen != 6.0 {
		t.Fatalf("EditState = %+v, %v; became %v", ed, err, seen)
	}
	var conflict *actor.Conflict
	if _, err := w.EditState(t.Context(), idOf("a"), "", l.Rev, plus); !errors.As(err, &conflict) {
		t.Errorf("edit of an old revision: %v", err)
	}
}

func TestAlarmTools(t *testing.T) {
	t.Parallel()
	fails := true
	w, _ := observedWorld(t, func(l *scriptedLife, j actor.Job) *actor.Outcome {
		switch j := j.(type) {
		case actor.Invoke:
			return &actor.Outcome{
				Alarms:  []actor.AlarmChange{{ID: "al", At: time.UnixMilli(1_700_000_100_000), Action: "ring"}},
				Effects: []actor.Effect{actor.Reply{Call: j.Call}},
			}
		case actor.Run:
			var err error
			if fails {
				err = errs.New(errs.User, "not today")
			}
			return &actor.Outcome{Effects: []actor.Effect{actor.Reply{Call: j.Call, Err: err}}}
		}
		return echo(l, j)
	})
	ctx := t.Context()
	set := func() {
		if _, err := w.invoke("a", "set"); err != nil {
			t.Fatal(err)
		}
	}
	stored := func() []actor.Alarm { all, _ := w.store.AlarmsOf(ctx, idOf("a")); return all }
	set()
	if err := w.RunAlarm(ctx, idOf("a"), "al"); !errs.Is(err, errs.User) {
		t.Fatalf("RunAlarm: %v", err)
	}
	if all := stored(); len(all) != 1 || all[0].Attempt != 1 {
		t.Fatalf("after a failed run: %+v", all)
	}
	for _, asleep := range []bool{false, true} {
		if asleep {
			if err := w.Sleep(ctx, idOf("a")); err != nil {
				t.Fatal(err)
			}
		}
		fails = false
		if err := w.RetryAlarm(ctx, idOf("a"), "al"); err != nil {
			t.Fatal(err)
		}
		eventually(t, "it ran", func() bool { return len(stored()) == 0 })
		fails = true
		set()
	}
	if err := w.Sleep(ctx, idOf("a")); err != nil {
		t.Fatal(err)
	}
	if err := w.CancelAlarm(ctx, idOf("a"), "al"); err != nil || len(stored()) != 0 {
		t.Errorf("CancelAlarm: %v, left %v", err, stored())
	}
	if err := w.CancelAlarm(ctx, idOf("a"), "al"); errs.CodeOf(err) != "not_found" {
		t.Errorf("a second one: %v", err)
	}
}

func TestEmitReachesSubscribersWithoutWaking(t *testing.T) {
	t.Parallel()
	w, _ := observedWorld(t, echo)
	p := &fakePeer{}
	link, err := w.Connect(t.Context(), actor.ConnectSpec{Query: counterQuery("a")}, p)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "connected", func() bool { return slices.Contains(p.saw(), "init") })
	link.Subscribe("test", true)
	if err := w.Sleep(t.Context(), idOf("a")); err != nil {
		t.Fatal(err)
	}
	if seq, err := w.Emit(t.Context(), idOf("a"), &actor.Event{Name: "test"}, ""); err != nil || seq == 0 {
		t.Fatalf("Emit = %d, %v", seq, err)
	}
	if _, err := w.Emit(t.Context(), idOf("a"), &actor.Event{Name: "one"}, link.ID()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Emit(t.Context(), idOf("a"), &actor.Event{Name: "one"}, "nobody"); !errs.Is(err, errs.ConnNotFound) {
		t.Errorf("to nobody: %v", err)
	}
	if got := p.saw(); !slices.Contains(got, "event test") || !slices.Contains(got, "event one") {
		t.Errorf("peer saw %q", got)
	}
	conns := w.Conns(idOf("a"))
	if l, _ := w.Live(idOf("a")); l.Status != "sleeping" || len(conns) != 1 || conns[0].Sent != 2 || !slices.Equal(conns[0].Subscriptions, []string{"test"}) {
		t.Errorf("%+v, conns %+v", l, conns)
	}
	if err := w.CloseConn(idOf("a"), link.ID(), "enough"); err != nil || !slices.Contains(p.saw(), "close enough") {
		t.Errorf("CloseConn: %v; %q", err, p.saw())
	}
	if err := w.CloseConn(idOf("b"), link.ID(), ""); !errs.Is(err, errs.ConnNotFound) {
		t.Errorf("of another actor: %v", err)
	}
}

func TestImport(t *testing.T) {
	t.Parallel()
	w, n := observedWorld(t, echo)
	in := actor.Importing{
		Ref:    actor.Ref{ID: idOf("a"), Name: "counter", Key: actor.Key{"a"}, Region: "local", CreatedAt: time.UnixMilli(1)},
		State:  value.GraphOf(1.0).Encode(),
		Alarms: []actor.Alarm{{ID: "al", At: time.UnixMilli(1_800_000_000_000), Action: "ring"}},
	}
	ctx := context.Background()
	if made, replaced, err := w.Import(ctx, in); err != nil || !made || replaced {
		t.Fatalf("Import = %t, %t, %v", made, replaced, err)
	}
	if made, replaced, err := w.Import(ctx, in); err != nil || made || replaced {
		t.Fatalf("again = %t, %t, %v", made, replaced, err)
	}
	if _, err := w.invoke("a", "x"); err != nil {
		t.Fatal(err)
	}
	if spec := w.run.life(t, 1).spec; spec.New || string(spec.Snapshot) != string(in.State) {
		t.Errorf("started with %+v", spec)
	}
	if made, replaced, err := w.Import(ctx, in); err != nil || made || replaced {
		t.Fatalf("while awake = %t, %t, %v", made, replaced, err)
	}
	in.Replace, in.State = true, value.GraphOf(2.0).Encode()
	if made, replaced, err := w.Import(ctx, in); err != nil || made || !replaced {
		t.Fatalf("replace = %t, %t, %v", made, replaced, err)
	}
	img := w.store.image(idOf("a"))
	if alarms, _ := w.store.AlarmsOf(ctx, idOf("a")); string(img.Snapshot) != string(in.State) || len(img.Patches) != 0 || len(alarms) != 1 {
		t.Errorf("stored %+v, alarms %v", img, alarms)
	}
	if got := n.words(); !strings.HasPrefix(got[0], "create studio =") {
		t.Errorf("first entry %q", got[0])
	}
}

func TestNobodyObservingCostsNothing(t *testing.T) {
	w := newWorld(t, nil)
	c := newCell(w.Engine, "x")
	o := &actor.Outcome{Patch: []byte("p"), Logs: []actor.Log{{}}}
	if n := testing.AllocsPerRun(100, func() {
		if w.observed(actor.EntryAction, "x", nil, &actor.Caller{}) != nil || c.note(o) != nil {
			t.Fatal("noted")
		}
		c.observeEvent(&actor.Event{}, "", 0)
	}); n > 1 { // the event of this test
		t.Errorf("%v allocations", n)
	}
}
