package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Each project of examples/ is run as a copy, and does what its README says.

const examplesDir = "../examples"

// example starts a copy of a project; env is NAME=value for its process.env.
func example(t testing.TB, name string, env ...string) *server {
	t.Helper()
	dir := t.TempDir()
	copyExample(t, dir, name)
	return startIn(t, dir, environ(env...))
}

func copyExample(t testing.TB, dir, name string) {
	t.Helper()
	// What running it in place leaves behind stays there.
	from := filepath.Join(examplesDir, name)
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// restarted ends the server as a power cut would and starts it on the same data.
func (s *server) restarted(t testing.TB, env ...string) *server {
	t.Helper()
	s.kill()
	return startIn(t, s.dir, environ(env...))
}

// into decodes JSON that must fit.
func into[T any](t testing.TB, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// event is the arguments of the next frame, which must be that event.
func (l *link) event(name string) []json.RawMessage {
	l.t.Helper()
	frame := l.next()
	var m struct {
		B struct {
			Ev struct {
				N string
				A []json.RawMessage
			}
		}
	}
	if err := json.Unmarshal([]byte(frame), &m); err != nil || m.B.Ev.N != name {
		l.t.Fatalf("got %s, want an event %q", frame, name)
	}
	return m.B.Ev.A
}

// refused expects that action id failed with that code.
func (l *link) refused(id int, code string) {
	l.t.Helper()
	frame := l.next()
	if codeOf(frame) != code || !strings.Contains(frame, fmt.Sprintf(`"ai":%d`, id)) {
		l.t.Fatalf("got %s, want action %d refused with %s", frame, id, code)
	}
}

// TestExamplesAreComplete: nobody adds a project without these files and a test here.
func TestExamplesAreComplete(t *testing.T) {
	t.Parallel()
	tests, err := os.ReadFile("examples_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range exampleNames(t) {
		for _, file := range []string{"registry.ts", "README.md", "package.json", "tsconfig.json", "rivet.yaml"} {
			if _, err := os.Stat(filepath.Join(examplesDir, name, file)); err != nil {
				t.Errorf("examples/%s: %v", name, err)
			}
		}
		if !strings.Contains(string(tests), `example(t, "`+name+`"`) && !strings.Contains(string(tests), `installed(t, "`+name+`")`) {
			t.Errorf("examples/%s has no test here", name)
		}
	}
}

func exampleNames(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(examplesDir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

func TestExampleCounter(t *testing.T) {
	t.Parallel()
	s := example(t, "counter")
	q := of("counter", "a")
	eachTransport(t, s, func(t *testing.T, w wired) {
		s.wantCall(t, q, "reset", `[]`, `0`)
		c := w.connect(t, q, "")
		c.subscribe("newCount", true)
		c.act(0, "increment", `[5]`)
		c.expectEvent("newCount", `[5]`)
		c.expectResult(0, `5`)
	})
	s = s.restarted(t)
	s.wantCall(t, q, "get", `[]`, `5`)
}

func TestExampleChatRoom(t *testing.T) {
	t.Parallel()
	s := example(t, "chat-room")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("chatRoom", keyOf(t))
		ann := w.connect(t, q, `{"name":"ann"}`)
		for _, e := range []string{"message", "joined", "left", "typing"} {
			ann.subscribe(e, true)
		}
		ann.act(0, "presence", `[]`) // answered: the subscriptions hold
		ann.expectResult(0, `[]`)
		bob := w.connect(t, q, `{"name":"bob"}`)
		ann.expectEvent("joined", `["bob"]`)
		bob.act(0, "typing", `[true]`)
		bob.expectResult(0, "")
		ann.expectEvent("typing", `["bob",true]`)
		ann.act(1, "presence", `[]`)
		ann.expectResult(1, `[{"name":"bob","typing":true}]`)
		bob.act(1, "send", `["hello"]`)
		said := ann.event("message")
		m := into[struct {
			ID         int
			From, Text string
		}](t, string(said[0]))
		if m.ID != 1 || m.From != "bob" || m.Text != "hello" {
			t.Errorf("ann hears %s", said[0])
		}
		bob.expectResult(1, string(said[0]))
		bob.act(2, "send", `[" "]`)
		bob.refused(2, "empty_message")
		bob.vanish()
		ann.expectEvent("left", `["bob"]`)
		got := w.call(t, q, "history", `[]`, params(`{"name":""}`)...)
		got.wantCode(t, "a caller without a name", 400, "name_missing")
	})
	q := of("chatRoom", "kept")
	message := s.call(t, q, "send", `["hello"]`)
	s = s.restarted(t)
	s.wantCall(t, q, "history", `[]`, "["+message+"]")
}

func TestExamplePresence(t *testing.T) {
	t.Parallel()
	s := example(t, "presence")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("page", keyOf(t))
		ann := w.connect(t, q, `{"name":"ann"}`)
		ann.act(0, "move", `[1,2]`)
		ann.expectResult(0, "")
		ann.subscribe("left", true)
		bob := w.connect(t, q, `{"name":"bob"}`)
		bob.expectEvent("cursor", `["`+ann.id+`",{"name":"ann","x":1,"y":2}]`)
		ann.expectEvent("cursor", `["`+bob.id+`",{"name":"bob","x":0,"y":0}]`)
		for n := range 20 {
			bob.act(n, "move", fmt.Sprintf(`[%d,%d]`, n, 2*n))
		}
		for n := range 20 {
			ann.expectEvent("cursor", fmt.Sprintf(`["%s",{"name":"bob","x":%d,"y":%d}]`, bob.id, n, 2*n))
			bob.expectResult(n, "") // and no event of its own
		}
		bob.act(20, "move", `["left",null]`)
		bob.refused(20, "bad_position")
		ann.act(1, "who", `[]`)
		ann.expectResult(1, `[{"name":"bob","x":19,"y":38}]`)
		bob.vanish()
		ann.expectEvent("left", `["`+bob.id+`"]`)
		w.call(t, q, "who", `[]`).wantCode(t, "nobody", 400, "name_missing")
	})
}

// verdict is what the limiter's take answers.
type verdict struct {
	Allowed                 bool
	Remaining, RetryAfterMs int
}

func TestExampleRateLimiter(t *testing.T) {
	t.Parallel()
	s := example(t, "rate-limiter")
	with := func(key, input string) string {
		return `{"getOrCreateForKey":{"name":"limiter","key":["` + key + `"],"input":` + input + `}}`
	}
	take := func(q string) verdict {
		t.Helper()
		return into[verdict](t, s.call(t, q, "take", `[]`))
	}

	slow := with("slow", `{"capacity":5,"perSecond":0.001}`)
	var mu sync.Mutex
	var all []verdict
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			v := take(slow)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, v)
		})
	}
	wg.Wait()
	allowed := 0
	for _, v := range all {
		if v.Allowed {
			allowed++
		} else if v.RetryAfterMs <= 0 || v.RetryAfterMs > 1_000_000 {
			t.Errorf("refused with retryAfterMs %d", v.RetryAfterMs)
		}
	}
	if allowed != 5 {
		t.Errorf("%d of 40 at once are allowed, want 5", allowed)
	}
	if !take(of("limiter", "somebody else")).Allowed {
		t.Error("another caller is limited too")
	}
	s = s.restarted(t)
	if take(slow).Allowed {
		t.Error("a crash filled the bucket")
	}
	s.call(t, slow, "reset", `[]`)
	if v := take(slow); !v.Allowed || v.Remaining != 4 {
		t.Errorf("after reset: %+v", v)
	}

	quick := with("quick", `{"capacity":1,"perSecond":10}`)
	start := time.Now()
	if !take(quick).Allowed {
		t.Error("the first is refused")
	}
	within(t, patience, "the bucket fills", func() bool { return take(quick).Allowed })
	if d := time.Since(start); d < 90*time.Millisecond {
		t.Errorf("the next token came after %v, want 100 ms", d)
	}
	for args, code := range map[string]string{`[0]`: "bad_cost", `[11]`: "bad_cost"} {
		s.json().call(t, of("limiter", "c"), "take", args).wantCode(t, args, 400, code)
	}
	s.json().call(t, with("bad", `{"capacity":0}`), "take", `[]`).wantCode(t, "a bad limit", 400, "bad_limit")
}

// snapshot is what the game's event of that name has.
type snapshot struct {
	Tick    int
	Players map[string]struct {
		Name string
		X, Y int
	}
}

func TestExampleGameLoop(t *testing.T) {
	t.Parallel()
	s := example(t, "game-loop")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("arena", keyOf(t))
		ann, bob := w.connect(t, q, `{"name":"ann"}`), w.connect(t, q, `{"name":"bob"}`)
		ann.act(0, "steer", `[1,0]`)
		ann.expectResult(0, "")
		ann.act(1, "steer", `[5,0]`)
		ann.refused(1, "bad_move")
		ann.subscribe("snapshot", true)
		start := time.Now()
		first := into[snapshot](t, string(ann.event("snapshot")[0]))
		last := first
		for range 20 {
			now := into[snapshot](t, string(ann.event("snapshot")[0]))
			if now.Tick != last.Tick+1 {
				t.Fatalf("tick %d follows %d", now.Tick, last.Tick)
			}
			// The world is the server's: two units a step, however late the step was.
			if was, is := last.Players[ann.id].X, now.Players[ann.id].X; is != min(100, was+2) {
				t.Fatalf("tick %d: ann is at %d, before at %d", now.Tick, is, was)
			}
			last = now
		}
		// 20 steps are one second; a busy machine may take longer, none less.
		if d := time.Since(start); d < 900*time.Millisecond {
			t.Errorf("20 ticks took %v, want a second", d)
		}
		if p := last.Players[bob.id]; p.Name != "bob" || p.X != 0 || len(last.Players) != 2 {
			t.Errorf("players: %+v", last.Players)
		}
		bob.act(0, "scores", `[]`)
		bob.expectResult(0, `{"ann":1}`)
		bob.vanish()
		for len(last.Players) != 1 {
			last = into[snapshot](t, string(ann.event("snapshot")[0]))
		}
	})
	q := of("arena", "kept")
	c := s.wired().connect(t, q, `{"name":"ann"}`)
	c.act(0, "steer", `[1,0]`)
	c.expectResult(0, "")
	s.eventually(t, q, "scores", `[]`, `{"ann":1}`)
	s = s.restarted(t)
	s.wantCall(t, q, "scores", `[]`, `{"ann":1}`)
}

func TestExampleReminder(t *testing.T) {
	t.Parallel()
	s := example(t, "reminder")
	q := of("reminders", "ann")
	type reminder struct {
		ID         int
		Text       string
		At, SentAt int64
	}
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("reminders", keyOf(t))
		c := w.connect(t, q, "")
		c.subscribe("reminder", true)
		c.act(0, "remindIn", `[60000,"cancelled"]`)
		c.next()
		c.act(1, "cancel", `[1]`)
		c.expectResult(1, `true`)
		c.act(2, "remindIn", `[50,"tea"]`)
		set := c.next()
		if !strings.Contains(set, `"text":"tea"`) {
			t.Fatalf("remindIn: %s", set)
		}
		r := into[reminder](t, string(c.event("reminder")[0]))
		if r.Text != "tea" || r.SentAt < r.At {
			t.Errorf("reminded of %+v", r)
		}
		c.act(3, "due", `[2]`)
		c.refused(3, "not_yours")
		w.call(t, q, "remindAt", `["tomorrow","x"]`).wantCode(t, "a bad date", 400, "bad_date")
	})

	due := into[reminder](t, s.call(t, q, "remindIn", `[300,"missed"]`))
	future := time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	s.call(t, q, "remindAt", `["`+future+`","tomorrow"]`)
	s.kill()
	within(t, patience, "its time comes", func() bool { return time.Now().UnixMilli() > due.At })
	s = startDev(t, s.dir)
	list := func() []reminder { return into[[]reminder](t, s.call(t, q, "list", `[]`)) }
	within(t, patience, "the missed one is sent", func() bool { return list()[0].SentAt > 0 })
	if l := list(); len(l) != 2 || l[1].Text != "tomorrow" || l[1].SentAt != 0 {
		t.Errorf("list: %+v", l)
	}
}

func TestExampleStreamTop3(t *testing.T) {
	t.Parallel()
	s := example(t, "stream-top3")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("stream", keyOf(t))
		c := w.connect(t, q, "")
		c.subscribe("top", true)
		// Numbers in no order, negative ones and equal ones too.
		x, model := 7, []int{}
		for n := range 50 {
			x = (x*37 + 11) % 101
			v := x - 50
			before := slices.Clone(model)
			model = append(model, v)
			slices.SortFunc(model, func(a, b int) int { return b - a })
			model = model[:min(3, len(model))]
			want, _ := json.Marshal(model) // never fails
			c.act(n, "add", fmt.Sprintf(`[%d]`, v))
			if !slices.Equal(before, model) {
				c.expectEvent("top", "["+string(want)+"]")
			}
			c.expectResult(n, string(want))
		}
		c.act(50, "add", `[1,"2"]`)
		c.refused(50, "not_a_number")
		c.act(51, "count", `[]`)
		c.expectResult(51, `50`)
	})
	var wg sync.WaitGroup
	for stream := range 4 {
		for n := range 25 {
			wg.Go(func() { s.call(t, of("stream", "parallel", itoa(stream)), "add", fmt.Sprintf(`[%d]`, 10*n+stream)) })
		}
	}
	wg.Wait()
	s = s.restarted(t)
	for stream := range 4 {
		s.wantCall(t, of("stream", "parallel", itoa(stream)), "top", `[]`, fmt.Sprintf(`[%d,%d,%d]`, 240+stream, 230+stream, 220+stream))
	}
}

func TestExampleMultiTenant(t *testing.T) {
	t.Parallel()
	s := example(t, "multi-tenant", "TENANT_SECRET=of this test")
	s.json().call(t, of("admin"), "open", `["acme","main"]`).wantCode(t, "open by the public", 403, "forbidden")
	open := func(tenant string) []string {
		t.Helper()
		token, stderr, code := rivet(t, s.dir, "call", "admin", "open", tenant, "main", "--raw")
		if code != 0 {
			t.Fatalf("open %s: %s", tenant, stderr)
		}
		return params(`{"token":"` + strings.TrimSpace(token) + `"}`)
	}
	acme, rival := open("acme"), open("rival")
	ws := func(kind, tenant string) string { return query(kind, "workspace", tenant, "main") }
	add := func(q string, headers []string) said {
		t.Helper()
		return s.json().call(t, q, "add", `["the report"]`, headers...)
	}
	add(ws("getForKey", "acme"), acme).want(t, "a tenant in its own", 200, `{"o":{"id":1,"text":"the report","done":false}}`)
	add(ws("getForKey", "acme"), rival).wantCode(t, "a tenant in another's", 403, "forbidden")
	add(ws("getOrCreateForKey", "acme"), acme).wantCode(t, "a tenant that would create", 403, "forbidden")
	add(ws("getForKey", "acme"), nil).wantCode(t, "without a token", 401, "unauthorized")
	for _, forged := range []string{"acme", "acme.", "acme.00", strings.Replace(rival[1], "rival", "acme", 1), `{"token":{"a":1}}`, `{"token":".` + strings.Repeat("0", 64) + `"}`} {
		if !strings.HasPrefix(forged, "{") {
			forged = `{"token":"` + forged + `"}`
		}
		add(ws("getForKey", "acme"), params(forged)).wantCode(t, forged, 401, "unauthorized")
	}
	// The key is a list: "acme/main" as one part is another actor, which isn't there.
	add(query("getForKey", "workspace", "acme/main"), acme).wantCode(t, "a name that looks like a key", 400, "actor_not_found")
	s.json().call(t, ws("getForKey", "rival"), "list", `[]`, rival...).want(t, "the other's list", 200, `{"o":[]}`)
	l := s.wired().dial(t, ws("getForKey", "acme"), strings.Split(rival[1], "\n")[0])
	l.expectRefusal("forbidden")
	s = s.restarted(t, "TENANT_SECRET=of this test")
	s.json().call(t, ws("getForKey", "acme"), "list", `[]`, acme...).want(t, "after a crash", 200, `{"o":[{"id":1,"text":"the report","done":false}]}`)
}

func TestExampleAuth(t *testing.T) {
	t.Parallel()
	s := example(t, "auth")
	token := func(name string) []string { return params(`{"token":"token-` + name + `"}`) }
	call := func(q, action, args string, headers ...string) said {
		t.Helper()
		return s.json().call(t, q, action, args, headers...)
	}

	forum := of("forum", "main")
	call(forum, "read", `[]`).wantCode(t, "no token", 400, "missing_token")
	call(forum, "read", `[]`, params(`{"token":"toString"}`)...).wantCode(t, "a wrong token", 401, "unauthorized")
	call(forum, "whoAmI", `[]`, token("rita")...).want(t, "rita", 200, `{"o":{"name":"rita","role":"reader"}}`)
	call(forum, "post", `["hi"]`, token("rita")...).want(t, "a reader posts", 403, `{"c":"forbidden","m":"This takes a member.","md":{"role":"reader"}}`)
	call(forum, "post", `["hi"]`, token("max")...).want(t, "a member posts", 200, `{"o":{"id":1,"by":"max","text":"hi"}}`)
	call(forum, "remove", `[1]`, token("max")...).wantCode(t, "a member removes", 403, "forbidden")
	call(forum, "remove", `[1]`, token("mona")...).want(t, "a moderator removes", 200, `{}`)
	eachTransport(t, s, func(t *testing.T, w wired) {
		w.dial(t, forum, "").expectRefusal("missing_token")
		c := w.connect(t, forum, `{"token":"token-rita"}`)
		c.act(0, "post", `["hi"]`)
		c.refused(0, "forbidden")
	})
	if out, stderr, code := rivet(t, s.dir, "call", "forum/main", "post", "from the server"); code != 0 || !strings.Contains(out, `"by":"server"`) {
		t.Errorf("server-side: %d %s %s", code, out, stderr)
	}

	mine := of("profile", "max")
	call(mine, "write", `["about me"]`, "X-Api-Key", "token-max").want(t, "one's own profile", 200, `{}`)
	call(mine, "read", `[]`, "X-Api-Key", "token-rita").wantCode(t, "somebody else's", 403, "forbidden")
	call(mine, "read", `[]`).wantCode(t, "no header", 400, "missing_token")

	board := of("board", "news")
	call(board, "notes", `[]`, token("max")...).wantCode(t, "a member opens a board", 403, "forbidden")
	there := query("getForKey", "board", "news")
	call(there, "notes", `[]`).wantCode(t, "it wasn't created by that", 400, "actor_not_found")
	call(board, "notes", `[]`, token("mona")...).want(t, "a moderator does", 200, `{"o":[]}`)
	call(there, "pin", `["a note"]`).want(t, "anybody uses it", 200, `{"o":1}`)

	call(of("vault"), "read", `[]`, token("mona")...).wantCode(t, "no onAuth", 403, "forbidden")
	if out, stderr, code := rivet(t, s.dir, "call", "vault", "read", "--raw"); code != 0 || strings.TrimSpace(out) != "42" {
		t.Errorf("the vault, server-side: %d %s %s", code, out, stderr)
	}
}

func TestExampleAIAgent(t *testing.T) {
	t.Parallel()
	m := newModel(t)
	s := example(t, "ai-agent", "MODEL_URL="+m.URL+"/v1", "MODEL_NAME=fake", "MODEL_KEY=secret")
	eachTransport(t, s, func(t *testing.T, w wired) {
		q := of("agent", keyOf(t))
		c := w.connect(t, q, "")
		c.subscribe("token", true)
		c.act(0, "ask", `["say three words"]`)
		asked := m.next(t)
		if asked.auth != "Bearer secret" || asked.Model != "fake" || !asked.Stream || len(asked.Messages) != 2 {
			t.Errorf("the model is asked %+v", asked)
		}
		// The next token leaves the model when the last one has arrived here.
		for _, token := range []string{"one", " two", " thr\\u00e9e"} {
			asked.say(token)
			c.expectEvent("token", `["`+strings.ReplaceAll(token, "\\u00e9", "é")+`"]`)
		}
		c.act(1, "ask", `["me too"]`)
		c.refused(1, "busy")
		asked.end()
		c.expectResult(0, `"one two thrée"`)

		c.act(2, "ask", `["and then?"]`)
		asked = m.next(t)
		if n := len(asked.Messages); n != 4 || asked.Messages[2].Content != "one two thrée" {
			t.Errorf("the model is told %+v", asked.Messages)
		}
		asked.say("never")
		c.expectEvent("token", `["never"]`)
		c.act(3, "stop", `[]`)
		for _, f := range c.frames(2) {
			if codeOf(f) != "stopped" && f != `{"b":{"ar":{"i":3}}}` {
				t.Errorf("after stop: %s", f)
			}
		}
		select {
		case <-asked.gone:
		case <-time.After(patience):
			t.Error("the model's server wasn't told that nobody listens any more")
		}
		asked.end()

		c.act(4, "ask", `["break off"]`)
		asked = m.next(t)
		asked.say("par")
		c.expectEvent("token", `["par"]`)
		asked.breakOff()
		c.refused(4, "model_failed")
		w.call(t, q, "history", `[]`).want(t, "history", 200,
			`{"o":[{"role":"user","content":"say three words"},{"role":"assistant","content":"one two thrée"}]}`)
	})
	q := of("agent", "kept")
	done := make(chan string)
	go func() { done <- s.json().call(t, q, "ask", `["hello"]`).body }()
	asked := m.next(t)
	asked.say("hi")
	asked.end()
	if got := <-done; got != `{"o":"hi"}` {
		t.Errorf("ask over HTTP: %s", got)
	}
	s = s.restarted(t)
	s.wantCall(t, q, "history", `[]`, `[{"role":"user","content":"hello"},{"role":"assistant","content":"hi"}]`)
}

// model is a server like OpenAI's that says what a test tells it to.
type model struct {
	*httptest.Server
	asked chan *question
}

// question is one request to the model.
type question struct {
	Model    string
	Stream   bool
	Messages []struct{ Role, Content string }

	auth string
	out  chan string // raw text to send; closed: end
	gone chan struct{}
}

func newModel(t *testing.T) *model {
	m := &model{asked: make(chan *question, 10)}
	m.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &question{auth: r.Header.Get("Authorization"), out: make(chan string, 10), gone: make(chan struct{})}
		if err := json.NewDecoder(r.Body).Decode(q); err != nil || r.URL.Path != "/v1/chat/completions" {
			http.Error(w, "no such thing", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		m.asked <- q
		for {
			select {
			case <-r.Context().Done():
				close(q.gone)
				return
			case text, ok := <-q.out:
				if !ok {
					return
				}
				if text == "" {
					panic(http.ErrAbortHandler) // the connection breaks
				}
				_, _ = io.WriteString(w, text) // a client that left is seen above
				w.(http.Flusher).Flush()
			}
		}
	}))
	t.Cleanup(m.CloseClientConnections)
	return m
}

func (m *model) next(t testing.TB) *question {
	t.Helper()
	select {
	case q := <-m.asked:
		return q
	case <-time.After(patience):
		t.Fatal("nobody asked the model")
		return nil
	}
}

// say sends a token, cut in the middle as a network may.
func (q *question) say(token string) {
	line := `data: {"choices":[{"delta":{"content":"` + token + `"}}]}` + "\n\n"
	q.out <- line[:20]
	q.out <- line[20:]
}

func (q *question) end() {
	q.out <- "data: [DONE]\n\n"
	close(q.out)
}

func (q *question) breakOff() { q.out <- "" }

func TestExampleRawWebSocket(t *testing.T) {
	t.Parallel()
	s := example(t, "raw-websocket")
	q := of("room", "lobby")
	ann := s.raw(t, q, "/?name=ann")
	bob := s.raw(t, q, "/?name=bob")
	s.eventually(t, q, "present", `[]`, `2`)
	ann.send("hello")
	ann.expect("ann: hello")
	bob.expect("ann: hello")
	bob.sendBinary("00ff10")
	ann.expectBinary("00ff10")
	ann.send("back")
	bob.expect("ann: back") // and not its own bytes
	ann.expect("ann: back")
	bob.send("/quit")
	bob.expectClose(4000, "bye")
	s.eventually(t, q, "present", `[]`, `1`)
	s = s.restarted(t) // what was seen is on disk
	s.wantCall(t, q, "lines", `[]`, `["ann: hello","ann: back"]`)
	ann = s.raw(t, q, "/?name=ann")
	ann.expect("ann: hello")
	ann.expect("ann: back")
}

func TestExampleWorkflow(t *testing.T) {
	t.Parallel()
	p := newPayments(t)
	env := "PAYMENT_URL=" + p.URL
	s := example(t, "workflow", env)
	server := func(args ...string) {
		t.Helper()
		if _, stderr, code := rivet(t, s.dir, append([]string{"call"}, args...)...); code != 0 {
			t.Fatalf("call %q: %s", args, stderr)
		}
	}
	order := func(id, cart string) string {
		return `{"getOrCreateForKey":{"name":"order","key":["` + id + `"],"input":` + cart + `}}`
	}
	left := func(want string) {
		t.Helper()
		s.wantCall(t, of("warehouse"), "overview", `[["lamp","chair"]]`, want)
	}
	server("stock/lamp", "fill", "5")
	left(`{"lamp":5,"chair":0}`)
	s.json().call(t, of("stock", "lamp"), "fill", `[5]`).wantCode(t, "the public at the stock", 403, "forbidden")

	good := order("good", `{"item":"lamp","quantity":2,"card":"good"}`)
	c := s.wired().connect(t, good, "")
	c.subscribe("status", true)
	s.eventually(t, good, "status", `[]`, `{"status":"done","reason":""}`)
	left(`{"lamp":3,"chair":0}`)

	declined := order("declined", `{"item":"lamp","quantity":2,"card":"declined"}`)
	s.eventually(t, declined, "status", `[]`, `{"status":"refused","reason":"card_declined"}`)
	left(`{"lamp":3,"chair":0}`) // given back
	out := order("out", `{"item":"lamp","quantity":4,"card":"good"}`)
	s.eventually(t, out, "status", `[]`, `{"status":"refused","reason":"sold_out"}`)
	s.json().call(t, order("bad", `{}`), "status", `[]`).wantCode(t, "a bad cart", 400, "bad_cart")
	s.json().call(t, good, "run", `[]`).wantCode(t, "run by a client", 400, "not_yours")

	// The server dies while the provider thinks; the order goes on after that.
	slow := order("slow", `{"item":"lamp","quantity":1,"card":"slow"}`)
	s.wantCall(t, slow, "status", `[]`, `{"status":"reserving","reason":""}`)
	select {
	case <-p.slow:
	case <-time.After(patience):
		t.Fatal("the card is never charged")
	}
	s = s.restarted(t, env)
	close(p.go_)
	s.eventually(t, slow, "status", `[]`, `{"status":"done","reason":""}`)
	left(`{"lamp":2,"chair":0}`)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.keys) != 3 { // good, declined, slow
		t.Errorf("idempotency keys: %v", p.keys)
	}
}

// payments is a payment provider: it declines one card and thinks about another.
type payments struct {
	*httptest.Server
	slow chan struct{} // one for each request that waits
	go_  chan struct{} // closed: it need not wait any more

	mu   sync.Mutex
	keys map[string]int
}

func newPayments(t *testing.T) *payments {
	p := &payments{slow: make(chan struct{}, 10), go_: make(chan struct{}), keys: map[string]int{}}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Card string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		p.keys[r.Header.Get("Idempotency-Key")]++
		p.mu.Unlock()
		switch body.Card {
		case "declined":
			w.WriteHeader(http.StatusPaymentRequired)
		case "slow":
			p.slow <- struct{}{}
			select {
			case <-p.go_:
			case <-r.Context().Done():
			}
		}
	}))
	t.Cleanup(p.CloseClientConnections)
	return p
}

func TestExampleRawHonoAPI(t *testing.T) {
	t.Parallel()
	s := startDev(t, installed(t, "raw-hono-api"))
	want := func(method, path, body string, status int, answer string, headers ...string) {
		t.Helper()
		got := s.request(t, method, path, body, headers...)
		if got.status != status || got.body != answer {
			t.Errorf("%s %s: %d %q, want %d %q", method, path, got.status, got.body, status, answer)
		}
	}
	want("GET", "/lists/groceries/items", "", 200, `[]`)
	want("POST", "/lists/groceries/items", `{"text":"milk"}`, 201, `{"id":1,"text":"milk"}`)
	want("POST", "/lists/groceries/items", `{}`, 400, `{"error":"An item needs a text."}`)
	want("POST", "/lists/groceries/items", `{"text":"tea"}`, 201, `{"id":2,"text":"tea"}`)
	want("DELETE", "/lists/groceries/items/1", "", 204, ``)
	want("DELETE", "/lists/groceries/items/1", "", 404, `404 Not Found`)
	want("GET", "/lists/a%20b%2Fc/items", "", 200, `[]`)
	want("GET", "/", "", 200, "Try /lists/groceries/items")
	raw := []string{"X-RivetKit-Query", of("list", "groceries")}
	want("GET", "/registry/actors/raw/http/items", "", 200, `[{"id":2,"text":"tea"}]`, raw...)

	c := s.wired().connect(t, of("list", "groceries"), "")
	c.subscribe("added", true)
	c.act(0, "count", `[]`)
	c.expectResult(0, `1`)
	want("POST", "/lists/groceries/items", `{"text":"jam"}`, 201, `{"id":3,"text":"jam"}`)
	c.expectEvent("added", `[{"id":3,"text":"jam"}]`)
	s = s.restarted(t)
	want("GET", "/lists/groceries/items", "", 200, `[{"id":2,"text":"tea"},{"id":3,"text":"jam"}]`)
}

// TestExampleCRDT: two editors in Node type at the same time, one of them also
// while the server is down, and end with the same text.
func TestExampleCRDT(t *testing.T) {
	t.Parallel()
	node := needNode(t)
	dir := installed(t, "crdt")
	s := startDev(t, dir)
	script := filepath.Join(dir, "editors.mjs")
	bundleNode(t, dir, "testdata/examples/editors.ts", script)
	edit := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), node, append([]string{"--no-warnings", "--experimental-websocket", script, s.url}, args...)...)
		cmd.Env = environ()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("editors %q: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for _, transport := range []string{"websocket", "sse"} {
		text := edit("both", transport, transport)
		if !strings.Contains(text, "Hello") || !strings.Contains(text, "World") || len(text) != len("HelloWorld") {
			t.Errorf("%s: the text is %q", transport, text)
		}
		s.wantCall(t, of("doc", transport), "text", `[]`, `"`+text+`"`)
	}
	// More edits than are kept one by one; then a crash.
	long := edit("many", "long", "websocket")
	s = s.restarted(t)
	s.wantCall(t, of("doc", "long"), "text", `[]`, `"`+long+`"`)
	if want := strings.Repeat("x", 250); long != want {
		t.Errorf("the long text is %q", long)
	}
	if got := edit("read", "long", "websocket"); got != long {
		t.Errorf("a new reader sees %q", got)
	}
	s.json().call(t, of("doc", "long"), "edit", `[[1,2,3]]`).wantCode(t, "an edit that is none", 500, "internal_error")
	s.wantCall(t, of("doc", "long"), "text", `[]`, `"`+long+`"`)
}
