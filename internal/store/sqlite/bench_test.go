package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// BenchmarkCommit is the ceiling of durable actions: each batch adds one patch
// of 200 bytes. A submitter is an actor with so many batches under way.
func BenchmarkCommit(b *testing.B) {
	for _, size := range [][2]int{{1, 64}, {16, 64}, {256, 64}, {16, 1}, {256, 1}} {
		submitters, underWay := size[0], size[1]
		b.Run(fmt.Sprintf("submitters=%d/underway=%d", submitters, underWay), func(b *testing.B) {
			s := openTest(b, Options{Compact: func(s []byte, _ [][]byte) ([]byte, error) { return s, nil }})
			leases := make([]actor.Lease, submitters)
			for i := range leases {
				leases[i] = create(b, s, fmt.Sprint(i))
			}
			patch := bytes.Repeat([]byte{7}, 200)
			b.ReportAllocs()
			b.ResetTimer()
			var left sync.WaitGroup
			for i, l := range leases {
				n := b.N/submitters + flagInt(i < b.N%submitters)
				left.Add(n)
				window := make(chan struct{}, underWay)
				go func() {
					for range n {
						window <- struct{}{}
						s.Commit(&actor.Batch{Lease: l, Patches: [][]byte{patch}}, func(err error) {
							if err != nil {
								b.Error(err)
							}
							<-window
							left.Done()
						})
					}
				}()
			}
			left.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

// BenchmarkCommitAlone is the latency of a commit that meets an idle writer.
func BenchmarkCommitAlone(b *testing.B) {
	for _, sync := range []string{"normal", "full"} {
		b.Run("sync="+sync, func(b *testing.B) {
			s := openTest(b, Options{Sync: sync})
			l := create(b, s, "a")
			patch := bytes.Repeat([]byte{7}, 200)
			res := make(chan error, 1)
			done := func(err error) { res <- err }
			b.ReportAllocs()
			for b.Loop() {
				s.Commit(&actor.Batch{Lease: l, Patches: [][]byte{patch}}, done)
				if err := <-res; err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func flagInt(b bool) int { return int(flag(b)) }

// BenchmarkCreate makes actors as a first call does: look for it, take its
// lease, write it with a snapshot.
func BenchmarkCreate(b *testing.B) {
	s := openTest(b, Options{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		create(b, s, fmt.Sprint(i))
	}
}

// BenchmarkAcquire is what waking an actor with a small state reads.
func BenchmarkAcquire(b *testing.B) {
	s := openTest(b, Options{})
	l := create(b, s, "a")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Acquire(context.Background(), l.ID); err != nil {
			b.Fatal(err)
		}
	}
}

func openTest(t testing.TB, o Options) *Store {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func ref(key string) actor.Ref {
	k := actor.Key{key}
	return actor.Ref{ID: actor.IDOf("counter", k), Name: "counter", Key: k, Region: "local"}
}

// create makes an actor with a small state and leaves its lease.
func create(t testing.TB, s *Store, key string) actor.Lease {
	t.Helper()
	r := ref(key)
	_, l, err := s.Acquire(context.Background(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	b := &actor.Batch{Lease: l, Create: &r, Input: value.Undefined{}, Initialized: true, Snapshot: []byte("s:")}
	if err := commit(s, b); err != nil {
		t.Fatal(err)
	}
	return l
}

func commit(s *Store, b *actor.Batch) error {
	res := make(chan error, 1)
	s.Commit(b, func(err error) { res <- err })
	return <-res
}
