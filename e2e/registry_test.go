package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestRegistryRawRequestsInProcess(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "registry_raw"))
	want := `{"status":201,"headers":["asked","POST"],"chunks":["one","two"],"done":true,` +
		`"refused":[404,"fetch_handler_not_defined"],"failed":[500,"of the actor"],"big":1048576,"aborted":"not wanted",` +
		`"heard":[1,"mine","open","open ?q=1 mine","first","last",[4002,"enough"],3],` +
		`"noHandler":"websocket_handler_not_defined","thrown":"internal_error"}`
	t.Run("of an actor", func(t *testing.T) {
		s.wantCall(t, of("asker", "a"), "ask", `[]`, want)
		s.eventually(t, of("asker", "a"), "closes", `[]`, `[[4002,"enough"]]`)
	})
	t.Run("of the server's own code", func(t *testing.T) {
		if got := s.request(t, "GET", "/", ""); got.body != want {
			t.Errorf("got  %d %s\nwant %s", got.status, got.body, want)
		}
	})
}

// act increments the counter "a" of testdata/registry_app by n.
func (s *server) act(t testing.TB, root, n string, headers ...string) reply {
	t.Helper()
	headers = append(headers, "X-RivetKit-Query", of("counter", "a"), "X-RivetKit-Encoding", "json")
	return s.request(t, "POST", root+"/actors/actions/increment", `{"a":[`+n+`]}`, headers...)
}

func TestRegistryInsideItsApp(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "registry_app"), "middleware.ts")
	check := func(what string, got reply, status int, body string) {
		t.Helper()
		if got.status != status || got.body != body || got.header.Get("X-App") != "yes" {
			t.Errorf("%s: %d %q, by the app's middleware: %q; want %d %q", what, got.status, got.body, got.header.Get("X-App"), status, body)
		}
	}
	check("the app's route", s.request(t, "GET", "/increment", ""), 200, "1")
	check("an action", s.act(t, "/registry", "1"), 200, `{"o":2}`)
	check("the app's route under /registry", s.request(t, "GET", "/registry/mine", ""), 200, "the app's own")
	check("what neither has", s.request(t, "GET", "/nope", ""), 404, "nothing of the app's")
	check("a middleware that refuses", s.act(t, "/registry", "1", "X-Forbidden", "1"), 401, "not you")
	want := `["GET /increment","POST /registry/actors/actions/increment","GET /registry/mine","GET /nope","POST /registry/actors/actions/increment","GET /seen"]`
	check("what middleware saw", s.request(t, "GET", "/seen", ""), 200, want)

	for name, tt := range map[string]struct{ origin, allow, credentials, app string }{
		"the app's answer wins":         {"https://app.example", "https://app.example", "", "yes"},
		"else the registry's is there":  {"http://localhost:3000", "http://localhost:3000", "true", ""},
		"an origin that neither allows": {"https://other.example", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			pre := s.request(t, "OPTIONS", "/registry/actors/actions/increment", "", "Origin", tt.origin, "Access-Control-Request-Method", "POST")
			if pre.status != 204 {
				t.Errorf("the preflight answers %d", pre.status)
			}
			for what, got := range map[string]reply{"preflight": pre, "action": s.act(t, "/registry", "0", "Origin", tt.origin)} {
				h := got.header
				if a := strings.Join(h.Values("Access-Control-Allow-Origin"), "|"); a != tt.allow || h.Get("Access-Control-Allow-Credentials") != tt.credentials || h.Get("X-App-Cors") != tt.app {
					t.Errorf("%s: allows %q, credentials %q, app %q; want %+v", what, a, h.Get("Access-Control-Allow-Credentials"), h.Get("X-App-Cors"), tt)
				}
				for name := range h {
					if strings.HasPrefix(name, "X-Rivet-Door") {
						t.Errorf("%s: it shows %s", what, name)
					}
				}
			}
		})
	}
	t.Run("an actor's own CORS", func(t *testing.T) {
		got := s.request(t, "GET", "/registry/actors/raw/http/cors", "", "X-RivetKit-Query", of("counter", "a"), "Origin", "https://x.example")
		if a := got.header.Values("Access-Control-Allow-Origin"); len(a) != 1 || a[0] != "https://actor.example" {
			t.Errorf("it allows %q", a)
		}
	})
	t.Run("WebSockets", func(t *testing.T) {
		c := s.wired().connect(t, of("counter", "a"), "")
		c.act(0, "increment", `[1]`)
		c.expectResult(0, "3")
		raw := s.raw(t, of("counter", "a"), "/p")
		raw.send("hi")
		raw.expect("echo hi")
	})
	t.Run("streams both ways", func(t *testing.T) {
		for path, headers := range map[string]http.Header{
			"/echo":                          {},
			"/registry/actors/raw/http/echo": {"X-Rivetkit-Query": {of("counter", "a")}},
		} {
			pr, pw := io.Pipe()
			req, err := http.NewRequest("POST", s.url+path, pr)
			if err != nil {
				t.Fatal(err)
			}
			req.Header = headers
			go func() { _, _ = pw.Write([]byte("one")) }() // the response begins before the request ends
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			buf := make([]byte, 3)
			for _, next := range []string{"two", "end"} {
				if _, err := io.ReadFull(res.Body, buf); err != nil {
					t.Fatalf("%s: before %s: %v", path, next, err)
				}
				if _, err := pw.Write([]byte(next)); err != nil {
					t.Fatal(err)
				}
			}
			_ = pw.Close()
			rest, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if err != nil || string(rest) != "end" {
				t.Errorf("%s: at the end %q %v", path, rest, err)
			}
		}
	})
	t.Run("server-side callers pass by", func(t *testing.T) {
		out, errOut, code := rivet(t, s.dir, "call", "counter/b", "increment", "5")
		if strings.TrimSpace(out) != "5" || code != 0 {
			t.Fatalf("exit %d: %s%s", code, out, errOut)
		}
		if got := s.request(t, "GET", "/seen", ""); strings.Contains(got.body, "counter/b") {
			t.Error(got.body)
		}
	})
}

func TestRegistryElsewhereInAnApp(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "registry_app"), "elsewhere.ts")
	n := 0
	for _, root := range []string{"/registry", "/routed", "/routed/registry", "/all", "/mounted", "/mounted/registry", "/deep/registry"} {
		n++
		if got := s.act(t, root, "1"); got.status != 200 || got.body != fmt.Sprintf(`{"o":%d}`, n) {
			t.Errorf("%s: %d %s, want %d", root, got.status, got.body, n)
		}
		if got := s.request(t, "PUT", root+"/actors/raw/http/registry/actors/x?q=1", "b", "X-RivetKit-Query", of("counter", "a")); got.body != "b" || got.header.Get("X-Url") != "http://actor/registry/actors/x?q=1" {
			t.Errorf("%s: raw: %d %s at %s", root, got.status, got.body, got.header.Get("X-Url"))
		}
	}
	if got := s.request(t, "GET", "/request", ""); got.body != fmt.Sprintf(`asked: 200 {"o":%d}`, n+100) {
		t.Errorf("hono.request: %d %s", got.status, got.body)
	}
	if got := s.request(t, "GET", "/mounted/", ""); !strings.HasPrefix(got.body, "This is an RivetKit registry") {
		t.Errorf("the banner: %d %s", got.status, got.body)
	}
}

func TestRegistryBesideABareApp(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "registry_app"), "bare.ts")
	within(t, patience, "the app answers", func() bool { return s.request(t, "GET", "/x", "").body == "bare 1 /x" })
	for n, root := range []string{"/registry", "/own"} {
		got := s.act(t, root, "1", "Origin", "https://any.example")
		if want := fmt.Sprintf(`{"o":%d}`, n+1); got.body != want || got.header.Get("Access-Control-Allow-Origin") != "https://any.example" {
			t.Errorf("%s: %d %s for %q, want %s", root, got.status, got.body, got.header.Get("Access-Control-Allow-Origin"), want)
		}
		got = s.request(t, "GET", root, "", "Origin", "https://any.example")
		if got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: the banner: %d for %q", root, got.status, got.header.Get("Access-Control-Allow-Origin"))
		}
	}
	if n := strings.Count(s.output(), `"event":"ready"`); n != 1 {
		t.Errorf("it listens %d times", n)
	}
}

func TestRegistryDrivers(t *testing.T) {
	t.Parallel()
	count := func(t *testing.T, env []string, entry, want string) {
		t.Helper()
		dir := project(t, "registry_run")
		s := startIn(t, dir, environ(env...), entry)
		s.wantCall(t, counterOf("a"), "increment", `[]`, `1`)
		s.kill()
		s = startIn(t, dir, environ(env...), entry)
		s.wantCall(t, counterOf("a"), "increment", `[]`, want)
	}
	t.Run("one part in memory is kept", func(t *testing.T) { t.Parallel(); count(t, nil, "mixed.ts", `2`) })
	t.Run("RIVETKIT_DRIVER=memory", func(t *testing.T) {
		t.Parallel()
		count(t, []string{"RIVETKIT_DRIVER=memory"}, "mixed.ts", `1`)
	})
	t.Run("RIVETKIT_DRIVER=file-system", func(t *testing.T) {
		t.Parallel()
		count(t, []string{"RIVETKIT_DRIVER=file-system"}, "registry.ts", `2`)
	})
	for _, name := range []string{"redis", "rivet"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := launch(t, project(t, "registry_run"), environ(), "dev", name+".ts", "--port", "0", "--log-format", "json", "--no-reload")
			<-s.exited
			said := s.output() + s.stderr()
			if code := s.cmd.ProcessState.ExitCode(); code == 0 || !containsAll(said, []string{`the driver "` + name + `"`, "Not yet: take createFileSystemDriver() or createMemoryDriver()", name + ".ts:3"}) {
				t.Errorf("exit %d: %s", code, said)
			}
			s = launch(t, project(t, "registry_run"), environ("RIVETKIT_DRIVER="+name), "dev", "--port", "0")
			<-s.exited
			if code := s.cmd.ProcessState.ExitCode(); code != 2 || !containsAll(s.stderr(), []string{"RIVETKIT_DRIVER", name + " is not available yet"}) {
				t.Errorf("by the environment: exit %d: %s", code, s.stderr())
			}
		})
	}
}

func TestRegistryCallsInProcessAreBoundedBy16MiB(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "registry_run"))
	s.wantCall(t, counterOf("a"), "sizeOf", `[1000000]`, `[1000000,1000000]`)
	s.wantCall(t, counterOf("a"), "sizeOf", `[17000000]`, `["message_too_long","message_too_long"]`)
}

func TestRegistryNodeServer(t *testing.T) {
	t.Parallel()
	t.Run("serve", func(t *testing.T) {
		t.Parallel()
		s := startDev(t, project(t, "registry_run"), "nodeserver.ts")
		if got := s.request(t, "GET", "/x", ""); got.body != `{"path":"/x","count":1}` {
			t.Errorf("the app: %d %s", got.status, got.body)
		}
		if got := s.request(t, "GET", "/ws", "", "Connection", "Upgrade", "Upgrade", "websocket"); got.status != 501 || !strings.Contains(got.body, "onWebSocket") {
			t.Errorf("a WebSocket of the app's own: %d %s", got.status, got.body)
		}
		s.wantCall(t, counterOf(), "increment", `[1]`, `2`)
		s.awaitLog(t, "listening", "4000")
	})
	t.Run("with a port of its own", func(t *testing.T) {
		t.Parallel()
		dir, port := project(t, "registry_run"), freePort(t)
		edit(t, dir, "nodeserver.ts", "port: 4000", "port: "+port)
		s := launch(t, dir, environ(), "dev", "nodeserver.ts", "--log-format", "json")
		s.ready(t)
		if !strings.HasSuffix(s.url, ":"+port) {
			t.Errorf("it listens at %s, want port %s", s.url, port)
		}
	})
	t.Run("around handler", func(t *testing.T) {
		t.Parallel()
		s := startDev(t, project(t, "registry_run"), "nodemount.ts")
		if got := s.act(t, "/registry", "1"); got.body != `{"o":1}` {
			t.Errorf("an action: %d %s", got.status, got.body)
		}
		if got := s.act(t, "/registry", "1", "X-Forbidden", "1"); got.status != 401 {
			t.Errorf("the app's refusal: %d %s", got.status, got.body)
		}
		c := s.wired().connect(t, counterOf("a"), "")
		c.act(0, "increment", `[1]`)
		c.expectResult(0, "2")
	})
}

func TestRegistryDefaultExportHasItsFilesName(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "registry_run"), "chatRoom.ts")
	s.wantCall(t, of("chatRoom", "a"), "increment", `[5]`, `5`)
}

func TestRegistryCORSOptions(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "registry_app"), "cors.ts")
	const path, origin = "/registry/actors/actions/increment", "https://any.example"
	pre := s.request(t, "OPTIONS", path, "", "Origin", origin, "Access-Control-Request-Method", "POST")
	if pre.status != 204 {
		t.Errorf("the preflight answers %d", pre.status)
	}
	for what, want := range map[string]string{"Allow-Origin": origin, "Allow-Methods": "POST,PUT", "Max-Age": "42", "Allow-Credentials": ""} {
		if got := pre.header.Get("Access-Control-" + what); got != want {
			t.Errorf("the preflight: %s is %q, want %q", what, got, want)
		}
	}
	if h := strings.ToLower(pre.header.Get("Access-Control-Allow-Headers")); !containsAll(h, []string{"x-mine", "x-rivetkit-query", "content-type"}) {
		t.Errorf("the preflight: headers %q", h)
	}
	act := s.act(t, "/registry", "1", "Origin", origin)
	if h := act.header; h.Get("Access-Control-Allow-Origin") != origin || h.Get("Access-Control-Expose-Headers") != "x-url,x-method" || h.Get("Vary") != "Origin" {
		t.Errorf("an action: %v", h)
	}
	if got := s.act(t, "/registry", "1", "Origin", origin, "X-Refuse", "1"); got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("the function refused: %v", got.header)
	}
}

func TestRegistryCORSByDefault(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "registry_app"))
	for origin, let := range map[string]bool{
		"http://localhost:5173": true, "https://localhost": true, "http://127.0.0.1:3000": true, "http://[::1]:3000": true,
		"https://localhost.example": false, "http://127.0.0.1.example": false, "null": false,
	} {
		got := s.act(t, "/registry", "1", "Origin", origin).header
		want := map[bool][2]string{true: {origin, "true"}}[let]
		if has := [2]string{got.Get("Access-Control-Allow-Origin"), got.Get("Access-Control-Allow-Credentials")}; has != want {
			t.Errorf("%s: origin and credentials %q, want %q", origin, has, want)
		}
	}
}
