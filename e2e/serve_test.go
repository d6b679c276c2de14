package e2e

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const production = `import { actor, setup, createServer } from "@rivetkit/actor";
const counter = actor({
  onAuth: () => {},
  state: { n: 0 },
  actions: {
    inc: (c) => ++c.state.n,
    env: () => [process.env.NODE_ENV, import.meta.url],
    reach: async (c, url: string) => (await fetch(url)).status,
    boom: () => { throw new Error("secret detail"); },
    slow: async (c, ms: number) => { await new Promise((r) => setTimeout(r, ms)); return ++c.state.n; },
  },
});
export const registry = setup({ use: { counter } });
`

// startServe runs `rivet serve` in dir on a free port of 127.0.0.1.
func startServe(t testing.TB, dir string, env []string, args ...string) *server {
	t.Helper()
	s := launch(t, dir, env, append([]string{"serve", "--port", "0", "--host", "127.0.0.1"}, args...)...)
	s.ready(t)
	return s
}

func TestServeIsForProduction(t *testing.T) {
	t.Parallel()
	dir := write(t, production)
	if _, errOut, code := rivet(t, dir, "build"); code != 0 {
		t.Fatal(errOut)
	}
	elsewhere := t.TempDir()
	file, err := os.ReadFile(filepath.Join(dir, "app.rivet"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(elsewhere, "app.rivet"), file, 0o644); err != nil {
		t.Fatal(err)
	}
	s := startServe(t, elsewhere, environ("RIVET_AUTH_TOKEN=t0ken"), "app.rivet")
	q := of("counter", "a")
	if got := s.call(t, q, "inc", `[]`); got != "1" {
		t.Errorf("inc: %s", got)
	}
	if got := s.call(t, q, "env", `[]`); got != `["production","file:///registry.ts"]` {
		t.Errorf("env: %s", got)
	}
	for name, tt := range map[string]struct {
		path   string
		header []string
		status int
	}{
		"health":                  {"/health", nil, 200},
		"ready":                   {"/ready", nil, 200},
		"metrics here":            {"/metrics", nil, 200},
		"metrics through a proxy": {"/metrics", []string{"X-Forwarded-For", "1.2.3.4"}, 403},
		"metrics with the token":  {"/metrics", []string{"X-Forwarded-For", "1.2.3.4", "Authorization", "Bearer t0ken"}, 200},
		"no Studio":               {"/studio/api/v1/meta", []string{"Authorization", "Bearer nothing"}, 401},
		"the API for the token":   {"/studio/api/v1/meta", []string{"Authorization", "Bearer t0ken"}, 200},
	} {
		if got := s.request(t, "GET", tt.path, "", tt.header...); got.status != tt.status {
			t.Errorf("%s: %d %s, want %d", name, got.status, got.body, tt.status)
		}
	}
	if got := s.request(t, "OPTIONS", "/registry/actors/actions/inc", "", "Origin", "http://localhost:5173", "Access-Control-Request-Method", "POST"); got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("a page of localhost may call, as in dev")
	}
	if got := s.request(t, "GET", "/metrics", ""); !strings.Contains(got.body, `rivet_action_duration_seconds_count{type="counter"} 2`) {
		t.Errorf("metrics:\n%s", got.body)
	}
	if files, _ := filepath.Glob(filepath.Join(elsewhere, ".rivet", "server.json")); len(files) != 0 {
		t.Error("a file that is served where no project is announced itself")
	}
	s.terminate(t)
	if code := s.ended(t, patience); code != 0 {
		t.Errorf("SIGTERM: exit code %d\n%s", code, s.stderr())
	}
	// The state is kept, and code from the entry itself finds it.
	again := startServe(t, dir, environ(), "--data", filepath.Join(elsewhere, ".rivet"), "--log-format", "json")
	if got := again.call(t, q, "inc", `[]`); got != "2" {
		t.Errorf("inc after a restart: %s", got)
	}
	if code := again.interrupt(t); code != 0 {
		t.Errorf("an interrupt: exit code %d", code)
	}
}

func TestServeLetsNoActorIntoTheNetwork(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 10)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	web := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached <- struct{}{} })}
	go func() { _ = web.Serve(l) }()
	t.Cleanup(func() { _ = web.Close() })
	dir := write(t, production)
	q, url := of("counter", "a"), `["http://`+l.Addr().String()+`/"]`
	s := startServe(t, dir, environ(), "--log-format", "json")
	if got := s.json().call(t, q, "reach", url); got.status == 200 || len(reached) != 0 {
		t.Errorf("an actor reached 127.0.0.1: %d %s", got.status, got.body)
	}
	s.kill()
	s = startServe(t, dir, environ("RIVET_RUNTIME_FETCH_ALLOW=public,127.0.0.0/8"), "--log-format", "json")
	if got := s.call(t, q, "reach", url); got != "200" {
		t.Errorf("allowed by name: %s", got)
	}
}

func TestServeListensOnAllAddressesForPORT(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close()
	s := launch(t, write(t, production), environ("PORT="+port), "serve", "--log-format", "json")
	if got := s.event(t, "all_addresses", 0); got["why"] != "PORT is set" {
		t.Errorf("it says %v", got)
	}
	if got := s.event(t, "ready", 0); got["host"] != "" || got["url"] != "http://127.0.0.1:"+port+"/registry" {
		t.Errorf("ready: %v", got)
	}
	// The port of a production server is the one that was asked for, or none.
	second := launch(t, write(t, production), environ("PORT="+port), "serve")
	<-second.exited
	if !strings.Contains(second.stderr(), "port "+port) || second.cmd.ProcessState.ExitCode() == 0 {
		t.Errorf("a second server: %d %s", second.cmd.ProcessState.ExitCode(), second.stderr())
	}
}

func TestServeDrains(t *testing.T) {
	t.Parallel()
	s := startServe(t, write(t, production), environ(), "--log-format", "json")
	q := of("counter", "a")
	s.call(t, q, "inc", `[]`)
	answer := make(chan said, 1)
	go func() { answer <- s.json().call(t, q, "slow", `[800]`) }()
	within(t, patience, "the action runs", func() bool {
		return strings.Contains(s.request(t, "GET", "/metrics", "").body, "rivet_calls_waiting 1")
	})
	s.terminate(t)
	if got := <-answer; got.body != `{"o":2}` {
		t.Errorf("the running action: %d %s", got.status, got.body)
	}
	if code := s.ended(t, patience); code != 0 {
		t.Errorf("exit code %d\n%s", code, s.stderr())
	}
}

func TestTheStudioHasAnAddressOfItsOwn(t *testing.T) {
	t.Parallel()
	s := startServe(t, write(t, production), environ("RIVETKIT_STUDIO_TOKEN=st", "RIVET_AUTH_TOKEN=t0ken"), "--log-format", "json", "--data", t.TempDir())
	if got := s.request(t, "GET", "/studio/api/v1/types", "", "Authorization", "Bearer st"); got.status != 401 {
		t.Errorf("a Studio that is off: %d", got.status)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	own := l.Addr().String()
	_ = l.Close()
	s = startServe(t, write(t, production), environ("RIVETKIT_STUDIO_TOKEN=st", "RIVET_STUDIO_ENABLED=true", "RIVET_STUDIO_LISTEN="+own), "--log-format", "json")
	if got := s.request(t, "GET", "/studio/", ""); got.status != 404 {
		t.Errorf("the app's origin has a Studio: %d", got.status)
	}
	apart := &server{url: "http://" + own}
	if got := apart.request(t, "GET", "/studio/api/v1/types", "", "Authorization", "Bearer st"); got.status != 200 {
		t.Errorf("its own address: %d %s", got.status, got.body)
	}
	if got := apart.request(t, "GET", "/registry/health", ""); got.status != 404 {
		t.Errorf("the registry at the Studio's address: %d", got.status)
	}
	s.terminate(t)
	if code := s.ended(t, patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
