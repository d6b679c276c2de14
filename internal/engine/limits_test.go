package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
)

// growing is echo, but its action "grow" makes the state too large by a small patch.
func growing(l *scriptedLife, j actor.Job) *actor.Outcome {
	o := echo(l, j)
	if call, ok := j.(actor.Invoke); ok && call.Action == "grow" {
		o.StateSize = 16<<20 + 1
	}
	return o
}

func TestOvergrownTurnIsUndoneAndEarlierOnesAreNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, growing)
	if _, err := w.invoke("a", "inc"); err != nil {
		t.Fatal(err)
	}
	w.store.hold(true)
	before := w.async("a", "before")
	job[actor.Invoke](t, w.run.life(t, 1), 2)
	grow := w.async("a", "grow")
	job[actor.Invoke](t, w.run.life(t, 1), 3)
	w.store.hold(false)
	if a := waitAnswer(t, before); a.err != nil {
		t.Errorf("the call before: %v; its change is kept, so it must be told", a.err)
	}
	if a := waitAnswer(t, grow); !errs.Is(a.err, errs.StateTooLarge) {
		t.Errorf("err = %v, want state_too_large", a.err)
	}
	if _, err := w.invoke("a", "after"); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%s", w.run.life(t, 2).spec.Patches); got != "[inc before]" {
		t.Errorf("the next life began with %s", got)
	}
}

// The store's own words are for the log: callers get a public error.
func TestStorageErrorsArePublic(t *testing.T) {
	t.Parallel()
	cause := errs.Wrap(errs.StorageUnavailable, errors.New("disk I/O error"), "writing to /secret/rivet.db failed")
	if e := unavailable(cause); !e.Public || e.Status != 503 || e.Error() == cause.Error() {
		t.Errorf("callers get %+v", e)
	}
}

func TestIdleActorsSleepWhenMemoryIsShort(t *testing.T) {
	t.Parallel()
	w := newWorld(t, echo)
	for i := range 10 {
		if _, err := w.invoke(fmt.Sprint(i), "inc"); err != nil {
			t.Fatal(err)
		}
	}
	slept := 0
	eventually(t, "all sleep", func() bool { slept += w.SleepIdle(); return slept == 10 && w.Stats().Cells == 0 })
}

// TestCostOfSleep bounds what an actor that sleeps with an open connection weighs
// in the engine (the socket itself comes on top); without one nothing is left.
func TestCostOfSleep(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	w := newWorld(t, echo)
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	const n = 2000
	each := func(wake func(key string)) int64 {
		before := heap()
		for i := range n {
			wake(fmt.Sprint(i))
		}
		eventually(t, "all sleep", func() bool { w.clock.advance(time.Minute); return w.Stats().Awake == 0 })
		return (int64(heap()) - int64(before)) / n
	}
	fakes := each(func(key string) { // what the fakes keep: the store's row, the life's channel
		if _, err := w.invoke("without "+key, "inc"); err != nil {
			t.Fatal(err)
		}
	})
	if cells := w.Stats().Cells; cells != 0 {
		t.Errorf("%d actors are asleep without a connection and not forgotten", cells)
	}
	with := each(func(key string) {
		p := &fakePeer{}
		if _, err := w.Connect(context.Background(), actor.ConnectSpec{Query: counterQuery(key)}, p); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the connection is accepted", func() bool { return len(p.saw()) > 0 })
	})
	t.Logf("asleep with a connection: about %d bytes", with-fakes)
	if with-fakes > 1600 { // twice what it was when this was written
		t.Errorf("an actor that sleeps with a connection weighs %d bytes, want at most 1600", with-fakes)
	}
}
