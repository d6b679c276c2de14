package sqlite

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/store/storetest"
)

// TestCompactionLosesNothing commits while a compaction is under way, and
// looks at what is stored after each of its steps.
func TestCompactionLosesNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		meanwhile func(t *testing.T, s *Store, l actor.Lease)
		want      string
		folded    bool // the compaction takes place
	}{
		"more patches": {func(t *testing.T, s *Store, l actor.Lease) {
			must(t, commit(s, patch(l, "c")))
			must(t, commit(s, patch(l, "d")))
		}, "s:abcd", true},
		"a snapshot": {func(t *testing.T, s *Store, l actor.Lease) {
			must(t, commit(s, &actor.Batch{Lease: l, Snapshot: []byte("new:"), Patches: [][]byte{[]byte("x")}}))
		}, "new:x", false},
		"a new lease": {func(t *testing.T, s *Store, l actor.Lease) {
			must(t, commit(s, patch(again(t, s, l.ID), "c")))
		}, "s:abc", false},
		"the actor's end": {func(t *testing.T, s *Store, l actor.Lease) {
			must(t, s.Destroy(context.Background(), l.ID))
			create(t, s, "a")
		}, "s:", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			enter, leave := make(chan struct{}), make(chan struct{})
			calls := 0
			s := openTest(t, Options{CompactCount: 1, Compact: func(snap []byte, patches [][]byte) ([]byte, error) {
				if calls++; calls == 1 {
					close(enter)
					<-leave
				}
				return storetest.Fold(snap, patches)
			}})
			l := create(t, s, "a")
			must(t, commit(s, patch(l, "a")))
			must(t, commit(s, patch(l, "b")))
			<-enter
			tt.meanwhile(t, s, l)
			if got := state(t, s, l); got != tt.want {
				t.Errorf("before: %q, want %q", got, tt.want)
			}
			close(leave)
			must(t, s.Close())
			s = openTest(t, Options{Dir: s.opts.Dir})
			if got := state(t, s, l); got != tt.want {
				t.Errorf("after: %q, want %q", got, tt.want)
			}
			img, err := s.ReadImage(context.Background(), l.ID)
			must(t, err)
			if bytes.HasPrefix(img.Snapshot, []byte("s:ab")) != tt.folded {
				t.Errorf("snapshot %q", img.Snapshot)
			}
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFailedCompactionKeepsPatches(t *testing.T) {
	t.Parallel()
	called := make(chan struct{}, 100)
	s := openTest(t, Options{CompactCount: 1, Compact: func([]byte, [][]byte) ([]byte, error) {
		called <- struct{}{}
		return nil, errors.New("not a state")
	}})
	l := create(t, s, "a")
	for i := range 20 {
		must(t, commit(s, patch(l, fmt.Sprint(i%10))))
	}
	<-called
	if got := state(t, s, l); got != "s:01234567890123456789" {
		t.Errorf("state %q", got)
	}
	must(t, s.Close())
	if len(called) != 0 {
		t.Error("compaction was tried again under the same lease")
	}
}

// TestLogStaysShort: under a load that never pauses, the write-ahead log is
// moved into the file again and again.
func TestLogStaysShort(t *testing.T) {
	t.Parallel()
	s := openTest(t, Options{})
	s.keeper.maxLog = 4 << 20 / 4096
	l := create(t, s, "a")
	window := make(chan struct{}, 8)
	for range 100 {
		window <- struct{}{}
		s.Commit(&actor.Batch{Lease: l, Snapshot: make([]byte, 1<<20)}, func(err error) {
			if err != nil {
				t.Error(err)
			}
			<-window
		})
	}
	must(t, commit(s, patch(l, "end")))
	info, err := os.Stat(s.path + "-wal")
	must(t, err)
	if limit := int64(50 << 20); info.Size() > limit {
		t.Errorf("after 100 MB the log has %d MB, want at most %d", info.Size()>>20, limit>>20)
	}
}
