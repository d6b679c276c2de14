package studio

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// ask sends a request to a Studio; headers are alternating names and values.
func ask(s *Studio, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost:8080"+path, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		} else {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func newStudio(t *testing.T, o Options) *Studio {
	s := New(o)
	t.Cleanup(s.Close)
	return s
}

func TestHelloNamesTheInstance(t *testing.T) {
	t.Parallel()
	w := ask(newStudio(t, Options{Instance: "i1", Version: "0.1.0"}), "GET", "/studio/api/v1/hello", "")
	var h inspect.Hello
	if err := json.Unmarshal(w.Body.Bytes(), &h); err != nil || h != (inspect.Hello{Instance: "i1", Version: "0.1.0", Protocol: 1}) {
		t.Fatalf("hello = %s (%v)", w.Body, err)
	}
}

func TestUnknownPathIsAJSONError(t *testing.T) {
	t.Parallel()
	w := ask(newStudio(t, Options{App: true}), "GET", "/studio/api/v1/nope", "")
	var f inspect.Failure
	if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil || w.Code != 404 || f.Error.Code != "not_found" {
		t.Fatalf("%d %s (%v)", w.Code, w.Body, err)
	}
}

func TestTypesAreForWhoBearsAToken(t *testing.T) {
	t.Parallel()
	registry := &actor.Registry{Actors: map[string]*actor.Definition{
		"room": {}, "counter": {Actions: []string{"increment", "get"}, HasState: true, At: "a.ts:3:1"},
	}}
	tests := map[string]struct {
		auth, studio, header, body string
		status                     int
	}{
		"the server's opens it": {"s", "", "Bearer s", `[{"type":"counter","actions":[{"name":"increment"},{"name":"get"}],"has":["state"],"count":0,"file":"a.ts","line":3},{"type":"room","actions":[],"has":[],"count":0}]`, 200},
		"the Studio's too":      {"s", "t", "Bearer t", `"counter"`, 200},
		"another does not":      {"s", "t", "Bearer x", "unauthorized", 401},
		"none does not":         {"s", "", "", "unauthorized", 401},
		"an empty one does not": {"", "", "Bearer ", "unauthorized", 401},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStudio(t, Options{AuthToken: tt.auth, StudioToken: tt.studio, Registry: func() *actor.Registry { return registry }})
			w := ask(s, "GET", "/studio/api/v1/types", "", "Authorization", tt.header)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.status, tt.body)
			}
		})
	}
}

func TestWhereRequestsMayComeFrom(t *testing.T) {
	t.Parallel()
	o := Options{AuthToken: "s", StudioToken: "t", Bound: "127.0.0.1", Hosts: []string{"dev.example"}, Origins: []string{"https://ok.example"}}
	const hello, session = "/studio/api/v1/hello", "/studio/api/v1/session"
	body := `{"token":"t"}`
	tests := map[string]struct {
		method, path string
		headers      []string
		status       int
		code         string
	}{
		"localhost":                     {"GET", hello, nil, 200, ""},
		"a name below localhost":        {"GET", hello, []string{"Host", "app.localhost:1"}, 200, ""},
		"a loopback address":            {"GET", hello, []string{"Host", "[::1]:8080"}, 200, ""},
		"a name that was allowed":       {"GET", hello, []string{"Host", "dev.example"}, 200, ""},
		"a name that rebinds":           {"GET", hello, []string{"Host", "evil.example"}, 421, "host_not_allowed"},
		"not even its static files":     {"GET", "/studio/", []string{"Host", "evil.example"}, 421, "host_not_allowed"},
		"another address":               {"GET", hello, []string{"Host", "10.0.0.1"}, 421, "host_not_allowed"},
		"no host":                       {"GET", hello, []string{"Host", ""}, 421, "host_not_allowed"},
		"who bears the server's token":  {"GET", hello, []string{"Host", "app.example", "Authorization", "Bearer s"}, 200, ""},
		"the Studio's is not enough":    {"GET", hello, []string{"Host", "app.example", "Authorization", "Bearer t"}, 421, "host_not_allowed"},
		"its own page writes":           {"POST", session, []string{"Origin", "http://localhost:8080", "Sec-Fetch-Site", "same-origin"}, 200, ""},
		"another port is another site":  {"POST", session, []string{"Origin", "http://localhost:9090"}, 403, "origin_not_allowed"},
		"another site by its header":    {"POST", session, []string{"Sec-Fetch-Site", "same-site"}, 403, "origin_not_allowed"},
		"an origin that was allowed":    {"POST", session, []string{"Origin", "https://ok.example", "Sec-Fetch-Site", "cross-site"}, 200, ""},
		"null is an origin":             {"POST", session, []string{"Origin", "null"}, 403, "origin_not_allowed"},
		"a preflight of that origin":    {"OPTIONS", session, []string{"Origin", "https://ok.example"}, 204, ""},
		"a preflight of another":        {"OPTIONS", session, []string{"Origin", "https://no.example"}, 403, "origin_not_allowed"},
		"a socket of another page":      {"GET", "/studio/api/v1/ws", []string{"Origin", "http://evil", "Upgrade", "websocket"}, 403, "origin_not_allowed"},
		"a wrong token gets no session": {"POST", session, []string{"body", ""}, 401, "unauthorized"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := body
			if len(tt.headers) > 0 && tt.headers[0] == "body" {
				b, tt.headers = `{"token":"x"}`, nil
			}
			w := ask(newStudio(t, o), tt.method, tt.path, b, tt.headers...)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.code) {
				t.Errorf("%d %s, want %d %s", w.Code, w.Body, tt.status, tt.code)
			}
			if w.Header().Get("Cache-Control") != "no-store" {
				t.Error("it may be stored")
			}
		})
	}
}

func TestSessionsHoldUntilTheyEnd(t *testing.T) {
	t.Parallel()
	key := []byte("0123456789abcdef0123456789abcdef")
	o := Options{StudioToken: "t", Key: key}
	s := newStudio(t, o)
	w := ask(s, "POST", "/studio/api/v1/session", `{"token":"t","readOnly":true}`)
	var in inspect.Session
	if err := json.Unmarshal(w.Body.Bytes(), &in); err != nil || w.Code != 200 || !in.ReadOnly {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if left := time.Until(time.UnixMilli(in.ExpiresAt)); left < 15*time.Hour || left > 17*time.Hour {
		t.Errorf("it holds for %v", left)
	}
	types := func(s *Studio, session string) int {
		return ask(s, "GET", "/studio/api/v1/types", "", "Authorization", "Bearer "+session).Code
	}
	if types(s, in.Session) != 200 || types(newStudio(t, o), in.Session) != 200 {
		t.Error("it doesn't open, or doesn't survive a restart")
	}
	if types(newStudio(t, Options{StudioToken: "t"}), in.Session) != 401 || types(s, in.Session+"x") != 401 || types(s, s.door.sign(claims{Until: 1})) != 401 {
		t.Error("a session of another key, a changed or an old one opens")
	}
	if code := ask(s, "DELETE", "/studio/api/v1/session", "", "Authorization", "Bearer "+in.Session).Code; code != 204 || types(s, in.Session) != 401 {
		t.Errorf("after its end: %d", code)
	}
}

func TestWrongTokensAreLimited(t *testing.T) {
	t.Parallel()
	s := newStudio(t, Options{StudioToken: "t", AuthToken: "s"})
	code := func(token string) int {
		return ask(s, "GET", "/studio/api/v1/types", "", "Authorization", "Bearer "+token).Code
	}
	for range maxFailures {
		if c := code("guess"); c != 401 {
			t.Fatalf("got %d", c)
		}
	}
	if c := code("guess"); c != 429 {
		t.Errorf("one more: %d", c)
	}
	if c := code("t"); c != http.StatusTooManyRequests {
		t.Errorf("the right one among guesses: %d", c) // else a guesser would learn that it is right
	}
	if c := code("s"); c != 200 {
		t.Errorf("the server's token: %d", c)
	}
}
