package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestAReadOnlySessionListsAndChangesNothing: every command that reads works with
// it, every one that changes something is told read_only.
func TestAReadOnlySessionListsAndChangesNothing(t *testing.T) {
	t.Parallel()
	dir := project(t, "inspect_app")
	if err := os.WriteFile(filepath.Join(dir, "rivet.yaml"), []byte("studio: { token: look }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	s := startDev(t, dir)
	do(t, dir, "call", "counter/a", "later", "3600000")
	alarm := strings.TrimSpace(do(t, dir, "schedule", "--jq", ".items[].id"))
	res, err := http.Post(s.url+"/studio/api/v1/session", "application/json", bytes.NewReader([]byte(`{"token":"look","readOnly":true}`)))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var session struct{ Session string }
	if err := json.NewDecoder(res.Body).Decode(&session); err != nil || session.Session == "" {
		t.Fatalf("no session: %v", err)
	}
	elsewhere := t.TempDir()
	run := func(args ...string) (string, error) {
		cmd := exec.Command(binary, append(args, "--url", s.url, "--token", session.Session)...)
		cmd.Dir, cmd.Env = elsewhere, environ()
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, args := range [][]string{{"ls"}, {"ls", "--types"}, {"state", "counter/a"}, {"events"}, {"logs"}, {"conns", "counter/a"}, {"schedule"}, {"export"}} {
		if out, err := run(args...); err != nil {
			t.Errorf("rivet %v: %v: %s", args, err, out)
		}
	}
	for _, args := range [][]string{
		{"create", "counter/b"}, {"destroy", "counter/a", "--yes"}, {"restart", "counter/a"}, {"state", "set", "counter/a", "/count", "5"},
		{"state", "patch", "counter/a", "[]"}, {"emit", "counter/a", "x"},
		{"schedule", "run", alarm}, {"schedule", "cancel", alarm}, {"schedule", "retry", alarm},
	} {
		out, err := run(args...)
		if err == nil || !strings.Contains(out, "[read_only]") {
			t.Errorf("rivet %v: %v, want read_only: %s", args, err, out)
		}
	}
	if got := do(t, dir, "ls", "--jq", ".total"); got != "1\n" {
		t.Errorf("%s actors, want the one there was", got)
	}
}
