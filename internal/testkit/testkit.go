// Package testkit has what tests of many rooms need: temporary projects, golden
// files, a check that goroutines end, conditions that are waited for without
// sleeping blindly, and free ports.
package testkit

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// patience bounds every wait: far more than any wait needs, also on a busy machine.
const patience = 30 * time.Second

// Root is the directory of the module.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Fatal("testkit: not inside the module")
		}
		dir = up
	}
}

// Project writes files (by slash-separated path) into a new directory.
func Project(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		Write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
	}
	return dir
}

// Write writes a file, and the directories above it.
func Write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Golden compares got with testdata/NAME. UPDATE_GOLDEN=1 writes it instead.
func Golden(t testing.TB, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if os.Getenv("UPDATE_GOLDEN") != "" {
		Write(t, path, string(got))
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (UPDATE_GOLDEN=1 writes it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (UPDATE_GOLDEN=1 writes it)\n--- got\n%s\n--- want\n%s", path, got, want)
	}
}

// Eventually waits until ok holds, asking again and again for a bounded time.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	if !within(patience, ok) {
		t.Fatalf("%s: not within %s", what, patience)
	}
}

func within(limit time.Duration, ok func() bool) bool {
	if ok() {
		return true
	}
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(limit); time.Now().Before(end); {
		<-tick.C
		if ok() {
			return true
		}
	}
	return false
}

// NoLeaks fails the test if goroutines that began after this call still run
// when the test ends. It is not for tests that run in parallel.
func NoLeaks(t testing.TB) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		if t.Failed() || within(5*time.Second, func() bool { return runtime.NumGoroutine() <= before }) {
			return
		}
		buf := make([]byte, 1<<20)
		buf = buf[:runtime.Stack(buf, true)]
		t.Errorf("%d goroutines before, %d after:\n%s", before, runtime.NumGoroutine(), trimStacks(string(buf)))
	})
}

// trimStacks leaves out the goroutines of the test runner.
func trimStacks(all string) string {
	var keep []string
	for _, g := range strings.Split(all, "\n\n") {
		if !strings.Contains(g, "testing.(*T).Run(") && !strings.Contains(g, "testing.RunTests") {
			keep = append(keep, g)
		}
	}
	return strings.Join(keep, "\n\n")
}

// FreePort is a TCP port of 127.0.0.1 that was free a moment ago.
func FreePort(t testing.TB) int {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
