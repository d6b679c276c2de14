package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// inspect asks the Studio's API as the bearer of a token.
func (s *server) inspect(t testing.TB, token, path string, headers ...string) reply {
	t.Helper()
	return s.request(t, "GET", "/studio/api/v1"+path, "", append([]string{"Authorization", "Bearer " + token}, headers...)...)
}

func TestConformance110StudioSettings(t *testing.T) {
	t.Parallel()
	code := func(config string) string {
		return minimal + "const closed = actor({ actions: { hi: () => 1 } });\n" +
			"const registry = setup({ use: { counter, closed } });\nregistry.runServer({ " + config + " });\n"
	}
	for name, tt := range map[string]struct {
		code, yaml string
		env        []string
		token      string // opens the Studio; "" none does
	}{
		"RIVETKIT_STUDIO_TOKEN":                      {env: []string{"RIVETKIT_STUDIO_TOKEN=from-env"}, token: "from-env"},
		"a token in code":                            {code: `studio: { token: "from-code" }`, token: "from-code"},
		"a function in code":                         {code: `studio: { token: () => "from-" + "function" }`, token: "from-function"},
		"the environment wins over code":             {code: `studio: { token: "from-code" }`, env: []string{"RIVETKIT_STUDIO_TOKEN=from-env"}, token: "from-env"},
		"rivet.yaml wins over code":                  {code: `studio: { token: "from-code" }`, yaml: "studio: { token: from-yaml }\n", token: "from-yaml"},
		"enabled: false in code":                     {code: `studio: { token: "t", enabled: false }`},
		"RIVETKIT_STUDIO_DISABLE":                    {code: `studio: { token: "t" }`, env: []string{"RIVETKIT_STUDIO_DISABLE=1"}},
		"RIVETKIT_STUDIO_DISABLE over enabled: true": {code: `studio: { token: "t", enabled: true }`, env: []string{"RIVETKIT_STUDIO_DISABLE=true"}},
		"RIVETKIT_STUDIO_DISABLE=0":                  {code: `studio: { token: "t" }`, env: []string{"RIVETKIT_STUDIO_DISABLE=0"}, token: "t"},
		"NODE_ENV=production":                        {code: `studio: { token: "t" }`, env: []string{"NODE_ENV=production"}},
		"NODE_ENV=production, but enabled: true":     {code: `studio: { token: "t", enabled: true }`, env: []string{"NODE_ENV=production"}, token: "t"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := write(t, code(tt.code))
			save(t, filepath.Join(dir, "rivet.yaml"), tt.yaml)
			s := startIn(t, dir, environ(append(tt.env, "RIVET_AUTH_TOKEN=server")...))
			page := 404
			if tt.token != "" {
				page = 200
				if got := s.inspect(t, tt.token, "/meta"); got.status != 200 {
					t.Errorf("the Studio's token: %d %s", got.status, got.body)
				}
				got := s.json().call(t, of("closed", "a"), "hi", `[]`, "Authorization", "Bearer "+tt.token)
				got.wantCode(t, "the Studio's token where auth.token is wanted", 401, "unauthorized")
			}
			for _, wrong := range []string{"t", "from-code", "from-env", "x", ""} {
				if got := s.inspect(t, wrong, "/meta"); wrong != tt.token && got.status != 401 {
					t.Errorf("the token %q: %d %s", wrong, got.status, got.body)
				}
			}
			if got := s.inspect(t, "server", "/meta"); got.status != 200 {
				t.Errorf("auth.token: %d %s", got.status, got.body)
			}
			if got := s.request(t, "GET", "/studio/", ""); got.status != page {
				t.Errorf("GET /studio/: %d, want %d", got.status, page)
			}
			if text := s.output() + s.stderr(); strings.Contains(text, "from-") {
				t.Errorf("a token was logged:\n%s", text)
			}
		})
	}
	t.Run("endpoint, origins and hosts", func(t *testing.T) {
		t.Parallel()
		dir := write(t, code(`studio: { token: "t", defaultEndpoint: "https://api.example/registry", cors: { origin: ["https://studio.example"] } }`))
		save(t, filepath.Join(dir, "rivet.yaml"), "studio: { hosts: [dev.example] }\n")
		s := startDev(t, dir)
		got := s.inspect(t, "t", "/meta", "Origin", "https://studio.example")
		var meta struct{ Endpoint string }
		if err := json.Unmarshal([]byte(got.body), &meta); err != nil || meta.Endpoint != "https://api.example/registry" {
			t.Errorf("meta: %d %s", got.status, got.body)
		}
		if allow := got.header.Get("Access-Control-Allow-Origin"); allow != "https://studio.example" {
			t.Errorf("the Studio's origin is answered with %q", allow)
		}
		if allow := s.inspect(t, "t", "/meta", "Origin", "https://other.example").header.Get("Access-Control-Allow-Origin"); allow != "" {
			t.Errorf("another origin is answered with %q", allow)
		}
		for host, want := range map[string]int{"dev.example": 200, "evil.example": 421} {
			if got := s.hosted(t, host, "t"); got != want {
				t.Errorf("Host %s: %d, want %d", host, got, want)
			}
		}
	})
}

// What history.redact names is in no entry of the history.
func TestRedactedHistory(t *testing.T) {
	t.Parallel()
	dir := write(t, `import { actor, setup, UserError } from "@rivetkit/actor";
const users = actor({
  onAuth: () => {},
  state: { users: {} as Record<string, { password: string; name: string }> },
  actions: {
    add: (c, id: string, user: { password: string; name: string }) => {
      c.state.users[id] = user;
      c.broadcast("added", user);
      c.log.info("added", { user, password: user.password });
      return user;
    },
    change: (c, id: string, to: { password: string }) => { c.state.users[id]!.password = to.password; },
    fail: (_c, password: string) => { throw new UserError("no", { metadata: { password } }); },
  },
});
export const registry = setup({ use: { users } });
`)
	save(t, filepath.Join(dir, "rivet.yaml"), "history: { redact: [/password, /user/password, \"/users/*/password\"] }\nstudio: { token: t }\n")
	s := startDev(t, dir)
	q := of("users", "a")
	c := s.wired().connect(t, q, `{"password":"s3cret-params"}`)
	s.call(t, q, "add", `["ada",{"password":"s3cret-1","name":"Ada"}]`)
	s.call(t, q, "change", `["ada",{"password":"s3cret-2"}]`)
	s.json().call(t, q, "fail", `["plain"]`)
	for _, path := range []string{"/history", "/logs", "/errors", "/actors/" + c.actor + "/connections"} {
		got := s.inspect(t, "t", path)
		if got.status != 200 || strings.Contains(got.body, "s3cret") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if path != "/errors" && !strings.Contains(got.body, "[redacted]") {
			t.Errorf("%s shows nothing that was left out: %s", path, got.body)
		}
	}
	history := s.inspect(t, "t", "/history").body
	for _, want := range []string{`"name":"Ada"`, `"path":"/users/ada/password","value":"[redacted]"`} {
		if !strings.Contains(history, want) {
			t.Errorf("the history has no %s: %s", want, history)
		}
	}
	if got := s.inspect(t, "t", "/actors/"+c.actor+"/state").body; !strings.Contains(got, "s3cret-2") {
		t.Errorf("the state itself was changed: %s", got)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "rivet.yaml")); err == nil { // taken up live
		mark := s.mark()
		save(t, filepath.Join(dir, "rivet.yaml"), strings.Replace(string(text), "/password, ", "", 1))
		s.event(t, "config", mark)
	}
	s.call(t, q, "change", `["ada",{"password":"shown-3"}]`)
	if got := s.inspect(t, "t", "/history").body; !strings.Contains(got, "shown-3") || strings.Contains(fmt.Sprint(got), "s3cret") {
		t.Errorf("after the pattern was taken out: %s", got)
	}
}
