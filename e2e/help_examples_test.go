package e2e

import (
	"bytes"
	"context"
	"encoding/json"
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

// goesOn are the examples that only Ctrl-C ends, and their exit code after it.
var goesOn = []struct {
	part string
	code int
}{
	{"rivet dev", 0},
	{"rivet serve", 0},
	{"rivet studio --url", 0},
	{"--follow", 130},
	{"--watch", 130},
	{"--listen", 0},
	{"rivet bench", 130},
}

// needsTerminal are refused where there is none; their own tests have one.
var needsTerminal = []string{"rivet tui", "rivet destroy counter/my-counter"}

// TestHelpExamples runs what every command's help shows, as a shell would, in a
// project with a running server and with what the examples name.
func TestHelpExamples(t *testing.T) {
	t.Parallel()
	dev := startDev(t, project(t, "help_examples"))
	h := &helpExamples{server: dev, token: tokenOf(t, dev.dir), bin: filepath.Dir(binary), home: t.TempDir()}
	for _, dir := range []string{"etc/bash_completion.d", "zsh", ".config/fish/completions"} {
		if err := os.MkdirAll(filepath.Join(h.home, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range helpCommands(t) {
		lines := exampleLines(t, name)
		if len(lines) < 2 {
			t.Errorf("rivet %s --help has %d examples, want two or more", name, len(lines))
		}
		for _, line := range lines {
			t.Run(line, func(t *testing.T) { h.run(t, line) })
		}
	}
}

type helpExamples struct {
	server           *server
	token, bin, home string
}

func (h *helpExamples) run(t *testing.T, line string) {
	dir := h.server.dir
	for _, own := range []string{"rivet dev", "rivet serve", "rivet init", "rivet build", "rivet sdk", "rivet types", "rivet check"} {
		if strings.HasPrefix(line, own) {
			dir = project(t, "help_examples") // its own, where no server runs
		}
	}
	h.prepare(t, line, dir)
	id := ""
	if strings.Contains(line, "3f2a") {
		id = h.realID(t, line)
	}
	said := strings.NewReplacer(
		"/etc/", h.home+"/etc/", "${fpath[1]}", h.home+"/zsh", "~", h.home, "/var/lib/app", t.TempDir(),
		"--port 9000", "--port 0", "https://app.example", h.server.url,
		"http://localhost:8080", h.server.url, "http://localhost:9000", h.server.url, "http://localhost:9090", h.server.url,
		"| less", "| cat", "3f2a", id,
	).Replace(line)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", said)
	cmd.Dir = dir
	cmd.Env = environ("PATH="+h.bin+":"+os.Getenv("PATH"), "HOME="+h.home, "TOKEN="+h.token, "FROM="+h.token, "TO="+h.token)
	want := 0
	for _, g := range goesOn {
		if strings.Contains(line, g.part) {
			h.interrupt(t, cmd, said, g.code)
			return
		}
	}
	if slices.ContainsFunc(needsTerminal, func(part string) bool { return line == part || strings.HasPrefix(line, part+" --url") }) {
		want = 2
	}
	out, err := cmd.CombinedOutput()
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Errorf("exit %d (%v), want %d\n%s", got, err, want, out)
	}
}

// prepare makes what an example speaks of, and puts a real id where it has one
// that is made up.
func (h *helpExamples) prepare(t *testing.T, line, dir string) {
	for _, args := range [][]string{
		{"call", "counter/my-counter", "get"}, {"call", "chatRoom/lobby", "sendMessage", "bob", "hi"},
		{"call", "reminder/bob", "remind", "3600000"},
	} {
		h.rivet(t, args...)
	}
	switch {
	case strings.HasPrefix(line, "rivet create"):
		for _, name := range []string{"counter/my-counter", "room/lobby"} {
			rivet(t, h.server.dir, "destroy", name, "--yes") // it may not be there
		}
		writeFile(t, filepath.Join(dir, "input.json"), `{"topic":"files"}`)
	case strings.HasPrefix(line, "rivet import"):
		writeFile(t, filepath.Join(dir, "actors.jsonl"), h.rivet(t, "export", "counter/my-counter"))
	case strings.HasPrefix(line, "rivet serve"):
		if _, errOut, code := rivet(t, dir, "build"); code != 0 {
			t.Fatalf("build: %s", errOut)
		}
	}
}

// rivet runs a command in the server's project that must succeed.
func (h *helpExamples) rivet(t *testing.T, args ...string) string {
	t.Helper()
	out, errOut, code := rivet(t, h.server.dir, args...)
	if code != 0 {
		t.Fatalf("rivet %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errOut)
	}
	return out
}

// interrupt ends an example with Ctrl-C once it has printed anything.
func (h *helpExamples) interrupt(t *testing.T, cmd *exec.Cmd, said string, want int) {
	cmd.Args[2] = "exec " + said // so that the signal is its own
	told := make(chan struct{}, 1)
	w := &firstWrite{told: told}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	stop := time.NewTicker(100 * time.Millisecond) // lists that are empty say nothing until something comes
	defer stop.Stop()
	for ended := false; !ended; {
		select {
		case <-told:
			_ = cmd.Process.Signal(syscall.SIGINT) // it may have ended
		case <-stop.C:
			h.rivet(t, "call", "counter/my-counter", "increment")
			h.rivet(t, "call", "chatRoom/lobby", "sendMessage", "bob", "hi")
		case <-done:
			ended = true
		}
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		t.Errorf("exit %d after Ctrl-C, want %d\n%s", got, want, w.text())
	}
}

// realID is the id that stands for the one an example has made up.
func (h *helpExamples) realID(t *testing.T, line string) string {
	t.Helper()
	if strings.HasPrefix(line, "rivet schedule") {
		return strings.TrimSpace(h.rivet(t, "schedule", "reminder/bob", "--jq", ".items[0].id"))
	}
	open := func() string {
		return strings.TrimSpace(h.rivet(t, "conns", "chatRoom/lobby", "--jq", ".items[0].id // empty"))
	}
	listener := exec.Command(binary, "call", "chatRoom/lobby", "--listen", "message")
	listener.Dir, listener.Env = h.server.dir, environ()
	if err := listener.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = listener.Process.Kill() // it may have ended
		_ = listener.Wait()
	})
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if id := open(); id != "" {
			return id
		}
	}
	t.Fatal("the listener did not connect")
	return ""
}

// helpCommands are the commands that rivet --help lists.
func helpCommands(t *testing.T) []string {
	t.Helper()
	_, list, _ := strings.Cut(helpOf(t), "\nCommands\n")
	list, _, _ = strings.Cut(list, "\n\n")
	var names []string
	for line := range strings.Lines(list) {
		names = append(names, strings.Fields(line)[0])
	}
	if len(names) < 20 {
		t.Fatalf("rivet --help lists %q", names)
	}
	return names
}

func exampleLines(t *testing.T, command string) []string {
	t.Helper()
	_, list, _ := strings.Cut(helpOf(t, command), "\nExamples\n")
	list, _, _ = strings.Cut(list, "\n\n")
	var lines []string
	for line := range strings.Lines(list) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}

func helpOf(t *testing.T, command ...string) string {
	t.Helper()
	out, errOut, code := rivet(t, ".", append(command, "--help")...)
	if code != 0 {
		t.Fatalf("rivet %s --help: %s", strings.Join(command, " "), errOut)
	}
	return out
}

func tokenOf(t *testing.T, dir string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ".rivet", "server.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Token string }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Token
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// firstWrite keeps what is written and tells that something was.
type firstWrite struct {
	told chan<- struct{}
	mu   sync.Mutex
	all  bytes.Buffer
}

func (w *firstWrite) Write(p []byte) (int, error) {
	select {
	case w.told <- struct{}{}:
	default:
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.Write(p)
}

func (w *firstWrite) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all.String()
}
