package storetest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/store"
)

func patch(l actor.Lease, s string) *actor.Batch {
	return &actor.Batch{Lease: l, Patches: [][]byte{[]byte(s)}}
}

func testFencing(w *world) {
	r := ref("counter", "a")
	first := w.create(r)
	_, second := w.acquire(r.ID)
	if first == second {
		w.Fatalf("two leases are one: %+v", first)
	}
	if err := w.commit(patch(first, "old")); !errors.Is(err, store.ErrFenced) {
		w.Errorf("the earlier lease's batch: %v, want ErrFenced", err)
	}
	w.ok(w.commit(patch(second, "new")))
	if err := w.commit(patch(first, "old")); !errors.Is(err, store.ErrFenced) {
		w.Errorf("the earlier lease's batch: %v, want ErrFenced", err)
	}
	w.again()
	if err := w.commit(patch(second, "old")); w.h.Reopen != nil && !errors.Is(err, store.ErrFenced) {
		w.Errorf("the batch of a lease from before: %v, want ErrFenced", err)
	} else if w.h.Reopen != nil {
		w.same("state", state(w.read(r.ID)), "new")
	}
}

// testAcquireWaits: what the old lease was told is durable, the new one sees;
// what the new one does not see, the old one is told is refused.
func testAcquireWaits(w *world) {
	r := ref("counter", "a")
	l := w.create(r)
	want := ""
	for round := range 50 {
		res := make([]chan error, 20)
		for i := range res {
			res[i] = make(chan error, 1)
			w.Commit(patch(l, fmt.Sprintf("%d.%d;", round, i)), func(err error) { res[i] <- err })
		}
		img, next := w.acquire(r.ID)
		refused := false
		for i := range res {
			switch err := w.wait(res[i]); {
			case err == nil && !refused:
				want += fmt.Sprintf("%d.%d;", round, i)
			case err == nil:
				w.Fatal("a batch became durable after an earlier one was refused")
			case !errors.Is(err, store.ErrFenced):
				w.Fatal(err)
			default:
				refused = true
			}
		}
		got := state(img)
		if want != "" && got != want {
			w.Fatalf("round %d: acquired %q, want %q", round, got, want)
		}
		l = next
	}
}

func testPoison(w *world) {
	r := ref("counter", "a")
	l := w.create(r)
	res := make(chan error, 4)
	done := func(err error) { res <- err }
	w.Commit(patch(l, "before"), done)
	w.Commit(&actor.Batch{Lease: l, Create: &r}, done) // it exists
	w.Commit(patch(l, "after"), done)
	w.Commit(patch(l, "later"), done)
	w.ok(w.wait(res))
	for range 3 {
		w.code(w.wait(res), errs.ActorAlreadyExists)
	}
	w.code(w.commit(patch(l, "much later")), errs.ActorAlreadyExists)
	img, l := w.acquire(r.ID)
	w.same("state", state(img), "before")
	w.ok(w.commit(patch(l, "+")))
	w.same("state", state(w.read(r.ID)), "before+")
}

func testFailureAlone(w *world) {
	a, b := ref("counter", "a"), ref("counter", "b")
	_, la := w.acquire(a.ID)
	lb := w.create(b)
	res := make(chan error, 3)
	done := func(err error) { res <- err }
	w.Commit(patch(lb, "1"), done)
	w.Commit(patch(la, "x"), done) // there is no such actor
	w.Commit(patch(lb, "2"), done)
	w.ok(w.wait(res))
	w.code(w.wait(res), errs.ActorNotFound)
	w.ok(w.wait(res))
	w.same("state", state(w.read(b.ID)), "12")
}

func testDone(w *world) {
	var leases []actor.Lease
	for i := range 8 {
		leases = append(leases, w.create(ref("counter", fmt.Sprint(i))))
	}
	w.acquire(leases[3].ID) // its batches will be refused, in order too
	const n = 2000
	var mu sync.Mutex
	var order []int
	all := make(chan error, 1)
	for i := range n {
		w.Commit(patch(leases[i%8], "x"), func(error) {
			mu.Lock()
			defer mu.Unlock()
			if order = append(order, i); len(order) == n {
				all <- nil
			}
		})
	}
	w.ok(w.wait(all))
	w.ok(w.commit(patch(leases[0], "y")))
	mu.Lock()
	defer mu.Unlock()
	for i, got := range order {
		if got != i {
			w.Fatalf("done %d was called as number %d", got, i)
		}
	}
	if len(order) != n {
		w.Errorf("done was called %d times for %d batches", len(order), n)
	}
}

func testCommitInDone(w *world) {
	r := ref("counter", "a")
	l := w.create(r)
	end := make(chan error, 1)
	var next func(n int) func(error)
	next = func(n int) func(error) {
		return func(err error) {
			if err != nil || n == 0 {
				end <- err
				return
			}
			w.Commit(patch(l, "x"), next(n-1))
		}
	}
	w.Commit(patch(l, "x"), next(99))
	w.ok(w.wait(end))
	w.same("length", len(state(w.read(r.ID))), 100)
}

func testConcurrent(w *world) {
	const actors, batches = 32, 60
	var g sync.WaitGroup
	for i := range actors {
		g.Go(func() {
			r := ref("counter", fmt.Sprint(i))
			_, l, err := w.Acquire(ctx, r.ID)
			if err != nil {
				w.Error(err)
				return
			}
			res := make(chan error, batches+1)
			w.Commit(&actor.Batch{Lease: l, Create: &r, Snapshot: []byte(">")}, func(err error) { res <- err })
			for n := range batches {
				b := patch(l, fmt.Sprintf("%d;", n))
				if n%7 == 0 {
					b.Alarms = []actor.Alarm{{ID: actor.AlarmID(fmt.Sprint(n)), At: ms(int64(n))}}
				}
				w.Commit(b, func(err error) { res <- err })
				if n%10 == 0 {
					if _, _, err := w.Lookup(ctx, r.ID); err != nil {
						w.Error(err)
					}
				}
			}
			for range batches + 1 {
				if err := <-res; err != nil {
					w.Error(err)
				}
			}
		})
	}
	g.Wait()
	w.again()
	want := ">"
	for n := range batches {
		want += fmt.Sprintf("%d;", n)
	}
	for i := range actors {
		if got := state(w.read(ref("counter", fmt.Sprint(i)).ID)); got != want {
			w.Errorf("actor %d: %q", i, got)
		}
	}
	due, err := w.Alarms(ctx, ms(1000), 10_000)
	w.ok(err)
	w.same("alarms", len(due), actors*9)
}

func testClosed(w *world) {
	r := ref("counter", "a")
	l := w.create(r)
	res := make(chan error, 100)
	for range 100 {
		w.Commit(patch(l, "x"), func(err error) { res <- err })
	}
	w.ok(w.Close())
	for range 100 {
		w.ok(w.wait(res))
	}
	w.code(w.commit(patch(l, "y")), errs.StorageUnavailable)
	_, _, err := w.Acquire(ctx, r.ID)
	w.code(err, errs.StorageUnavailable)
	w.code(w.Destroy(ctx, r.ID), errs.StorageUnavailable)
	w.code(w.SetMeta(ctx, "a", "b"), errs.StorageUnavailable)
	if w.h.Reopen != nil {
		w.Store = w.h.Reopen(w, w.Store)
		w.same("length", len(state(w.read(r.ID))), 100)
	}
}
