package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// target is the server that is measured.
type target struct {
	addr  string // host:port
	cmd   *exec.Cmd
	bin   string // the binary, "" if the server is another's
	dir   string
	ready time.Duration // from start to the first answer
	done  chan error
	// profiled is closed when the CPU profile has been written; nil: none is.
	profiled chan struct{}
}

const program = `import { actor, setup } from "@rivetkit/actor";
const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  actions: {
    version: () => 0,
    increment: (c, n: number) => {
      c.state.count += n;
      c.broadcast("newCount", c.state.count);
      return c.state.count;
    },
  },
});
const runaway = actor({
  onAuth: () => {},
  options: { action: { timeout: 1000 } },
  actions: { spin: () => { for (;;) {} } },
});
export const registry = setup({ use: { counter, runaway } });
`

func startTarget(ctx context.Context, bin, url, profile string, d time.Duration) (*target, error) {
	if url != "" {
		return &target{addr: strings.TrimPrefix(strings.TrimSuffix(url, "/"), "http://")}, nil
	}
	dir, err := os.MkdirTemp("", "rivet-bench-")
	if err != nil {
		return nil, err
	}
	t := &target{dir: dir, done: make(chan error, 1)}
	if bin == "" {
		bin = filepath.Join(dir, "rivet")
		build := exec.CommandContext(ctx, "go", "build", "-o", bin, "./cmd/rivet")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return nil, errors.Join(fmt.Errorf("build rivet: %w", err), os.RemoveAll(dir))
		}
	}
	t.bin = bin
	app := filepath.Join(dir, "app")
	if err := errors.Join(os.Mkdir(app, 0o755), os.WriteFile(filepath.Join(app, "registry.ts"), []byte(program), 0o644)); err != nil {
		return nil, err
	}
	args := []string{"dev", "--port", "0", "--log-format", "json"}
	if profile != "" {
		args = append(args, "--debug-addr", "127.0.0.1:6060")
	}
	began := time.Now()
	t.cmd = exec.CommandContext(ctx, bin, args...)
	t.cmd.Dir = app
	t.cmd.Stderr = os.Stderr
	t.cmd.Cancel = func() error { return t.cmd.Process.Signal(syscall.SIGINT) }
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var m struct{ Event, URL string }
		if json.Unmarshal(lines.Bytes(), &m) == nil && m.Event == "ready" {
			t.addr = strings.TrimPrefix(m.URL, "http://")
			t.addr, _, _ = strings.Cut(t.addr, "/")
			break
		}
	}
	if t.addr == "" {
		return nil, errors.New("rivet dev ended before it was ready")
	}
	go func() { _, _ = io.Copy(io.Discard, out); t.done <- t.cmd.Wait() }()
	c, err := dialHTTP(t.addr)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := c.call(actionRequest(t.addr, "first")); err != nil {
		return nil, err
	}
	t.ready = time.Since(began)
	if profile != "" {
		t.profiled = make(chan struct{})
		go func() { defer close(t.profiled); saveProfile(profile, d) }()
	}
	return t, nil
}

func saveProfile(path string, d time.Duration) {
	res, err := http.Get("http://127.0.0.1:6060/debug/pprof/profile?seconds=" + strconv.Itoa(int(d.Seconds())))
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: profile:", err)
		return
	}
	defer res.Body.Close()
	f, err := os.Create(path)
	if err == nil {
		_, err = io.Copy(f, res.Body)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: profile:", err)
	}
}

func (t *target) stop() {
	if t.cmd == nil {
		return
	}
	if t.profiled != nil {
		<-t.profiled
	}
	_ = t.cmd.Process.Signal(syscall.SIGINT)
	<-t.done
	_ = os.RemoveAll(t.dir)
}

// memory is the server's resident memory in KB (Linux).
func (t *target) memory() (int, error) {
	if t.cmd == nil {
		return 0, errors.New("not our process")
	}
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", t.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmRSS:" {
			return strconv.Atoi(f[1])
		}
	}
	return 0, errors.New("no VmRSS")
}
