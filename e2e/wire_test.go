package e2e

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"
)

// These are the exchanges of protocol v0, section 16, and the failures of its
// tables, byte for byte, against one running server. Each test uses actors of
// its own, so that they run in any order and in parallel.

func query(kind, name string, key ...string) string {
	if key == nil {
		key = []string{}
	}
	k, _ := json.Marshal(key)
	return fmt.Sprintf(`{%q:{"name":%q,"key":%s}}`, kind, name, k)
}

func getOrCreate(key ...string) string { return query("getOrCreateForKey", "counter", key...) }

// action sends one HTTP action with a body already encoded.
func (s *server) action(t testing.TB, q, name, encoding, body string, headers ...string) reply {
	t.Helper()
	return s.request(t, "POST", "/registry/actors/actions/"+name, body,
		append([]string{"X-RivetKit-Query", q, "X-RivetKit-Encoding", encoding}, headers...)...)
}

func unhex(t testing.TB, s string) string {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func wantReply(t testing.TB, got reply, status int, contentType, body string) {
	t.Helper()
	if got.status != status || got.body != body || !strings.HasPrefix(got.header.Get("Content-Type"), contentType) {
		t.Errorf("got %d %q %q\nwant %d %q %q", got.status, got.header.Get("Content-Type"), got.body, status, contentType, body)
	}
}

// socket is a raw WebSocket client.
type socket struct {
	net.Conn
	r        io.Reader
	protocol string
	t        testing.TB
}

func (s *server) dial(t testing.TB, path string, protocols ...string) *socket {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, br, hs, err := ws.Dialer{Protocols: protocols}.Dial(ctx, "ws"+strings.TrimPrefix(s.url, "http")+path)
	if err != nil {
		t.Fatalf("dial %s: %v", path, err)
	}
	var r io.Reader = conn
	if br != nil {
		r = br
	}
	t.Cleanup(func() { conn.Close() })
	return &socket{conn, r, hs.Protocol, t}
}

// connect opens a realtime connection and reads its Init frame.
func (s *server) connect(t testing.TB, encoding, q string, more ...string) *socket {
	t.Helper()
	protocols := append([]string{"query." + escape(q), "encoding." + encoding}, more...)
	c := s.dial(t, "/registry/actors/connect/websocket", append(protocols, "rivetkit")...)
	if encoding == "json" {
		c.expectMatch(`^\{"b":\{"i":\{"ai":"[0-9a-f]{16}","ci":"[0-9a-f-]{36}","ct":"[A-Za-z0-9+/]{43}="\}\}\}$`)
	} else {
		c.read() // checked by exchange 6
	}
	return c
}

func escape(s string) string {
	return strings.ReplaceAll(url.QueryEscape(s), "+", "%20")
}

func (c *socket) read() (ws.OpCode, []byte) {
	c.t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		h, err := ws.ReadHeader(c.r)
		if err != nil {
			c.t.Fatalf("read a frame: %v", err)
		}
		p := make([]byte, h.Length)
		if _, err := io.ReadFull(c.r, p); err != nil {
			c.t.Fatalf("read a frame: %v", err)
		}
		if h.OpCode != ws.OpPing {
			return h.OpCode, p
		}
	}
}

func (c *socket) expect(want string) {
	c.t.Helper()
	if op, p := c.read(); op != ws.OpText || string(p) != want {
		c.t.Fatalf("got frame %v %q\nwant text %q", op, p, want)
	}
}

func (c *socket) expectMatch(pattern string) {
	c.t.Helper()
	if op, p := c.read(); op != ws.OpText || !regexp.MustCompile(pattern).Match(p) {
		c.t.Fatalf("got frame %v %q\nwant text like %s", op, p, pattern)
	}
}

func (c *socket) expectBinary(hexed string) {
	c.t.Helper()
	if op, p := c.read(); op != ws.OpBinary || hex.EncodeToString(p) != strings.ReplaceAll(hexed, " ", "") {
		c.t.Fatalf("got frame %v %x\nwant binary %s", op, p, hexed)
	}
}

func (c *socket) expectClose(code ws.StatusCode, reason string) {
	c.t.Helper()
	op, p := c.read()
	if op != ws.OpClose {
		c.t.Fatalf("got frame %v %q\nwant close %d %s", op, p, code, reason)
	}
	if got, why := ws.ParseCloseFrameData(p); got != code || why != reason {
		c.t.Fatalf("got close %d %q, want %d %q", got, why, code, reason)
	}
}

func (c *socket) send(text string) {
	c.t.Helper()
	if err := wsutil.WriteClientText(c, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *socket) sendBinary(hexed string) {
	c.t.Helper()
	if err := wsutil.WriteClientBinary(c, []byte(unhex(c.t, hexed))); err != nil {
		c.t.Fatal(err)
	}
}

// stream is an SSE connection.
type stream struct {
	t   testing.TB
	res *http.Response
	r   *bufio.Scanner
}

func (s *server) events(t testing.TB, headers ...string) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, "GET", s.url+"/registry/actors/connect/sse", nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); res.Body.Close() })
	if ct := res.Header.Get("Content-Type"); res.StatusCode != 200 || !strings.HasPrefix(ct, "text/event-stream") {
		t.Fatalf("SSE answered %d %q", res.StatusCode, ct)
	}
	return &stream{t, res, bufio.NewScanner(res.Body)}
}

// next is the next event's lines, comments left out; "" at the stream's end.
func (s *stream) next() string {
	s.t.Helper()
	var lines []string
	for s.r.Scan() {
		switch line := s.r.Text(); {
		case line == "" && len(lines) > 0:
			return strings.Join(lines, "\n")
		case line != "" && !strings.HasPrefix(line, ":"):
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func TestWire(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "wire"))

	t.Run("1 resolve", func(t *testing.T) {
		t.Parallel()
		got := s.request(t, "POST", "/registry/actors/resolve", "{}", "X-RivetKit-Encoding", "json", "X-RivetKit-Query", getOrCreate("a"))
		wantReply(t, got, 200, "text/plain", `{"i":"704e99e868244ebb"}`)
	})
	t.Run("1 resolve in cbor", func(t *testing.T) {
		t.Parallel()
		got := s.request(t, "POST", "/registry/actors/resolve", unhex(t, "b90000"), "X-RivetKit-Encoding", "cbor", "X-RivetKit-Query", getOrCreate("a"))
		wantReply(t, got, 200, "text/plain", unhex(t, "b900016169")+"\x70"+"704e99e868244ebb")
	})
	t.Run("2 action in json", func(t *testing.T) {
		t.Parallel()
		wantReply(t, s.action(t, getOrCreate("x2"), "increment", "json", `{"a":[3]}`), 200, "application/json", `{"o":3}`)
	})
	t.Run("2 action without a result has no o", func(t *testing.T) {
		t.Parallel()
		wantReply(t, s.action(t, getOrCreate("x2b"), "nothing", "json", `{"a":[]}`), 200, "application/json", `{}`)
	})
	t.Run("3 action in cbor", func(t *testing.T) {
		t.Parallel()
		q := `{"getOrCreateForKey":{"name":"counter","key":["x3"],"input":{"start":10}}}`
		wantReply(t, s.action(t, q, "increment", "cbor", unhex(t, "b9000161618102")), 200, "application/octet-stream", unhex(t, "b90001616f0c"))
		wantReply(t, s.action(t, q, "increment", "cbor", unhex(t, "a161618107")), 200, "application/octet-stream", unhex(t, "b90001616f13"))
	})
	t.Run("4 user error and internal error", func(t *testing.T) {
		t.Parallel()
		wantReply(t, s.action(t, getOrCreate("x4"), "fail", "json", `{"a":[]}`), 400, "", `{"c":"bad_code","m":"bad thing","md":{"x":1}}`)
		wantReply(t, s.action(t, getOrCreate("x4"), "crash", "json", `{"a":[]}`), 500, "",
			`{"c":"internal_error","m":"Internal error. Read the server logs for more details.","md":{}}`)
	})
	t.Run("5 websocket in json", func(t *testing.T) {
		t.Parallel()
		c := s.connect(t, "json", `{"getOrCreateForKey":{"name":"counter","key":["x5"],"input":{"start":12}}}`)
		c.send(`{"b":{"sr":{"e":"newCount","s":true}}}`)
		c.send(`{"b":{"ar":{"i":0,"n":"increment","a":[5]}}}`)
		c.expect(`{"b":{"ev":{"n":"newCount","a":[17]}}}`)
		c.expect(`{"b":{"ar":{"i":0,"o":17}}}`)
		c.send(`{"b":{"ar":{"i":1,"n":"fail","a":[]}}}`)
		c.expect(`{"b":{"e":{"c":"bad_code","m":"bad thing","md":{"x":1},"ai":1}}}`)
		c.send(`{"b":{"sr":{"e":"newCount","s":false}}}`)
		c.send(`{"b":{"ar":{"i":2,"n":"increment","a":[1]}}}`)
		c.expect(`{"b":{"ar":{"i":2,"o":18}}}`)
	})
	t.Run("6 websocket in cbor", func(t *testing.T) {
		t.Parallel()
		c := s.connect(t, "cbor", `{"getOrCreateForKey":{"name":"counter","key":["x6"],"input":{"start":12}}}`)
		c.sendBinary("b900016162b90001627372b900026165686e6577436f756e746173f5")
		c.sendBinary("b900016162b90001626172b90003616900616e69696e6372656d656e7461618105")
		c.expectBinary("b900016162b90001626576b90002616e686e6577436f756e7461618111")
		c.expectBinary("b900016162b90001626172b90002616900616f11")
	})
	t.Run("7 sse in json and cbor", func(t *testing.T) {
		t.Parallel()
		for encoding, want := range map[string]string{
			"json": `data: {"b":{"ev":{"n":"newCount","a":[17]}}}`,
			"cbor": "data: uQABYWK5AAFiZXa5AAJhbmhuZXdDb3VudGFhgRE=",
		} {
			q := `{"getOrCreateForKey":{"name":"counter","key":["x7","` + encoding + `"],"input":{"start":12}}}`
			st := s.events(t, "X-RivetKit-Query", q, "X-RivetKit-Encoding", encoding)
			id, conn, token := st.init(encoding)
			post := func(json, cbor string) {
				body := json
				if encoding == "cbor" {
					body = unhex(t, cbor)
				}
				got := s.request(t, "POST", "/registry/actors/message", body, "X-RivetKit-Encoding", encoding,
					"X-RivetKit-Actor", id, "X-RivetKit-Conn", conn, "X-RivetKit-Conn-Token", token)
				wantReply(t, got, 200, "application/json", "{}")
			}
			post(`{"b":{"sr":{"e":"newCount","s":true}}}`, "b900016162b90001627372b900026165686e6577436f756e746173f5")
			post(`{"b":{"ar":{"i":0,"n":"increment","a":[5]}}}`, "b900016162b90001626172b90003616900616e69696e6372656d656e7461618105")
			if got := st.next(); got != want {
				t.Errorf("%s: got %q, want %q", encoding, got, want)
			}
		}
	})
	t.Run("8 handshake with params", func(t *testing.T) {
		t.Parallel()
		first := "query." + escape(`{"getOrCreateForKey":{"name":"counter","key":["cl","jsonwebsocket"],"input":{"start":10}}}`)
		c := s.dial(t, "/registry/actors/connect/websocket", first, "encoding.json", "conn_params."+escape(`{"tok":"x"}`), "rivetkit")
		if c.protocol != "rivetkit" && c.protocol != first {
			t.Errorf("the server chose %q, which strict clients would refuse", c.protocol)
		}
		c.expectMatch(`"i":`)
		c.send(`{"b":{"ar":{"i":0,"n":"params","a":[]}}}`)
		c.expect(`{"b":{"ar":{"i":0,"o":{"tok":"x"}}}}`)
	})
	t.Run("9 raw http", func(t *testing.T) {
		t.Parallel()
		for path, header := range map[string]string{
			"/registry/actors/raw/http/api/x?y=1":         "X-RivetKit-Query",
			"/registry/actors/counter/raw/http/api/x?y=1": "X-RivetKit-Actor-Query",
		} {
			got := s.request(t, "PUT", path, "hi", header, getOrCreate("x9"), "X-Custom", "c")
			var seen struct {
				URL, Method, Body string
				Headers           map[string]string
			}
			if err := json.Unmarshal([]byte(got.body), &seen); err != nil {
				t.Fatalf("%s: %d %q: %v", path, got.status, got.body, err)
			}
			if got.status != 201 || got.header.Get("X-Made-By") != "actor" || seen.URL != "http://actor/api/x?y=1" ||
				seen.Method != "PUT" || seen.Body != "hi" || seen.Headers["x-custom"] != "c" {
				t.Errorf("%s: %d, handler saw %+v", path, got.status, seen)
			}
		}
	})
	t.Run("9 raw websocket", func(t *testing.T) {
		t.Parallel()
		c := s.dial(t, "/registry/actors/raw/websocket/chat?z=1", "query."+escape(getOrCreate("x9w")), "encoding.json", "rivetkit")
		c.expect("http://actor/chat?z=1")
		c.send("hello")
		c.expect("hello")
		c.sendBinary("00ff")
		c.expectBinary("00ff")
		c.send("bye")
		c.expectClose(4001, "done")
	})
	t.Run("10 echo over cbor", func(t *testing.T) {
		t.Parallel()
		args := "8801617 3f5f6f7c11a0000000083fb3ff8000000000000fb41f000000000000024b900016161b90001616201"
		got := s.action(t, getOrCreate("x10"), "echo", "cbor", unhex(t, "a16161"+strings.ReplaceAll(args, " ", "")))
		// Dates stay dates and undefined stays undefined (our ruling on trap 4).
		want := "b90001616f8801 6173f5f6f7c10083fb3ff8000000000000fb41f000000000000024b900016161b90001616201"
		alt := strings.Replace(want, "c100", "c11a00000000", 1)
		if h := hex.EncodeToString([]byte(got.body)); h != strings.ReplaceAll(want, " ", "") && h != strings.ReplaceAll(alt, " ", "") {
			t.Errorf("got %s\nwant %s", h, want)
		}
	})
}

// init reads the first event and returns actor, connection and token.
func (s *stream) init(encoding string) (id, conn, token string) {
	s.t.Helper()
	data := strings.TrimPrefix(s.next(), "data: ")
	if encoding == "json" {
		var m struct {
			B struct {
				I struct{ AI, CI, CT string }
			}
		}
		if err := json.Unmarshal([]byte(data), &m); err != nil {
			s.t.Fatalf("init %q: %v", data, err)
		}
		return m.B.I.AI, m.B.I.CI, m.B.I.CT
	}
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		s.t.Fatalf("init %q: %v", data, err)
	}
	m := regexp.MustCompile(`ai\x70([0-9a-f]{16})bci\x78\x24([0-9a-f-]{36})bct\x78\x2c(.{44})`).FindStringSubmatch(string(raw))
	if m == nil {
		s.t.Fatalf("init %x is not what was expected", raw)
	}
	return m[1], m[2], m[3]
}

func TestWireErrors(t *testing.T) {
	t.Parallel()
	s := startDev(t, project(t, "wire"))

	const masked = `{"c":"internal_error","m":"Internal error. Read the server logs for more details.","md":{}}`
	code := func(t *testing.T, got reply, status int, want string) {
		t.Helper()
		if got.status != status || !strings.Contains(got.body, `"c":"`+want+`"`) {
			t.Errorf("got %d %s, want %d %s", got.status, got.body, status, want)
		}
	}

	t.Run("health answers once calls do", func(t *testing.T) {
		t.Parallel()
		wantReply(t, s.request(t, "GET", "/registry/health", ""), 200, "text/plain", "ok")
	})
	t.Run("banner and unknown paths", func(t *testing.T) {
		t.Parallel()
		wantReply(t, s.request(t, "GET", "/registry", ""), 200, "text/plain", "This is an RivetKit registry.\n\nLearn more at https://rivetkit.org")
		for _, p := range []string{"/registry/nope", "/registry/", "/registry/actors/resolve/"} {
			if got := s.request(t, "GET", p, ""); got.status != 404 {
				t.Errorf("GET %s: %d", p, got.status)
			}
		}
		if got := s.request(t, "GET", "/registry/actors/resolve", ""); got.status != 404 {
			t.Errorf("GET on a POST route: %d, want 404", got.status)
		}
	})
	t.Run("unknown actor type", func(t *testing.T) {
		t.Parallel()
		code(t, s.action(t, query("getOrCreateForKey", "nope", "a"), "x", "json", `{"a":[]}`), 400, "actor_not_found")
	})
	t.Run("get of a missing actor creates nothing", func(t *testing.T) {
		t.Parallel()
		q := query("getForKey", "counter", "missing")
		code(t, s.action(t, q, "get", "json", `{"a":[]}`), 400, "actor_not_found")
		code(t, s.request(t, "POST", "/registry/actors/resolve", "{}", "X-RivetKit-Encoding", "json", "X-RivetKit-Query", q), 400, "actor_not_found")
	})
	t.Run("getForId", func(t *testing.T) {
		t.Parallel()
		code(t, s.action(t, `{"getForId":{"actorId":"0000000000000000"}}`, "get", "json", `{"a":[]}`), 400, "actor_not_found")
		wantReply(t, s.action(t, getOrCreate("byid"), "increment", "json", `{"a":[4]}`), 200, "", `{"o":4}`)
		res := s.request(t, "POST", "/registry/actors/resolve", "{}", "X-RivetKit-Encoding", "json", "X-RivetKit-Query", getOrCreate("byid"))
		var id struct{ I string }
		if err := json.Unmarshal([]byte(res.body), &id); err != nil {
			t.Fatal(err)
		}
		wantReply(t, s.action(t, `{"getForId":{"actorId":"`+id.I+`"}}`, "get", "json", `{"a":[]}`), 200, "", `{"o":4}`)
	})
	t.Run("create twice", func(t *testing.T) {
		t.Parallel()
		q := `{"create":{"name":"counter","key":["twice"],"input":{"start":7}}}`
		if got := s.request(t, "POST", "/registry/actors/resolve", "{}", "X-RivetKit-Encoding", "json", "X-RivetKit-Query", q); got.status != 200 {
			t.Fatalf("create: %d %s", got.status, got.body)
		}
		code(t, s.request(t, "POST", "/registry/actors/resolve", "{}", "X-RivetKit-Encoding", "json", "X-RivetKit-Query", q), 400, "actor_already_exists")
		wantReply(t, s.action(t, query("getForKey", "counter", "twice"), "get", "json", `{"a":[]}`), 200, "", `{"o":7}`)
	})
	t.Run("unknown and inherited actions", func(t *testing.T) {
		t.Parallel()
		for _, name := range []string{"nope", "toString", "constructor", "__proto__", "hasOwnProperty"} {
			code(t, s.action(t, getOrCreate("un"), name, "json", `{"a":[]}`), 400, "action_not_found")
		}
	})
	t.Run("malformed bodies", func(t *testing.T) {
		t.Parallel()
		for body, want := range map[string]string{
			`{`: "Invalid JSON: ", `{"b":[]}`: "Invalid schema: ", `{"a":1}`: "Invalid schema: ", `[]`: "Invalid schema: ",
		} {
			got := s.action(t, getOrCreate("mal"), "get", "json", body)
			code(t, got, 400, "invalid_action_request")
			if !strings.Contains(got.body, want) {
				t.Errorf("body %q: %s, want %q in it", body, got.body, want)
			}
		}
		if got := s.action(t, getOrCreate("mal"), "get", "cbor", "\xff\xff"); got.status != 400 || !strings.Contains(got.body, "invalid_action_request") {
			t.Errorf("bad cbor: %d %q", got.status, got.body)
		}
	})
	t.Run("malformed headers", func(t *testing.T) {
		t.Parallel()
		code(t, s.action(t, `{`, "get", "json", `{"a":[]}`), 400, "invalid_query_json")
		code(t, s.action(t, `{"x":1}`, "get", "json", `{"a":[]}`), 400, "invalid_request")
		code(t, s.action(t, getOrCreate("h"), "get", "xml", `{"a":[]}`), 400, "invalid_encoding")
		got := s.request(t, "POST", "/registry/actors/actions/get", `{"a":[]}`, "X-RivetKit-Encoding", "json")
		if got.status != 400 || !strings.Contains(got.body, `"path":["X-RivetKit-Query"]`) {
			t.Errorf("no query header: %d %s", got.status, got.body)
		}
		code(t, s.action(t, getOrCreate("h"), "get", "json", `{"a":[]}`, "X-RivetKit-Conn-Params", "{"), 400, "proxy_error")
	})
	t.Run("key part of 129 units", func(t *testing.T) {
		t.Parallel()
		wantReply(t, s.action(t, getOrCreate(strings.Repeat("中", 128)), "get", "json", `{"a":[]}`, "X-Ascii", "1"), 200, "", `{"o":0}`)
		code(t, s.action(t, getOrCreate(strings.Repeat("k", 129)), "get", "json", `{"a":[]}`), 400, "invalid_request")
	})
	t.Run("body too large", func(t *testing.T) {
		t.Parallel()
		code(t, s.action(t, getOrCreate("big"), "echo", "json", `{"a":["`+strings.Repeat("x", 70_000)+`"]}`), 400, "message_too_long")
	})
	t.Run("no onAuth is forbidden", func(t *testing.T) {
		t.Parallel()
		q := query("getOrCreateForKey", "closed", "a")
		got := s.action(t, q, "get", "json", `{"a":[]}`)
		code(t, got, 403, "forbidden")
		if !strings.Contains(got.body, "onAuth: () =") {
			t.Errorf("the refusal does not say what to do: %s", got.body)
		}
		c := s.dial(t, "/registry/actors/connect/websocket", "query."+escape(q), "encoding.json", "rivetkit")
		c.expectMatch(`"c":"forbidden"`)
		c.expectClose(1011, "forbidden")
		code(t, s.request(t, "GET", "/registry/actors/raw/http/x", "", "X-RivetKit-Query", q), 403, "forbidden")
		if got := s.action(t, q, "get", "json", `{"a":[]}`, "Authorization", "Bearer wrong"); got.status != 401 {
			t.Errorf("a wrong token: %d, want 401", got.status)
		}
	})
	t.Run("onBeforeConnect refuses", func(t *testing.T) {
		t.Parallel()
		q := query("getOrCreateForKey", "picky", "a")
		code(t, s.action(t, q, "hi", "json", `{"a":[]}`, "X-RivetKit-Conn-Params", `{"no":true}`), 400, "not_you")
		c := s.dial(t, "/registry/actors/connect/websocket", "query."+escape(q), "encoding.json", "conn_params."+escape(`{"no":true}`), "rivetkit")
		c.expectMatch(`"c":"not_you"`)
		c.expectClose(1011, "not_you")
	})
	t.Run("an actor that can't start", func(t *testing.T) {
		t.Parallel()
		q := query("getOrCreateForKey", "broken", "a")
		wantReply(t, s.action(t, q, "hi", "json", `{"a":[]}`), 500, "", masked)
		c := s.dial(t, "/registry/actors/connect/websocket", "query."+escape(q), "encoding.json", "rivetkit")
		c.expectMatch(`"c":"internal_error"`)
		c.expectClose(1011, "internal_error")
	})
	t.Run("websocket set-up failures", func(t *testing.T) {
		t.Parallel()
		const path = "/registry/actors/connect/websocket"
		s.dial(t, path, "query.%7B", "encoding.json", "rivetkit").expectClose(1011, "invalid_query_json")
		s.dial(t, path, "query."+escape(getOrCreate("a")), "encoding.xml", "rivetkit").expectClose(1011, "invalid_request")
		s.dial(t, path, "query."+escape(getOrCreate("a")), "encoding.json", "conn_params.%7B", "rivetkit").expectClose(1011, "invalid_params")
	})
	t.Run("websocket frames that are wrong", func(t *testing.T) {
		t.Parallel()
		for frame, want := range map[string]string{
			"{":                              "internal_error",
			`{"b":{"zz":1}}`:                 "malformed_message",
			`{"b":{"ar":{"i":0,"n":"get"}}}`: "malformed_message",
			`{"b":{"ar":{"i":0,"n":"echo","a":["` + strings.Repeat("x", 70_000) + `"]}}}`: "message_too_long",
		} {
			c := s.connect(t, "json", getOrCreate("frames"))
			c.send(frame)
			c.closedWith(1011, want)
		}
		c := s.connect(t, "json", getOrCreate("frames"))
		c.sendBinary("00")
		c.closedWith(1011, "malformed_message")
		const echo = "b900016162b90001626172b9000361690061" + "6e" + "646563686f" + "6161" // its arguments follow
		for args, what := range map[string]string{
			"a0": "arguments that are no array", "8201": "cut short", "8000": "more after the end", "81ff": "a break without a beginning",
			"81f8ff": "an unknown simple value", "9bffffffffffffffff": "an array without end", "81d9dfff831904006161": "a record of cbor-x's",
			"81" + strings.Repeat("81", 2000) + "01": "too deep", "81c26161": "a bignum of text", "81d84543010203": "a typed array cut short",
		} {
			c := s.connect(t, "cbor", getOrCreate("frames"))
			c.sendBinary(echo + args)
			c.closedWith(1011, "malformed_message")
			if t.Failed() {
				t.Fatal(what)
			}
		}
	})
	t.Run("disconnect from the actor", func(t *testing.T) {
		t.Parallel()
		c := s.connect(t, "json", getOrCreate("bye"))
		c.send(`{"b":{"ar":{"i":0,"n":"leave","a":[]}}}`)
		c.closedWith(1000, "why")
	})
	t.Run("sse messages of strangers", func(t *testing.T) {
		t.Parallel()
		st := s.events(t, "X-RivetKit-Query", getOrCreate("sse"), "X-RivetKit-Encoding", "json")
		id, conn, token := st.init("json")
		post := func(conn, token, body string) reply {
			return s.request(t, "POST", "/registry/actors/message", body, "X-RivetKit-Encoding", "json",
				"X-RivetKit-Actor", id, "X-RivetKit-Conn", conn, "X-RivetKit-Conn-Token", token)
		}
		code(t, post("nobody", token, `{"b":{}}`), 400, "conn_not_found")
		code(t, post(conn, "wrong", `{"b":{}}`), 400, "incorrect_conn_token")
		code(t, post(conn, token, `{`), 400, "invalid_request")
	})
}

// closedWith reads up to the close frame: an error frame may come before it.
func (c *socket) closedWith(code ws.StatusCode, reason string) {
	c.t.Helper()
	for {
		op, p := c.read()
		if op != ws.OpClose {
			continue
		}
		if got, why := ws.ParseCloseFrameData(p); got != code || why != reason {
			c.t.Errorf("got close %d %q, want %d %q", got, why, code, reason)
		}
		return
	}
}
