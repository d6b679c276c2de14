package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

type world struct {
	*Engine
	store *fakeStore
	clock *fakeClock
	run   *scripted
}

// echo answers every call with the action's name and changes the state.
func echo(_ *scriptedLife, j actor.Job) *actor.Outcome {
	switch j := j.(type) {
	case actor.Invoke:
		return &actor.Outcome{Patch: []byte(j.Action), Effects: []actor.Effect{actor.Reply{Call: j.Call, Output: j.Action}}}
	case actor.Act:
		return &actor.Outcome{Patch: []byte(j.Action), Effects: []actor.Effect{
			actor.Broadcast{Event: &actor.Event{Name: "changed"}}, actor.Reply{Call: j.Call, Output: j.Action},
		}}
	case actor.Connect:
		return &actor.Outcome{
			Conns:   []actor.ConnChange{{Conn: j.Conn.ID}},
			Effects: []actor.Effect{actor.Accepted{Conn: j.Conn.ID}, actor.Reply{Call: j.Call, Output: value.Undefined{}}},
		}
	case actor.Disconnect:
		return &actor.Outcome{Conns: []actor.ConnChange{{Conn: j.Conn, Removed: true}}}
	case actor.Run:
		return &actor.Outcome{Patch: []byte(j.Action), Effects: []actor.Effect{actor.Reply{Call: j.Call}}}
	}
	return nil
}

func newWorld(t testing.TB, onJob func(*scriptedLife, actor.Job) *actor.Outcome) *world {
	w := &world{store: newFakeStore(t), clock: newFakeClock(), run: newScripted("v1", "counter")}
	w.run.onJob = onJob
	w.Engine = New(Options{Store: w.store, Clock: w.clock})
	if _, err := w.Swap(context.Background(), w.run); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.hold(false); w.Close(0) })
	return w
}

func (w *world) invoke(key, action string) (value.Value, error) {
	return w.Call(context.Background(), actor.CallSpec{Query: counterQuery(key), Action: action})
}

// async starts a call and gives its answer later.
func (w *world) async(key, action string) chan answer {
	ch := make(chan answer, 1)
	go func() {
		out, err := w.invoke(key, action)
		ch <- answer{out, err}
	}()
	return ch
}

func waitAnswer(t testing.TB, ch chan answer) answer {
	t.Helper()
	select {
	case a := <-ch:
		return a
	case <-time.After(10 * time.Second):
		t.Fatal("no answer")
		return answer{}
	}
}

func TestCallCreatesStartsAndAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	out, err := w.invoke("a", "inc")
	if err != nil || out != "inc" {
		t.Fatalf("Call = %v, %v; want inc", out, err)
	}
	img := w.store.image(actor.IDOf("counter", actor.Key{"a"}))
	if img == nil || !img.Initialized || string(img.Snapshot) != "s0" || len(img.Patches) != 1 {
		t.Fatalf("stored %+v; want an initialized actor with its snapshot and one patch", img)
	}
}

func TestAnswerWaitsForItsCommit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	if _, err := w.invoke("a", "warm"); err != nil {
		t.Fatal(err)
	}
	w.store.hold(true)
	ch := w.async("a", "inc")
	job[actor.Invoke](t, w.run.life(t, 1), 2)
	eventually(t, "the batch waits", func() bool { w.store.mu.Lock(); defer w.store.mu.Unlock(); return len(w.store.queue) == 1 })
	select {
	case a := <-ch:
		t.Fatalf("answered %v before its commit", a)
	default:
	}
	w.store.hold(false)
	if a := waitAnswer(t, ch); a.err != nil || a.out != "inc" {
		t.Fatalf("answer %v, %v", a.out, a.err)
	}
}

func TestReadWaitsOnlyForEarlierChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(l *scriptedLife, j actor.Job) *actor.Outcome {
		if inv, ok := j.(actor.Invoke); ok && inv.Action == "read" {
			return &actor.Outcome{Effects: []actor.Effect{actor.Reply{Call: inv.Call, Output: "r"}}}
		}
		return echo(l, j)
	})
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	w.store.hold(true)
	if out, err := w.invoke("a", "read"); err != nil || out != "r" {
		t.Fatalf("a read with nothing to wait for: %v, %v", out, err)
	}
	inc := w.async("a", "inc")
	job[actor.Invoke](t, w.run.life(t, 1), 3)
	read := w.async("a", "read")
	job[actor.Invoke](t, w.run.life(t, 1), 4)
	select {
	case <-read:
		t.Fatal("a read overtook the change that it may have seen")
	default:
	}
	w.store.hold(false)
	waitAnswer(t, inc)
	waitAnswer(t, read)
}

func TestFailedCommitDropsTheActorAndTellsEveryone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	w.store.breakDown(errors.New("disk full"))
	if _, err := w.invoke("a", "inc"); !errs.Is(err, errs.StorageUnavailable) {
		t.Fatalf("err = %v, want storage_unavailable", err)
	}
	w.store.breakDown(nil)
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatalf("when the disk is back: %v", err)
	}
	l := w.run.life(t, 2)
	if len(l.spec.Patches) != 1 || l.spec.New {
		t.Fatalf("the second life began with %d patches, new=%v; want the one durable patch", len(l.spec.Patches), l.spec.New)
	}
}

func TestGetOfMissingActorCreatesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	q := actor.Query{Kind: actor.GetForKey, Name: "counter", Key: actor.Key{"nobody"}}
	_, err := w.Call(context.Background(), actor.CallSpec{Query: q, Action: "x"})
	if !errs.Is(err, errs.ActorNotFound) || !strings.Contains(err.Error(), `counter:["nobody"]`) {
		t.Fatalf("err = %v, want actor_not_found that names the actor as its caller did", err)
	}
	if w.store.image(actor.IDOf("counter", q.Key)) != nil {
		t.Fatal("get created an actor")
	}
	eventually(t, "the cell is forgotten", func() bool { return w.Stats().Cells == 0 })
}

func TestUnknownTypeIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	_, err := w.Resolve(context.Background(), actor.Query{Kind: actor.GetOrCreate, Name: "nope"})
	if !errs.Is(err, errs.ActorNotFound) {
		t.Fatalf("err = %v", err)
	}
}

func TestCreateTwiceAlreadyExists(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	q := counterQuery("a")
	q.Kind = actor.Create
	var wg sync.WaitGroup
	var mu sync.Mutex
	var made, refused int
	for range 8 {
		wg.Go(func() {
			_, err := w.Resolve(context.Background(), q)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				made++
			case errs.Is(err, errs.ActorAlreadyExists):
				refused++
			}
		})
	}
	wg.Wait()
	if made != 1 || refused != 7 {
		t.Fatalf("%d made, %d refused; want 1 and 7", made, refused)
	}
	if len(w.run.lives) != 0 {
		t.Fatal("create started the actor")
	}
	if _, err := w.invoke("a", "x"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Resolve(context.Background(), q); !errs.Is(err, errs.ActorAlreadyExists) {
		t.Fatalf("create of an awake actor: %v", err)
	}
}

func TestFailedStartIsToldAndCreatesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	w.run.onStart = func(actor.Start) *actor.Outcome {
		return &actor.Outcome{Stopped: true, Err: errs.New("no_way", "createState threw")}
	}
	if _, err := w.invoke("a", "x"); errs.CodeOf(err) != "no_way" {
		t.Fatalf("err = %v, want the start's own", err)
	}
	if w.store.image(actor.IDOf("counter", actor.Key{"a"})) != nil {
		t.Fatal("a failed creation left a row")
	}
}

func TestConnectionGetsInitThenEventThenReply(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	p := &fakePeer{}
	link, err := w.Connect(context.Background(), actor.ConnectSpec{Query: counterQuery("a")}, p)
	if err != nil {
		t.Fatal(err)
	}
	link.Subscribe("changed", true)
	link.Act("inc", nil, func(out value.Value, err error) { p.add("reply " + out.(string)) })
	eventually(t, "the reply comes", func() bool { return slices.Contains(p.saw(), "reply inc") })
	if got, want := p.saw(), []string{"init", "event changed", "reply inc"}; !slices.Equal(got, want) {
		t.Fatalf("client saw %v, want %v", got, want)
	}
	link.Subscribe("changed", false)
	link.Act("inc2", nil, func(out value.Value, err error) { p.add("reply " + out.(string)) })
	eventually(t, "the reply comes", func() bool { return slices.Contains(p.saw(), "reply inc2") })
	if got := p.saw(); len(got) != 4 {
		t.Fatalf("client saw %v: an event after it unsubscribed", got)
	}
	link.Close()
	link.Close()
	job[actor.Disconnect](t, w.run.life(t, 1), 1)
	eventually(t, "its row goes", func() bool { return len(w.store.image(link.ActorID()).Conns) == 0 })
}

func TestSwapKeepsConnectionsAndWaitingCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	p := &fakePeer{}
	link, err := w.Connect(context.Background(), actor.ConnectSpec{Query: counterQuery("a")}, p)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "init", func() bool { return slices.Contains(p.saw(), "init") })
	link.Subscribe("changed", true)

	v2 := newScripted("v2", "counter")
	v2.onJob = echo
	s, err := w.Swap(context.Background(), v2)
	if err != nil || s != (Swapped{Actors: 1, Conns: 1}) {
		t.Fatalf("Swap = %+v, %v", s, err)
	}
	link.Act("after", nil, func(out value.Value, err error) { p.add("reply " + out.(string)) })
	eventually(t, "the new code answers", func() bool { return slices.Contains(p.saw(), "reply after") })
	l := v2.life(t, 1)
	if len(l.spec.Conns) != 1 || l.spec.Conns[0].Gone || !l.spec.Reload || !slices.Equal(l.spec.Conns[0].Subscriptions, []string{"changed"}) {
		t.Fatalf("the new life began with %+v", l.spec)
	}
	if got, want := p.saw(), []string{"init", "event changed", "reply after"}; !slices.Equal(got, want) {
		t.Fatalf("client saw %v, want %v", got, want)
	}
}

func TestSwapUnderLoadLosesNoCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	stop := make(chan struct{})
	var sent, answered atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			sent.Add(1)
			if _, err := w.invoke("a", "inc"); err != nil {
				t.Errorf("call %d: %v", sent.Load(), err)
				return
			}
			answered.Add(1)
		}
	}()
	for i := range 20 {
		v := newScripted(string(rune('a'+i)), "counter")
		v.onJob = echo
		before := answered.Load()
		if _, err := w.Swap(context.Background(), v); err != nil {
			t.Fatal(err)
		}
		eventually(t, "calls go on", func() bool { return answered.Load() > before+3 || t.Failed() })
	}
	close(stop)
	<-done
	if img := w.store.image(actor.IDOf("counter", actor.Key{"a"})); int64(len(img.Patches)) != answered.Load() || answered.Load() != sent.Load() {
		t.Fatalf("%d sent, %d answered, %d stored", sent.Load(), answered.Load(), len(img.Patches))
	}
}

func TestUnstartedCallsGoToTheNextLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ch := w.async("a", "inc")
	l := w.run.life(t, 1)
	inv := job[actor.Invoke](t, l, 1)
	w.run.mu.Lock()
	w.run.onJob = echo
	w.run.mu.Unlock()
	l.turn(&actor.Outcome{Stopped: true, Err: actor.ErrEvacuated, Unstarted: []actor.CallID{inv.Call}})
	if a := waitAnswer(t, ch); a.err != nil || a.out != "inc" {
		t.Fatalf("answer %v, %v; want it from the second life", a.out, a.err)
	}
}

func TestStartedCallsOfACrashedLifeFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ch := w.async("a", "inc")
	l := w.run.life(t, 1)
	job[actor.Invoke](t, l, 1)
	l.turn(&actor.Outcome{Stopped: true, Err: errors.New("stack overflow")})
	if a := waitAnswer(t, ch); !errs.Is(a.err, errs.Internal) {
		t.Fatalf("err = %v, want internal_error", a.err)
	}
}

func TestIdleActorSleepsAndWakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the sleep timer is armed", func() bool { w.clock.mu.Lock(); defer w.clock.mu.Unlock(); return len(w.clock.timers) > 0 })
	w.clock.advance(29 * time.Second)
	if w.Stats().Awake != 1 {
		t.Fatal("asleep after 29 s; its timeout is 30 s")
	}
	w.clock.advance(2 * time.Second)
	eventually(t, "it sleeps and is forgotten", func() bool { return w.Stats().Cells == 0 })
	if out, err := w.invoke("a", "inc"); err != nil || out != "inc" {
		t.Fatalf("after waking: %v, %v", out, err)
	}
}

func TestWorkKeepsAnActorAwake(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(l *scriptedLife, j actor.Job) *actor.Outcome {
		o := echo(l, j)
		o.Work = actor.Work{Timers: 1}
		return o
	})
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(time.Hour)
	if w.Stats().Awake != 1 {
		t.Fatal("an actor with an armed timer went to sleep")
	}
}

func TestOverloadedActorRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.SetLimits(2, 0)
	a, b := w.async("a", "1"), w.async("a", "2")
	l := w.run.life(t, 1)
	job[actor.Invoke](t, l, 2)
	if _, err := w.invoke("a", "3"); !errs.Is(err, errs.ActorOverloaded) {
		t.Fatalf("err = %v, want actor_overloaded", err)
	}
	l.turn(&actor.Outcome{Stopped: true, Err: errors.New("over")})
	waitAnswer(t, a)
	waitAnswer(t, b)
}

func TestAlarmRunsOnceAndIsRemovedWithItsChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(l *scriptedLife, j actor.Job) *actor.Outcome {
		if inv, ok := j.(actor.Invoke); ok {
			return &actor.Outcome{
				Alarms:  []actor.AlarmChange{{ID: "al", At: time.UnixMilli(1_700_000_060_000), Action: "ring"}},
				Effects: []actor.Effect{actor.Reply{Call: inv.Call, Output: "ok"}},
			}
		}
		return echo(l, j)
	})
	if _, err := w.invoke("a", "set"); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the alarm's timer is armed", func() bool {
		w.alarms.mu.Lock()
		defer w.alarms.mu.Unlock()
		return w.alarms.cancel != nil && !w.alarms.looking
	})
	w.clock.advance(59 * time.Second)
	w.clock.advance(time.Second)
	eventually(t, "it ran and is gone", func() bool {
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		return len(w.store.alarms) == 0
	})
	w.store.mu.Lock()
	defer w.store.mu.Unlock()
	last := w.store.log[len(w.store.log)-1]
	if len(last.AlarmsRemoved) != 1 || len(last.Patches) != 1 {
		t.Fatalf("last batch %+v: the alarm's end must be committed with the run's changes", last)
	}
}

func TestARunThatEndsWhileTheScheduleIsReadIsNotRunAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(l *scriptedLife, j actor.Job) *actor.Outcome {
		if _, ok := j.(actor.Run); ok {
			return nil // it runs until the test ends it
		}
		return echo(l, j)
	})
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	l := w.run.life(t, 1)
	ended := false
	w.store.mu.Lock()
	w.store.alarms["al"] = actor.Alarm{ID: "al", Actor: idOf("a"), At: w.clock.Now(), Action: "ring"}
	w.store.read = func() {
		w.alarms.mu.Lock()
		runs := w.alarms.running["al"]
		w.alarms.mu.Unlock()
		if !runs || ended {
			return
		}
		ended = true
		run := job[actor.Run](t, l, 1)
		l.in <- func() { l.turn(&actor.Outcome{Effects: []actor.Effect{actor.Reply{Call: run.Call}}}) }
		eventually(t, "the run has ended", func() bool { return !w.alarms.runs("al") })
	}
	w.store.mu.Unlock()
	w.alarms.poke()
	job[actor.Run](t, l, 1)
	w.alarms.poke() // it is read as due, and ends before that is acted on
	eventually(t, "the schedule was read", func() bool {
		w.alarms.mu.Lock()
		defer w.alarms.mu.Unlock()
		return ended && !w.alarms.looking
	})
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.jobs); n != 2 { // "inc" and the run
		t.Fatalf("%d jobs: %+v", n, l.jobs)
	}
}

func TestFailingAlarmIsRetriedThenKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(l *scriptedLife, j actor.Job) *actor.Outcome {
		if r, ok := j.(actor.Run); ok {
			return &actor.Outcome{Effects: []actor.Effect{actor.Reply{Call: r.Call, Err: errs.New("boom", "boom")}}}
		}
		return echo(l, j)
	})
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	id := actor.IDOf("counter", actor.Key{"a"})
	w.store.mu.Lock()
	w.store.alarms["al"] = actor.Alarm{ID: "al", Actor: id, At: w.clock.Now(), Action: "ring"}
	w.store.mu.Unlock()
	w.alarms.poke()
	attempt := func() actor.Alarm { w.store.mu.Lock(); defer w.store.mu.Unlock(); return w.store.alarms["al"] }
	for want := 1; want <= 6; want++ {
		eventually(t, "the next attempt", func() bool { w.clock.advance(time.Second); return attempt().Attempt >= want })
	}
	if al := attempt(); !al.Failed || al.Attempt != 6 || al.Error != "boom" {
		t.Fatalf("kept as %+v; want failed after 1 + 5 retries", al)
	}
}

func TestCloseStopsEverythingAndRefusesMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	for _, k := range []string{"a", "b", "c"} {
		if _, err := w.invoke(k, "inc"); err != nil {
			t.Fatal(err)
		}
	}
	w.Close(time.Second)
	if _, err := w.invoke("a", "inc"); !errs.Is(err, errs.ShuttingDown) {
		t.Fatalf("err = %v, want shutting_down", err)
	}
}

func TestCyclicClientCallsDoNotDeadlock(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	waiting := map[actor.Token]actor.CallID{}
	var token actor.Token
	w := newWorld(t, func(l *scriptedLife, j actor.Job) *actor.Outcome {
		mu.Lock()
		defer mu.Unlock()
		switch j := j.(type) {
		case actor.Invoke:
			if j.Action == "leaf" {
				return &actor.Outcome{Patch: []byte("x"), Effects: []actor.Effect{actor.Reply{Call: j.Call, Output: "leaf"}}}
			}
			other := "b"
			if l.spec.Ref.Key[0] == "b" {
				other = "a"
			}
			token++
			waiting[token] = j.Call
			return &actor.Outcome{Patch: []byte("x"), Effects: []actor.Effect{actor.ClientCall{Token: token,
				Spec: actor.CallSpec{Query: counterQuery(other), Action: "leaf", Caller: actor.Caller{Server: true}}}}}
		case actor.Result:
			return &actor.Outcome{Effects: []actor.Effect{actor.Reply{Call: waiting[j.Token], Output: j.Value, Err: j.Err}}}
		}
		return nil
	})
	var all []chan answer
	for range 200 {
		all = append(all, w.async("a", "go"), w.async("b", "go"))
	}
	for _, ch := range all {
		if a := waitAnswer(t, ch); a.err != nil || a.out != "leaf" {
			t.Fatalf("answer %v, %v", a.out, a.err)
		}
	}
}

func BenchmarkCall(b *testing.B) {
	w := newWorld(b, echo)
	if _, err := w.invoke("a", "inc"); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := w.invoke("a", "inc"); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func TestActorsWithoutCallersStartAgainAfterAReload(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	const n = 50
	for i := range n {
		if _, err := w.invoke(string(rune('A'+i)), "inc"); err != nil {
			t.Fatal(err)
		}
	}
	v2 := newScripted("v2", "counter")
	v2.reg.Actors["counter"].HasOnStart = true
	v2.onJob = echo
	if s, err := w.Swap(context.Background(), v2); err != nil || s.Actors != n {
		t.Fatalf("Swap = %+v, %v", s, err)
	}
	eventually(t, "all run on the new code", func() bool {
		v2.mu.Lock()
		defer v2.mu.Unlock()
		return len(v2.lives) == n && w.Stats().Awake == n
	})
}

// An actor without onStart and vars does nothing at its start that anybody could
// see: after a reload it starts when it is wanted, and its connection stays.
func TestActorsThatStartSilentlyWaitForACallAfterAReload(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	p := &fakePeer{}
	link, err := w.Connect(context.Background(), actor.ConnectSpec{Query: counterQuery("a")}, p)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "init", func() bool { return slices.Contains(p.saw(), "init") })
	v2 := newScripted("v2", "counter")
	v2.onJob = echo
	if s, err := w.Swap(context.Background(), v2); err != nil || s != (Swapped{Actors: 1, Conns: 1}) {
		t.Fatalf("Swap = %+v, %v", s, err)
	}
	if s := w.Stats(); s.Awake != 0 || s.Conns != 1 {
		t.Errorf("after the reload %+v, want its connection alone", s)
	}
	link.Act("after", nil, func(out value.Value, err error) { p.add("reply " + out.(string)) })
	eventually(t, "the new code answers", func() bool { return slices.Contains(p.saw(), "reply after") })
	if l := v2.life(t, 1); len(l.spec.Conns) != 1 || !l.spec.Reload {
		t.Errorf("the new life began with %+v", l.spec)
	}
}

func TestActorsThatCannotBeReadAreUnavailable(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	unreadable := func(err error) {
		w.store.mu.Lock()
		defer w.store.mu.Unlock()
		w.store.dumb = err
	}
	unreadable(errors.New("input/output error"))
	if a := waitAnswer(t, w.async("a", "inc")); !errs.Is(a.err, errs.StorageUnavailable) {
		t.Errorf("a call: %v, %v", a.out, a.err)
	}
	p := &fakePeer{}
	if _, err := w.Connect(context.Background(), actor.ConnectSpec{Query: counterQuery("a")}, p); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the connection is refused", func() bool { return len(p.saw()) > 0 && strings.HasPrefix(p.saw()[0], "close") })
	unreadable(nil)
	if a := waitAnswer(t, w.async("a", "inc")); a.err != nil {
		t.Errorf("when it can be read again: %v", a.err)
	}
}

func TestActingOverAClosedConnectionIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	link, err := w.Connect(context.Background(), actor.ConnectSpec{Query: counterQuery("a")}, &fakePeer{})
	if err != nil {
		t.Fatal(err)
	}
	link.Close()
	got := make(chan error, 1)
	link.Act("inc", nil, func(_ value.Value, err error) { got <- err })
	select {
	case err := <-got:
		if !errs.Is(err, errs.ConnectionLost) {
			t.Errorf("Act = %v, want connection_lost", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("Act was not answered")
	}
}

// A connection that parted from old code is stored again by the life that starts
// with it, and by none if its client has gone or the type has.
func TestPartedConnectionsAreStoredByTheNextLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	var links [2]actor.Link
	for i := range links {
		p := &fakePeer{}
		l, err := w.Connect(context.Background(), actor.ConnectSpec{Query: counterQuery("a")}, p)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "init", func() bool { return slices.Contains(p.saw(), "init") })
		links[i] = l
		w.run.mu.Lock()
		w.run.parting = append(w.run.parting, actor.ConnChange{Conn: l.ID(), Parted: true})
		w.run.mu.Unlock()
	}
	stored := func() int { return len(w.store.image(links[0].ActorID()).Conns) }
	if n := stored(); n != 2 {
		t.Fatalf("%d connections are stored, want 2", n)
	}
	if _, err := w.Swap(context.Background(), newScripted("without", "other")); err != nil {
		t.Fatal(err)
	}
	if n := stored(); n != 0 {
		t.Errorf("%d connections are stored after they parted", n)
	}
	links[1].Close()
	v3 := newScripted("v3", "counter")
	v3.onJob = echo
	if _, err := w.Swap(context.Background(), v3); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	links[0].Act("after", nil, func(value.Value, error) { close(done) })
	<-done
	l := v3.life(t, 1)
	if len(l.spec.Conns) != 1 || l.spec.Conns[0].ID != links[0].ID() || !l.spec.Conns[0].Parted || stored() != 1 {
		t.Errorf("the new life began with %+v; %d are stored", l.spec.Conns, stored())
	}
}
