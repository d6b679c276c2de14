package server

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// world is a server on a real port with fakes behind it.
type world struct {
	t       testing.TB
	actors  *fakeActors
	gateway *fakeGateway
	s       *Server
	url     string // http://host:port
	addr    string
}

func newWorld(t testing.TB, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, actors: newFakeActors(), gateway: newFakeGateway()}
	o := Options{Actors: w.actors, Gateway: w.gateway, AuthToken: "s3cret", Heartbeat: time.Hour, CloseWait: 2 * time.Second}
	if change != nil {
		change(&o)
	}
	w.s = New(o)
	hs := httptest.NewUnstartedServer(w.s.Handler())
	hs.Config = HTTPServer(w.s.Handler())
	hs.Config.ErrorLog = nil
	hs.Start()
	w.url, w.addr = hs.URL, hs.Listener.Addr().String()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := w.s.Shutdown(ctx); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		hs.CloseClientConnections()
		hs.Close()
		if n := w.s.waiting.Load(); n != 0 {
			t.Errorf("%d calls still count as waiting", n)
		}
		w.actors.mu.Lock()
		defer w.actors.mu.Unlock()
		if n := len(w.actors.links); n != 0 {
			t.Errorf("%d links were never closed", n)
		}
	})
	return w
}

const counterA = `{"getOrCreateForKey":{"name":"counter","key":["a"]}}`

func jsonHeaders(query string, more ...string) http.Header {
	h := http.Header{"X-Rivetkit-Query": {query}, "X-Rivetkit-Encoding": {"json"}}
	for i := 0; i < len(more); i += 2 {
		h.Set(more[i], more[i+1])
	}
	return h
}

type response struct {
	status int
	header http.Header
	body   string
}

func (w *world) do(method, path string, h http.Header, body string) response {
	w.t.Helper()
	req, err := http.NewRequest(method, w.url+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header = h
	if h == nil {
		req.Header = http.Header{}
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return response{res.StatusCode, res.Header, string(b)}
}

func unhex(t testing.TB, s string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.BasePath = "/api/" })
	closed := `{"getOrCreateForKey":{"name":"closed","key":[]}}`
	unknown := `{"getOrCreateForKey":{"name":"nobody","key":[]}}`
	denying := `{"getOrCreateForKey":{"name":"denying","key":[]}}`
	failing := `{"getOrCreateForKey":{"name":"failing","key":[]}}`
	cbor := http.Header{"X-Rivetkit-Query": {counterA}, "X-Rivetkit-Encoding": {"cbor"}}
	actions, resolve := "/registry/actors/actions/", "/registry/actors/resolve"
	tests := map[string]struct {
		method, path string
		header       http.Header
		body         string
		status       int
		contentType  string
		want         string // exact, or with … at its end a prefix
	}{
		"banner":                   {"GET", "/registry", nil, "", 200, "text/plain;charset=UTF-8", "This is an RivetKit registry.\n\nLearn more at https://rivetkit.org"},
		"banner below base path":   {"GET", "/api", nil, "", 200, "", "This is an…"},
		"banner with slash":        {"GET", "/registry/", nil, "", 404, "", "Not Found (RivetKit)"},
		"outside":                  {"GET", "/actors/resolve", nil, "", 404, "", "404 Not Found"},
		"prefix that is no mount":  {"GET", "/registryx", nil, "", 404, "", "404 Not Found"},
		"health":                   {"GET", "/registry/health", nil, "", 200, "", "ok"},
		"GET on a POST route":      {"GET", resolve, nil, "", 404, "", "Not Found (RivetKit)"},
		"resolve":                  {"POST", resolve, jsonHeaders(counterA), "{}", 200, "text/plain;charset=UTF-8", `{"i":"704e99e868244ebb"}`},
		"resolve without encoding": {"POST", resolve, http.Header{"X-Rivetkit-Query": {counterA}}, "", 400, "", "{\"c\":\"invalid_encoding\",\"m\":\"Invalid encoding `undefined`.…"},
		"resolve, odd params":      {"POST", resolve, jsonHeaders(counterA, "X-RivetKit-Conn-Params", "{"), "", 500, "", `{"c":"internal_error",…`},
		"action json":              {"POST", actions + "first", jsonHeaders(counterA), `{"a":[3]}`, 200, "application/json", `{"o":3}`},
		"documented header":        {"POST", actions + "first", http.Header{"X-Rivetkit-Actor-Query": {counterA}, "X-Rivetkit-Encoding": {"json"}}, `{"a":[3]}`, 200, "", `{"o":3}`},
		"key as a string":          {"POST", actions + "first", jsonHeaders(`{"getForKey":{"name":"counter","key":"a"}}`), `{"a":[4]}`, 200, "", `{"o":4}`},
		"action cbor":              {"POST", actions + "first", cbor, unhex(t, "b900016161810c"), 200, "application/octet-stream", unhex(t, "b90001616f0c")},
		"undefined":                {"POST", actions + "nothing", jsonHeaders(counterA), `{"a":[]}`, 200, "", `{}`},
		"encoded name":             {"POST", actions + "%66irst", jsonHeaders(counterA), `{"a":[1]}`, 200, "", `{"o":1}`},
		"user error":               {"POST", actions + "bad", jsonHeaders(counterA), `{"a":[]}`, 400, "text/plain;charset=UTF-8", `{"c":"bad_code","m":"bad thing","md":{"x":1}}`},
		"user error cbor":          {"POST", actions + "bad", cbor, unhex(t, "b9000161 6180"), 400, "text/plain;charset=UTF-8", unhex(t, "b900036163686261645f636f6465616d696261642074 68696e67626d64b90001617801")},
		"internal":                 {"POST", actions + "hidden", jsonHeaders(counterA), `{"a":[]}`, 500, "", `{"c":"internal_error","m":"Internal error. Read the server logs for more details.","md":{}}`},
		"internal, exposed to us":  {"POST", actions + "hidden", jsonHeaders(counterA, "Authorization", "Bearer s3cret"), `{"a":[]}`, 500, "", `{"c":"state_not_enabled","m":"State not enabled."}`},
		"can't be asked to expose": {"POST", actions + "hidden", jsonHeaders(counterA, "X-RivetKit-Expose-Internal-Error", "true"), `{"a":[]}`, 500, "", `{"c":"internal_error",…`},
		"panic":                    {"POST", actions + "panic", jsonHeaders(counterA), `{"a":[]}`, 500, "", `{"c":"internal_error",…`},
		"unknown action":           {"POST", actions + "toString", jsonHeaders(counterA), `{"a":[]}`, 400, "", `{"c":"action_not_found","m":"Action 'toString' not found.…`},
		"no query":                 {"POST", actions + "x", http.Header{"X-Rivetkit-Encoding": {"json"}}, "", 400, "application/json", `{"success":false,"error":{"issues":[{"code":"invalid_type","expected":"string","received":"undefined","path":["X-RivetKit-Query"],"message":"Required"}],"name":"ZodError"}}`},
		"query is no JSON":         {"POST", actions + "x", jsonHeaders(`{`), "", 400, "", `{"c":"invalid_query_json",…`},
		"query of no kind":         {"POST", actions + "x", jsonHeaders(`{}`), "", 400, "", `{"c":"invalid_request","m":"Invalid request: [\n…`},
		"odd encoding":             {"POST", actions + "x", http.Header{"X-Rivetkit-Query": {counterA}, "X-Rivetkit-Encoding": {"xml"}}, "", 400, "", "{\"c\":\"invalid_encoding\",\"m\":\"Invalid encoding `xml`.…"},
		"params are no JSON":       {"POST", actions + "first", jsonHeaders(counterA, "X-RivetKit-Conn-Params", "{"), `{"a":[]}`, 400, "", `{"c":"proxy_error","m":"Error proxying Action call, this is likely an internal error: SyntaxError: …`},
		"latin-1 params":           {"POST", actions + "params", jsonHeaders(counterA, "X-RivetKit-Conn-Params", "\"\xeb\""), `{"a":[]}`, 200, "", `{"o":"ë"}`},
		"body no JSON":             {"POST", actions + "x", jsonHeaders(counterA), `{`, 400, "", `{"c":"invalid_action_request","m":"Invalid JSON: …`},
		"body of no shape":         {"POST", actions + "x", jsonHeaders(counterA), `{"b":1}`, 400, "", `{"c":"invalid_action_request","m":"Invalid schema: Error: Invalid action request format"}`},
		"body too long":            {"POST", actions + "first", jsonHeaders(counterA), `{"a":["` + strings.Repeat("x", 65536) + `"]}`, 400, "", `{"c":"message_too_long",…`},
		"long body of ours":        {"POST", actions + "nothing", jsonHeaders(counterA, "Authorization", "Bearer s3cret"), `{"a":["` + strings.Repeat("x", 65536) + `"]}`, 200, "", `{}`},
		"unknown type":             {"POST", actions + "first", jsonHeaders(unknown), `{"a":[1]}`, 400, "", `{"c":"actor_not_found","m":"Actor not found: nobody (https://…`},
		"unknown id":               {"POST", actions + "first", jsonHeaders(`{"getForId":{"actorId":"zzz"}}`), `{"a":[1]}`, 400, "", `{"c":"actor_not_found","m":"Actor not found: zzz…`},
		"known id":                 {"POST", actions + "first", jsonHeaders(`{"getForId":{"actorId":"known"}}`), `{"a":[1]}`, 200, "", `{"o":1}`},
		"no onAuth":                {"POST", actions + "first", jsonHeaders(closed), `{"a":[1]}`, 403, "", "{\"c\":\"forbidden\",\"m\":\"Actor requires authentication but no onAuth handler is defined…"},
		"no onAuth, our token":     {"POST", actions + "first", jsonHeaders(closed, "Authorization", "bearer s3cret"), `{"a":[1]}`, 200, "", `{"o":1}`},
		"resolve without onAuth":   {"POST", resolve, jsonHeaders(closed), "", 403, "", `{"c":"forbidden",…`},
		"a token of the app's own": {"POST", actions + "first", jsonHeaders(counterA, "Authorization", "Bearer theirs"), `{"a":[1]}`, 200, "", `{"o":1}`},
		"wrong token":              {"POST", actions + "first", jsonHeaders(closed, "Authorization", "Bearer wrong"), `{"a":[1]}`, 401, "", `{"c":"unauthorized",…`},
		"empty token":              {"POST", actions + "first", jsonHeaders(closed, "Authorization", "Bearer "), `{"a":[1]}`, 401, "", `{"c":"unauthorized",…`},
		"other scheme is the app's": {"POST", actions + "auth", jsonHeaders(counterA, "Authorization", "Basic eDp5"), `{"a":[1]}`, 200, "",
			`{"o":"auth of counter"}`},
		"onAuth refuses":           {"POST", actions + "first", jsonHeaders(denying), `{"a":[1]}`, 400, "", `{"c":"missing_auth","m":"no"}`},
		"onAuth breaks":            {"POST", actions + "first", jsonHeaders(failing), `{"a":[1]}`, 500, "", `{"c":"internal_error",…`},
		"plain GET on ws":          {"GET", "/registry/actors/connect/websocket", nil, "", 200, "", ""},
		"plain GET on raw ws":      {"GET", "/registry/actors/counter/ws/", nil, "", 200, "", ""},
		"raw without query":        {"GET", "/registry/actors/raw/http/x", nil, "", 400, "", `{"c":"invalid_request","m":"Invalid request: Missing actor query header"}`},
		"raw without onFetch":      {"GET", "/registry/actors/counter/raw/http/x", jsonHeaders(counterA), "", 404, "", `{"c":"fetch_handler_not_defined",…`},
		"message, no headers":      {"POST", "/registry/actors/message", http.Header{"X-Rivetkit-Encoding": {"json"}}, "", 400, "application/json", `{"success":false,…`},
		"inspector without Studio": {"GET", "/registry/inspect/ping", nil, "", 404, "", "Not Found (RivetKit)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := w.do(tt.method, tt.path, tt.header, tt.body)
			want, prefix := strings.CutSuffix(tt.want, "…")
			if got.status != tt.status || (prefix && !strings.HasPrefix(got.body, want)) || (!prefix && got.body != want) {
				t.Errorf("%d %q; want %d %q", got.status, got.body, tt.status, tt.want)
			}
			if ct := got.header.Get("Content-Type"); tt.contentType != "" && ct != tt.contentType {
				t.Errorf("Content-Type %q, want %q", ct, tt.contentType)
			}
		})
	}
}

func TestOnAuthSeesTheRequestAndItsIntents(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.do("POST", "/registry/actors/actions/first?q=1", jsonHeaders(counterA, "X-RivetKit-Conn-Params", `{"t":1}`, "X-RivetKit-Auth-Data", `"forged"`), `{"a":[1]}`)
	w.do("POST", "/registry/actors/resolve", jsonHeaders(`{"create":{"name":"counter","key":[]}}`), "")
	if len(w.gateway.asked) != 2 {
		t.Fatalf("onAuth ran %d times, want 2", len(w.gateway.asked))
	}
	a, b := w.gateway.asked[0], w.gateway.asked[1]
	if !reflect.DeepEqual(a.Intents, []actor.Intent{"get", "create", "action"}) || !reflect.DeepEqual(b.Intents, []actor.Intent{"create"}) {
		t.Errorf("intents %v and %v", a.Intents, b.Intents)
	}
	if a.Request.URL != w.url+"/registry/actors/actions/first?q=1" || a.Request.Header["X-Rivetkit-Auth-Data"] != nil {
		t.Errorf("request %+v", a.Request)
	}
	if v, _ := a.Params.(*value.Object).Get("t"); v != 1.0 || b.Params != (value.Undefined{}) {
		t.Errorf("params %v and %v", a.Params, b.Params)
	}
}

func TestCallsAboveTheLimitAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Limits.Waiting = 1 })
	first := make(chan response)
	go func() { first <- w.do("POST", "/registry/actors/actions/block", jsonHeaders(counterA), `{"a":[]}`) }()
	waitFor(t, func() bool { return w.s.waiting.Load() == 1 })
	got := w.do("POST", "/registry/actors/actions/first", jsonHeaders(counterA), `{"a":[1]}`)
	if got.status != 503 || got.header.Get("Retry-After") == "" || !strings.HasPrefix(got.body, `{"c":"server_overloaded"`) {
		t.Errorf("second call: %+v", got)
	}
	close(w.actors.block)
	if got := <-first; got.body != `{"o":"unblocked"}` {
		t.Errorf("first call: %+v", got)
	}
}

func TestHealthFollowsTheServer(t *testing.T) {
	t.Parallel()
	ready := false
	w := newWorld(t, func(o *Options) { o.Health = func() bool { return ready } })
	if got := w.do("GET", "/registry/health", nil, ""); got.status != 503 {
		t.Errorf("before: %d", got.status)
	}
	ready = true
	if got := w.do("HEAD", "/registry/health", nil, ""); got.status != 200 || got.body != "" {
		t.Errorf("after: %+v", got)
	}
}

func TestOutsideGoesToTheAppAndTheStudio(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) {
		o.Studio = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "studio "+r.URL.Path) })
	})
	w.gateway.app = &actor.App{}
	for path, want := range map[string]string{"/studio/x": "studio /studio/x", "/registry/inspect/ping": "studio /registry/inspect/ping", "/other": ""} {
		if got := w.do("GET", path, nil, ""); got.body != want {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if got := w.do("GET", "/other", nil, ""); got.status != http.StatusTeapot {
		t.Errorf("app: %+v", got)
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		dev    bool
		cors   *actor.CORS
		origin string
		want   string
	}{
		"none in production":       {false, nil, "http://localhost:3000", ""},
		"localhost in development": {true, nil, "http://localhost:3000", "http://localhost:3000"},
		"loopback in development":  {true, nil, "http://[::1]:3000", "http://[::1]:3000"},
		"others not":               {true, nil, "https://localhost.evil.example", ""},
		"null not":                 {true, nil, "null", ""},
		"one origin for everyone":  {false, &actor.CORS{Origins: []string{"https://a.example"}}, "https://b.example", "https://a.example"},
		"list":                     {false, &actor.CORS{Origins: []string{"https://a.example", "https://b.example"}}, "https://b.example", "https://b.example"},
		"not in the list":          {false, &actor.CORS{Origins: []string{"https://a.example", "https://b.example"}}, "https://c.example", ""},
		"everyone":                 {false, &actor.CORS{Origins: []string{"*"}}, "https://c.example", "https://c.example"},
		"function":                 {false, &actor.CORS{Dynamic: true}, "https://dynamic.example", "https://dynamic.example"},
		"function says no":         {false, &actor.CORS{Dynamic: true}, "https://c.example", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.cors != nil {
				tt.cors.Credentials = true
			}
			w := newWorld(t, func(o *Options) { o.Dev, o.CORS = tt.dev, tt.cors })
			got := w.do("POST", "/registry/actors/actions/first", jsonHeaders(counterA, "Origin", tt.origin), `{"a":[1]}`)
			if allow := strings.Join(got.header["Access-Control-Allow-Origin"], "|"); allow != tt.want || got.header.Get("Vary") != "Origin" ||
				(tt.want != "") != (got.header.Get("Access-Control-Allow-Credentials") == "true") {
				t.Errorf("headers %v, want origin %q", got.header, tt.want)
			}
			pre := w.do("OPTIONS", "/registry/actors/raw/http/x", http.Header{"Origin": {tt.origin}, "Access-Control-Request-Method": {"POST"}}, "")
			if pre.status != 204 || pre.header.Get("Access-Control-Allow-Origin") != tt.want {
				t.Errorf("preflight %+v", pre)
			}
			if tt.want != "" && (pre.header.Get("Access-Control-Max-Age") != "3600" || !strings.Contains(pre.header.Get("Access-Control-Allow-Headers"), "X-RivetKit-Actor-Query")) {
				t.Errorf("preflight headers %v", pre.header)
			}
		})
	}
}

func TestHalfRequestsEndQuietly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, text := range []string{
		"POST /registry/actors/actions/first HTTP/1.1\r\nHost: x\r\nX-RivetKit-Encoding: json\r\nX-RivetKit-Query: " + counterA + "\r\nContent-Length: 10\r\n\r\n{\"a\"",
		"POST /registry/actors/actions/first HTTP/1.1\r\nHost: x\r\nX-RivetKit-Encoding: json\r\nX-RivetKit-Query: " + counterA + "\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
		"GET /registry/actors/connect/websocket HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
		"GET /registry/actors/connect/websocket HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
		"\x00\x01\x02",
	} {
		c, err := net.Dial("tcp", w.addr)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, text)
		_ = c.(*net.TCPConn).CloseWrite()
		_ = c.SetDeadline(time.Now().Add(5 * time.Second))
		b, err := io.ReadAll(c)
		if err != nil || bytes.HasPrefix(b, []byte("HTTP/1.1 200")) {
			t.Errorf("%q: %q, %v", text, b, err)
		}
		_ = c.Close()
	}
}

// waitFor waits until ok, which another goroutine is about to make true.
func waitFor(t testing.TB, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			t.Fatal("it never came true")
		}
		time.Sleep(time.Millisecond)
	}
}
