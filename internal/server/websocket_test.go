package server

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// client is a WebSocket client that sees every frame.
type client struct {
	t  testing.TB
	c  net.Conn
	br *bufio.Reader
	hs ws.Handshake
}

func offer(query, enc string, more ...string) []string {
	return append([]string{"query." + url.QueryEscape(query), "encoding." + enc}, more...)
}

func (w *world) dial(path string, protocols ...string) *client {
	w.t.Helper()
	d := ws.Dialer{Protocols: protocols, Timeout: 10 * time.Second}
	c, br, hs, err := d.Dial(context.Background(), "ws://"+w.addr+path)
	if err != nil {
		w.t.Fatalf("dial: %v", err)
	}
	if br == nil {
		br = bufio.NewReader(c)
	}
	w.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	return &client{w.t, c, br, hs}
}

// noDeadline lifts a deadline.
var noDeadline time.Time

func (w *world) connect(query, enc string, more ...string) *client {
	return w.dial("/registry/actors/connect/websocket", offer(query, enc, append(more, "rivetkit")...)...)
}

func (c *client) send(f ws.Frame) {
	c.t.Helper()
	if err := ws.WriteFrame(c.c, ws.MaskFrame(f)); err != nil {
		c.t.Fatalf("send: %v", err)
	}
}

func (c *client) text(s string) { c.send(ws.NewTextFrame([]byte(s))) }

// recv gives the next frame as op:payload; a close as close:code:reason.
func (c *client) recv() string {
	c.t.Helper()
	//lint:ignore SA1019 our own server is trusted with the size of a frame
	f, err := ws.ReadFrame(c.br)
	switch {
	case err != nil:
		return "error:" + err.Error()
	case f.Header.Masked:
		return "masked"
	}
	switch f.Header.OpCode {
	case ws.OpText:
		return "text:" + string(f.Payload)
	case ws.OpBinary:
		return "binary:" + string(f.Payload)
	case ws.OpPing:
		return "ping"
	case ws.OpPong:
		return "pong:" + string(f.Payload)
	case ws.OpClose:
		if len(f.Payload) == 0 {
			return "close"
		}
		code, reason := ws.ParseCloseFrameData(f.Payload)
		return fmt.Sprintf("close:%d:%s", code, reason)
	}
	return "other"
}

func (c *client) want(frames ...string) {
	c.t.Helper()
	for _, want := range frames {
		if got := c.recv(); got != want {
			c.t.Fatalf("got  %q\nwant %q", got, want)
		}
	}
}

const initJSON = `text:{"b":{"i":{"ai":"id-1","ci":"conn-1","ct":"token"}}}`

func TestWebSocketJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := w.connect(counterA, "json", "conn_params."+url.QueryEscape(`{"tok":"x"}`))
	if c.hs.Protocol != "rivetkit" {
		t.Errorf("selected %q", c.hs.Protocol)
	}
	c.want(initJSON)
	c.text(`{"b":{"sr":{"e":"newCount","s":true}}}`)
	c.text(`{"b":{"ar":{"i":0,"n":"event","a":[5]}}}`)
	c.want(`text:{"b":{"ev":{"n":"newCount","a":[5]}}}`)
	c.want("text:{\"b\":{\"e\":{\"c\":\"action_not_found\",\"m\":\"Action 'event' not found. Validate the action exists on your actor.\",\"ai\":0}}}")
	c.text(`{"b":{"ar":{"i":1,"n":"bad","a":[]}}}`)
	c.text(`{"b":{"ar":{"i":2,"n":"hidden","a":[]}}}`)
	c.text(`{"b":{"ar":{"i":3,"n":"params","a":[]}}}`)
	c.text(`{"b":{"ar":{"i":4,"n":"nothing","a":[]}}}`)
	c.want(`text:{"b":{"e":{"c":"bad_code","m":"bad thing","md":{"x":1},"ai":1}}}`,
		`text:{"b":{"e":{"c":"internal_error","m":"Internal error. Read the server logs for more details.","md":{},"ai":2}}}`,
		`text:{"b":{"ar":{"i":3,"o":{"tok":"x"}}}}`,
		`text:{"b":{"ar":{"i":4}}}`)
	// A fragmented message with a ping in between.
	c.send(ws.NewFrame(ws.OpText, false, []byte(`{"b":{"ar":{"i":5,`)))
	c.send(ws.NewPingFrame([]byte("hi")))
	c.send(ws.NewFrame(ws.OpContinuation, false, nil))
	c.send(ws.NewFrame(ws.OpContinuation, true, []byte(`"n":"first","a":["é"]}}}`)))
	c.want("pong:hi", `text:{"b":{"ar":{"i":5,"o":"é"}}}`)
	big := strings.Repeat("x", 60_000)
	c.text(`{"b":{"ar":{"i":6,"n":"first","a":["` + big + `"]}}}`)
	c.want(`text:{"b":{"ar":{"i":6,"o":"` + big + `"}}}`)
	c.send(ws.NewCloseFrame(nil))
	c.want("close", "error:EOF")
}

func TestWebSocketCBOR(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := w.connect(counterA, "cbor")
	c.want("binary:" + unhex(t, "b900016162b900016169b900036261696469642d31626369 66636f6e6e2d316263 74 65746f6b656e"))
	c.send(ws.NewBinaryFrame([]byte(unhex(t, "b900016162b90001627372b900026165686e6577436f756e746173f5"))))
	waitFor(t, func() bool { return w.actors.subscribed("newCount") == 1 })
	w.actors.broadcast(&actor.Event{Name: "newCount", Args: []value.Value{17.0}})
	c.want("binary:" + unhex(t, "b900016162b90001626576b90002616e686e6577436f756e7461618111"))
	c.send(ws.NewBinaryFrame([]byte(unhex(t, "b900016162b90001626172b90003616900616e656669727374616181 11"))))
	c.want("binary:" + unhex(t, "b900016162b90001626172b90002616900616f11"))
	c.send(ws.NewCloseFrame(ws.NewCloseFrameBody(4001, "done")))
	c.want("close:4001:done", "error:EOF")
}

// Section 6's table, row by row.
func TestWebSocketsThatFail(t *testing.T) {
	t.Parallel()
	query := func(name string) string { return `{"getOrCreateForKey":{"name":"` + name + `","key":[]}}` }
	frame := func(code, message string) string {
		return `text:{"b":{"e":{"c":"` + code + `","m":"` + message + `"}}}`
	}
	after := func(sent ...ws.Frame) []ws.Frame { return sent }
	txt := func(s string) ws.Frame { return ws.NewTextFrame([]byte(s)) }
	rsv := ws.NewTextFrame([]byte("x"))
	rsv.Header.Rsv = 4
	tests := map[string]struct {
		protocols []string
		send      []ws.Frame
		want      []string
	}{
		"no subprotocols":   {nil, nil, []string{"close:1011:invalid_query_json"}},
		"bad query":         {offer("{", "json"), nil, []string{"close:1011:invalid_query_json"}},
		"no encoding":       {offer(counterA, "json")[:1], nil, []string{"close:1011:invalid_request"}},
		"odd encoding":      {offer(counterA, "xml"), nil, []string{"close:1011:invalid_request"}},
		"query of no kind":  {offer("{}", "json"), nil, []string{"close:1011:invalid_request"}},
		"bad params":        {offer(counterA, "json", "conn_params.%7B"), nil, []string{"close:1011:invalid_params"}},
		"missing actor":     {offer(query("missing"), "json"), nil, []string{frame("actor_not_found", "Actor not found: missing:[] (https://www.rivet.gg/docs/actors/clients/#actor-client)"), "close:1011:actor_not_found"}},
		"onAuth refuses":    {offer(query("denying"), "json"), nil, []string{frame("missing_auth", "no"), "close:1011:missing_auth"}},
		"actor refuses":     {offer(query("refusing"), "json"), nil, []string{frame("no_entry", "not you"), "close:1011:no_entry"}},
		"onConnect failed":  {offer(query("leaving"), "json"), nil, []string{initJSON, "close:1000:`onConnect` failed"}},
		"panic":             {offer(counterA, "json"), after(txt(`{"b":{"ar":{"i":1,"n":"panic","a":[]}}}`)), []string{initJSON, "close:1011:internal_error"}},
		"not JSON":          {offer(counterA, "json"), after(txt("{")), []string{initJSON, "close:1011:internal_error"}},
		"wrong shape":       {offer(counterA, "json"), after(txt(`{"b":{"ar":{"i":1,"n":"x"}}}`)), []string{initJSON, "close:1011:malformed_message"}},
		"wrong frame type":  {offer(counterA, "json"), after(ws.NewBinaryFrame([]byte("{}"))), []string{initJSON, "close:1011:malformed_message"}},
		"too long":          {offer(counterA, "json"), after(txt(strings.Repeat("x", 65537))), []string{initJSON, "close:1011:message_too_long"}},
		"far too long":      {offer(counterA, "json"), after(txt(strings.Repeat("x", 300_000))), []string{initJSON, "close:1011:message_too_long"}},
		"too long in parts": {offer(counterA, "json"), after(ws.NewFrame(ws.OpText, false, make([]byte, 150_000)), ws.NewFrame(ws.OpContinuation, true, make([]byte, 150_000))), []string{initJSON, "close:1011:message_too_long"}},
		"disconnected":      {offer(counterA, "json"), after(txt(`{"b":{"ar":{"i":1,"n":"disconnect","a":[]}}}`)), []string{initJSON, "close:1000:bye"}},
		"not UTF-8":         {offer(counterA, "json"), after(txt("\"\xff\"")), []string{initJSON, "close:1007:text is not UTF-8"}},
		"reserved bits":     {offer(counterA, "json"), after(rsv), []string{initJSON, "close:1002:" + ws.ErrProtocolNonZeroRsv.Error()}},
		"reserved opcode":   {offer(counterA, "json"), after(ws.NewFrame(3, true, nil)), []string{initJSON, "close:1002:" + ws.ErrProtocolOpCodeReserved.Error()}},
		"long ping":         {offer(counterA, "json"), after(ws.NewPingFrame(make([]byte, 126))), []string{initJSON, "close:1002:" + ws.ErrProtocolControlPayloadOverflow.Error()}},
		"lone continuation": {offer(counterA, "json"), after(ws.NewFrame(ws.OpContinuation, true, nil)), []string{initJSON, "close:1002:" + ws.ErrProtocolContinuationUnexpected.Error()}},
		"text inside text":  {offer(counterA, "json"), after(ws.NewFrame(ws.OpText, false, nil), txt("x")), []string{initJSON, "close:1002:" + ws.ErrProtocolContinuationExpected.Error()}},
		"odd close code":    {offer(counterA, "json"), after(ws.NewCloseFrame([]byte{0, 5})), []string{initJSON, "close:1002:" + ws.ErrProtocolStatusCodeNotInUse.Error()}},
		"half a close code": {offer(counterA, "json"), after(ws.NewCloseFrame([]byte{1})), []string{initJSON, "close:1002:"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			c := w.dial("/registry/actors/connect/websocket", tt.protocols...)
			for _, f := range tt.send {
				c.send(f)
			}
			c.want(tt.want...)
			_ = ws.WriteFrame(c.c, ws.MaskFrame(ws.NewCloseFrame(nil)))
			if got := c.recv(); !strings.HasPrefix(got, "error:") { // the end, or a reset if we wrote after it
				t.Errorf("after the close: %q", got)
			}
		})
	}
}

func TestUnmaskedFramesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := w.connect(counterA, "json")
	c.want(initJSON)
	_ = ws.WriteFrame(c.c, ws.NewTextFrame([]byte("{}")))
	c.want("close:1002:" + ws.ErrProtocolMaskRequired.Error())
}

func TestLimitCountsUTF16ForJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Limits.Message = 100 })
	c := w.connect(counterA, "json")
	c.want(initJSON)
	s := strings.Repeat("日", 50) // 150 bytes
	c.text(`{"b":{"ar":{"i":1,"n":"first","a":["` + s + `"]}}}`)
	c.want(`text:{"b":{"ar":{"i":1,"o":"` + s + `"}}}`)
	c.text(`{"b":{"ar":{"i":1,"n":"first","a":["` + s + s + `"]}}}`)
	c.want("close:1011:message_too_long")
}

func TestTokensOnHandshakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for token, want := range map[string][]string{
		"s3cret": {initJSON},
		"wrong":  {`text:{"b":{"e":{"c":"unauthorized","m":"Unauthorized. Access denied. (https://www.rivet.gg/docs/actors/authentication/)"}}}`, "close:1011:unauthorized"},
	} {
		d := ws.Dialer{Protocols: offer(`{"getForKey":{"name":"closed","key":[]}}`, "json"),
			Header: ws.HandshakeHeaderHTTP(http.Header{"Authorization": {"Bearer " + token}})}
		c, br, _, err := d.Dial(context.Background(), "ws://"+w.addr+"/registry/actors/connect/websocket")
		if err != nil {
			t.Fatalf("%s: %v", token, err)
		}
		if br == nil {
			br = bufio.NewReader(c)
		}
		peer := &client{t, c, br, ws.Handshake{}}
		for _, frame := range want {
			peer.want(frame)
		}
		_ = c.Close()
	}
}

func TestHeartbeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	plain := w.connect(counterA, "json")
	plain.want(initJSON)
	beating := w.connect(counterA, "cbor", "rivet-hb")
	beating.recv()
	w.s.sockets.beat()
	plain.want("ping")
	beating.want("ping", "binary:"+unhex(t, "b900016162b9000162686201"))
	beating.send(ws.NewPongFrame(nil))
	waitFor(t, func() bool { return w.heard(1) })
	w.s.sockets.beat()
	plain.want("ping")
	w.s.sockets.beat() // the plain one was silent for three beats
	if got := plain.recv(); !strings.HasPrefix(got, "error:") {
		t.Errorf("a silent client got %q, want to be dropped", got)
	}
	beating.want("ping")
}

// heard reports whether n sockets were heard since the last beat.
func (w *world) heard(n int) bool {
	for _, k := range w.s.sockets.all() {
		if k, ok := k.(*socket); ok && k.silent.Load() == 0 {
			n--
		}
	}
	return n == 0
}

func TestSlowReadersAreClosedAndHurtNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Limits.QueueBytes, o.CloseWait = 64<<10, 100*time.Millisecond })
	slow, quick := w.connect(counterA, "json"), w.connect(counterA, "json")
	for _, c := range []*client{slow, quick} {
		c.recv()
		c.text(`{"b":{"sr":{"e":"e","s":true}}}`)
	}
	waitFor(t, func() bool { return w.actors.subscribed("e") == 2 })
	text := strings.Repeat("x", 16<<10)
	want := `text:{"b":{"ev":{"n":"e","a":["` + text + `"]}}}`
	waitFor(t, func() bool { // the slow one reads nothing
		w.actors.broadcast(&actor.Event{Name: "e", Args: []value.Value{text}})
		quick.want(want)
		return w.actors.subscribed("e") == 1
	})
}

func TestReadingPausesUntilThereIsRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Limits.InFlight = 2 })
	c := w.connect(counterA, "json")
	c.want(initJSON)
	room := make(chan struct{})
	w.actors.mu.Lock()
	w.actors.room = room
	w.actors.mu.Unlock()
	c.text(`{"b":{"ar":{"i":1,"n":"first","a":[1]}}}`)
	c.send(ws.NewPingFrame(nil)) // isn't even read
	waitFor(t, func() bool { return w.pausedSockets() == 1 })
	w.actors.mu.Lock()
	w.actors.room = nil
	w.actors.mu.Unlock()
	close(room)
	c.want(`text:{"b":{"ar":{"i":1,"o":1}}}`, "pong:")
	for i := range 3 { // the third waits for one of the others
		c.text(fmt.Sprintf(`{"b":{"ar":{"i":%d,"n":"block","a":[]}}}`, i))
	}
	waitFor(t, func() bool { return w.pausedSockets() == 1 })
	close(w.actors.block)
	for range 3 {
		if got := c.recv(); !strings.Contains(got, "unblocked") {
			t.Errorf("got %q", got)
		}
	}
}

func (w *world) pausedSockets() (n int) {
	for _, k := range w.s.sockets.all() {
		if k, ok := k.(*socket); ok && k.paused.Load() > 0 {
			n++
		}
	}
	return n
}

func TestConnectionsAreLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Limits.Connections = 1 })
	w.connect(counterA, "json").want(initJSON)
	_, _, _, err := ws.Dial(context.Background(), "ws://"+w.addr+"/registry/actors/connect/websocket")
	if status := ws.StatusError(0); !errors.As(err, &status) || status != 503 {
		t.Errorf("second connection: %v, want 503", err)
	}
	if got := w.do("GET", "/registry/actors/connect/sse", jsonHeaders(counterA), ""); got.status != 503 {
		t.Errorf("stream: %+v", got)
	}
}

func TestShutdownSaysGoodbye(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := w.connect(counterA, "json")
	c.want(initJSON)
	done := make(chan error)
	go func() { done <- w.s.Shutdown(context.Background()) }()
	c.want("close:1001:shutting down")
	c.send(ws.NewCloseFrame(ws.NewCloseFrameBody(1001, "")))
	if err := <-done; err != nil {
		t.Error(err)
	}
	got := w.do("POST", "/registry/actors/actions/first", jsonHeaders(counterA), `{"a":[1]}`)
	if got.status != 503 || !strings.Contains(got.body, "shutting_down") {
		t.Errorf("afterwards: %+v", got)
	}
}

func TestRawWebSocket(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	closed := make(chan string, 1)
	w.actors.raw = func(s actor.RawSocket) error {
		s.Receive(func(data []byte, binary bool) {
			if string(data) == "close" {
				s.Close(4001, "done")
				return
			}
			_ = s.Send(data, binary)
		}, func(code int, reason string) { closed <- fmt.Sprint(code, reason) })
		return s.Send([]byte(s.Protocol()), false)
	}
	for _, path := range []string{"/registry/actors/raw/websocket/chat?z=1", "/registry/actors/counter/raw/websocket/x", "/registry/actors/counter/ws/"} {
		c := w.dial(path, offer(counterA, "json", "rivetkit", "chat")...)
		c.want("text:chat")
		c.text("é")
		c.send(ws.NewBinaryFrame([]byte{0, 1}))
		c.want("text:é", "binary:\x00\x01")
		c.text("close")
		c.want("close:4001:done")
		c.send(ws.NewCloseFrame(ws.NewCloseFrameBody(4001, "done")))
		if got := <-closed; got != "4001done" {
			t.Errorf("the actor heard %q", got)
		}
	}
	c := w.dial("/registry/actors/raw/websocket/", offer(counterA, "json")...)
	c.recv()
	_ = c.c.Close()
	if got := <-closed; got != "1006" {
		t.Errorf("cut off: the actor heard %q", got)
	}
}

func TestRawWebSocketsThatFail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	path := "/registry/actors/raw/websocket/"
	w.dial(path).want("close:1011:invalid_request")
	w.dial(path, offer(`{"getForKey":{"name":"closed","key":[]}}`, "json")...).want("close:1011:forbidden")
	w.dial(path, offer(counterA, "json")...).want("close:1011:websocket_handler_not_defined")
	w.actors.raw = func(actor.RawSocket) error { panic("a bug") }
	w.dial(path, offer(counterA, "json")...).want("close:1011:internal_error")
	w.actors.raw = func(s actor.RawSocket) error {
		s.Receive(func([]byte, bool) { panic("a bug") }, func(int, string) { panic("another") })
		return nil
	}
	c := w.dial(path, offer(counterA, "json")...)
	c.text("x")
	c.want("close:1011:internal_error")
}

func TestSocketsLeaveNoGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	w := newWorld(t, nil)
	var all []*client
	for range 50 {
		c := w.connect(counterA, "json")
		c.recv()
		all = append(all, c)
	}
	for i, c := range all {
		if i%2 == 0 {
			_ = c.c.Close()
		} else {
			c.send(ws.NewCloseFrame(nil))
		}
	}
	waitFor(t, func() bool { return w.actors.closed.Load() == 50 && len(w.s.sockets.all()) == 0 })
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = w.s.Shutdown(ctx)
	waitFor(t, func() bool { return runtime.NumGoroutine() <= before+4 }) // the test server's own
}

func FuzzFrameReader(f *testing.F) {
	f.Add([]byte{0x81, 0x81, 0, 0, 0, 0, 'x'})
	f.Add([]byte{0x82, 0xfe, 0, 200, 1, 2, 3, 4})
	f.Add(binary.BigEndian.AppendUint64([]byte{0x82, 0xff}, 1<<40))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := frameReader{src: &oneByte{data}}
		for range len(data) + 1 {
			_, p, err := r.next(ws.StateServerSide, 1000)
			if len(p) > 1000 || len(r.buf) > 8192 {
				t.Fatalf("payload of %d, buffer of %d", len(p), len(r.buf))
			}
			if err != nil && err != errTooLong {
				return
			}
		}
	})
}

func TestFramesAreReadByteByByte(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 5000, 70_000} {
		payload := strings.Repeat("p", n)
		data := ws.MustCompileFrame(ws.MaskFrame(ws.NewBinaryFrame([]byte(payload))))
		data = append(data, data...)
		r := frameReader{src: &oneByte{data}}
		for range 2 {
			h, p, err := r.next(ws.StateServerSide, n)
			if err != nil || string(p) != payload || h.OpCode != ws.OpBinary {
				t.Fatalf("%d bytes: %v, %d read", n, err, len(p))
			}
		}
		frame := endFrame(append(beginFrame([]byte("before"), ws.OpBinary), payload...), 6)
		if want := ws.MustCompileFrame(ws.NewBinaryFrame([]byte(payload))); string(frame) != "before"+string(want) {
			t.Errorf("%d bytes: endFrame differs from ws", n)
		}
	}
}

type oneByte struct{ b []byte }

func (r *oneByte) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	p[0] = r.b[0]
	r.b = r.b[1:]
	return 1, nil
}
