package e2e

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"github.com/rivetdev/rivet/internal/value"
)

// speaker speaks the protocol in one encoding. Tests write and read JSON text;
// on the wire it is the encoding's own form.
type speaker struct {
	*server
	encoding string
}

// eachEncoding runs body in JSON and in CBOR.
func eachEncoding(t *testing.T, s *server, body func(t *testing.T, w speaker)) {
	t.Helper()
	for _, encoding := range []string{"json", "cbor"} {
		t.Run(encoding, func(t *testing.T) { body(t, speaker{s, encoding}) })
	}
}

// eachTransport runs body over WebSocket and SSE, in JSON and in CBOR.
func eachTransport(t *testing.T, s *server, body func(t *testing.T, w wired)) {
	t.Helper()
	eachEncoding(t, s, func(t *testing.T, w speaker) {
		t.Run("websocket", func(t *testing.T) { body(t, wired{w, w.dialLink}) })
		t.Run("sse", func(t *testing.T) { body(t, wired{w, w.streamLink}) })
	})
}

// wired is a speaker and its way to connect.
type wired struct {
	speaker
	dial func(t testing.TB, q, params string, headers ...string) *link
}

func (w speaker) encode(t testing.TB, text string) string {
	t.Helper()
	if w.encoding == "json" {
		return text
	}
	v, err := value.ParseJSON([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	data, err := value.AppendCBOR(nil, v)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return string(data)
}

func (w speaker) decode(t testing.TB, data []byte) string {
	t.Helper()
	parse := value.ParseJSON
	if w.encoding == "cbor" {
		parse = value.ParseCBOR
	}
	v, err := parse(data)
	if err != nil {
		t.Fatalf("%s: %q: %v", w.encoding, data, err)
	}
	text, err := value.AppendJSON(nil, v)
	if err != nil {
		t.Fatalf("%s: %q: %v", w.encoding, data, err)
	}
	return string(text)
}

// said is an HTTP answer: its status and its body as JSON text.
type said struct {
	status int
	body   string
}

func (w speaker) post(t testing.TB, path, q, body string, headers ...string) said {
	t.Helper()
	got := w.request(t, "POST", "/registry/actors/"+path, w.encode(t, body),
		append([]string{"X-RivetKit-Query", q, "X-RivetKit-Encoding", w.encoding}, headers...)...)
	return said{got.status, w.decode(t, []byte(got.body))}
}

// call runs one stateless action; args is a JSON array.
func (w speaker) call(t testing.TB, q, action, args string, headers ...string) said {
	t.Helper()
	return w.post(t, "actions/"+url.PathEscape(action), q, `{"a":`+args+`}`, headers...)
}

func (w speaker) resolve(t testing.TB, q string, headers ...string) said {
	t.Helper()
	return w.post(t, "resolve", q, "{}", headers...)
}

// want fails unless an answer is exactly that; what says which one it was.
func (got said) want(t testing.TB, what string, status int, body string) {
	t.Helper()
	if got.status != status || got.body != body {
		t.Errorf("%s: got %d %s\nwant %d %s", what, got.status, got.body, status, body)
	}
}

// wantCode fails unless an answer is an error of that status and code.
func (got said) wantCode(t testing.TB, what string, status int, code string) {
	t.Helper()
	if got.status != status || codeOf(got.body) != code {
		t.Errorf("%s: got %d %s\nwant %d with code %s", what, got.status, got.body, status, code)
	}
}

// codeOf is the code of an error's body or frame.
func codeOf(text string) string {
	var m struct {
		C string
		B struct{ E struct{ C string } }
	}
	_ = json.Unmarshal([]byte(text), &m) // no code, then
	return m.C + m.B.E.C
}

// params is the header that carries them.
func params(text string) []string { return []string{"X-RivetKit-Conn-Params", text} }

// keyOf is a key that no other test uses, nor another run of this one.
func keyOf(t testing.TB, more ...string) string {
	run, _ := runs.LoadOrStore(t, runNumber.Add(1))
	name := fmt.Sprintf("%d %s", run, strings.TrimPrefix(t.Name(), "TestConformance"))
	return strings.Join(append([]string{name}, more...), "/")
}

var (
	runs      sync.Map // of tests to their numbers
	runNumber atomic.Int64
)

// link is one realtime connection; frames are JSON text.
type link struct {
	t                testing.TB
	actor, id, token string
	// send writes one frame.
	send func(frame string)
	// next is the next frame, or "closed" with code and reason.
	next func() string
	// leave says goodbye, vanish doesn't.
	leave, vanish func()
}

// connect opens a connection and waits until it is accepted; params is JSON or empty.
func (w wired) connect(t testing.TB, q, params string, headers ...string) *link {
	t.Helper()
	l := w.dial(t, q, params, headers...)
	l.accepted()
	return l
}

func (l *link) accepted() {
	l.t.Helper()
	var m struct {
		B struct{ I struct{ AI, CI, CT string } }
	}
	frame := l.next()
	if err := json.Unmarshal([]byte(frame), &m); err != nil || m.B.I.CI == "" {
		l.t.Fatalf("the first frame is %s, not an Init", frame)
	}
	l.actor, l.id, l.token = m.B.I.AI, m.B.I.CI, m.B.I.CT
}

func (l *link) act(id int, name, args string) {
	l.t.Helper()
	l.send(fmt.Sprintf(`{"b":{"ar":{"i":%d,"n":%q,"a":%s}}}`, id, name, args))
}

func (l *link) subscribe(event string, on bool) {
	l.t.Helper()
	l.send(fmt.Sprintf(`{"b":{"sr":{"e":%q,"s":%t}}}`, event, on))
}

func (l *link) expect(want string) {
	l.t.Helper()
	if got := l.next(); got != want {
		l.t.Fatalf("got  %s\nwant %s", got, want)
	}
}

// expectResult expects the result of action id; output is JSON, empty for undefined.
func (l *link) expectResult(id int, output string) {
	l.t.Helper()
	if output != "" {
		output = `,"o":` + output
	}
	l.expect(fmt.Sprintf(`{"b":{"ar":{"i":%d%s}}}`, id, output))
}

func (l *link) expectEvent(name, args string) {
	l.t.Helper()
	l.expect(fmt.Sprintf(`{"b":{"ev":{"n":%q,"a":%s}}}`, name, args))
}

// expectRefusal reads an error frame of that code and then the end.
func (l *link) expectRefusal(code string) {
	l.t.Helper()
	frame := l.next()
	if codeOf(frame) != code {
		l.t.Fatalf("got %s, want an error frame with code %s", frame, code)
	}
	l.expectEnd(1011, code)
}

// expectEnd expects the connection's end.
func (l *link) expectEnd(code int, reason string) {
	l.t.Helper()
	if got := l.next(); got != fmt.Sprintf("closed %d %s", code, reason) {
		l.t.Fatalf("got %s, want the end with %d %s", got, code, reason)
	}
}

const patience = 10 * time.Second

func (w speaker) dialLink(t testing.TB, q, params string, headers ...string) *link {
	t.Helper()
	protocols := []string{"query." + escape(q), "encoding." + w.encoding}
	if params != "" {
		protocols = append(protocols, "conn_params."+escape(params))
	}
	return w.dialPath(t, "/registry/actors/connect/websocket", append(protocols, "rivetkit"), headers...)
}

// dialPath opens a WebSocket; frames of the wrong type for the encoding are failures.
func (w speaker) dialPath(t testing.TB, path string, protocols []string, headers ...string) *link {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	h := http.Header{}
	for i := 0; i < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	d := ws.Dialer{Protocols: protocols, Header: ws.HandshakeHeaderHTTP(h)}
	conn, br, _, err := d.Dial(ctx, "ws"+strings.TrimPrefix(w.url, "http")+path)
	if err != nil {
		t.Fatalf("dial %s: %v", path, err)
	}
	t.Cleanup(func() { conn.Close() })
	var r io.Reader = conn
	if br != nil {
		r = br
	}
	op := ws.OpText
	if w.encoding == "cbor" {
		op = ws.OpBinary
	}
	l := &link{t: t}
	l.send = func(frame string) {
		t.Helper()
		if err := wsutil.WriteClientMessage(conn, op, []byte(w.encode(t, frame))); err != nil {
			t.Fatal(err)
		}
	}
	l.next = func() string {
		t.Helper()
		_ = conn.SetReadDeadline(time.Now().Add(patience))
		for {
			got, p, err := readFrame(r)
			switch {
			case err != nil:
				t.Fatalf("read a frame: %v", err)
			case got == ws.OpPing || got == ws.OpPong:
			case got == ws.OpClose:
				code, reason := ws.ParseCloseFrameData(p)
				return fmt.Sprintf("closed %d %s", code, reason)
			case got != op:
				t.Fatalf("a frame of type %v %q; %s has %v", got, p, w.encoding, op)
			default:
				return w.decode(t, p)
			}
		}
	}
	l.leave = func() {
		t.Helper()
		if err := wsutil.WriteClientMessage(conn, ws.OpClose, ws.NewCloseFrameBody(1000, "")); err != nil {
			t.Fatal(err)
		}
	}
	l.vanish = func() {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, as from a killed process
		}
		conn.Close()
	}
	return l
}

func readFrame(r io.Reader) (ws.OpCode, []byte, error) {
	h, err := ws.ReadHeader(r)
	if err != nil {
		return 0, nil, err
	}
	p := make([]byte, h.Length)
	_, err = io.ReadFull(r, p)
	return h.OpCode, p, err
}

func (w speaker) streamLink(t testing.TB, q, params string, headers ...string) *link {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", w.url+"/registry/actors/connect/sse", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-RivetKit-Query", q)
	req.Header.Set("X-RivetKit-Encoding", w.encoding)
	if params != "" {
		req.Header.Set("X-RivetKit-Conn-Params", params)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	timer := time.AfterFunc(patience, cancel)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	timer.Stop()
	end := func() { cancel(); res.Body.Close() }
	t.Cleanup(end)
	if ct := res.Header.Get("Content-Type"); res.StatusCode != 200 || !strings.HasPrefix(ct, "text/event-stream") {
		t.Fatalf("SSE answered %d %q", res.StatusCode, ct)
	}
	lines, event := bufio.NewReader(res.Body), ""
	l := &link{t: t, leave: end, vanish: end}
	l.next = func() string {
		t.Helper()
		timer := time.AfterFunc(patience, cancel)
		defer timer.Stop()
		for {
			line, err := lines.ReadString('\n')
			if err == io.EOF {
				return "closed"
			}
			if err != nil {
				t.Fatalf("read an event: %v", err)
			}
			line = strings.TrimSpace(line)
			if line == "" {
				event = ""
			}
			if name, ok := strings.CutPrefix(line, "event: "); ok {
				event = name
			}
			data, ok := strings.CutPrefix(line, "data: ")
			if !ok {
				continue // a comment, the end of an event
			}
			if event == "close" {
				var why struct {
					Code   int
					Reason string
				}
				if err := json.Unmarshal([]byte(data), &why); err != nil {
					t.Fatalf("close event %q: %v", data, err)
				}
				return fmt.Sprintf("closed %d %s", why.Code, why.Reason)
			}
			if w.encoding == "json" {
				return w.decode(t, []byte(data))
			}
			raw, err := base64.StdEncoding.DecodeString(data)
			if err != nil {
				t.Fatalf("event %q: %v", data, err)
			}
			return w.decode(t, raw)
		}
	}
	l.send = func(frame string) {
		t.Helper()
		got := w.request(t, "POST", "/registry/actors/message", w.encode(t, frame), "X-RivetKit-Encoding", w.encoding,
			"X-RivetKit-Actor", l.actor, "X-RivetKit-Conn", l.id, "X-RivetKit-Conn-Token", l.token)
		wantReply(t, got, 200, "application/json", "{}")
	}
	return l
}

// frames reads n frames and returns them sorted, for answers in any order.
func (l *link) frames(n int) []string {
	l.t.Helper()
	var got []string
	for range n {
		got = append(got, l.next())
	}
	slices.Sort(got)
	return got
}
