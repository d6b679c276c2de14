package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestConformance087HonoInAnActor(t *testing.T) {
	t.Parallel()
	s := startDev(t, npmProject(t, "hono"), "actor.ts")
	q := of("counter", keyOf(t))
	const root = "/registry/actors/raw/http"
	got := s.request(t, "POST", root+"/increment/5", "the body", "X-RivetKit-Query", q)
	if got.status != 201 || got.body != `{"count":5,"body":"the body"}` || got.header.Get("X-Made-By") != "hono" {
		t.Errorf("increment: %d %s %v", got.status, got.body, got.header)
	}
	if got := s.request(t, "GET", root+"/fails", "", "X-RivetKit-Query", q); got.status != 418 || got.body != "caught in a route" {
		t.Errorf("fails: %d %s", got.status, got.body)
	}
	if got := s.request(t, "GET", root+"/nope", "", "X-RivetKit-Query", q); got.status != 404 || got.body != "404 Not Found" {
		t.Errorf("nope: %d %s", got.status, got.body)
	}
	s.wantCall(t, q, "get", `[]`, `5`)
	s = s.again(t, "actor.ts")
	if got := s.request(t, "GET", root+"/count", "", "X-RivetKit-Query", q); got.status != 200 || got.body != `{"count":5}` {
		t.Errorf("count after a restart: %d %s", got.status, got.body)
	}
}

func TestConformance101ServeAHonoApp(t *testing.T) {
	t.Parallel()
	s := startDev(t, npmProject(t, "hono"), "serve.ts")
	origin := []string{"Origin", "https://app.example"}
	allowed := func(what string, got reply, status int) {
		t.Helper()
		if got.status != status {
			t.Errorf("%s: %d %s", what, got.status, got.body)
		}
		if o := got.header.Values("Access-Control-Allow-Origin"); len(o) != 1 || o[0] != "https://app.example" {
			t.Errorf("%s: Access-Control-Allow-Origin is %q", what, o)
		}
		if c := got.header.Values("Access-Control-Allow-Credentials"); len(c) != 1 || c[0] != "true" {
			t.Errorf("%s: Access-Control-Allow-Credentials is %q", what, c)
		}
	}
	home := s.request(t, "GET", "/", "", origin...)
	allowed("the app's route", home, 200)
	if home.body != "home" {
		t.Errorf("home is %q", home.body)
	}
	if got := s.request(t, "POST", "/increment/a", ""); got.body != `{"count":1}` {
		t.Errorf("the app's action: %d %s", got.status, got.body)
	}
	act := s.action(t, of("counter", "a"), "increment", "json", `{"a":[]}`, origin...)
	allowed("an action", act, 200)
	if act.body != `{"o":2}` {
		t.Errorf("the action: %s", act.body)
	}
	pre := s.request(t, "OPTIONS", "/registry/actors/actions/increment", "", append(origin,
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "x-mine,x-rivetkit-query")...)
	allowed("a preflight", pre, 204)
	if h := strings.ToLower(pre.header.Get("Access-Control-Allow-Headers")); !containsAll(h, []string{"x-mine", "x-rivetkit-query", "x-rivetkit-conn-params"}) {
		t.Errorf("the preflight allows %q", h)
	}
	if got := s.request(t, "GET", "/registry/mine", ""); got.status != 200 || got.body != "the app's own" {
		t.Errorf("the app's route under /registry: %d %s", got.status, got.body)
	}
	c := s.wired().connect(t, of("counter", "a"), "")
	c.act(0, "increment", `[]`)
	c.expectResult(0, "3")
}

func TestConformance102RegistryInsideAnApp(t *testing.T) {
	t.Parallel()
	for entry, tt := range map[string]struct {
		via    string
		prefix string // of another place where the registry is
	}{
		"route.ts":   {"", "/api"},
		"all.ts":     {"all", ""},
		"context.ts": {"", ""},
		"mount.ts":   {"", "/api"},
	} {
		t.Run(entry, func(t *testing.T) {
			t.Parallel()
			s := startDev(t, npmProject(t, "hono"), entry)
			if got := s.request(t, "GET", "/", ""); got.body != "home" {
				t.Errorf("home is %d %q", got.status, got.body)
			}
			q := of("counter", "a")
			for n, root := range []string{"/registry", tt.prefix} {
				if root == "" {
					continue
				}
				headers := []string{"X-RivetKit-Query", q, "X-RivetKit-Encoding", "json"}
				got := s.request(t, "POST", root+"/actors/actions/increment", `{"a":[1]}`, headers...)
				if want := fmt.Sprintf(`{"o":%d}`, n+1); got.status != 200 || got.body != want || got.header.Get("X-Via") != tt.via {
					t.Errorf("%s: %d %s via %q, want %s via %q", root, got.status, got.body, got.header.Get("X-Via"), want, tt.via)
				}
				got = s.request(t, "PUT", root+"/actors/raw/http/p/q", "", headers...)
				if got.status != 200 || got.body != "raw /p/q PUT" {
					t.Errorf("%s: raw: %d %s", root, got.status, got.body)
				}
			}
			c := s.wired().connect(t, q, "")
			c.act(0, "increment", `[10]`)
			if tt.prefix == "" {
				c.expectResult(0, "11")
			} else {
				c.expectResult(0, "12")
			}
		})
	}
}

func TestConformance114Libraries(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"hono":       `[200,{"id":"7","q":"x"},"*",403,"no",404]`,
		"zod":        `[{"name":"ann","age":7,"tags":[],"at":"2020-01-01T00:00:00Z"},false,["name: too_small","age: invalid_type","at: invalid_type"],{"kind":"a","n":1},true]`,
		"zod3":       `[{"name":"ann","age":7},["too_small","unrecognized_keys"],3]`,
		"valibot":    `[{"name":"ann","email":"a@b.example"},["min_length","email"]]`,
		"yjs":        `["hello there",1,true]`,
		"nanoid":     `[100,true,true]`,
		"nanoevents": `[1]`,
		"jose":       `[3,{"role":"admin","iat":1000,"sub":"ann"},1,"ERR_JWS_SIGNATURE_VERIFICATION_FAILED"]`,
		"ai":         `["hello",[3],["one ","two"],[["completions","user"],["completions","user"],["completions","user"]]]`,
		"superjson":  `[5,["1"],true,"g"]`,
		"immer":      `[2,3,true,[["a",1],["b",2]],true]`,
		"dateFns":    `["2024-02-29T10:00:00.000Z",29,"Thursday, 29 February 2024","1 day"]`,
		"drizzle": `["ann",5,[["select \"id\", \"name\", \"at\" from \"users\" where \"users\".\"id\" = ?",[1],"all"]],` +
			`{"sql":"select count(*) from \"users\"","params":[]}]`,
		"jsonwebtoken": `[{"role":"admin","iat":1000,"sub":"ann"},"invalid signature","jwt expired",{"a":1,"iat":1},{"a":1,"iat":1},{"a":1,"iat":1}]`,
		"betterAuth":   `["Ann",200,"ann@b.example","UNAUTHORIZED",1]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startDev(t, npmProject(t, "libraries"), name+".ts")
			s.wantCall(t, of(name), "check", `[]`, want)
		})
	}
}

// TestConformance013And023WithZod: what the doubles in conformance_actions and
// conformance_auth stand for, with the library itself.
func TestConformance013And023WithZod(t *testing.T) {
	t.Parallel()
	s := startDev(t, npmProject(t, "libraries"), "schemas.ts")
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		const failed = `{"c":"invalid_input","m":"Invalid input","md":[`
		w.call(t, of("checked"), "zod", `[{"name":"ann"}]`).want(t, "zod", 200, `{"o":{"name":"ann"}}`)
		w.call(t, of("checked"), "zod", `[{"name":5}]`).want(t, "zod", 400, failed+`{"expected":"string","code":"invalid_type","path":["name"],"message":"Invalid input: expected string, received number"}]}`)
		w.call(t, of("checked"), "zod3", `[{}]`).want(t, "zod3", 400, failed+`{"code":"invalid_type","expected":"string","received":"undefined","path":["name"],"message":"Required"}]}`)
		for params, want := range map[string]string{
			`{"token":"t","room":{"id":1}}`:               `[[true,true],[true,true]]`,
			`{"token":"t","room":{"id":1},"intents":"x"}`: `[[true,true],[true,true]]`, // the real ones, which a schema doesn't see
			`{"token":"t","room":{"id":1},"more":2}`:      `[[false,false],[false,false]]`,
			`{"token":5,"room":{"id":1}}`:                 `[[false,false],[false,false]]`,
		} {
			w.call(t, of("guarded"), "auth", `[]`, "X-RivetKit-Conn-Params", params).want(t, params, 200, `{"o":`+want+`}`)
		}
	})
}

func TestConformance120LibrariesThatNeedAProcess(t *testing.T) {
	t.Parallel()
	dir := npmProject(t, "refused")
	for name, text := range map[string]string{
		"package.json": `{"name":"guarded","type":"module","exports":"./index.js"}`,
		"index.js": `export async function guarded() {
  if (globalThis.nobodyDefinesThis) return (await import("node:fs")).readFileSync("x");
  try {
    const { readFileSync } = await import("fs");
    return typeof readFileSync;
  } catch {
    return "without files";
  }
}
`,
	} {
		path := filepath.Join(dir, "node_modules", "guarded", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := startDev(t, dir)
	t.Run("a dynamic import that is guarded", func(t *testing.T) {
		s.wantCall(t, of("plain"), "read", `[]`, `"without files"`)
	})
	path := filepath.Join(dir, "registry.ts")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]string{
		"pg":             {"registry.ts → ", "node_modules/pg/", "separate back end"},
		"ioredis":        {"registry.ts → ", "node_modules/ioredis/", "separate back end"},
		"express":        {"registry.ts:1:21", `import library from "express"`, "serve(app)"}, // refused where it is imported
		"better-sqlite3": {"registry.ts → ", "node_modules/better-sqlite3/", "c.db"},
	} {
		t.Run(name, func(t *testing.T) {
			mark := s.mark()
			save(t, path, "import library from \""+name+"\";\nconsole.log(library);\n"+string(good))
			ev := fmt.Sprint(s.event(t, "build_failed", mark))
			if !containsAll(ev, want) {
				t.Errorf("the error does not name the chain from registry.ts, and what to do instead (%q):\n%s", want, ev)
			}
			s.wantCall(t, of("plain"), "read", `[]`, `"without files"`)
			mark = s.mark()
			save(t, path, string(good))
			s.anyEvent(t, mark, "build_mended", "reload") // a build that caught the file half way may have packed it otherwise
		})
	}
}
