package client

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/rivetdev/rivet/internal/value"
)

// fake is a server of one actor: "echo" answers its argument, "void" nothing,
// "fail" an error, "die" ends the connection. A subscription is answered by an
// event of that name with the arguments 1 and "x".
type fake struct {
	t *testing.T

	header chan http.Header         // of each request but messages
	stream chan func(*value.Object) // the open SSE stream's way to its client
	refuse atomic.Bool              // whether messages of a stream are refused

	code   int // with which "die" closes; 0: it cuts
	reason string
}

func startFake(t *testing.T) (*fake, string) {
	t.Helper()
	f := &fake{t: t, header: make(chan http.Header, 100), stream: make(chan func(*value.Object), 1)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /registry/actors/actions/{action}", f.action)
	mux.HandleFunc("POST /registry/actors/resolve", f.resolve)
	mux.HandleFunc("GET /registry/actors/connect/websocket", f.socket)
	mux.HandleFunc("GET /registry/actors/connect/sse", f.sse)
	mux.HandleFunc("POST /registry/actors/message", f.message)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return f, srv.URL
}

func failure() *value.Object {
	return object("c", "bad_thing", "m", "That was bad.", "md", object("max", 3.0))
}

func (f *fake) write(w http.ResponseWriter, r *http.Request, status int, o *value.Object) {
	b, err := Encoding(r.Header.Get("X-RivetKit-Encoding")).encode(o)
	if err != nil {
		f.t.Errorf("encode: %v", err)
	}
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

func (f *fake) read(r *http.Request) *value.Object {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		f.t.Errorf("read: %v", err)
	}
	v, err := Encoding(r.Header.Get("X-RivetKit-Encoding")).decode(b)
	if err != nil {
		f.t.Errorf("decode: %v", err)
	}
	return v.(*value.Object)
}

func (f *fake) action(w http.ResponseWriter, r *http.Request) {
	f.header <- r.Header
	args, _ := f.read(r).Get("a")
	out, bad := answer(r.PathValue("action"), args.(*value.Array).Items)
	if bad != nil {
		f.write(w, r, http.StatusBadRequest, bad)
		return
	}
	if out == nil {
		f.write(w, r, http.StatusOK, object())
		return
	}
	f.write(w, r, http.StatusOK, object("o", out))
}

func answer(action string, args []value.Value) (out value.Value, bad *value.Object) {
	switch action {
	case "echo", "a b/ü":
		return args[0], nil
	case "void":
		return nil, nil
	}
	return nil, failure()
}

func (f *fake) resolve(w http.ResponseWriter, r *http.Request) {
	f.header <- r.Header
	f.write(w, r, http.StatusOK, object("i", "704e99e868244ebb"))
}

func (f *fake) socket(w http.ResponseWriter, r *http.Request) {
	f.header <- r.Header
	var encoding Encoding
	for p := range strings.SplitSeq(r.Header.Get("Sec-WebSocket-Protocol"), ",") {
		if e, ok := strings.CutPrefix(strings.TrimSpace(p), "encoding."); ok {
			encoding = Encoding(e)
		}
	}
	upgrader := ws.HTTPUpgrader{Protocol: func(s string) bool { return s == "rivetkit" }}
	conn, _, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		f.t.Errorf("upgrade: %v", err)
		return
	}
	defer conn.Close()
	op := ws.OpBinary
	if encoding == JSON {
		op = ws.OpText
	}
	send := func(o *value.Object) {
		b, err := encoding.encode(object("b", o))
		if err != nil {
			f.t.Errorf("encode: %v", err)
		}
		_ = wsutil.WriteServerMessage(conn, op, b) // the client may have gone
	}
	if strings.Contains(r.Header.Get("Sec-WebSocket-Protocol"), "missing") {
		send(object("e", object("c", "actor_not_found", "m", "Actor not found: missing")))
		_ = ws.WriteFrame(conn, ws.NewCloseFrame(ws.NewCloseFrameBody(1011, "actor_not_found")))
		return
	}
	_ = ws.WriteFrame(conn, ws.NewPingFrame([]byte("p")))
	send(object("i", object("ai", "704e99e868244ebb", "ci", "c1", "ct", "secret")))
	for {
		b, gotOp, err := wsutil.ReadClientData(conn)
		if err != nil {
			return
		}
		if gotOp != op {
			f.t.Errorf("got a frame of kind %v, want %v", gotOp, op)
		}
		v, err := encoding.decode(b)
		if err != nil {
			f.t.Errorf("decode: %v", err)
			return
		}
		if !hear(member(v.(*value.Object), "b"), send) {
			if f.code != 0 {
				_ = ws.WriteFrame(conn, ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusCode(f.code), f.reason)))
			}
			return
		}
	}
}

// hear answers one message of a client; false: it is to be cut off.
func hear(body *value.Object, send func(*value.Object)) bool {
	if sr := member(body, "sr"); sr != nil {
		name, _ := text(sr, "e")
		if on, _ := sr.Get("s"); on == true {
			send(object("ev", object("n", name, "a", &value.Array{Items: []value.Value{1.0, "x"}})))
		}
		return true
	}
	ar := member(body, "ar")
	name, _ := text(ar, "n")
	id, _ := ar.Get("i")
	args, _ := ar.Get("a")
	if name == "die" {
		return false
	}
	out, bad := answer(name, args.(*value.Array).Items)
	switch {
	case bad != nil:
		bad.Set("ai", id)
		send(object("e", bad))
	case out == nil:
		send(object("ar", object("i", id)))
	default:
		send(object("ar", object("i", id, "o", out)))
	}
	return true
}

func (f *fake) sse(w http.ResponseWriter, r *http.Request) {
	f.header <- r.Header
	w.Header().Set("Content-Type", "text/event-stream")
	encoding := Encoding(r.Header.Get("X-RivetKit-Encoding"))
	query, _ := url.QueryUnescape(r.Header.Get("X-RivetKit-Query"))
	if strings.Contains(query, "missing") {
		fmt.Fprintf(w, "event: error\ndata: actor_not_found\n\n")
		return
	}
	out := make(chan *value.Object, 10)
	out <- object("i", object("ai", "704e99e868244ebb", "ci", "c1", "ct", "secret"))
	f.stream <- func(o *value.Object) { out <- o }
	fmt.Fprint(w, ": hello\n\nevent: unknown\ndata: ?\n\n")
	for {
		select {
		case o := <-out:
			if o == nil {
				if f.code != 0 {
					fmt.Fprintf(w, "event: close\ndata: {\"code\":%d,\"reason\":%q}\n\n", f.code, f.reason)
				}
				return
			}
			b, err := encoding.encode(object("b", o))
			if err != nil {
				f.t.Errorf("encode: %v", err)
			}
			payload := string(b)
			if encoding == CBOR {
				payload = base64.StdEncoding.EncodeToString(b)
			}
			fmt.Fprintf(w, "data: %s\n\n", payload)
			w.(http.Flusher).Flush()
		case <-r.Context().Done():
			return
		}
	}
}

func (f *fake) message(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-RivetKit-Conn-Token") != "secret" {
		f.write(w, r, http.StatusBadRequest, object("c", "incorrect_conn_token", "m", "Incorrect connection token."))
		return
	}
	if f.refuse.Load() {
		f.write(w, r, http.StatusBadRequest, object("c", "message_too_long", "m", "Message too long."))
		return
	}
	send := <-f.stream
	if !hear(member(f.read(r), "b"), send) {
		send(nil)
	}
	f.stream <- send
	_, _ = io.WriteString(w, "{}")
}
