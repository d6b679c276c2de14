package e2e

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// devAtTerminal runs `rivet dev` of testdata/devterm at a pseudo-terminal.
func devAtTerminal(t *testing.T, dir string, args ...string) *screen {
	t.Helper()
	return atTerminal(t, dir, append([]string{"dev", "--port", "0"}, args...)...)
}

// all is what the screen got so far.
func (s *screen) all() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

var (
	colours  = regexp.MustCompile("\x1b\\[[0-9;]*m")
	registry = regexp.MustCompile(`http://localhost:\d+/registry`)
	studioAt = regexp.MustCompile(`http://localhost:\d+/studio/#t=[\w-]{43}`)
)

func replace(t *testing.T, dir, name, old, new string) {
	t.Helper()
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s has no %q", name, old)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), old, new)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDevAtATerminalSaysWhatItDoes(t *testing.T) {
	t.Parallel()
	dir := project(t, "devterm")
	s := devAtTerminal(t, dir, "-v")
	s.wait(t, "press h for the keys")
	banner := colours.ReplaceAllString(s.all(), "")
	for _, want := range []string{"ready in ", "Actors     counter", "Try        rivet call counter/my-counter increment 5"} {
		if !strings.Contains(banner, want) {
			t.Errorf("the banner has no %q:\n%s", want, banner)
		}
	}
	if !studioAt.MatchString(banner) {
		t.Errorf("the Studio's address has no token:\n%s", banner)
	}
	url := strings.TrimSuffix(registry.FindString(banner), "/registry")
	call := func(action string) { rivet(t, dir, "call", "counter/a", action, "--url", url, "--as-client") }

	call("increment")
	s.wait(t, " increment \x1b[2m") // -v: a line a call
	call("boom")
	s.wait(t, "✗ internal_error")
	if got := colours.ReplaceAllString(s.all(), ""); !strings.Contains(got, "  > 10 |   const 漢字 = \"日本\"; throw new TypeError(\"bad thing\");\r\n       |                              ^") {
		t.Errorf("the error has no code frame:\n%s", got)
	}

	replace(t, dir, "registry.ts", "get: (c)", "get: ((c)")
	s.wait(t, "the old code goes on serving")
	replace(t, dir, "registry.ts", "get: ((c)", "get: ((c)  ")
	s.wait(t, "as before")
	s.write(t, "h")
	s.wait(t, "in your editor")
	replace(t, dir, "registry.ts", "get: ((c)  ", "get: (c)")
	s.wait(t, "mended")
	replace(t, dir, "registry.ts", "import ", "import  ")
	s.wait(t, "nothing changed")
	s.write(t, "r")
	s.wait(t, "↻")
	s.wait(t, "1 actor moved, 0 connections kept")
	s.write(t, "c")
	s.wait(t, "\x1b[3J")
	s.write(t, "q")
	if code := s.exit(); code != 0 {
		t.Errorf("q: exit code %d, want 0", code)
	}
}

func TestRepeatsAreCountedAtATerminal(t *testing.T) {
	t.Parallel()
	dir := project(t, "devterm")
	s := devAtTerminal(t, dir)
	s.wait(t, "press h for the keys")
	rivet(t, dir, "call", "counter/a", "spam", "500")
	s.wait(t, "499 times more")
	if n := strings.Count(s.all(), "again and again"); n != 1 {
		t.Errorf("the line was printed %d times", n)
	}
}

func TestAFirstBuildThatFailsHasAHeadAndIsWaitedFor(t *testing.T) {
	t.Parallel()
	dir := project(t, "devterm")
	replace(t, dir, "registry.ts", "get: (c)", "get: ((c)")
	s := devAtTerminal(t, dir)
	s.wait(t, "waiting for code that builds")
	s.wait(t, "build failed")
	replace(t, dir, "registry.ts", "get: ((c)", "get: (c)")
	s.wait(t, "ready in ")
	s.write(t, "\x03")
	if code := s.exit(); code != 0 {
		t.Errorf("Ctrl-C: exit code %d, want 0", code)
	}
}

func TestDevTellsWhenItsEntryDisappears(t *testing.T) {
	t.Parallel()
	dir := project(t, "devterm")
	s := devAtTerminal(t, dir)
	s.wait(t, "press h for the keys")
	if err := os.Rename(filepath.Join(dir, "registry.ts"), filepath.Join(dir, "away")); err != nil {
		t.Fatal(err)
	}
	s.wait(t, "the entry registry.ts isn't there any more")
	if err := os.Rename(filepath.Join(dir, "away"), filepath.Join(dir, "registry.ts")); err != nil {
		t.Fatal(err)
	}
	s.wait(t, "mended")
}

// The browser is started with a code that works once, not with a token.
func TestOpenHandsTheBrowserACode(t *testing.T) {
	t.Parallel()
	dir := project(t, "devterm")
	browser := filepath.Join(dir, "browser.sh")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\necho \"$1\" > \""+dir+"/opened.tmp\"; mv \""+dir+"/opened.tmp\" \""+dir+"/opened\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	s := launch(t, dir, environ("BROWSER="+browser), "dev", "--port", "0", "--log-format", "json", "--open")
	s.ready(t)
	var opened string
	within(t, 20e9, "the browser was started", func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "opened"))
		opened = strings.TrimSpace(string(text))
		return err == nil
	})
	_, code, ok := strings.Cut(opened, "/studio/#c=")
	if !ok || strings.Contains(opened, "#t=") {
		t.Fatalf("opened %q", opened)
	}
	body, _ := json.Marshal(map[string]string{"code": code})
	if got := s.request(t, "POST", "/studio/api/v1/session", string(body)); got.status != http.StatusOK {
		t.Errorf("the code: %d %s", got.status, got.body)
	}
	if got := s.request(t, "POST", "/studio/api/v1/session", string(body)); got.status != http.StatusUnauthorized {
		t.Errorf("the code again: %d", got.status)
	}
	if strings.Contains(s.output(), "#t=") || strings.Contains(s.output(), "#c=") {
		t.Errorf("a token or a code is in the pipe:\n%s", s.output())
	}
}

func TestKeysAreForTheForegroundAlone(t *testing.T) {
	t.Parallel()
	dir := project(t, "devterm")
	s := atTerminal(t, dir, "dev", "--port", "0", "--log-format", "text", "--color", "never")
	s.wait(t, "ready in ")
	s.wait(t, "press h")
	// A pipe as standard output has no keys, and no token.
	p := launch(t, dir, environ(), "dev", "--port", "0", "--memory")
	within(t, 20e9, "logfmt says ready", func() bool { return strings.Contains(p.output(), "event=ready") })
	if out := p.output(); strings.Contains(out, "press h") || strings.Contains(out, "#t=") {
		t.Errorf("in a pipe:\n%s", out)
	}
}

func TestTheBannerFitsTheTerminal(t *testing.T) {
	t.Parallel()
	for _, cols := range []uint16{60, 80, 120} {
		s := programAt(t, cols, project(t, "devterm"), exec.Command(binary, "dev", "--port", "0", "--no-studio", "--color", "never"))
		s.wait(t, "press h for the keys")
		for _, line := range strings.Split(s.all(), "\n") {
			if n := len([]rune(strings.TrimRight(line, "\r"))); n > int(cols) {
				t.Errorf("%d columns: a line of %d: %q", cols, n, line)
			}
		}
		if strings.Contains(s.all(), "Studio") || strings.Contains(s.all(), "\x1b[") {
			t.Errorf("--no-studio --color never:\n%q", s.all())
		}
	}
}

func TestTheFileOfAnErrorOpensInTheEditor(t *testing.T) {
	t.Parallel()
	dir := project(t, "devterm")
	code := filepath.Join(dir, "code") // an editor with a window
	if err := os.WriteFile(code, []byte("#!/bin/sh\necho \"$@\" > \""+dir+"/args.tmp\"; mv \""+dir+"/args.tmp\" \""+dir+"/args\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	replace(t, dir, "registry.ts", "get: (c)", "get: ((c)")
	cmd := exec.Command(binary, "dev", "--port", "0")
	cmd.Env = append(environ("VISUAL="+code), "TERM=xterm-256color")
	s := programAt(t, 80, dir, cmd)
	s.wait(t, "build failed")
	s.write(t, "o")
	want := "-g " + filepath.Join(dir, "registry.ts") + ":"
	within(t, patience, "the editor was started", func() bool { _, err := os.Stat(filepath.Join(dir, "args")); return err == nil })
	if text, err := os.ReadFile(filepath.Join(dir, "args")); err != nil || !strings.HasPrefix(string(text), want) {
		t.Errorf("opened with %q (%v), want %s…", text, err, want)
	}
}

func TestAPortIsTakenIfEitherLoopbackAddressIs(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			t.Logf("no %s here", host)
			continue
		}
		t.Cleanup(func() { _ = l.Close() })
		_, port, _ := net.SplitHostPort(l.Addr().String())
		_, errOut, code := rivet(t, project(t, "devterm"), "dev", "--port", port)
		if code == 0 || !strings.Contains(errOut, "port "+port) || !strings.Contains(errOut, "[port_taken]") {
			t.Errorf("with %s taken: %d %s", l.Addr(), code, errOut)
		}
	}
}

func TestAPublicAddressIsWarnedOfInDevelopment(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "devterm"), "--host", "0.0.0.0")
	if got := s.event(t, "public_address", 0); got["level"] != "warn" || got["host"] != "0.0.0.0" {
		t.Errorf("it says %v", got)
	}
}
