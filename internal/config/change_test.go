package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
)

func TestReloadTellsWhatChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(FileName, "port: 1\n")
	r, err := Load(Options{Dir: dir, Environ: []string{"RIVET_LOG_LEVEL=warn"}, Flags: []Flag{{Key: "host", Text: "::1", Name: "--host"}}})
	if err != nil {
		t.Fatal(err)
	}
	r = r.WithCode(actor.RunConfig{MaxIncomingMessage: 10})
	for name, tt := range map[string]struct {
		yaml, env               string
		live, restart, unopened string
	}{
		"nothing":                   {yaml: "port: 1\n"},
		"what may be applied":       {yaml: "port: 1\nhistory: { redact: [/a] }\n", live: "history.redact", unopened: "history.redact"},
		"what may not":              {yaml: "{}\n", restart: "port", unopened: "port"},
		"what is read once":         {yaml: "port: 1\nruntime: { isolates: 3 }\n", restart: "runtime.isolates"},
		"a secret":                  {yaml: "port: 1\nauth: { token: x }\n", restart: "auth.token"},
		"what a flag decides":       {yaml: "port: 1\nhost: 0.0.0.0\n"},
		"what an alias decides":     {yaml: "port: 1\nlog: { level: error }\n"},
		"what only code had said":   {yaml: "port: 1\nlimits: { message: 20 }\n", live: "limits.message", unopened: "limits.message"},
		"the environment of actors": {yaml: "port: 1\n", env: "A=1\n", live: EnvKey, unopened: EnvKey},
	} {
		write(FileName, tt.yaml)
		write(".env", tt.env)
		next, err := r.Reload()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		c := r.Change(next, true)
		if strings.Join(c.Live, " ") != tt.live || strings.Join(c.Restart, " ") != tt.restart {
			t.Errorf("%s: %+v, want live %q, restart %q", name, c, tt.live, tt.restart)
		}
		if c := r.Change(next, false); strings.Join(c.Live, " ") != tt.unopened {
			t.Errorf("%s, before the port is open: %+v, want live %q", name, c, tt.unopened)
		}
	}
	write(FileName, "prot: 1\n")
	if _, err := r.Reload(); err == nil || !strings.Contains(err.Error(), "rivet.yaml:1:1") {
		t.Errorf("a mistake: %v", err)
	}
}
