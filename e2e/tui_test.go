package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// counterProject is a copy of the counter example.
func counterProject(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "examples", "counter"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTuiShowsTheRunningActors(t *testing.T) {
	t.Parallel()
	dir := counterProject(t)
	startDev(t, dir)
	if _, text, code := rivet(t, dir, "call", "counter/first", "increment", "5"); code != 0 {
		t.Fatal(text)
	}
	s := atTerminal(t, dir, "tui")
	s.wait(t, "counter/first")
	s.wait(t, "count: ")
	if _, text, code := rivet(t, dir, "call", "counter/second", "increment", "41"); code != 0 {
		t.Fatal(text)
	}
	s.wait(t, "counter/second")
	s.write(t, "/second\r")
	s.wait(t, "1 FOR second")
	s.wait(t, "41")
	s.write(t, "q")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestTuiNeedsATerminalAndAServer(t *testing.T) {
	t.Parallel()
	dir := counterProject(t)
	_, text, code := rivet(t, dir, "tui")
	if code != 2 || !strings.Contains(text, "needs a terminal") || !strings.Contains(text, "rivet ls") {
		t.Errorf("in a pipe: %d %s", code, text)
	}
	s := atTerminal(t, dir, "tui")
	s.wait(t, "rivet dev")
	if code := s.exit(); code != 3 {
		t.Errorf("without a server: exit code %d, want 3", code)
	}
}

func TestDevAndTuiShareATerminal(t *testing.T) {
	t.Parallel()
	dir := counterProject(t)
	if _, text, code := rivet(t, dir, "dev", "--tui"); code != 2 || !strings.Contains(text, "--tui needs a terminal") {
		t.Errorf("in a pipe: %d %s", code, text)
	}
	s := atTerminal(t, dir, "dev", "--port", "0", "--tui")
	s.wait(t, "✓ ready")
	s.wait(t, "plain output") // what q does
	if _, text, code := rivet(t, dir, "call", "counter/first", "increment", "5"); code != 0 {
		t.Fatal(text)
	}
	s.wait(t, "counter/first")
	s.write(t, "q")
	s.wait(t, "\x1b[?1049l") // the screen as it was
	s.write(t, "h")
	s.wait(t, "terminal interface")
	before := strings.Count(s.all(), "\x1b[?1049h")
	s.write(t, "t")
	within(t, 20*time.Second, "the interface is back", func() bool { return strings.Count(s.all(), "\x1b[?1049h") > before })
	s.write(t, "\x03")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestTuiTalksToTheActorThatIsShown(t *testing.T) {
	t.Parallel()
	dir := counterProject(t)
	startDev(t, dir)
	if _, text, code := rivet(t, dir, "call", "counter/first", "increment", "5"); code != 0 {
		t.Fatal(text)
	}
	s := atTerminal(t, dir, "tui")
	s.wait(t, "counter/first")
	s.wait(t, "count: ")
	s.write(t, "6")
	s.wait(t, "counter/first> ")
	s.write(t, "await increment(37)\r")
	s.wait(t, "42")
	s.write(t, "nothing.here\r")
	s.wait(t, "ReferenceError")
	s.write(t, "\x03") // forgets what is typed; it ends nothing here
	before := strings.Count(s.all(), "filter")
	s.write(t, "\x1b")
	within(t, 20*time.Second, "the list has the keys", func() bool { return strings.Count(s.all(), "filter") > before })
	s.write(t, "q")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}
