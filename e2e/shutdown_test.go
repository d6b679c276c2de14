package e2e

import (
	"fmt"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"
)

// terminate sends SIGTERM.
func (s *server) terminate(t testing.TB) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

func (s *server) ended(t testing.TB, within time.Duration) int {
	t.Helper()
	select {
	case <-s.exited:
	case <-time.After(within):
		t.Fatalf("the server did not end within %v\n%s", within, s.stderr())
	}
	return s.cmd.ProcessState.ExitCode()
}

func TestShutdownLetsActionsFinish(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "isolation"))
	q := of("sleeper", keyOf(t))
	l := s.wired().connect(t, q, "")
	l.subscribe("slow", true)
	l.act(1, "slow", `[1200]`)
	l.expectEvent("slow", `[1200]`)
	unused, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://")) // as browsers keep some
	if err != nil {
		t.Fatal(err)
	}
	defer unused.Close()
	answer := make(chan said, 1)
	go func() { answer <- s.json().call(t, q, "slow", `[1800]`) }()
	l.expectEvent("slow", `[1800]`) // both run
	began := time.Now()
	s.terminate(t)
	l.expectResult(1, `1`)
	if got := <-answer; got.body != `{"o":2}` {
		t.Errorf("the running action: %d %s", got.status, got.body)
	}
	l.expectEnd(1001, "shutting down")
	l.vanish()
	if code := s.ended(t, patience); code != 0 {
		t.Errorf("exit code %d\n%s", code, s.stderr())
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the end took %v", took)
	}
	if got := startDev(t, s.dir).call(t, q, "add", `[]`); got != `3` {
		t.Errorf("after the restart n is %s, want 3: all is saved", got)
	}
}

func TestSecondSignalExitsAtOnce(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "isolation"))
	q := of("sleeper", keyOf(t))
	s.wired().connect(t, q, "").act(1, "slow", `[20000]`)
	s.wantCall(t, q, "add", `[]`, `1`)
	s.terminate(t)
	s.event(t, "stopping", 0) // the first one was taken
	began := time.Now()
	s.terminate(t)
	code := s.ended(t, 2*time.Second)
	if took := time.Since(began); code == 0 || took > time.Second {
		t.Errorf("exit code %d after %v", code, took)
	}
	if got := fmt.Sprint(startDev(t, s.dir).call(t, q, "add", `[]`)); got != `2` {
		t.Errorf("what was acknowledged is lost: n is %s", got)
	}
}
