package daemon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
	"github.com/rivetdev/rivet/sdk"
)

const project = `import { actor, setup, UserError } from "@rivetkit/actor";
const counter = actor({
  onAuth: () => {},
  state: { count: 0, log: [] as string[], when: new Date(5) },
  onConnect: () => {},
  createConnState: () => ({ seen: 0 }),
  actions: {
    increment: (c, by: number) => { c.state.count += by; c.broadcast("changed", c.state.count); c.log.info("added", { by }); return c.state.count; },
    get: (c) => c.state.count,
    fail: () => { throw new UserError("not today", { code: "nope" }); },
    crash: () => { throw new Error("boom 42"); },
    later: (c, ms: number) => c.schedule.after(ms, "increment", 100),
    broken: (c) => c.schedule.after(600_000, "crash"),
    big: (c, n: number) => { c.state.log = Array.from({ length: n }, (_, i) => "line " + i); },
  },
});
const bare = actor({ onAuth: () => {}, actions: { ping: () => "pong" } });
export const registry = setup({ use: { counter, bare } });
`

var sdkScript = sync.OnceValues(func() (actor.Script, error) { return bundle.BuildSDK(sdk.FS) })

// running is a daemon that serves the project.
type live struct {
	d *Daemon
	*client.Inspector
	calls *client.Client
	dir   string
}

func serve(t *testing.T, dir string, set func(*Options, *Settled)) *live {
	t.Helper()
	script, err := sdkScript()
	if err != nil {
		t.Fatal(err)
	}
	s := Settled{Host: "127.0.0.1", Data: filepath.Join(dir, "data"), Studio: Studio{Token: "studio"}}
	o := Options{Version: "test", Project: "demo", AuthToken: "server", Dev: true, Isolates: 2, SDK: script}
	if set != nil {
		set(&o, &s)
	}
	o.Settle = func(actor.RunConfig) (Settled, error) { return s, nil }
	d := New(o)
	b := bundle.New(bundle.Options{Dir: dir, Entry: "registry.ts", SDK: sdk.FS, Dev: true})
	t.Cleanup(b.Close)
	built, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Swap(t.Context(), built); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-done, d.Close(time.Second)); err != nil {
			t.Error(err)
		}
	})
	url := "http://127.0.0.1:" + strconv.Itoa(d.Port())
	in, err := client.NewInspector(client.InspectorOptions{URL: url, Token: "studio"})
	if err != nil {
		t.Fatal(err)
	}
	calls, err := client.New(client.Options{URL: url, Token: "server"})
	if err != nil {
		t.Fatal(err)
	}
	return &live{d, in, calls, dir}
}

func demo(t *testing.T, set func(*Options, *Settled)) *live {
	return serve(t, testkit.Project(t, map[string]string{"registry.ts": project, ".env": "SECRET=1"}), set)
}

// as asks with another token.
func (l *live) as(t *testing.T, token string) *client.Inspector {
	t.Helper()
	in, err := client.NewInspector(client.InspectorOptions{URL: l.URL(), Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func (l *live) call(t *testing.T, key, action string, args ...value.Value) value.Value {
	t.Helper()
	out, err := l.calls.Call(t.Context(), client.Query{Kind: client.GetOrCreate, Name: "counter", Key: []string{key}}, action, args, client.CallOptions{})
	if err != nil {
		t.Fatalf("%s: %v", action, err)
	}
	return out
}

func (l *live) id(t *testing.T, key string) string {
	t.Helper()
	a, err := l.Resolve(t.Context(), "counter", []string{key})
	if err != nil {
		t.Fatal(err)
	}
	return a.ID
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func edit(rev uint64, ops ...inspect.Op) inspect.Edit { return inspect.Edit{Rev: rev, Patch: ops} }

func TestInspectorActors(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	ctx := t.Context()
	meta := must(l.Meta(ctx))(t)
	if meta.Project != "demo" || meta.Instance != l.d.Instance() || meta.Limits.HistoryEntries != 1000 || meta.ReadOnly {
		t.Errorf("meta %+v", meta)
	}
	for _, key := range []string{"a", "b", "c"} {
		l.call(t, key, "increment", 1.0)
	}
	if types := must(l.Types(ctx))(t); len(types) != 2 || types[1].Type != "counter" || types[1].Count != 3 || types[1].File != "registry.ts" {
		t.Errorf("types %s", text(t, types))
	}
	page := must(l.Actors(ctx, client.ActorQuery{Limit: 2}))(t)
	if len(page.Items) != 2 || *page.Total != 3 || page.Items[0].Key[0] != "a" || page.Items[0].Status != inspect.Awake {
		t.Fatalf("actors %s", text(t, page))
	}
	page = must(l.Actors(ctx, client.ActorQuery{Limit: 2, Cursor: page.Next}))(t)
	if len(page.Items) != 1 || page.Next != "" || page.Items[0].Key[0] != "c" {
		t.Errorf("second page %s", text(t, page))
	}
	if a := must(l.Sleep(ctx, l.id(t, "b")))(t); a.Status != inspect.Sleeping || a.StateBytes == 0 {
		t.Errorf("after sleep %+v", a)
	}
	for filter, want := range map[string]int{"status:sleeping": 1, "-status:sleeping": 2, "key:b": 1, "count": 3, "errors:>0": 0, "size:>1b key:*": 3, "key:nobody": 0} {
		if got := must(l.Actors(ctx, client.ActorQuery{Filter: filter}))(t); len(got.Items) != want {
			t.Errorf("%s: %d actors, want %d", filter, len(got.Items), want)
		}
	}
	if got := must(l.Actors(ctx, client.ActorQuery{Sort: "-key"}))(t); got.Items[0].Key[0] != "c" {
		t.Errorf("sorted %s", text(t, got))
	}
	for _, q := range []client.ActorQuery{{Filter: "nope:1"}, {Sort: "nope"}, {Cursor: "x"}} {
		if _, err := l.Actors(ctx, q); !errs.Is(err, errs.InvalidRequest) {
			t.Errorf("%+v: %v", q, err)
		}
	}
	input := inspect.TaggedOf("x")
	made := must(l.Create(ctx, "bare", []string{"n"}, &input))(t)
	if _, err := l.Create(ctx, "bare", []string{"n"}, nil); errs.CodeOf(err) != "already_exists" {
		t.Errorf("a second one: %v", err)
	}
	if _, err := l.Resolve(ctx, "conter", nil); !errs.Is(err, errs.ActorNotFound) || !strings.Contains(errs.As(err).Hint, `"counter"`) {
		t.Errorf("a misspelt type: %v", err)
	}
	if a := must(l.Wake(ctx, made.ID))(t); a.Status != inspect.Awake {
		t.Errorf("after wake %+v", a)
	}
	if a := must(l.Restart(ctx, made.ID))(t); a.Status != inspect.Awake || a.Version == "" {
		t.Errorf("after restart %+v", a)
	}
	if err := l.Destroy(ctx, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Actor(ctx, made.ID); !errs.Is(err, errs.ActorNotFound) {
		t.Errorf("after destroy: %v", err)
	}
	if got := must(l.Actors(ctx, client.ActorQuery{}))(t); len(got.Items) != 3 {
		t.Errorf("%d actors are left", len(got.Items))
	}
}

func TestInspectorState(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	ctx := t.Context()
	l.call(t, "a", "increment", 5.0)
	id := l.id(t, "a")
	st := must(l.State(ctx, id, "", 0))(t)
	if got, want := text(t, st.Value), `{"count":5,"log":[],"when":{"$date":5}}`; got != want {
		t.Fatalf("state %s, want %s", got, want)
	}
	if got := text(t, must(l.State(ctx, id, "/when", 0))(t).Value); got != `{"$date":5}` {
		t.Errorf("a part: %s", got)
	}
	if _, err := l.State(ctx, id, "/nope", 0); errs.CodeOf(err) != "not_found" {
		t.Errorf("no such part: %v", err)
	}
	set := inspect.Op{Op: "replace", Path: "/count", Value: 10.0}
	for _, asleep := range []bool{false, true} {
		if asleep {
			must(l.Sleep(ctx, id))(t)
		}
		st := must(l.State(ctx, id, "", 0))(t)
		dry := edit(st.Rev, set)
		dry.DryRun = true
		if ed := must(l.EditState(ctx, id, dry))(t); text(t, ed.Undo) != `[{"op":"replace","path":"/count","value":`+text(t, must(inspect.At(st.Value.Tree, "/count"))(t))+`}]` {
			t.Errorf("dry run %s", text(t, ed))
		}
		ed := must(l.EditState(ctx, id, edit(st.Rev, set)))(t)
		if ed.Rev <= st.Rev || ed.Seq == 0 {
			t.Errorf("asleep %t: %+v after %d", asleep, ed, st.Rev)
		}
		if got := text(t, must(l.State(ctx, id, "/count", 0))(t).Value); got != "10" {
			t.Errorf("asleep %t: count is %s", asleep, got)
		}
		_, err := l.EditState(ctx, id, edit(st.Rev, set))
		var conflict *client.StateConflict
		if !errors.As(err, &conflict) || conflict.Rev != ed.Rev || text(t, conflict.Patch) == "null" {
			t.Errorf("asleep %t: edit of an old revision: %v %+v", asleep, err, conflict)
		}
		if _, err := l.EditState(ctx, id, edit(ed.Rev, ed.Undo...)); err != nil {
			t.Errorf("undo: %v", err)
		}
		for _, bad := range []inspect.Op{{Op: "remove", Path: "/nope"}, {Op: "add", Path: "/x", Value: parseTree(t, `{"$cut":{}}`)}, {Op: "add", Path: "/x", Value: parseTree(t, `{"$date":"x"}`)}} {
			if _, err := l.EditState(ctx, id, edit(ed.Rev+1, bad)); errs.CodeOf(err) != "invalid_state" {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if a := must(l.Actor(ctx, id))(t); asleep != (a.Status == inspect.Sleeping) {
			t.Errorf("asleep %t: %s", asleep, a.Status)
		}
	}
	if got := l.call(t, "a", "get"); got != 5.0 {
		t.Errorf("the actor has %v", got)
	}
	must(l.Create(ctx, "bare", nil, nil))(t)
	none := must(l.Resolve(ctx, "bare", nil))(t)
	if got := text(t, must(l.State(ctx, none.ID, "", 0))(t).Value); got != `{"$undef":1}` {
		t.Errorf("no state: %s", got)
	}
	if _, err := l.EditState(ctx, none.ID, edit(9, inspect.Op{Op: "replace", Value: 1.0})); !errs.Is(err, errs.StateNotEnabled) {
		t.Errorf("edit of no state: %v", err)
	}
}

func parseTree(t *testing.T, s string) value.Value {
	t.Helper()
	return must(value.ParseJSON([]byte(s)))(t)
}

func TestInspectorConnsAndEvents(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	ctx := t.Context()
	got := make(chan value.Value, 10)
	cn := must(l.calls.Connect(ctx, client.Query{Kind: client.GetOrCreate, Name: "counter", Key: []string{"a"}}, client.ConnectOptions{
		Params: "p", OnEvent: func(e client.Event) { got <- e.Args[0] },
	}))(t)
	defer cn.Close()
	if err := cn.Subscribe(ctx, "changed"); err != nil {
		t.Fatal(err)
	}
	id := l.id(t, "a")
	var conns []inspect.Conn
	testkit.Eventually(t, "the subscription is seen", func() bool {
		conns = must(l.Conns(ctx, id))(t)
		return len(conns) == 1 && slices.Equal(conns[0].Subs, []string{"changed"})
	})
	if c := conns[0]; c.Transport != "websocket" || c.Encoding != "cbor" || text(t, c.Params) != `"p"` || text(t, c.State) != `{"seen":0}` {
		t.Errorf("conn %s", text(t, c))
	}
	if e := must(l.Emit(ctx, id, "changed", []value.Value{"test"}, ""))(t); e.Seq == 0 || <-got != "test" {
		t.Error("the event isn't what came")
	}
	rev := must(l.Actor(ctx, id))(t).Rev
	if _, err := l.EditConn(ctx, id, conns[0].ID, edit(rev, inspect.Op{Op: "replace", Path: "/seen", Value: 3.0})); err != nil {
		t.Fatal(err)
	}
	testkit.Eventually(t, "the state of the connection is edited", func() bool { return text(t, must(l.Conns(ctx, id))(t)[0].State) == `{"seen":3}` })
	if err := l.CloseConn(ctx, id, conns[0].ID, "bye"); err != nil {
		t.Fatal(err)
	}
	if conns := must(l.Conns(ctx, id))(t); len(conns) != 0 {
		t.Errorf("left: %s", text(t, conns))
	}
	if err := l.CloseConn(ctx, id, "nobody", ""); !errs.Is(err, errs.ConnNotFound) {
		t.Errorf("no such connection: %v", err)
	}
}

func TestInspectorHistory(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	ctx := t.Context()
	l.call(t, "a", "increment", 5.0)
	id := l.id(t, "a")
	out := must(l.Inspector.Call(ctx, id, "increment", []value.Value{2.0}, 0))(t)
	if text(t, out.Output) != "7" || out.Seq == 0 || out.Trace == "" {
		t.Fatalf("call %s", text(t, out))
	}
	if _, err := l.Inspector.Call(ctx, id, "fail", nil, 0); errs.CodeOf(err) != "nope" {
		t.Errorf("a user's error: %v", err)
	}
	if _, err := l.Inspector.Call(ctx, id, "crash", nil, 0); errs.CodeOf(err) != errs.Internal || !strings.Contains(errs.As(err).Msg, "boom 42") {
		t.Errorf("a crash: %v", err)
	}
	if _, err := l.Inspector.Call(ctx, id, "nope", nil, 0); !errs.Is(err, errs.ActionNotFound) {
		t.Errorf("no such action: %v", err)
	}
	e := must(l.Entry(ctx, out.Seq))(t)
	if e.Kind != inspect.KindAction || e.Name != "increment" || e.Cause.Via != "studio" || text(t, e.Args) != "[2]" || text(t, e.Output) != "7" ||
		text(t, e.Patch) != `[{"op":"replace","path":"/count","value":7}]` {
		t.Errorf("entry %s", text(t, e))
	}
	kinds := func(filter string) (out []string) {
		for _, e := range must(l.History(ctx, client.HistoryQuery{Actor: id, Filter: filter, Order: "asc"}))(t).Items {
			out = append(out, string(e.Kind)+" "+e.Name)
		}
		return out
	}
	for filter, want := range map[string][]string{
		"kind:event":             {"event changed", "event changed"},
		"name:inc*":              {"action increment", "action increment"},
		"kind:log level:info":    {"log info", "log info"},
		"error kind:action":      {"action fail", "action crash", "action nope"},
		"path:/count":            {"action increment", "action increment"},
		"code:nope":              {"action fail"},
		`"boom"`:                 {"log error", "action crash"},
		"kind:create,start":      {"create ", "start "},
		"via:studio -error":      {"action increment"},
		"took:>1h":               nil,
		"kind:action bytes:>1mb": nil,
	} {
		if got := kinds(filter); !slices.Equal(sorted(got), sorted(want)) {
			t.Errorf("%s: %q, want %q", filter, got, want)
		}
	}
	caused := must(l.History(ctx, client.HistoryQuery{Filter: "kind:event", From: out.Seq}))(t).Items
	if len(caused) != 1 || caused[0].Cause.Seq != out.Seq || caused[0].Trace != e.Trace {
		t.Errorf("events of that call: %s", text(t, caused))
	}
	first := must(l.History(ctx, client.HistoryQuery{Limit: 3}))(t)
	second := must(l.History(ctx, client.HistoryQuery{Limit: 3, Cursor: first.Next}))(t)
	if len(first.Items) != 3 || first.Items[2].Seq != second.Items[0].Seq+1 {
		t.Errorf("pages %s then %s", text(t, first.Items), text(t, second.Items))
	}
	logs := must(l.Logs(ctx, client.HistoryQuery{Filter: "added"}))(t).Items
	if len(logs) != 2 || logs[0].Message != "added" || text(t, logs[0].Fields) != `{"by":2}` || logs[0].Level != "info" {
		t.Errorf("logs %s", text(t, logs))
	}
	groups := must(l.Errors(ctx, client.HistoryQuery{}))(t).Items
	i := slices.IndexFunc(groups, func(g inspect.ErrorGroup) bool { return g.Name == "crash" })
	if i < 0 || groups[i].Code != "internal_error" || groups[i].At == nil || groups[i].At.File != "registry.ts" || len(groups[i].At.Frame) != 5 {
		t.Errorf("errors %s", text(t, groups))
	}
	if a := must(l.Actor(ctx, id))(t); a.Errors < 3 {
		t.Errorf("%d errors are counted", a.Errors)
	}
	if err := l.ClearHistory(ctx, id); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Entry(ctx, out.Seq); errs.CodeOf(err) != "history_evicted" {
		t.Errorf("after clear: %v", err)
	}
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

func TestInspectorSchedule(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	ctx := t.Context()
	l.call(t, "a", "later", 600_000.0)
	l.call(t, "b", "broken")
	all := must(l.Schedule(ctx, ""))(t)
	if len(all) != 2 || all[0].Action != "increment" || text(t, all[0].Args) != "[100]" || all[0].Status != inspect.AlarmPending {
		t.Fatalf("schedule %s", text(t, all))
	}
	if err := l.RunAlarm(ctx, all[0].ID); err != nil || l.call(t, "a", "get") != 100.0 {
		t.Errorf("run: %v", err)
	}
	if err := l.RunAlarm(ctx, all[1].ID); errs.CodeOf(err) != errs.Internal {
		t.Errorf("run of a broken one: %v", err)
	}
	all = must(l.Schedule(ctx, l.id(t, "b")))(t)
	if len(all) != 1 || all[0].Status != inspect.AlarmRetrying || all[0].Attempt != 1 || !strings.Contains(all[0].LastError, "boom") {
		t.Fatalf("after a failure %s", text(t, all))
	}
	if err := l.CancelAlarm(ctx, all[0].ID); err != nil {
		t.Fatal(err)
	}
	if all := must(l.Schedule(ctx, ""))(t); len(all) != 0 {
		t.Errorf("left %s", text(t, all))
	}
	if err := l.CancelAlarm(ctx, "nope"); errs.CodeOf(err) != "not_found" {
		t.Errorf("no such alarm: %v", err)
	}
}

func TestInspectorSource(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	ctx := t.Context()
	src := must(l.Source(ctx, "registry.ts", 3))(t)
	if src.First != 1 || len(src.Lines) < 3 || !strings.Contains(src.Lines[0], "import") {
		t.Errorf("source %s", text(t, src))
	}
	for _, file := range []string{".env", "../registry.ts", "/etc/passwd", "nope.ts", ""} {
		if _, err := l.Source(ctx, file, 0); errs.CodeOf(err) != "not_found" {
			t.Errorf("%s: %v", file, err)
		}
	}
	if b := must(l.Inspector.Build(ctx))(t); b.Status != "ready" || b.Version == "" {
		t.Errorf("build %+v", b)
	}
}

func TestExportImport(t *testing.T) {
	t.Parallel()
	from, to := demo(t, nil), demo(t, nil)
	ctx := t.Context()
	for i := range 3 {
		from.call(t, "k"+strconv.Itoa(i), "increment", float64(i+1))
	}
	from.call(t, "k0", "later", 600_000.0)
	var file bytes.Buffer
	err := from.Export(ctx, "", "counter", func(line []byte) error {
		file.Write(append(line, '\n'))
		return nil
	})
	if err != nil || bytes.Count(file.Bytes(), []byte("\n")) != 3 {
		t.Fatalf("export %s: %v", file.Bytes(), err)
	}
	results := func(o client.ImportOptions, text string) (out []string) {
		err := to.Import(ctx, strings.NewReader(text), o, func(i inspect.Imported) error {
			out = append(out, i.Result)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	created := []string{"created", "created", "created"}
	if got := results(client.ImportOptions{DryRun: true}, file.String()); !slices.Equal(got, created) {
		t.Errorf("dry run %q", got)
	}
	if got := results(client.ImportOptions{}, file.String()); !slices.Equal(got, created) {
		t.Errorf("import %q", got)
	}
	if to.call(t, "k2", "get") != 3.0 || len(must(to.Schedule(ctx, ""))(t)) != 1 {
		t.Error("state or schedule didn't come over")
	}
	to.call(t, "k2", "increment", 1.0)
	if got := results(client.ImportOptions{}, file.String()); !slices.Equal(got, []string{"skipped", "skipped", "skipped"}) {
		t.Errorf("again %q", got)
	}
	if got := results(client.ImportOptions{Replace: true}, file.String()); !slices.Equal(got, []string{"replaced", "replaced", "replaced"}) || to.call(t, "k2", "get") != 3.0 {
		t.Errorf("replace %q", got)
	}
	// An export may be larger than a request: it goes in parts, whole lines each.
	var numbers []int
	err = to.Import(ctx, strings.NewReader(file.String()+"\n\nnot json"), client.ImportOptions{Part: 10}, func(i inspect.Imported) error {
		numbers = append(numbers, i.Line)
		return nil
	})
	if err != nil || !slices.Equal(numbers, []int{1, 2, 3, 6}) {
		t.Errorf("in parts: %v, lines %v", err, numbers)
	}
	if got := results(client.ImportOptions{}, "{}\nnot json\n"+`{"rivet":1,"type":"nope","key":[]}`+"\n\n"); !slices.Equal(got, []string{"failed", "failed", "failed"}) {
		t.Errorf("bad lines %q", got)
	}
	var again bytes.Buffer
	if err := to.Export(ctx, to.id(t, "k0"), "", func(line []byte) error { again.Write(line); return nil }); err != nil || !strings.HasPrefix(file.String(), again.String()) {
		t.Errorf("exported again: %s (%v)\nwas %s", again.String(), err, file.String())
	}
}

func TestReadOnlyAndTokens(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	ctx := t.Context()
	l.call(t, "a", "increment", 1.0)
	id := l.id(t, "a")
	session := must(l.Session(ctx, true))(t)
	ro := l.as(t, session.Session)
	if m := must(ro.Meta(ctx))(t); !m.ReadOnly {
		t.Error("the session isn't read-only")
	}
	must(ro.State(ctx, id, "", 0))(t)
	_, e1 := ro.EditState(ctx, id, edit(99, inspect.Op{Op: "replace", Value: 1.0}))
	_, e2 := ro.Create(ctx, "bare", nil, nil)
	_, e3 := ro.Sleep(ctx, id)
	_, e4 := ro.Emit(ctx, id, "x", nil, "")
	_, e5 := ro.Call(ctx, id, "get", nil, 0)
	for i, err := range []error{e1, e2, e3, e4, e5, ro.Destroy(ctx, id), ro.CloseConn(ctx, id, "x", ""), ro.RunAlarm(ctx, "x"), ro.ClearHistory(ctx, id),
		ro.Import(ctx, strings.NewReader(""), client.ImportOptions{}, nil)} {
		if errs.CodeOf(err) != "read_only" {
			t.Errorf("write %d: %v", i, err)
		}
	}
	if _, err := l.as(t, "wrong").Meta(ctx); !errs.Is(err, errs.Unauthorized) {
		t.Errorf("a wrong token: %v", err)
	}
	must(l.as(t, "server").Meta(ctx))(t)
	if err := ro.EndSession(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := ro.Meta(ctx); !errs.Is(err, errs.Unauthorized) {
		t.Errorf("an ended session: %v", err)
	}
}

func TestSessionsAndActorsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := testkit.Project(t, map[string]string{"registry.ts": project})
	var session string
	t.Run("before", func(t *testing.T) {
		l := serve(t, dir, nil)
		l.call(t, "a", "increment", 1.0)
		session = must(l.Session(t.Context(), false))(t).Session
	})
	t.Run("after", func(t *testing.T) {
		in := serve(t, dir, nil).as(t, session)
		page := must(in.Actors(t.Context(), client.ActorQuery{}))(t)
		if len(page.Items) != 1 || page.Items[0].Status != inspect.Sleeping || page.Items[0].StateBytes == 0 {
			t.Errorf("actors %s", text(t, page))
		}
	})
	if _, err := os.Stat(filepath.Join(dir, "data")); err != nil {
		t.Error(err)
	}
}
