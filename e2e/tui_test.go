package e2e

import (
	"fmt"
	"os"
	"os/exec"
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

// since gives what the screen got from now on.
func (s *screen) since() func() string {
	n := len(s.all())
	return func() string { return s.all()[n:] }
}

// then types and waits for something that comes after it.
func (s *screen) then(t *testing.T, keys, text string) {
	t.Helper()
	got := s.since()
	s.write(t, keys)
	within(t, 20*time.Second, fmt.Sprintf("%q after %q", text, keys), func() bool { return strings.Contains(got(), text) })
}

func TestTuiIsSuspendedAndComesBack(t *testing.T) {
	t.Parallel()
	dir := counterProject(t)
	startDev(t, dir)
	if _, text, code := rivet(t, dir, "call", "counter/first", "increment", "5"); code != 0 {
		t.Fatal(text)
	}
	cmd := exec.Command("sh", "-i")
	cmd.Env = append(environ(), "TERM=xterm-256color", "PS1=shell> ", "ENV=")
	s := programAt(t, 80, dir, cmd)
	s.wait(t, "shell> ")
	s.then(t, binary+" tui\n", "counter/first")
	s.then(t, "\x1a", "shell> ")
	if screens := s.all(); strings.LastIndex(screens, "\x1b[?1049l") < strings.LastIndex(screens, "\x1b[?1049h") {
		t.Error("suspended with the alternate screen on")
	}
	s.then(t, "fg\n", "counter/first")
	s.then(t, "/nobody\r", "No actor is like that")
	s.then(t, "q", "shell> ")
	s.then(t, "echo ended with $?\n", "ended with 0")
}

func TestTuiFindsTheServerAgain(t *testing.T) {
	t.Parallel()
	dir := counterProject(t)
	first := startDev(t, dir)
	if _, text, code := rivet(t, dir, "call", "counter/first", "increment", "5"); code != 0 {
		t.Fatal(text)
	}
	s := atTerminal(t, dir, "tui")
	s.wait(t, "count: ")
	got := s.since()
	first.kill() // as a crash would
	within(t, 20*time.Second, "the loss is told", func() bool { return strings.Contains(got(), "server gone") })
	got = s.since()
	startDev(t, dir) // at another port, with another token
	within(t, 20*time.Second, "it is found", func() bool { return strings.Contains(got(), "ready") })
	got = s.since()
	if _, text, code := rivet(t, dir, "call", "counter/first", "increment", "994"); code != 0 {
		t.Fatal(text)
	}
	within(t, 20*time.Second, "what happens there is shown", func() bool { return strings.Contains(got(), "999") })
	s.write(t, "q")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestTuiShowsAFailedBuildUntilItIsMended(t *testing.T) {
	t.Parallel()
	dir := counterProject(t)
	s := atTerminal(t, dir, "dev", "--port", "0", "--tui")
	s.wait(t, "ready")
	path := filepath.Join(dir, "registry.ts")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got := s.since()
	if err := os.WriteFile(path, append(good, "\nconst x = ;\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "the error", func() bool { return strings.Contains(got(), "Unexpected") && strings.Contains(got(), "const x = ;") })
	got = s.since()
	if err := os.WriteFile(path, good, 0o644); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "the error is gone", func() bool {
		return strings.Contains(got(), "No actors yet") || strings.Contains(got(), "ready") || strings.Contains(got(), "built")
	})
	s.write(t, "\x03")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestTuiOpensTheStudioAtThisPlace(t *testing.T) {
	t.Parallel()
	dir := counterProject(t)
	startDev(t, dir)
	if _, text, code := rivet(t, dir, "call", "counter/first", "increment", "5"); code != 0 {
		t.Fatal(text)
	}
	opened := filepath.Join(t.TempDir(), "opened")
	browser := filepath.Join(t.TempDir(), "browser")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\nprintf %s \"$1\" > "+opened+".new\nmv "+opened+".new "+opened+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, "tui")
	cmd.Env = append(environ(), "TERM=xterm-256color", "BROWSER="+browser)
	s := programAt(t, 80, dir, cmd)
	s.wait(t, "count: ")
	s.then(t, "2", "increment(")
	s.then(t, "O", "opened the Studio")
	var url string
	within(t, 20*time.Second, "the browser is started", func() bool {
		b, err := os.ReadFile(opened)
		url = string(b)
		return err == nil
	})
	if !strings.Contains(url, "/studio/actors/") || !strings.Contains(url, "/events#c=") {
		t.Errorf("opened %s", url)
	}
}
