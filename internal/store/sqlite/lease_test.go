package sqlite

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
)

// TestAcquireWaitsForTheTransaction: a batch that is being committed when its
// lease is taken over becomes durable, so the next lease must see it; also if
// two take over at the same time.
func TestAcquireWaitsForTheTransaction(t *testing.T) {
	t.Parallel()
	var armed atomic.Bool
	enter, leave := make(chan struct{}), make(chan struct{})
	s := openTest(t, Options{FailCommit: func() error {
		if armed.CompareAndSwap(true, false) {
			close(enter)
			<-leave
		}
		return nil
	}})
	l := create(t, s, "a")
	armed.Store(true)
	res := make(chan error, 1)
	s.Commit(patch(l, "x"), func(err error) { res <- err })
	<-enter // written, not committed
	images := make(chan *actor.Image, 2)
	epoch := l.Epoch
	for range 2 {
		go func() {
			img, _, err := s.Acquire(context.Background(), l.ID)
			if err != nil {
				t.Error(err)
			}
			images <- img
		}()
		for epoch++; !leased(s, l.ID, epoch); {
			runtime.Gosched()
		}
		for range 50 { // time enough to read without having waited
			if _, _, err := s.Lookup(context.Background(), l.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(images) > 0 {
		t.Error("Acquire did not wait")
	}
	close(leave)
	must(t, <-res)
	for range 2 {
		if img := <-images; img == nil || len(img.Patches) != 1 {
			t.Errorf("acquired %+v, want the batch in it", img)
		}
	}
}

func leased(s *Store, id actor.ID, epoch uint64) bool {
	n, _ := rowID(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leases[n].epoch == epoch
}
