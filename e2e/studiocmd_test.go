package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/client"
)

// enter exchanges the code of a printed address for a session.
func enter(t *testing.T, printed string) (s *server, session string, readOnly bool) {
	t.Helper()
	page, code, ok := strings.Cut(strings.TrimSpace(printed), "studio/#c=")
	if !ok {
		t.Fatalf("printed %q", printed)
	}
	s = &server{url: strings.TrimSuffix(page, "/")}
	got := s.request(t, "POST", "/studio/api/v1/session", `{"code":"`+code+`"}`)
	var in struct {
		Session  string
		ReadOnly bool
	}
	if err := json.Unmarshal([]byte(got.body), &in); err != nil || got.status != http.StatusOK {
		t.Fatalf("the code: %d %s", got.status, got.body)
	}
	return s, in.Session, in.ReadOnly
}

func TestStudioPrintsAnAddressThatWorksOnce(t *testing.T) {
	t.Parallel()
	dir := project(t, "devterm")
	dev := startDev(t, dir)
	out, errOut, code := rivet(t, dir, "studio")
	if code != 0 || errOut != "" {
		t.Fatalf("%d %s", code, errOut)
	}
	s, session, readOnly := enter(t, out)
	if s.url != strings.Replace(dev.url, "127.0.0.1", "localhost", 1) || readOnly {
		t.Errorf("%s, read-only %v", s.url, readOnly)
	}
	if got := s.request(t, "GET", "/studio/api/v1/actors", "", "Authorization", "Bearer "+session); got.status != 200 {
		t.Errorf("actors: %d %s", got.status, got.body)
	}
	out, _, _ = rivet(t, dir, "studio", "--read-only", "--print-url")
	s, session, readOnly = enter(t, out)
	if got := s.request(t, "POST", "/studio/api/v1/actors", `{"type":"counter","key":["x"]}`, "Authorization", "Bearer "+session); !readOnly || got.status != 403 {
		t.Errorf("a read-only session creates: %d %s", got.status, got.body)
	}
	// --open starts a browser.
	browser := filepath.Join(dir, "browser.sh")
	if err := os.WriteFile(browser, []byte("#!/bin/sh\necho \"$1\" > \""+dir+"/opened.tmp\"; mv \""+dir+"/opened.tmp\" \""+dir+"/opened\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	p := launch(t, dir, environ("BROWSER="+browser), "studio", "--open")
	<-p.exited
	within(t, patience, "the browser was started", func() bool { _, err := os.Stat(filepath.Join(dir, "opened")); return err == nil })
	if text, err := os.ReadFile(filepath.Join(dir, "opened")); err != nil || !strings.Contains(string(text), "/studio/#c=") {
		t.Errorf("opened %s %v", text, err)
	}
	if strings.Contains(p.output(), "#c=") {
		t.Errorf("it prints a code that nobody asked for: %s", p.output())
	}
}

func TestStudioOfAServerElsewhere(t *testing.T) {
	t.Parallel()
	const token = "t0ken-of-the-server"
	s := startServe(t, write(t, production), environ("RIVET_AUTH_TOKEN="+token), "--log-format", "json")
	s.call(t, of("counter", "a"), "inc", `[]`)
	p := launch(t, t.TempDir(), environ(), "studio", "--url", s.url, "--token", token)
	within(t, patience, "it prints its address", func() bool { return p.output() != "" })
	proxy, session, _ := enter(t, p.output())
	if got := proxy.request(t, "GET", "/studio/", ""); got.status != 200 || !strings.Contains(got.body, "<html") {
		t.Errorf("the page: %d %s", got.status, got.body)
	}
	got := proxy.request(t, "GET", "/studio/api/v1/actors", "", "Authorization", "Bearer "+session)
	if got.status != 200 || !strings.Contains(got.body, `"counter"`) || strings.Contains(got.body, token) {
		t.Errorf("actors: %d %s", got.status, got.body)
	}
	if got := proxy.request(t, "GET", "/studio/api/v1/actors", "", "Authorization", "Bearer "+token); got.status != 401 {
		t.Errorf("the server's token at the proxy: %d", got.status)
	}
	// Live: the socket goes through as well.
	in, err := client.NewInspector(client.InspectorOptions{URL: proxy.url, Token: session})
	if err != nil {
		t.Fatal(err)
	}
	if meta, err := in.Meta(t.Context()); err != nil || meta.Project == "" {
		t.Errorf("meta: %+v %v", meta, err)
	}
	w, err := in.Watch(t.Context(), nil)
	if err != nil {
		t.Fatalf("the socket: %v", err)
	}
	if w.Meta().Project == "" {
		t.Error("the socket's first frame has no project")
	}
	w.Close()
	if strings.Contains(p.output()+p.stderr(), token) {
		t.Error("the server's token was printed")
	}
	if code := p.interrupt(t); code != 0 {
		t.Errorf("Ctrl-C: exit code %d\n%s", code, p.stderr())
	}
	if _, errOut, code := rivet(t, t.TempDir(), "studio", "--url", s.url, "--token", "wrong"); code != 1 || !strings.Contains(errOut, "[unauthorized]") {
		t.Errorf("a wrong token: %d %s", code, errOut)
	}
}
