package e2e

import (
	"os/exec"
	"strings"
	"testing"
)

// do runs a rivet command that must succeed, in a pipe.
func do(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Dir, cmd.Env = dir, environ()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("rivet %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

func TestDestroyWantsTheNameTyped(t *testing.T) {
	t.Parallel()
	dir := project(t, "inspect_app")
	startDev(t, dir)
	do(t, dir, "create", "counter/a")
	for _, tt := range []struct {
		typed string
		code  int
	}{{"y\r", 1}, {"counter/b\r", 1}, {"\x03", 130}, {"counter/a\r", 0}} {
		s := atTerminal(t, dir, "destroy", "counter/a")
		s.wait(t, "rivet export counter/a")
		s.wait(t, "to go ahead:")
		s.write(t, tt.typed)
		if code := s.exit(); code != tt.code {
			t.Errorf("after %q: exit code %d, want %d: %q", tt.typed, code, tt.code, s.all())
		}
		if there := do(t, dir, "ls") != ""; there != (tt.code != 0) {
			t.Errorf("after %q: the actor is there: %v", tt.typed, there)
		}
	}
}

func TestWatchingDrawsInPlaceUntilCtrlC(t *testing.T) {
	t.Parallel()
	dir := project(t, "inspect_app")
	startDev(t, dir)
	s := atTerminal(t, dir, "ls", "--watch")
	s.wait(t, "there are no actors")
	do(t, dir, "create", "counter/first")
	s.wait(t, "counter/first")
	do(t, dir, "create", "counter/second")
	s.wait(t, "counter/second")
	s.write(t, "\x03")
	if code := s.exit(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if !strings.Contains(s.all(), "\x1b[1A\r\x1b[J") {
		t.Errorf("nothing was drawn over: %q", s.all())
	}
}

// TestTextFromActorsIsNeverRaw: keys, logs, events, states and errors may hold
// anything.
func TestTextFromActorsIsNeverRaw(t *testing.T) {
	t.Parallel()
	dir := project(t, "inspect_app")
	startDev(t, dir)
	const evil = "a\x1b[2J\u202eb\u009b31m\x07"
	actor := "counter/" + evil
	do(t, dir, "call", actor, "say", evil)
	do(t, dir, "call", actor, "later", "3600000")
	do(t, dir, "state", "set", actor, "/"+evil, evil)
	do(t, dir, "emit", actor, evil, evil)
	for _, args := range [][]string{
		{"ls"}, {"ls", "--json"}, {"events"}, {"logs"}, {"state", actor}, {"state", actor, "--json"}, {"state", actor, "/" + evil}, {"schedule"},
		{"restart", actor}, {"state", "set", actor, "/" + evil, "x" + evil}, {"state", actor, "/nope" + evil}, {"conns", actor},
		{"ls", "--jq", ".items[].key[]"}, {"destroy", actor, "--yes"},
	} {
		s := atTerminal(t, dir, args...)
		s.exit()
		got := s.all()
		for _, raw := range []string{"\x1b[2J", "\u202e", "\u009b", "\x07"} {
			if strings.Contains(got, raw) {
				t.Errorf("rivet %q let %q through: %q", args, raw, got)
			}
		}
		if args[0] != "conns" && !strings.Contains(got, "a\\x1b[2J") && !strings.Contains(got, "a\\u001b[2J") {
			t.Errorf("rivet %q doesn't show it: %q", args, got)
		}
	}
}

func TestStateEditAsksAtATerminal(t *testing.T) {
	t.Parallel()
	dir := project(t, "inspect_app")
	startDev(t, dir)
	do(t, dir, "create", "counter/a")
	do(t, dir, "call", "counter/a", "get")
	for _, tt := range []struct{ typed, want string }{{"n\r", "0\n"}, {"y\r", "41\n"}} {
		cmd := exec.Command("env", `VISUAL=sed -i s/"count":.0/"count":41/`, binary, "state", "edit", "counter/a")
		s := programAt(t, 60, dir, cmd)
		s.wait(t, "[y/N]")
		s.write(t, tt.typed)
		s.exit()
		if got := do(t, dir, "call", "counter/a", "get"); got != tt.want {
			t.Errorf("after %q: %q, want %q: %q", tt.typed, got, tt.want, s.all())
		}
	}
}
