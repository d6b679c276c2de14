package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

var raws = &topic{name: "conf_raw"}

// seen is what the actor web saw of a request.
type seen struct {
	URL, Method, Path, Body string
	Query                   [][2]string
	Headers                 map[string]string
	Auth                    any
}

func (s *server) web(t testing.TB, method, path, body string, headers ...string) seen {
	t.Helper()
	got := s.request(t, method, path, body, headers...)
	var m seen
	if err := json.Unmarshal([]byte(got.body), &m); err != nil || got.status != 200 {
		t.Fatalf("%s %s: %d %s", method, path, got.status, got.body)
	}
	return m
}

func TestConformance085OnFetchSeesTheRequest(t *testing.T) {
	t.Parallel()
	s := raws.server(t)
	const root = "/registry/actors/raw/http"
	q := []string{"X-RivetKit-Query", of("web", keyOf(t))}
	t.Run("over http", func(t *testing.T) {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if got := s.web(t, method, root+"/m", "", q...); got.Method != method {
				t.Errorf("%s arrives as %s", method, got.Method)
			}
		}
		got := s.web(t, "POST", root+"/a%20b/%C3%A9/c%2Fd?x=1&y=a%26b&x=2", "the body", append(q,
			"X-Custom", "c", "Cookie", "one=1; two=2", "Content-Type", "text/x-mine", "X-RivetKit-Conn-Params", `{"user":"ann"}`)...)
		if got.URL != "http://actor/a%20b/%C3%A9/c%2Fd?x=1&y=a%26b&x=2" || got.Body != "the body" {
			t.Errorf("url %s, body %q", got.URL, got.Body)
		}
		if text := jsonOf(t, got.Query); text != `[["x","1"],["y","a\u0026b"],["x","2"]]` {
			t.Errorf("query %s", text)
		}
		if text := jsonOf(t, got.Headers); text != `{"content-type":"text/x-mine","cookie":"one=1; two=2","x-custom":"c"}` {
			t.Errorf("headers %s", text)
		}
		if text := jsonOf(t, got.Auth); text != `{"user":"ann"}` {
			t.Errorf("auth %s", text)
		}
		for path, want := range map[string]string{"": "/", "/": "/", "/api": "/api", "/api/": "/api/"} {
			if got := s.web(t, "GET", root+path, "", q...); got.Path != want {
				t.Errorf("%q arrives as %q", path, got.Path)
			}
		}
	})
	t.Run("handle.fetch", func(t *testing.T) {
		s.wantCall(t, of("web", keyOf(t)), "forms", `[]`, `{"bare":{"method":"GET","path":"/api/x","query":[],"headers":{},"body":""},`+
			`"slash":{"method":"GET","path":"/api/x","query":[["y","1"]],"headers":{},"body":""},`+
			`"url":{"method":"GET","path":"/api/u","query":[["y","2"]],"headers":{},"body":""},`+
			`"request":{"method":"PUT","path":"/api/r","query":[["q","1"]],"headers":{"content-type":"text/plain;charset=UTF-8","x-custom":"r","x-both":"request"},"body":"b"},`+
			`"empty":{"method":"GET","path":"/","query":[],"headers":{},"body":""},`+
			`"asInit":{"method":"PUT","path":"/other","query":[],"headers":{"content-type":"text/plain;charset=UTF-8","x-custom":"r","x-both":"request"},"body":"b"},`+
			`"override":{"method":"PUT","path":"/api/r","query":[["q","1"]],"headers":{"x-both":"init"},"body":"b"},`+
			`"init":{"method":"POST","path":"/p","query":[],"headers":{"content-type":"text/plain;charset=UTF-8"},"body":"text"}}`)
	})
}

func jsonOf(t testing.TB, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestConformance086ResponseOfTheRequestsBody(t *testing.T) {
	t.Parallel()
	s := raws.server(t)
	big := make([]byte, 1<<20)
	_, _ = rand.Read(big) // never fails
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("file", "é.bin")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(big[:5000]) // to memory
	_ = w.WriteField("name", "value")
	_ = w.Close()
	for name, tt := range map[string]struct{ contentType, body string }{
		"1 MB":            {"application/octet-stream", string(big)},
		"multipart":       {w.FormDataContentType(), form.String()},
		"binary":          {"image/x-none", "\x00\xff\xfe\x80"},
		"empty":           {"text/plain", ""},
		"no content type": {"", "<html>plain"},
	} {
		t.Run(name, func(t *testing.T) {
			headers := []string{"X-RivetKit-Query", of("echo", keyOf(t)), "X-Custom", "c"}
			if tt.contentType != "" {
				headers = append(headers, "Content-Type", tt.contentType)
			}
			got := s.request(t, "POST", "/registry/actors/raw/http/echo", tt.body, headers...)
			if got.status != 200 || got.body != tt.body {
				t.Errorf("%d, %d bytes come back of %d", got.status, len(got.body), len(tt.body))
			}
			if ct := got.header.Get("Content-Type"); ct != tt.contentType {
				t.Errorf("content type %q comes back as %q", tt.contentType, ct)
			}
			if c := got.header.Get("X-Custom"); c != "c" {
				t.Errorf("X-Custom comes back as %q", c)
			}
		})
	}
	t.Run("chunk by chunk", func(t *testing.T) {
		q := of("stream", keyOf(t))
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.url+"/registry/actors/raw/http/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-RivetKit-Query", q)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		const one, two = "data: one\n\n", "data: two\n\n"
		first := make([]byte, len(one))
		if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != one {
			t.Fatalf("the first chunk: %q %v", first, err)
		}
		if got := s.request(t, "POST", "/registry/actors/raw/http/go", "", "X-RivetKit-Query", q); got.body != "gone" {
			t.Fatalf("%d %s", got.status, got.body)
		}
		if rest, err := io.ReadAll(res.Body); err != nil || string(rest) != two {
			t.Errorf("then: %q %v", rest, err)
		}
		if ct := res.Header.Get("Content-Type"); ct != "text/event-stream" {
			t.Errorf("content type %q", ct)
		}
	})
}

func TestConformance088NoOnFetch(t *testing.T) {
	t.Parallel()
	s := raws.server(t)
	for name, want := range map[string]struct {
		status int
		code   string
	}{"noFetch": {404, "fetch_handler_not_defined"}, "noResponse": {500, "invalid_fetch_response"}} {
		got := s.request(t, "GET", "/registry/actors/raw/http/x", "", "X-RivetKit-Query", of(name, keyOf(t)))
		said{got.status, got.body}.wantCode(t, name, want.status, want.code)
		s.wantCall(t, of(name, keyOf(t)), "fine", `[]`, `"fine"`)
	}
}

func TestConformance089RawPathsAndHeaders(t *testing.T) {
	t.Parallel()
	s := raws.server(t)
	plain := `{"getOrCreateForKey":{"name":"web","key":"` + keyOf(t) + `"}}` // a string for a key
	for _, q := range []string{of("web", keyOf(t)), plain, strings.Replace(plain, "getOrCreateForKey", "getForKey", 1)} {
		for path, header := range map[string]string{
			"/registry/actors/raw/http/p":     "X-RivetKit-Query",
			"/registry/actors/web/raw/http/p": "X-RivetKit-Actor-Query",
		} {
			if got := s.web(t, "GET", path, "", header, q); got.URL != "http://actor/p" {
				t.Errorf("%s with %s: the handler saw %s", path, header, got.URL)
			}
		}
	}
	ids := map[string]bool{}
	for _, q := range []string{of("web", keyOf(t)), plain} {
		ids[s.json().resolve(t, q).body] = true
	}
	if len(ids) != 1 {
		t.Errorf("a string and a list of it are two actors: %v", ids)
	}
}

// raw opens a raw WebSocket.
func (s *server) raw(t testing.TB, q, path string, more ...string) *socket {
	t.Helper()
	protocols := append([]string{"query." + escape(q), "encoding.json", "rivetkit"}, more...)
	return s.dial(t, "/registry/actors/raw/websocket"+path, protocols...)
}

func (c *socket) close(code ws.StatusCode, reason string) {
	c.t.Helper()
	if err := wsutil.WriteClientMessage(c, ws.OpClose, ws.NewCloseFrameBody(code, reason)); err != nil {
		c.t.Fatal(err)
	}
}

func TestConformance090RawWebSocket(t *testing.T) {
	t.Parallel()
	s := raws.server(t)
	const hello = `{"path":"/p","query":"?q=1","readyState":1,"binaryType":"arraybuffer"}`
	t.Run("over the wire", func(t *testing.T) {
		q := of("chat", keyOf(t))
		c := s.raw(t, q, "/p?q=1", "chat")
		c.expect(hello)
		c.send("hello")
		c.expect("echo hello")
		c.sendBinary("0708")
		c.expectBinary("020708")
		c.send("bye")
		c.expectClose(4001, "done")
		c.close(4001, "done") // which ends the handshake
		c = s.raw(t, q, "/p?q=1")
		c.expect(hello)
		c.close(4002, "from here")
		c.expectClose(4002, "from here")
		// Only the calls that look connect; each has gone by the time of the next.
		within(t, patience, "the actor hears both ends", func() bool {
			return strings.Contains(s.call(t, q, "get", `[]`), `[4002,"from here"]`)
		})
		var m struct {
			Connects, Disconnects int
			Closes                []any
		}
		if err := json.Unmarshal([]byte(s.call(t, q, "get", `[]`)), &m); err != nil {
			t.Fatal(err)
		}
		if text := jsonOf(t, m.Closes); text != `[[4001,"done"],[4002,"from here"]]` || m.Connects != m.Disconnects+1 {
			t.Errorf("the actor saw %+v", m)
		}
	})
	t.Run("without onConnect", func(t *testing.T) {
		q := of("chat", keyOf(t))
		s.raw(t, q, "/p?q=1").expect(hello)
		s.wantCall(t, q, "get", `[]`, `{"connects":1,"disconnects":0,"closes":[]}`) // this call's own
	})
	t.Run("in process", func(t *testing.T) {
		s.wantCall(t, of("chat", keyOf(t)), "talk", `[]`, `["`+strings.ReplaceAll(hello, `"`, `\"`)+`","echo hello",[2,7,8],[4001,"done"]]`)
	})
}

func TestConformance091NoOnWebSocket(t *testing.T) {
	t.Parallel()
	s := raws.server(t)
	s.raw(t, of("noSocket", keyOf(t)), "/p").closedWith(1011, "websocket_handler_not_defined")
	s.wantCall(t, of("noSocket", keyOf(t)), "fine", `[]`, `"fine"`)
	q := of("thrower", keyOf(t))
	s.raw(t, q, "/now").closedWith(1011, "internal_error")
	s.awaitLog(t, "thrown by onWebSocket", raws.lineOf(t, `new Error("thrown by onWebSocket")`))
	s.raw(t, q, "/async").closedWith(1011, "internal_error")
	s.awaitLog(t, "rejected by onWebSocket", raws.lineOf(t, `new Error("rejected by`))
	c := s.raw(t, q, "/message")
	c.expect("ready")
	c.send("x")
	s.awaitLog(t, "thrown at a message", raws.lineOf(t, `new Error("thrown at a message")`))
	s.wantCall(t, q, "fine", `[]`, `"fine"`)
}

func TestConformance092StateOfARawMessageHandler(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "conf_raw"))
	soon, late := of("savesSoon", keyOf(t)), of("savesLate", keyOf(t))
	s.raw(t, soon, "/").send("heard")
	c := s.raw(t, late, "/")
	c.send("save")
	c.expect("saved")
	// 25 times the save interval, on the server's own clock; nothing asks savesSoon.
	s.wantCall(t, of("clock"), "pass", `[500]`, `"passed"`)
	s = s.again(t)
	s.wantCall(t, soon, "get", `[]`, `["heard"]`)
	s.wantCall(t, late, "get", `[]`, `["save"]`)
}
