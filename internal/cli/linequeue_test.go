package cli

import (
	"bytes"
	"strings"
	"sync"
	"testing"
)

// stuck is a terminal that stands still until it is let go.
type stuck struct {
	go_ chan struct{}
	mu  sync.Mutex
	b   bytes.Buffer
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.go_
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func TestAReaderThatStandsStillStopsNobody(t *testing.T) {
	t.Parallel()
	w := &stuck{go_: make(chan struct{})}
	q := startLines(w, func(n int) string { return leftOut(n) + "\n" })
	line := []byte(strings.Repeat("x", 1<<16-1) + "\n")
	for range 200 { // far more than is kept; none of these waits
		_, _ = q.Write(line)
	}
	close(w.go_)
	q.Close()
	out := w.b.String()
	kept := strings.Count(out, "xxx\n")
	if kept < maxQueued>>16 || kept >= 200 || !strings.HasSuffix(out, "were left out: nobody read them in time\n") {
		t.Errorf("%d of 200 lines kept; it ends with %q", kept, out[max(0, len(out)-80):])
	}
}

func TestLinesWaitWhileAnotherHasTheTerminal(t *testing.T) {
	t.Parallel()
	w := &stuck{go_: make(chan struct{})}
	close(w.go_)
	q := startLines(w, leftOut)
	q.Hold()
	_, _ = q.Write([]byte("one\n"))
	w.mu.Lock()
	early := w.b.Len()
	w.mu.Unlock()
	q.Release()
	q.Close()
	if early != 0 || w.b.String() != "one\n" {
		t.Errorf("while held: %d bytes; after: %q", early, w.b.String())
	}
}
