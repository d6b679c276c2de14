package testkit

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

func TestProjectWritesFilesBelowDirectories(t *testing.T) {
	t.Parallel()
	dir := Project(t, map[string]string{"src/a.ts": "x"})
	if text, err := os.ReadFile(filepath.Join(dir, "src", "a.ts")); err != nil || string(text) != "x" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestFreePortCanBeOpened(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(FreePort(t)))
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
}

func TestNoLeaksWaitsForGoroutinesThatAreEnding(t *testing.T) {
	NoLeaks(t)
	done := make(chan struct{})
	go func() { <-done }()
	close(done)
}

func TestEventually(t *testing.T) {
	t.Parallel()
	n := 0
	Eventually(t, "counts", func() bool { n++; return n == 3 })
}
