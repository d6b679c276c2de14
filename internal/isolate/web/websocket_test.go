package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// echoServer answers what it gets; "bye" makes it close with 4001.
func echoServer(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/no" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		up := ws.HTTPUpgrader{Protocol: func(p string) bool { return p == "chat" }}
		conn, _, _, err := up.Upgrade(r, w)
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		for {
			b, op, err := wsutil.ReadClientData(conn)
			if err != nil {
				return
			}
			if string(b) == "bye" {
				_ = ws.WriteFrame(conn, ws.NewCloseFrame(ws.NewCloseFrameBody(4001, "told so")))
				return
			}
			if wsutil.WriteServerMessage(conn, op, b) != nil {
				return
			}
		}
	}))
	t.Cleanup(s.Close)
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

func TestWebSocket(t *testing.T) {
	tests := map[string]struct{ js, want string }{
		"echo":                   {`const w = new WebSocket(base, ["x", "chat"]); w.binaryType = "arraybuffer"; const o = [w.readyState]; await new Promise((r) => { w.onopen = () => { o.push(w.protocol, w.readyState); w.send("hé"); w.send(new Uint8Array([1, 2])); }; w.onmessage = (e) => { o.push(typeof e.data === "string" ? e.data : e.data.byteLength); if (o.length === 5) w.close(3000, "done"); }; w.onclose = (e) => { o.push(e.code, e.wasClean, w.readyState); r(); } }); return o.join()`, "0,chat,1,hé,2,3000,true,3"},
		"closed":                 {`const w = new WebSocket(base); return await new Promise((r) => { w.onopen = () => w.send("bye"); w.onclose = (e) => r([e.code, e.reason, e.wasClean].join()) })`, "4001,told so,true"},
		"refused":                {`const w = new WebSocket(base + "/no"); const o = []; return await new Promise((r) => { w.onerror = (e) => o.push(e.type); w.onclose = (e) => r([...o, e.code, e.wasClean].join()) })`, "error,1006,false"},
		"close while connecting": {`const w = new WebSocket(base); w.close(); return await new Promise((r) => { w.onclose = (e) => r(e.code) })`, "1006"},
		"errors":                 {`const o = []; for (const f of [() => new WebSocket("ftp://a"), () => new WebSocket(base + "#x"), () => new WebSocket(base, ["a", "a"]), () => new WebSocket("nope")]) try { f(); o.push("ok") } catch (e) { o.push(e.name) } return o.join()`, "SyntaxError,SyntaxError,SyntaxError,TypeError"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			must(h.vm.Set("base", echoServer(t)))
			if got := h.eval(tt.js); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.js, got, tt.want)
			}
			h.run()
			if len(h.tasks) > 0 {
				t.Errorf("%d tasks left", len(h.tasks))
			}
		})
	}
}

func TestEventSource(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = w.Write([]byte(": hi\n\nid: 7\nevent: tick\ndata: a\ndata: b\n\ndata:c\r\n\r\n"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	h := newHost(t)
	must(h.vm.Set("base", s.URL))
	got := h.eval(`const s = new EventSource(base), o = []; return await new Promise((r) => { s.addEventListener("tick", (e) => o.push(e.data, e.lastEventId)); s.onmessage = (e) => { s.close(); r([...o, e.data, s.readyState].join("|")) } })`)
	if want := "a\nb|7|c|2"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	h.run()
}
