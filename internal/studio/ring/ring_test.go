package ring

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

func ref(key string) *actor.Ref {
	return &actor.Ref{ID: actor.IDOf("a", actor.Key{key}), Name: "a", Key: actor.Key{key}}
}

// counter plays an actor with the state {n}.
type counter struct {
	r   *Ring
	ref *actor.Ref
	g   *value.Graph
	rev uint64
}

func startCounter(r *Ring, key string) *counter {
	o := &value.Object{}
	o.Set("n", 0.0)
	c := &counter{r: r, ref: ref(key), g: value.GraphOf(o), rev: 1}
	r.Observe(&actor.Entry{Seq: r.Seq(), Kind: actor.EntryStart, Actor: c.ref, Base: &actor.Base{Snapshot: c.g.Encode()}, Rev: 1, At: time.UnixMilli(1)})
	return c
}

func (c *counter) set(n float64) {
	e := c.g.Edit()
	e.Set(c.g.Node(c.g.Root().(value.Ref)), "n", n)
	p, _, _ := e.Patch()
	c.rev++
	c.r.Observe(&actor.Entry{Seq: c.r.Seq(), Kind: actor.EntryAction, Actor: c.ref, Patch: p, Rev: c.rev, At: time.UnixMilli(int64(c.rev))})
}

func (c *counter) patch(t *testing.T, rec *Record, load Load) string {
	t.Helper()
	b, err := json.Marshal(c.r.Patch(context.Background(), rec, load))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPatchesAreReadFromTheBase(t *testing.T) {
	t.Parallel()
	r := New(Options{Entries: 5})
	c := startCounter(r, "x")
	for n := range 20 {
		c.set(float64(n + 1))
	}
	recs := r.Records(c.ref.ID, false)
	if len(recs) != 5 || recs[0].Seq != 17 {
		t.Fatalf("%d records from %d", len(recs), recs[0].Seq)
	}
	if got, want := c.patch(t, recs[0], nil), `[{"op":"replace","path":"/n","value":16}]`; got != want {
		t.Errorf("oldest: %s, want %s", got, want)
	}
	for n := range 3 {
		c.set(float64(100 + n))
	}
	recs = r.Records(c.ref.ID, false)
	if got, want := c.patch(t, recs[4], nil), `[{"op":"replace","path":"/n","value":102}]`; got != want {
		t.Errorf("newest: %s, want %s", got, want)
	}
	if got := c.patch(t, recs[0], nil); got != `[{"op":"replace","path":"/n","value":19}]` {
		t.Errorf("read again: %s", got)
	}
}

func TestAStateWithoutBaseIsLoaded(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	c := startCounter(r, "x")
	r.Clear(c.ref.ID, false)
	r.mu.Lock()
	r.actors = map[actor.ID]*line{} // as after the bound of all
	r.mu.Unlock()
	c.set(1)
	stored, rev := c.g.Encode(), c.rev
	c.set(2)
	load := func(context.Context, actor.ID) (*actor.Image, error) {
		return &actor.Image{Snapshot: stored, Rev: rev}, nil
	}
	recs := r.Records(c.ref.ID, false)
	if got := c.patch(t, recs[0], load); got != "null" {
		t.Errorf("from before the load: %s", got)
	}
	if got := c.patch(t, recs[1], load); got != `[{"op":"replace","path":"/n","value":2}]` {
		t.Errorf("after it: %s", got)
	}
}

func TestBoundOfAllDropsTheOldest(t *testing.T) {
	t.Parallel()
	r := New(Options{Bytes: 40_000})
	for i := range 1000 {
		r.Observe(&actor.Entry{Seq: r.Seq(), Kind: actor.EntryEvent, Actor: ref(string(rune('a' + i%7))), Args: []value.Value{"0123456789"}})
	}
	recs := r.Records("", true)
	if len(recs) < 50 || len(recs) > 130 || recs[len(recs)-1].Seq != 1000 || recs[0].Seq != 1001-uint64(len(recs)) {
		t.Errorf("%d records, %d to %d", len(recs), recs[0].Seq, recs[len(recs)-1].Seq)
	}
	if r.bytes > 40_000 {
		t.Errorf("%d bytes are held", r.bytes)
	}
}

func TestABusyActorLeavesNoTombstones(t *testing.T) {
	t.Parallel()
	r := New(Options{Entries: 10})
	r.Observe(&actor.Entry{Seq: r.Seq(), Actor: ref("calm")})
	for range 50_000 {
		r.Observe(&actor.Entry{Seq: r.Seq(), Actor: ref("busy")})
	}
	if n := len(r.all); n > 3000 {
		t.Errorf("%d records are held for 11", n)
	}
	recs, skipped, pos := r.Since(0, 4)
	if len(recs) != 4 || skipped != 50_001-4 || pos != 50_001 {
		t.Errorf("Since = %d, %d, %d", len(recs), skipped, pos)
	}
	if recs, skipped, _ := r.Since(pos-1, 100); len(recs) != 1 || skipped != 0 {
		t.Errorf("Since the last but one = %d, %d", len(recs), skipped)
	}
}

func TestErrorsAreCounted(t *testing.T) {
	t.Parallel()
	r := New(Options{Entries: 2})
	who := ref("x")
	r.Observe(&actor.Entry{Seq: r.Seq(), Kind: actor.EntryError, Name: "start", Actor: who, Err: errors.New("boom"), At: time.UnixMilli(5)})
	r.Observe(&actor.Entry{Seq: r.Seq(), Kind: actor.EntryLog, Actor: who, Log: &actor.Log{Level: actor.LogError}, At: time.UnixMilli(6)})
	if n, last, failed := r.Errors(who.ID); n != 2 || last.UnixMilli() != 6 || failed == nil {
		t.Errorf("Errors = %d, %v, %v", n, last, failed)
	}
	r.Observe(&actor.Entry{Seq: r.Seq(), Kind: actor.EntryStart, Actor: who})
	if n, _, failed := r.Errors(who.ID); n != 1 || failed != nil {
		t.Errorf("after a start %d, %v", n, failed)
	}
}

func TestListenersHear(t *testing.T) {
	t.Parallel()
	r := New(Options{})
	ch, stop := r.Listen()
	r.Log(actor.Log{Msg: "x"})
	r.Log(actor.Log{Msg: "y"})
	<-ch
	select {
	case <-ch:
		t.Error("two notes for one look")
	default:
	}
	stop()
	if len(r.heard) != 0 || len(r.Records("", false)) != 2 {
		t.Error("the listener stays, or a line is lost")
	}
}

func BenchmarkObserve(b *testing.B) {
	r := New(Options{})
	who := ref("x")
	args := []value.Value{1.0, "text"}
	b.ReportAllocs()
	for b.Loop() {
		r.Observe(&actor.Entry{Seq: r.Seq(), Kind: actor.EntryAction, Actor: who, Name: "x", Args: args})
	}
}
