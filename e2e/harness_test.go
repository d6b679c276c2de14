// Package e2e tests the built binary from outside: over its command line, HTTP,
// WebSocket and SSE, as users and strangers meet it.
package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the rivet under test, built once by TestMain.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "rivet-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "rivet")
	build := exec.Command("go", "build", "-o", binary, "../cmd/rivet")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build rivet:", err)
		return 1
	}
	code := m.Run()
	shared.end()
	return code
}

// server is one running `rivet dev`.
type server struct {
	url    string // http://127.0.0.1:PORT
	dir    string
	cmd    *exec.Cmd
	exited chan struct{}

	mu    sync.Mutex
	lines []string // of stdout, JSON
	err   bytes.Buffer
	grew  chan struct{} // closed and replaced at each new line
}

// project copies testdata/NAME to a fresh directory.
func project(t testing.TB, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// environ is the environment of a command under test: without rivet's own
// variables, so that the machine's don't matter.
func environ(extra ...string) []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "RIVET") || strings.HasPrefix(name, "PORT") || name == "CI" || name == "NODE_ENV" {
			continue
		}
		env = append(env, kv)
	}
	return append(env, extra...)
}

// startDev runs `rivet dev` in dir on a free port and waits until it is ready.
func startDev(t testing.TB, dir string, args ...string) *server {
	t.Helper()
	return startIn(t, dir, environ(), args...)
}

// startIn is startDev with an environment of the test's own.
func startIn(t testing.TB, dir string, env []string, args ...string) *server {
	t.Helper()
	s := launch(t, dir, env, append([]string{"dev", "--port", "0", "--log-format", "json"}, args...)...)
	s.ready(t)
	return s
}

// ready waits until the server says so and takes its url.
func (s *server) ready(t testing.TB) {
	t.Helper()
	ready := s.event(t, "ready", 0)
	s.url, _ = ready["url"].(string)
	s.url = strings.TrimSuffix(strings.TrimSuffix(s.url, "/"), "/registry")
	if s.url == "" {
		t.Fatalf("the ready line has no url: %v", ready)
	}
}

// launch starts a rivet that goes on; it is killed with the test.
func launch(t testing.TB, dir string, env []string, args ...string) *server {
	t.Helper()
	s := &server{dir: dir, exited: make(chan struct{}), grew: make(chan struct{})}
	s.cmd = exec.Command(binary, args...)
	s.cmd.Dir = dir
	s.cmd.Env = env
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stderr = &lockedWriter{s: s}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		r := bufio.NewScanner(out)
		r.Buffer(nil, 1<<20)
		for r.Scan() {
			s.mu.Lock()
			s.lines = append(s.lines, r.Text())
			close(s.grew)
			s.grew = make(chan struct{})
			s.mu.Unlock()
		}
		_ = s.cmd.Wait()
		close(s.exited)
	}()
	t.Cleanup(func() { s.kill() })
	return s
}

type lockedWriter struct{ s *server }

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	return w.s.err.Write(p)
}

// event waits for a line with that "event", from line number from on.
func (s *server) event(t testing.TB, name string, from int) map[string]any {
	t.Helper()
	return s.anyEvent(t, from, name)
}

// anyEvent waits for a line with one of these events.
func (s *server) anyEvent(t testing.TB, from int, names ...string) map[string]any {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		lines, grew := s.lines, s.grew
		s.mu.Unlock()
		for _, line := range lines[min(from, len(lines)):] {
			var m map[string]any
			if json.Unmarshal([]byte(line), &m) == nil && slices.Contains(names, fmt.Sprint(m["event"])) {
				return m
			}
		}
		from = max(from, len(lines))
		select {
		case <-grew:
		case <-s.exited:
			t.Fatalf("rivet dev ended before %q:\n%s\n%s", names, s.output(), s.stderr())
		case <-deadline:
			t.Fatalf("no %q line after 30 s:\n%s\n%s", names, s.output(), s.stderr())
		}
	}
}

// mark is the number of lines so far, for a later event.
func (s *server) mark() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines)
}

func (s *server) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

func (s *server) stderr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err.String()
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended by itself
	<-s.exited
}

// interrupt ends the server as Ctrl-C does and returns its exit code.
func (s *server) interrupt(t testing.TB) int {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.exited:
	case <-time.After(20 * time.Second):
		t.Fatal("rivet dev did not end after an interrupt")
	}
	return s.cmd.ProcessState.ExitCode()
}

// rivet runs a command in dir and returns what it printed and its exit code.
func rivet(t testing.TB, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Dir = dir
	cmd.Env = environ()
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("rivet %v: %v", args, err)
	}
	return out.String(), errOut.String(), cmd.ProcessState.ExitCode()
}

// reply is an HTTP answer.
type reply struct {
	status int
	header http.Header
	body   string
}

// request sends one HTTP request; headers are name, value, name, value …
func (s *server) request(t testing.TB, method, path, body string, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header[headers[i]] = append(req.Header[headers[i]], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(data)}
}

// within waits for a condition that another process brings about.
func within(t testing.TB, d time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(d)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", d, what)
		}
		time.Sleep(2 * time.Millisecond) // the condition decides
	}
}
