package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

const configured = `import { actor, setup } from "@rivetkit/actor";
const probe = actor({
  onAuth: () => {},
  state: { text: "" },
  actions: {
    env: () => process.env.GREETING ?? "none",
    debug: (c, text: string) => c.log.debug(text),
    keep: (c, text: string) => { c.state.text = text; },
  },
});
const registry = setup({ use: { probe } });
registry.runServer({ maxIncomingMessageSize: 65536 });
`

// A changed rivet.yaml, .env or run configuration of a running server: what can
// be is applied, what can't is named, and a mistake changes nothing.
func TestConfigurationThatChanges(t *testing.T) {
	t.Parallel()
	dir := write(t, configured)
	yaml := filepath.Join(dir, "rivet.yaml")
	save(t, yaml, "log: { level: info }\n")
	s := startDev(t, dir)
	q := of("probe", "a")
	changed := func(file, text, applied, restart string) {
		t.Helper()
		mark := s.mark()
		save(t, filepath.Join(dir, file), text)
		ev := s.event(t, "config", mark)
		if got := fmt.Sprint(ev["file"], " ", ev["applied"], " ", ev["restart"]); got != file+" "+applied+" "+restart {
			t.Fatalf("after saving %q: %s; want applied %s, restart %s", text, got, applied, restart)
		}
	}

	s.call(t, q, "debug", `["unheard"]`)
	changed("rivet.yaml", "log: { level: debug }\n", "[log.level]", "[]")
	s.call(t, q, "debug", `["heard"]`)
	s.awaitLog(t, "heard")
	if s.hasLog("unheard") {
		t.Error("a debug line was printed at level info")
	}

	origin := func() string {
		return s.request(t, "OPTIONS", "/registry/actors/actions/env", "", "Origin", "https://app.example",
			"Access-Control-Request-Method", "POST").header.Get("Access-Control-Allow-Origin")
	}
	if got := origin(); got != "" {
		t.Errorf("a strange origin is let in: %q", got)
	}
	changed("rivet.yaml", "cors: { origin: [\"https://app.example\"] }\nlimits: { message: 100, state: 1KiB }\nbasePath: /x\n",
		"[limits.message limits.state cors.origin log.level]", "[basePath]")
	if got := origin(); got != "https://app.example" {
		t.Errorf("the new origin is answered with %q", got)
	}
	s.json().call(t, q, "keep", `["`+strings.Repeat("x", 200)+`"]`).wantCode(t, "above the new limit", 400, "message_too_long")

	changed("rivet.yaml", "limits: { state: 1KiB }\n", "[limits.message cors.origin]", "[]")
	s.json().call(t, q, "keep", `["`+strings.Repeat("x", 2000)+`"]`).wantCode(t, "above the new limit of state", 400, "state_too_large")

	mark := s.mark()
	save(t, yaml, "limits: { message: soon }\nlgo: {}\n")
	if got := fmt.Sprint(s.event(t, "config_invalid", mark)); !strings.Contains(got, "rivet.yaml:1:20: limits.message") || !strings.Contains(got, "rivet.yaml:2:1: ") {
		t.Errorf("a mistake is told as %s", got)
	}
	s.wantCall(t, q, "env", `[]`, `"none"`)
	mark = s.mark()
	save(t, yaml, "limits: { state: 1KiB }\n") // as it was before the mistake
	s.event(t, "config_mended", mark)

	changed("rivet.yaml", "{}\n", "[limits.state]", "[]")
	mark = s.mark()
	changed(".env", "GREETING=hello\n", "[process.env]", "[]")
	s.event(t, "reload", mark)
	s.wantCall(t, q, "env", `[]`, `"hello"`)

	changed("registry.ts", strings.Replace(configured, "maxIncomingMessageSize: 65536", "maxIncomingMessageSize: 50, basePath: \"/x\"", 1),
		"[limits.message]", "[basePath]")
	s.json().call(t, q, "keep", `["`+strings.Repeat("x", 60)+`"]`).wantCode(t, "above the code's limit", 400, "message_too_long")
}
