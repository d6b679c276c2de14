package sqlite

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

func patch(l actor.Lease, s string) *actor.Batch {
	return &actor.Batch{Lease: l, Patches: [][]byte{[]byte(s)}}
}

// state is what a tool reads of an actor, whole.
func state(t testing.TB, s *Store, l actor.Lease) string {
	t.Helper()
	img, err := s.ReadImage(context.Background(), l.ID)
	if err != nil || img == nil {
		t.Fatalf("ReadImage: %v, %v", img, err)
	}
	got := string(img.Snapshot)
	for _, p := range img.Patches {
		got += string(p)
	}
	return got
}

func again(t testing.TB, s *Store, id actor.ID) actor.Lease {
	t.Helper()
	_, l, err := s.Acquire(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// inWriter runs f on the writer's goroutine, in a transaction.
func inWriter(t testing.TB, s *Store, f func(w *writer) error) {
	t.Helper()
	if err := s.do(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func TestFailedDisk(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	s := openTest(t, Options{FailCommit: func() error {
		if broken.Load() {
			return errors.New("input/output error")
		}
		return nil
	}})
	a, b := create(t, s, "a"), create(t, s, "b")
	broken.Store(true)
	for _, l := range []actor.Lease{a, b, a} {
		if err := commit(s, patch(l, "lost")); !errs.Is(err, errs.StorageUnavailable) {
			t.Errorf("commit on a broken disk: %v", err)
		}
	}
	broken.Store(false)
	if err := commit(s, patch(a, "poisoned")); !errs.Is(err, errs.StorageUnavailable) {
		t.Errorf("the failed lease goes on: %v", err)
	}
	a, b = again(t, s, a.ID), again(t, s, b.ID)
	for _, l := range []actor.Lease{a, b} {
		if err := commit(s, patch(l, "kept")); err != nil {
			t.Errorf("commit on a mended disk: %v", err)
		}
		if got := state(t, s, l); got != "s:kept" {
			t.Errorf("state %q", got)
		}
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	s := openTest(t, Options{})
	a := create(t, s, "a")
	// SQLite itself now says SQLITE_FULL; the limit goes with the connection.
	inWriter(t, s, func(w *writer) error {
		_, err := w.c.scriptInt("PRAGMA max_page_count = 1") // rounded up to what there is
		return err
	})
	err := commit(s, &actor.Batch{Lease: a, Snapshot: make([]byte, 1<<20)})
	if !errs.Is(err, errs.StorageUnavailable) || errs.As(err).Hint == "" {
		t.Fatalf("commit on a full disk: %v", err)
	}
	a = again(t, s, a.ID)
	if err := commit(s, &actor.Batch{Lease: a, Snapshot: make([]byte, 1<<20)}); err != nil {
		t.Errorf("commit after room was made: %v", err)
	}
	if n := len(state(t, s, a)); n != 1<<20 {
		t.Errorf("%d bytes of state", n)
	}
}

// TestOneBadBatch: SQLite refuses one batch of a group; the others are written,
// in order, and its actor's later ones are not.
func TestOneBadBatch(t *testing.T) {
	t.Parallel()
	s := openTest(t, Options{})
	inWriter(t, s, func(w *writer) error {
		return w.c.script(`CREATE TRIGGER bad BEFORE INSERT ON patches WHEN NEW.data = x'626164'
			BEGIN SELECT RAISE(ABORT, 'bad patch'); END`)
	})
	a, b := create(t, s, "a"), create(t, s, "b")
	enter, leave := make(chan struct{}), make(chan struct{})
	s.enqueue(op{work: func(*writer) error { close(enter); <-leave; return nil }, done: func(error) {}})
	<-enter // all that follows is one group
	var got []error
	end := make(chan struct{})
	note := func(err error) {
		if got = append(got, err); len(got) == 6 {
			close(end)
		}
	}
	newRef := ref("c")
	c := again(t, s, newRef.ID)
	s.Commit(patch(a, "1"), note)
	s.Commit(patch(b, "1"), note)
	s.Commit(&actor.Batch{Lease: a, Patches: [][]byte{[]byte("2"), []byte("bad")}}, note)
	s.Commit(patch(a, "3"), note)
	s.Commit(&actor.Batch{Lease: c, Create: &newRef, Input: value.Undefined{}}, note)
	s.Commit(patch(b, "2"), note)
	close(leave)
	<-end
	for i, want := range []errs.Code{"", "", errs.Internal, errs.Internal, "", ""} {
		if errs.CodeOf(got[i]) != want {
			t.Errorf("batch %d: %v, want code %q", i, got[i], want)
		}
	}
	if sa, sb := state(t, s, a), state(t, s, b); sa != "s:1" || sb != "s:12" {
		t.Errorf("states %q, %q; want s:1, s:12", sa, sb)
	}
	a = again(t, s, a.ID)
	if err := commit(s, patch(a, "4")); err != nil || state(t, s, a) != "s:14" {
		t.Errorf("a new lease: %v, %q", err, state(t, s, a))
	}
	img, err := s.ReadImage(context.Background(), b.ID)
	if err != nil || img.Rev != 3 {
		t.Errorf("rev of b: %+v, %v", img, err)
	}
}

// TestCommitPathAllocations guards the hot path's cost beside SQLite's own.
func TestCommitPathAllocations(t *testing.T) {
	s := openTest(t, Options{})
	l := create(t, s, "a")
	b := patch(l, "x")
	res := make(chan error, 1)
	done := func(err error) { res <- err }
	n := testing.AllocsPerRun(200, func() {
		s.Commit(b, done)
		if err := <-res; err != nil {
			t.Fatal(err)
		}
	})
	if n > 30 {
		t.Errorf("%v allocations for a commit alone in its group, want at most 30", n)
	}
}
