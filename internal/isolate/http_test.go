package isolate_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// body collects a response.
type body struct {
	status int
	header map[string][]string
	bytes.Buffer
}

func (b *body) respond(status int, header map[string][]string) actor.BodyWriter {
	b.status, b.header = status, header
	return b
}

func (b *body) CloseWithError(err error) error { return err }

func TestOnFetch(t *testing.T) {
	w := load(t, def(`{
  state: { n: 0 },
  onFetch: async (c, request, { auth }) => {
    const url = new URL(request.url);
    if (url.pathname === "/none") return undefined as never;
    if (url.pathname === "/throw") throw new Error("boom");
    if (url.pathname === "/echo") return new Response(request.body, { headers: { "x-h": request.headers.get("x-h")! } });
    c.state.n++;
    return Response.json({ n: c.state.n, path: url.pathname, q: url.searchParams.get("q"), method: request.method, auth });
  },
  actions: {},
}`), nil)
	l := w.start("x")
	for _, tt := range []struct{ method, url, in, want string }{
		{"GET", "/a/b?q=1", "", `200 {"n":1,"path":"/a/b","q":"1","method":"GET","auth":"A"}`},
		{"POST", "/echo", strings.Repeat("x", 100_000), "200 " + strings.Repeat("x", 100_000)},
		{"GET", "/none", "", "invalid_fetch_response: Actor's onFetch handler must return a Response object. Returning undefined is not allowed."},
		{"GET", "/throw", "", "internal_error: boom"},
	} {
		b := &body{}
		call := l.nextCall()
		j := actor.FetchJob{Call: call, Auth: "A", Respond: b.respond,
			Request: &actor.Request{Method: tt.method, URL: tt.url, Header: map[string][]string{"X-H": {"v"}}}}
		if tt.in != "" {
			j.Body = io.NopCloser(strings.NewReader(tt.in))
		}
		l.inst.Post(j)
		_, err := l.answer(call)
		got := "200 " + b.String()
		if err != nil {
			got = result(t, value.Undefined{}, err)
		} else if b.status != 200 {
			t.Errorf("%s: status %d", tt.url, b.status)
		}
		if got != tt.want {
			t.Errorf("%s %s = %.200s; want %.200s", tt.method, tt.url, got, tt.want)
		}
	}
	l.wait("idle", func() bool { return l.work.None() })
}

func TestServeApp(t *testing.T) {
	w := load(t, `import { setup } from "@rivetkit/actor";
const { serve } = setup({ use: {} }).createServer();
serve({ fetch: async (request: Request) => new Response(request.method + " " + new URL(request.url).pathname + " " + await request.text(), { status: 201 }) });
`, nil)
	rec := httptest.NewRecorder()
	w.v.ServeApp(rec, httptest.NewRequest("PUT", "/hello?x=1", strings.NewReader("body")), "")
	if got, want := rec.Body.String(), "PUT /hello body"; rec.Code != 201 || got != want {
		t.Errorf("%d %s; want 201 %s", rec.Code, got, want)
	}
}

// fakeSocket is the network's end of a raw WebSocket.
type fakeSocket struct {
	sent    chan string
	message func([]byte, bool)
	closed  func(int, string)
	ready   chan struct{}
}

func (s *fakeSocket) Send(data []byte, binary bool) error {
	s.sent <- fmt.Sprintf("%s %v", data, binary)
	return nil
}
func (s *fakeSocket) Close(code int, reason string) {
	s.sent <- fmt.Sprintf("close %d %s", code, reason)
}
func (s *fakeSocket) Receive(m func([]byte, bool), c func(int, string)) {
	s.message, s.closed = m, c
	close(s.ready)
}
func (s *fakeSocket) Protocol() string { return "chat" }

func TestOnWebSocket(t *testing.T) {
	w := load(t, def(`{
  state: { seen: [] as unknown[] },
  onWebSocket: (c, ws, { request, auth }) => {
    if (new URL(request.url).pathname === "/bad") throw new Error("boom");
    c.state.seen.push(ws.readyState, ws.protocol, auth);
    ws.addEventListener("open", () => ws.send("hello"));
    ws.onmessage = (e) => { c.state.seen.push(typeof e.data === "string" ? e.data : e.data.byteLength); ws.send(e.data); };
    ws.onclose = (e) => c.state.seen.push([e.code, e.reason]);
  },
  actions: {},
}`), nil)
	l := w.start("x")
	open := func(path string) (*fakeSocket, error) {
		s := &fakeSocket{sent: make(chan string, 10), ready: make(chan struct{})}
		call := l.nextCall()
		l.inst.Post(actor.SocketJob{Call: call, Auth: "A", Socket: s, Request: &actor.Request{Method: "GET", URL: path}})
		_, err := l.answer(call)
		return s, err
	}
	if _, err := open("/bad"); err == nil {
		t.Error("a handler that throws took the socket")
	}
	s, err := open("/ok")
	if err != nil {
		t.Fatal(err)
	}
	<-s.ready
	if got := <-s.sent; got != "hello false" {
		t.Error(got)
	}
	s.message([]byte("hi"), false)
	s.message([]byte("bin"), true)
	if a, b := <-s.sent, <-s.sent; a != "hi false" || b != "bin true" {
		t.Error(a, b)
	}
	s.closed(4000, "bye")
	l.wait("closed", func() bool { return l.work.None() })
	if got, want := l.state(), `{"seen":[1,"chat","A","hi",3,[4000,"bye"]]}`; got != want {
		t.Errorf("state %s; want %s", got, want)
	}
	s2, err := open("/ok")
	if err != nil {
		t.Fatal(err)
	}
	if got := <-s2.sent; got != "hello false" {
		t.Error(got)
	}
	l.stop(0)
	if got := <-s2.sent; got != "close 1012 " {
		t.Error(got)
	}
}
