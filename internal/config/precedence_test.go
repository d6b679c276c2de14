package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
)

// TestPrecedence: defaults < code < rivet.yaml < environment < flags, and
// within the environment a key's own name before its aliases in their order.
func TestPrecedence(t *testing.T) {
	code := actor.RunConfig{Called: true, Port: 1001}
	flag := []Flag{{Key: "port", Text: "4001", Name: "--port"}}
	tests := map[string]struct {
		code   *actor.RunConfig
		yaml   string
		dotenv string
		env    []string
		flags  []Flag
		want   int
		origin Origin
	}{
		"nothing is said":          {want: 8080, origin: Origin{Layer: FromDefault}},
		"code beats the default":   {code: &code, want: 1001, origin: Origin{Layer: FromCode}},
		"a zero in code is silent": {code: &actor.RunConfig{}, want: 8080, origin: Origin{Layer: FromDefault}},
		"the file beats code": {code: &code, yaml: "port: 2001", want: 2001,
			origin: Origin{FromFile, "rivet.yaml", "rivet.yaml:1:7"}},
		"a null in the file is silent": {code: &code, yaml: "port:", want: 1001, origin: Origin{Layer: FromCode}},
		"the environment beats the file": {code: &code, yaml: "port: 2001", env: []string{"RIVET_PORT=3001"}, want: 3001,
			origin: Origin{FromEnv, "RIVET_PORT", ""}},
		"an alias beats the file":     {yaml: "port: 2001", env: []string{"PORT=3002"}, want: 3002, origin: Origin{FromEnv, "PORT", ""}},
		"our own name beats an alias": {env: []string{"PORT=3002", "RIVET_PORT=3001"}, want: 3001, origin: Origin{FromEnv, "RIVET_PORT", ""}},
		"PORT beats PORT_HTTP":        {env: []string{"PORT_HTTP=3003", "PORT=3002"}, want: 3002, origin: Origin{FromEnv, "PORT", ""}},
		"PORT_HTTP alone counts":      {env: []string{"PORT_HTTP=3003"}, want: 3003, origin: Origin{FromEnv, "PORT_HTTP", ""}},
		"an empty variable is silent": {env: []string{"RIVET_PORT=", "PORT="}, want: 8080, origin: Origin{Layer: FromDefault}},
		"flags beat everything": {code: &code, yaml: "port: 2001", env: []string{"RIVET_PORT=3001"}, flags: flag, want: 4001,
			origin: Origin{FromFlag, "--port", ""}},
		".env never acts as a setting": {dotenv: "PORT=5001\nRIVET_PORT=5002\n", want: 8080, origin: Origin{Layer: FromDefault}},
		".env feeds references": {dotenv: "MINE=5001\n", yaml: "port: ${MINE}", want: 5001,
			origin: Origin{FromFile, "rivet.yaml", "rivet.yaml:1:7"}},
		"the environment beats .env": {dotenv: "MINE=5001\n", env: []string{"MINE=5002"}, yaml: "port: ${MINE}", want: 5002,
			origin: Origin{FromFile, "rivet.yaml", "rivet.yaml:1:7"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := project(t, map[string]string{"rivet.yaml": tt.yaml, ".env": tt.dotenv})
			r, err := Load(Options{Dir: dir, Environ: tt.env, Flags: tt.flags})
			if err != nil {
				t.Fatal(err)
			}
			if tt.code != nil {
				r = r.WithCode(*tt.code)
			}
			if r.Port != tt.want || r.Origin("port") != tt.origin {
				t.Errorf("port = %d from %+v, want %d from %+v", r.Port, r.Origin("port"), tt.want, tt.origin)
			}
			if asked := tt.origin.Layer != FromDefault; r.Asked("port") != asked {
				t.Errorf("Asked = %v, want %v", r.Asked("port"), asked)
			}
		})
	}
}

// project writes files into a new directory; empty ones are left out.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if text == "" {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
