package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// counterOf is a counter of the project conf_server.
func counterOf(key ...string) string { return of("counter", key...) }

func TestConformance099RunServerAndCreateServer(t *testing.T) {
	t.Parallel()
	t.Run("runServer", func(t *testing.T) {
		s := startDev(t, project(t, "conf_server"), "run.ts")
		if got := s.request(t, "GET", "/hello", ""); got.status != 200 || got.body != "app at /hello" {
			t.Errorf("the app answers %d %s", got.status, got.body)
		}
		s.wantCall(t, counterOf("a"), "increment", `[5]`, `5`)
		wantReply(t, s.request(t, "GET", "/registry", ""), 200, "text/plain", "This is an RivetKit registry.\n\nLearn more at https://rivetkit.org")
		if n := strings.Count(s.output(), `"event":"ready"`); n != 1 {
			t.Errorf("it listens %d times:\n%s", n, s.output())
		}
	})
	t.Run("createServer", func(t *testing.T) {
		s := startDev(t, project(t, "conf_server"), "create.ts")
		for n := range 2 {
			want := fmt.Sprintf(`{"path":"/x/y","count":%d}`, n+1)
			if got := s.request(t, "GET", "/x/y", ""); got.status != 200 || got.body != want {
				t.Errorf("the app answers %d %s, want %s", got.status, got.body, want)
			}
		}
		s.wantCall(t, counterOf(), "get", `[]`, `2`)
	})
	t.Run("may be awaited", func(t *testing.T) {
		s := startDev(t, project(t, "conf_server"), "awaited.ts")
		s.eventually(t, counterOf("awaited"), "get", `[]`, `7`)
	})
}

func TestConformance100TopLevelCodeRunsOnce(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_server"), "run.ts")
	s.eventually(t, counterOf(), "get", `[]`, `42`)
	for i := range 24 { // on every isolate
		s.wantCall(t, counterOf(strconv.Itoa(i)), "increment", `[1]`, `1`)
	}
	s.wantCall(t, counterOf(), "get", `[]`, `42`)
	s = s.again(t, "run.ts")
	s.eventually(t, counterOf(), "get", `[]`, `84`)
	mark := s.mark()
	edit(t, s.dir, "registry.ts", "c.state.count += n", "c.state.count += n * 10")
	s.event(t, "reload", mark)
	s.eventually(t, counterOf(), "get", `[]`, `504`)
}

func TestConformance103Drivers(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{"filesystem.ts": "2", "memory.ts": "1", "older.ts": "1"} {
		t.Run(entry, func(t *testing.T) {
			t.Parallel()
			s := startDev(t, project(t, "conf_server"), entry)
			s.wantCall(t, counterOf("a"), "increment", `[]`, `1`)
			s = s.again(t, entry)
			s.wantCall(t, counterOf("a"), "increment", `[]`, want)
			files, err := os.ReadDir(filepath.Join(s.dir, "kept", "here"))
			if kept := err == nil && len(files) > 0; kept != (entry == "filesystem.ts") {
				t.Errorf("there are files in kept/here: %t (%v)", kept, err)
			}
		})
	}
}

func TestConformance104CORSOrigin(t *testing.T) {
	t.Parallel()
	type answer struct{ origin, credentials, maxAge string } // of Access-Control-Allow-*
	for entry, origins := range map[string]map[string]answer{
		"corsString.ts": {
			"https://one.example": {"https://one.example", "true", "600"},
			"https://two.example": {"https://one.example", "true", "600"}, // which two.example's browser refuses
		},
		"corsArray.ts": {
			"https://one.example":   {"https://one.example", "", "5"},
			"https://two.example":   {"https://two.example", "", "5"},
			"https://three.example": {"", "", ""},
		},
		"corsFunction.ts": {
			"https://text.example": {"https://other.example", "", ""},
			"https://yes.example":  {"https://yes.example", "", ""},
			"https://no.example":   {"", "", ""},
		},
	} {
		t.Run(entry, func(t *testing.T) {
			t.Parallel()
			s := startDev(t, project(t, "conf_server"), entry)
			for origin, want := range origins {
				const path = "/registry/actors/actions/get"
				pre := s.request(t, "OPTIONS", path, "", "Origin", origin, "Access-Control-Request-Method", "POST",
					"Access-Control-Request-Headers", "x-rivetkit-query,x-rivetkit-encoding,content-type")
				if pre.status != 204 {
					t.Errorf("%s: the preflight answers %d", origin, pre.status)
				}
				if got := pre.header.Get("Access-Control-Max-Age"); want.origin != "" && (got == "" || want.maxAge != "" && got != want.maxAge) {
					t.Errorf("%s: max-age %q, want %q", origin, got, want.maxAge)
				}
				if allowed := strings.ToLower(pre.header.Get("Access-Control-Allow-Headers")); want.origin != "" && !containsAll(allowed, []string{"x-rivetkit-query", "x-rivetkit-encoding", "content-type"}) {
					t.Errorf("%s: headers %q", origin, allowed)
				}
				act := s.action(t, counterOf("a"), "get", "json", `{"a":[]}`, "Origin", origin)
				for what, got := range map[string]reply{"preflight": pre, "action": act} {
					if values := got.header.Values("Access-Control-Allow-Origin"); strings.Join(values, "|") != want.origin {
						t.Errorf("%s: the %s allows %q, want %q", origin, what, values, want.origin)
					}
					if !strings.Contains(strings.Join(got.header.Values("Vary"), ","), "Origin") {
						t.Errorf("%s: the %s has Vary %q", origin, what, got.header.Values("Vary"))
					}
					if c := got.header.Get("Access-Control-Allow-Credentials"); want.credentials != "" && c != want.credentials {
						t.Errorf("%s: the %s has credentials %q", origin, what, c)
					}
				}
			}
		})
	}
}

func TestConformance105MaxIncomingMessageSize(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_server"), "limit.ts")
	q := counterOf("a")
	s.wantCall(t, q, "size", `["`+strings.Repeat("x", 900)+`"]`, `900`)
	long := `["` + strings.Repeat("x", 1000) + `"]`
	s.json().call(t, q, "size", long).wantCode(t, "an action", 400, "message_too_long")
	c := s.connect(t, "json", q)
	c.send(`{"b":{"ar":{"i":0,"n":"size","a":["` + strings.Repeat("x", 900) + `"]}}}`)
	c.expect(`{"b":{"ar":{"i":0,"o":900}}}`)
	c.send(`{"b":{"ar":{"i":1,"n":"size","a":` + long + `}}}`)
	c.closedWith(1011, "message_too_long")
	s.wantCall(t, q, "sizeOf", `[100000]`, `100000`)
	if got := s.request(t, "GET", "/?n=100000", ""); got.body != "100000" {
		t.Errorf("from the server's own code: %d %s", got.status, got.body)
	}
}

func TestConformance106Port(t *testing.T) {
	t.Parallel()
	one, two := freePort(t), freePort(t)
	for name, tt := range map[string]struct {
		env  []string
		want string
	}{
		"PORT":      {[]string{"PORT=" + one, "PORT_HTTP=" + two}, one},
		"PORT_HTTP": {[]string{"PORT_HTTP=" + two}, two},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := launch(t, project(t, "conf_server"), environ(tt.env...), "dev", "--log-format", "json")
			s.ready(t)
			if !strings.HasSuffix(s.url, ":"+tt.want) {
				t.Errorf("it listens at %s, want port %s", s.url, tt.want)
			}
			s.wantCall(t, counterOf("a"), "increment", `[]`, `1`)
		})
	}
	t.Run("8080", func(t *testing.T) {
		t.Parallel()
		out, errOut, code := rivet(t, project(t, "conf_server"), "config", "--json")
		var all []struct {
			Key    string
			Value  any
			Origin string
		}
		if err := json.Unmarshal([]byte(out), &all); err != nil || code != 0 {
			t.Fatalf("config: exit %d %v\n%s%s", code, err, out, errOut)
		}
		for _, c := range all {
			if c.Key == "port" {
				if c.Value != 8080.0 || c.Origin != "default" {
					t.Errorf("port is %v from %s", c.Value, c.Origin)
				}
				return
			}
		}
		t.Errorf("no port in %s", out)
	})
}

func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestConformance107UseEverythingOfAModule(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_server"), "star.ts")
	s.wantCall(t, of("first", "a"), "get", `[]`, `["first",1]`)
	s.wantCall(t, of("second", "a"), "get", `[]`, `["second",2]`)
}
