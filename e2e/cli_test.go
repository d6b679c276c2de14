package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs each script of testdata/script against the built binary. On
// top of testscript's commands there are:
//
//	dev [ARG…]      starts rivet dev in the current directory on a free port and
//	                waits until it serves; $URL is its address
//	devkill [SIGNAL] ends it (default INT; KILL for kill -9) and checks the exit code: 0
//	waitline TEXT   waits until it prints a line with TEXT
//	until TEXT COMMAND [ARG…] runs rivet COMMAND until it prints TEXT
//	waitfor FILE TEXT waits until a file has TEXT in it
//	schema NAME     see scriptSchema
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       os.Getenv("UPDATE_GOLDEN") != "",
		Setup:               setupScript,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"rivet": scriptRivet, "dev": scriptDev, "devkill": scriptKill, "waitline": scriptWaitLine,
			"schema": scriptSchema, "until": scriptUntil, "waitfor": scriptWaitFor,
		},
	})
}

type scriptKey struct{}

// scriptState is what a script has running.
type scriptState struct{ dev *scriptServer }

type scriptServer struct {
	cmd   *exec.Cmd
	lines chan string // closed at the end of its output
	done  chan error
}

func setupScript(env *testscript.Env) error {
	st := &scriptState{}
	env.Values[scriptKey{}] = st
	env.Defer(func() {
		if st.dev != nil {
			_ = st.dev.cmd.Process.Kill() // it may have ended
			for range st.dev.lines {      // read to its end
			}
			<-st.dev.done
		}
	})
	root, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	env.Vars = append(env.Vars, "ROOT="+root, "TERM=xterm", "PATH="+filepath.Dir(binary)+string(os.PathListSeparator)+os.Getenv("PATH"))
	return os.Mkdir(filepath.Join(env.WorkDir, "home"), 0o755)
}

// scriptRivet is `exec rivet`.
func scriptRivet(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(binary, args...)
	switch {
	case err == nil && neg:
		ts.Fatalf("rivet %s succeeded", strings.Join(args, " "))
	case err != nil && !neg:
		ts.Fatalf("rivet %s: %v", strings.Join(args, " "), err)
	}
	if want := ts.Getenv("CODE"); neg && want != "" {
		if code := err.(*exec.ExitError).ExitCode(); want != itoa(code) {
			ts.Fatalf("exit code %d, want %s", code, want)
		}
	}
}

// scriptUntil runs rivet again and again until what it prints has a text in it.
func scriptUntil(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until TEXT COMMAND [ARG…]")
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		_ = ts.Exec(binary, args[1:]...) // what it prints says it
		if strings.Contains(ts.ReadFile("stdout"), args[0]) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("rivet %s did not print %q", strings.Join(args[1:], " "), args[0])
		}
	}
}

// scriptWaitFor waits for what something in the background writes.
func scriptWaitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: waitfor FILE TEXT")
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Contains(string(text), args[1]) {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s has no %q (%v):\n%s", args[0], args[1], err, text)
		}
	}
}

func itoa(n int) string {
	text, _ := json.Marshal(n) // a number never fails
	return string(text)
}

func scriptDev(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("! dev makes no sense; use: ! rivet dev")
	}
	st := ts.Value(scriptKey{}).(*scriptState)
	cmd := exec.Command(binary, append([]string{"dev", "--port", "0", "--log-format", "json"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"))
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	cmd.Stderr = os.Stderr
	ts.Check(cmd.Start())
	s := &scriptServer{cmd: cmd, lines: make(chan string, 10_000), done: make(chan error, 1)}
	st.dev = s
	go func() { // ends with the process
		for sc := bufio.NewScanner(out); sc.Scan(); {
			s.lines <- sc.Text()
		}
		close(s.lines)
		s.done <- cmd.Wait()
	}()
	line := s.wait(ts, `"event":"ready"`)
	var ready struct{ URL string }
	ts.Check(json.Unmarshal([]byte(line), &ready))
	ts.Setenv("URL", strings.TrimSuffix(ready.URL, "/registry"))
}

// wait waits for a line with text in it.
func (s *scriptServer) wait(ts *testscript.TestScript, text string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		select {
		case line, ok := <-s.lines:
			if !ok {
				ts.Fatalf("rivet dev ended before it said %q", text)
			}
			ts.Logf("dev: %s", line)
			if strings.Contains(line, text) {
				return line
			}
		case <-ctx.Done():
			ts.Fatalf("rivet dev did not say %q", text)
		}
	}
}

func scriptWaitLine(ts *testscript.TestScript, neg bool, args []string) {
	st := ts.Value(scriptKey{}).(*scriptState)
	if neg || len(args) != 1 || st.dev == nil {
		ts.Fatalf("usage: waitline TEXT, after dev")
	}
	st.dev.wait(ts, args[0])
}

func scriptKill(ts *testscript.TestScript, neg bool, args []string) {
	st := ts.Value(scriptKey{}).(*scriptState)
	if neg || len(args) > 1 || st.dev == nil {
		ts.Fatalf("usage: devkill [INT|TERM|KILL], after dev")
	}
	sig, hard := os.Signal(os.Interrupt), false
	if len(args) == 1 {
		switch args[0] {
		case "TERM":
			sig = syscall.SIGTERM
		case "KILL":
			sig, hard = os.Kill, true
		}
	}
	s := st.dev
	st.dev = nil
	ts.Check(s.cmd.Process.Signal(sig))
	for line := range s.lines {
		ts.Logf("dev: %s", line)
	}
	if err := <-s.done; err != nil && !hard {
		ts.Fatalf("rivet dev: %v, want a clean end", err)
	}
}
