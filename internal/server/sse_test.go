package server

import (
	"bufio"
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// events is an SSE client.
type events struct {
	t      testing.TB
	res    *http.Response
	sc     *bufio.Scanner
	cancel func()
}

func (w *world) stream(h http.Header) *events {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)
	req, _ := http.NewRequestWithContext(ctx, "GET", w.url+"/registry/actors/connect/sse", nil)
	req.Header = h
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = res.Body.Close() })
	return &events{w.t, res, bufio.NewScanner(res.Body), cancel}
}

// want reads lines, "EOF" is the end.
func (e *events) want(lines ...string) {
	e.t.Helper()
	for _, want := range lines {
		got := "EOF"
		if e.sc.Scan() {
			got = e.sc.Text()
		}
		if got != want {
			e.t.Fatalf("got  %q\nwant %q", got, want)
		}
	}
}

func messageHeaders(enc, conn, token string) http.Header {
	return http.Header{"X-Rivetkit-Encoding": {enc}, "X-Rivetkit-Actor": {"id-1"}, "X-Rivetkit-Conn": {conn}, "X-Rivetkit-Conn-Token": {token}}
}

func TestSSE(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	e := w.stream(jsonHeaders(counterA))
	if e.res.StatusCode != 200 || e.res.Header.Get("Content-Type") != "text/event-stream" || e.res.Header.Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", e.res.StatusCode, e.res.Header)
	}
	e.want(`data: {"b":{"i":{"ai":"id-1","ci":"conn-1","ct":"token"}}}`, "")
	post := func(h http.Header, body string) response { return w.do("POST", "/registry/actors/message", h, body) }
	ours := messageHeaders("json", "conn-1", "token")
	if got := post(ours, `{"b":{"sr":{"e":"newCount","s":true}}}`); got.status != 200 || got.body != "{}" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("message: %+v", got)
	}
	w.actors.broadcast(&actor.Event{Name: "newCount", Args: []value.Value{17.0}})
	e.want(`data: {"b":{"ev":{"n":"newCount","a":[17]}}}`, "")
	post(ours, `{"b":{"ar":{"i":1,"n":"first","a":[5]}}}`)
	post(ours, `{"b":{"ar":{"i":2,"n":"bad","a":[]}}}`)
	e.want(`data: {"b":{"ar":{"i":1,"o":5}}}`, "", `data: {"b":{"e":{"c":"bad_code","m":"bad thing","md":{"x":1},"ai":2}}}`, "")
	w.s.sockets.beat()
	e.want(": ", "")
	for name, tt := range map[string]struct {
		header http.Header
		body   string
		want   string
	}{
		"unknown connection": {messageHeaders("json", "conn-9", "token"), "{}", `400 {"c":"conn_not_found","m":"Connection not found for ID: conn-9"}`},
		"wrong token":        {messageHeaders("json", "conn-1", "x"), "{}", `400 {"c":"incorrect_conn_token","m":"Incorrect connection token."}`},
		"not JSON":           {ours, "{", `400 {"c":"invalid_request","m":"Invalid request: Invalid JSON"}`},
		"no shape":           {ours, "{}", `400 {"c":"malformed_message","m":"Malformed message: ` + "`b`" + `: expected an object, received undefined"}`},
		"too long":           {ours, strings.Repeat("x", 65537), `400 {"c":"message_too_long","m":"Message too long. This can be configured with: ` + "`registry.runServer({ maxIncomingMessageSize: ... })`" + `"}`},
		"unknown actor": {http.Header{"X-Rivetkit-Encoding": {"json"}, "X-Rivetkit-Actor": {"zzz"}, "X-Rivetkit-Conn": {"conn-1"}, "X-Rivetkit-Conn-Token": {"token"}},
			"{}", `500 {"c":"internal_error","m":"Internal error. Read the server logs for more details.","md":{}}`},
	} {
		if got := post(tt.header, tt.body); got.body != tt.want[4:] || got.status != int(tt.want[0]-'0')*100 {
			t.Errorf("%s: %+v, want %s", name, got, tt.want)
		}
	}
	post(ours, `{"b":{"ar":{"i":3,"n":"disconnect","a":[]}}}`)
	e.want("event: close", `data: {"code":1000,"reason":"bye"}`, "", "EOF")
	waitFor(t, func() bool { return w.actors.closed.Load() == 1 })
	if got := post(ours, "{}"); !strings.Contains(got.body, "conn_not_found") {
		t.Errorf("after the end: %+v", got)
	}
}

func TestSSEInCBOR(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	e := w.stream(http.Header{"X-Rivetkit-Query": {counterA}, "X-Rivetkit-Encoding": {"cbor"}})
	init := unhex(t, "b900016162b900016169b900036261696469642d31626369 66636f6e6e2d316263 74 65746f6b656e")
	e.want("data: "+base64.StdEncoding.EncodeToString([]byte(init)), "")
	w.do("POST", "/registry/actors/message", messageHeaders("cbor", "conn-1", "token"), unhex(t, "b900016162b90001627372b900026165686e6577436f756e746173f5"))
	w.actors.broadcast(&actor.Event{Name: "newCount", Args: []value.Value{17.0}})
	e.want("data: uQABYWK5AAFiZXa5AAJhbmhuZXdDb3VudGFhgRE=", "")
	if got := w.do("POST", "/registry/actors/message", messageHeaders("cbor", "conn-1", "token"), "\xff"); got.status != 400 || !strings.Contains(got.body, "Invalid binary format: ") {
		t.Errorf("not CBOR: %+v", got)
	}
	e.cancel() // the client goes
	waitFor(t, func() bool { return w.actors.closed.Load() == 1 })
}

func TestStreamsThatFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	query := func(name string) http.Header {
		return jsonHeaders(`{"getOrCreateForKey":{"name":"` + name + `","key":[]}}`)
	}
	w.stream(http.Header{"X-Rivetkit-Query": {counterA}, "X-Rivetkit-Encoding": {"xml"}}).want("event: error", "data: invalid_encoding", "", "EOF")
	w.stream(query("denying")).want(`data: {"b":{"e":{"c":"missing_auth","m":"no"}}}`, "", "event: close", `data: {"code":1011,"reason":"missing_auth"}`, "", "EOF")
	w.stream(query("refusing")).want(`data: {"b":{"e":{"c":"no_entry","m":"not you"}}}`, "", "event: close", `data: {"code":1011,"reason":"no_entry"}`, "", "EOF")
	w.stream(query("leaving")).want(`data: {"b":{"i":{"ai":"id-1","ci":"conn-2","ct":"token"}}}`, "", "event: close", "data: {\"code\":1000,\"reason\":\"`onConnect` failed\"}", "", "EOF")
	if e := w.stream(http.Header{}); e.res.StatusCode != 400 {
		t.Errorf("no headers: %d", e.res.StatusCode)
	}
	e := w.stream(jsonHeaders(counterA))
	e.want(`data: {"b":{"i":{"ai":"id-1","ci":"conn-3","ct":"token"}}}`, "")
	if err := w.s.Shutdown(context.Background()); err != nil {
		t.Error(err)
	}
	e.want("event: close", `data: {"code":1001,"reason":"shutting down"}`, "", "EOF")
}
