package e2e

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// screen is a command at a pseudo-terminal.
type screen struct {
	tty *os.File
	cmd *exec.Cmd

	mu   sync.Mutex
	text bytes.Buffer
	grew chan struct{} // closed and replaced
	end  chan struct{}
}

func atTerminal(t *testing.T, dir string, args ...string) *screen {
	t.Helper()
	return programAt(t, 80, dir, exec.Command(binary, args...))
}

// programAt runs any program at a pseudo-terminal of some columns.
func programAt(t *testing.T, cols uint16, dir string, cmd *exec.Cmd) *screen {
	t.Helper()
	s := &screen{cmd: cmd, grew: make(chan struct{}), end: make(chan struct{})}
	s.cmd.Dir = dir
	if s.cmd.Env == nil {
		s.cmd.Env = append(environ(), "TERM=xterm-256color")
	}
	var err error
	if s.tty, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 24, Cols: cols}); err != nil {
		t.Fatal(err)
	}
	go func() { // ends with the process
		defer close(s.end)
		buf := make([]byte, 4096)
		for {
			n, err := s.tty.Read(buf)
			s.mu.Lock()
			s.text.Write(buf[:n])
			close(s.grew)
			s.grew = make(chan struct{})
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill() // it may have ended
		_ = s.tty.Close()        // so that the reader ends
		<-s.end
	})
	return s
}

func (s *screen) wait(t *testing.T, text string) {
	t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		s.mu.Lock()
		all, grew := s.text.String(), s.grew
		s.mu.Unlock()
		if strings.Contains(all, text) {
			return
		}
		select {
		case <-grew:
		case <-s.end:
			s.mu.Lock()
			all = s.text.String()
			s.mu.Unlock()
			if strings.Contains(all, text) {
				return
			}
			t.Fatalf("the command ended without %q:\n%q", text, all)
		case <-limit.C:
			t.Fatalf("no %q within 20 s:\n%q", text, all)
		}
	}
}

func (s *screen) write(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(s.tty, keys); err != nil {
		t.Fatal(err)
	}
}

func (s *screen) exit() int {
	<-s.end
	_ = s.cmd.Wait() // the code says it
	return s.cmd.ProcessState.ExitCode()
}

func TestInitAsksAtATerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := atTerminal(t, dir, "init")
	s.wait(t, "Directory of the project")
	s.write(t, "\x15room\r") // the line cleared, then typed
	s.wait(t, "rooms with a history")
	s.write(t, "\x1b[B\r") // down: chat
	s.wait(t, "rivet dev")
	if code := s.exit(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	text, err := os.ReadFile(filepath.Join(dir, "room", "registry.ts"))
	if err != nil || !strings.Contains(string(text), "chatRoom") {
		t.Errorf("room/registry.ts: %v %s", err, text)
	}
}

func TestCtrlCAtAPromptLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := atTerminal(t, dir, "init")
	s.wait(t, "Directory of the project")
	s.write(t, "\x03")
	if code := s.exit(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v %v", entries, err)
	}
}

func TestErrorsAtATerminalHaveColourAndNoControlCharacters(t *testing.T) {
	t.Parallel()
	s := atTerminal(t, t.TempDir(), "call", "counter/a", "x\x1b[2Jy", "--url", "http://127.0.0.1:1")
	s.wait(t, "\x1b[31m")
	if code := s.exit(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.Contains(s.text.String(), "\x1b[2J") {
		t.Errorf("an argument reached the terminal raw: %q", s.text.String())
	}
}
