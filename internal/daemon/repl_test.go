package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/wire/inspect"
	"github.com/rivetdev/rivet/sdk"
)

// console is a REPL session of a test.
type console struct {
	*live
	t  *testing.T
	id string
}

func newConsole(t *testing.T, l *live) *console { return &console{live: l, t: t} }

// eval evaluates an input; what it throws is for the caller.
func (c *console) eval(code string) inspect.ReplAnswer {
	c.t.Helper()
	a, err := c.Repl(c.t.Context(), inspect.ReplRequest{Session: c.id, Code: code})
	if err != nil {
		c.t.Fatalf("%s: %v", code, err)
	}
	c.id = a.ID
	return a
}

// printed is what a terminal prints of an answer.
func printed(a inspect.ReplAnswer) string {
	var lines []string
	for _, l := range a.Logs {
		lines = append(lines, l.Message)
	}
	if a.Output != nil {
		lines = append(lines, a.Output.Text)
	}
	if a.Error != nil {
		lines = append(lines, a.Error.Text)
	}
	return strings.Join(lines, "\n")
}

// want evaluates inputs one after another; the last has to print this.
func (c *console) want(want string, codes ...string) {
	c.t.Helper()
	var got string
	for _, code := range codes {
		got = printed(c.eval(code))
	}
	if got != want {
		c.t.Errorf("%q\ngot  %s\nwant %s", codes, got, want)
	}
}

func TestReplCallsActors(t *testing.T) {
	t.Parallel()
	c := newConsole(t, demo(t, nil))
	c.want("5", `counter("a").increment(5)`)
	c.want("7", `await counter("a").increment(2)`)
	c.want("7", `_`)
	c.want("[ 12, 7 ]", `const one = counter("b"), two = counter(["a"])`, `await one.increment(12)`, `[await one.get(), await two.get()]`)
	c.want("Actor<counter/x/y>", `counter("x", "y")`)
	c.want("12", `counter.get("b").get()`)
	c.want("100", `const made = await counter.create("made")`, `made.increment(100)`)
	c.want("[ 'a', 'b', 'made' ]", `(await counter.list()).map((a) => a.key[0])`)
	c.want("[ 'made' ]", `(await counter.list({ filter: "key:ma*" })).map((a) => a.key[0])`)
	c.want("7", `client.counter.getOrCreate(["a"]).get()`)
	c.want("'pong'", `actors.bare("p").ping()`)
}

func TestReplNamesThatJavaScriptHasTaken(t *testing.T) {
	t.Parallel()
	code := strings.Replace(project, "use: { counter, bare }", "use: { Map: counter, let_: bare, counter }", 1)
	c := newConsole(t, serve(t, testkit.Project(t, map[string]string{"registry.ts": code, ".env": "SECRET=1"}), nil))
	c.want("[ 3, 1 ]", `[await actors.Map("a").increment(3), new Map([[1, 2]]).size]`)
	c.want("'mine'", `let counter = "mine"`, `counter`)
	c.want("3", `actors.Map("a").get()`)
	c.want("5", `actors.counter("a").increment(5)`)
	if a := c.eval(`.use counter/a`); a.Use != "counter/a" {
		t.Errorf("%+v", a)
	}
	c.want("5", `get()`)
	c.want("Uncaught TypeError: a key is made of strings: counter(\"a\"), game(\"eu\", \"42\")\n    at REPL7:1:8", `actors.counter({}, null)`)
}

func TestReplTellsErrorsWithCodeAndPosition(t *testing.T) {
	t.Parallel()
	c := newConsole(t, demo(t, nil))
	c.want("Uncaught ReferenceError: nope is not defined\n    at REPL2:2:3", `const x = 1`, "x +\n  nope")
	c.want("Uncaught TypeError: no\n    at f (REPL3:1:22)\n    at REPL4:1:2", `function f() { throw new TypeError("no") }`, `[f()]`)
	c.want("Error: shown\n    at REPL5:1:2", `[new Error("shown")][0]`)
	c.want("Uncaught 'just text'", `throw "just text"`)
	c.want("Unexpected end of file [syntax_error]\n    at REPL7:1:4", `1 +`)
	c.want("'syntax'", `_error && "syntax"`)
	a := c.eval(`counter("a").crash()`)
	if e := a.Error; e == nil || e.Message != "boom 42" || e.At == nil || e.At.File != "registry.ts" || e.At.Line != 11 || !strings.Contains(e.Text, "crash (registry.ts:11") {
		t.Errorf("an actor's error: %+v", a.Error)
	}
	a = c.eval(`counter("a").fail()`)
	if e := a.Error; e == nil || e.Code != "nope" || e.Message != "not today" || !strings.Contains(e.Text, "Uncaught ActorError: not today [nope]") {
		t.Errorf("a user's error: %+v", a.Error)
	}
	c.want("'nope'", `_error.code`)
	a = c.eval(`const`)
	if e := a.Error; e == nil || e.Code != "syntax_error" || !slices.Equal(e.At.Frame, []string{"const"}) {
		t.Errorf("a syntax error: %+v", a.Error)
	}
}

// Lines that harm are stopped alone: variables and actors stay.
func TestReplStopsLinesThatHarm(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	c := newConsole(t, l)
	c.eval(`let kept = "kept"`)
	for name, tt := range map[string]struct{ code, want string }{
		"a loop":                    {`while (true) {}`, "line_timed_out"},
		"a promise":                 {`new Promise(() => {})`, "line_timed_out"},
		"a loop behind an await":    {`await null; for (;;) {}`, "line_timed_out"},
		"a loop that catches all":   {`for (;;) { try { for (;;); } catch {} }`, "line_timed_out"},
		"recursion":                 {`(function f() { f() })()`, "Maximum call stack size exceeded"},
		"recursion behind an await": {`await null; (function f() { f() })()`, "Maximum call stack size exceeded"},
		"a long text":               {`"x".repeat(2 ** 30)`, "RangeError"},
		"a loop while it prints":    {`({ get [Symbol.toStringTag]() { for (;;); } })`, "line_timed_out"},
	} {
		a, err := l.Repl(t.Context(), inspect.ReplRequest{Session: c.id, Code: tt.code, TimeoutMs: map[bool]int64{true: 300, false: 20_000}[tt.want == "line_timed_out"]})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := printed(a); a.Error == nil || !strings.Contains(got, tt.want) {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		c.want("'kept'", `kept`)
	}
	c.want("1", `counter("a").increment(1)`)
}

// Go code below JavaScript that heeds no interrupt costs the session its variables.
func TestReplGivesUpWhatHeedsNoInterrupt(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	c := newConsole(t, l)
	c.eval(`let kept = 1`)
	a, err := l.Repl(t.Context(), inspect.ReplRequest{Session: c.id, Code: `/^(?=(a+)+$)/.test("a".repeat(64) + "!")`, TimeoutMs: 200})
	if err != nil || a.Error == nil {
		t.Fatalf("%v %+v", err, a.Output)
	}
	a = c.eval(`typeof kept`)
	if printed(a) != "'undefined'" || len(a.Notes) != 1 || a.Notes[0].Kind != "lost" {
		t.Errorf("after it: %s %+v", printed(a), a.Notes)
	}
	c.want("1", `counter("a").increment(1)`)
}

func TestReplStopsALineThatTakesAllMemory(t *testing.T) {
	t.Parallel()
	c := newConsole(t, demo(t, nil))
	c.eval(`let kept = "kept"; const all: unknown[] = []`)
	a := c.eval(`for (;;) all.push(new Uint8Array(1 << 22))`)
	if a.Error == nil || a.Error.Code != "out_of_memory" {
		t.Fatalf("%+v", a.Error)
	}
	c.want("'kept'", `kept`)
	c.want("1", `counter("a").increment(1)`)
}

func TestReplTellsLogsAsTheyCome(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	c := newConsole(t, l)
	c.eval(``)
	var heard []string
	a, err := l.ReplLive(t.Context(), inspect.ReplRequest{Session: c.id, Code: `console.log("one", { a: 1 }); console.warn("two"); await new Promise(() => {})`}, func(line inspect.ReplLog) {
		if heard = append(heard, line.Level+" "+line.Message); len(heard) == 2 { // while it runs
			if err := l.InterruptRepl(t.Context(), c.id); err != nil {
				t.Error(err)
			}
		}
	})
	if err != nil || a.Error == nil || a.Error.Code != "interrupted" || !slices.Equal(heard, []string{"info one { a: 1 }", "warn two"}) {
		t.Errorf("%v %+v %q", err, a, heard)
	}
	if a := c.eval(`console.error("three"); 3`); len(a.Logs) != 1 || a.Logs[0].At != "REPL2:1:9" || printed(a) != "three\n3" {
		t.Errorf("in the answer: %+v", a)
	}
}

func TestReplIsInterrupted(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	c := newConsole(t, l)
	c.eval(`let n = 0; const timer = setInterval(() => n++, 1)`)
	for _, code := range []string{`while (true) {}`, `new Promise(() => {})`} {
		done := make(chan inspect.ReplAnswer)
		go func() {
			a, err := l.Repl(t.Context(), inspect.ReplRequest{Session: c.id, Code: code})
			if err != nil {
				t.Error(err)
			}
			done <- a
		}()
		for a, sent := (inspect.ReplAnswer{}), false; !sent; {
			if err := l.InterruptRepl(t.Context(), c.id); err != nil {
				t.Fatal(err)
			}
			select {
			case a = <-done:
				sent = true
				if a.Error == nil || a.Error.Code != "interrupted" {
					t.Errorf("%s: %+v", code, a.Error)
				}
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	c.want("true", `clearInterval(timer); n > 0`)
	if err := l.EndRepl(t.Context(), c.id); err != nil {
		t.Fatal(err)
	}
	if a := c.eval(`typeof n`); printed(a) != "'undefined'" || len(a.Notes) != 1 {
		t.Errorf("after its end: %+v", a)
	}
	if err := l.InterruptRepl(t.Context(), "nobody"); errs.CodeOf(err) != "not_found" {
		t.Errorf("an unknown session: %v", err)
	}
}

func TestReplVariablesSurviveAReload(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	c := newConsole(t, l)
	c.eval(`const one = counter("a"); let sum = await one.increment(1)`)
	file := filepath.Join(l.dir, "registry.ts")
	code := strings.Replace(project, "use: { counter, bare }", "use: { counter, bare, added: bare }", 1)
	if err := os.WriteFile(file, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	b := bundle.New(bundle.Options{Dir: l.dir, Entry: "registry.ts", SDK: sdk.FS, Dev: true})
	t.Cleanup(b.Close)
	built, err := b.Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.d.Swap(t.Context(), built); err != nil {
		t.Fatal(err)
	}
	a := c.eval(`sum += await one.increment(10)`)
	if printed(a) != "12" || len(a.Notes) != 1 || a.Notes[0].Kind != "reload" {
		t.Errorf("after a reload: %s %+v", printed(a), a.Notes)
	}
	c.want("'pong'", `added("x").ping()`)
	if a := c.eval(`1`); len(a.Notes) != 0 {
		t.Errorf("told twice: %+v", a.Notes)
	}
}

func TestReplSessionsAreBounded(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	first := newConsole(t, l)
	first.eval(`let mine = 1`)
	other := newConsole(t, l)
	other.want("'undefined'", `typeof mine`)
	for range 15 {
		newConsole(t, l).eval(`1`)
	}
	a := first.eval(`typeof mine`) // it was idle longest
	if printed(a) != "'undefined'" || len(a.Notes) != 1 || a.Notes[0].Kind != "restart" {
		t.Errorf("a session that made room: %s %+v", printed(a), a.Notes)
	}
	other.want("'undefined'", `typeof mine`)
}

func TestReplDotCommands(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	c := newConsole(t, l)
	if a := c.eval(`.use counter/a`); a.Use != "counter/a" || !strings.HasPrefix(printed(a), "increment(by: number)  get()") {
		t.Errorf(".use: %q %s", a.Use, printed(a))
	}
	c.want("'undefined'", `String(state)`)
	c.want("5", `increment(5)`)
	c.want("5", `state.count`)
	c.want("{ count: 5, log: [], when: 1970-01-01T00:00:00.005Z }", `.state`)
	c.want("5", `.state /count`)
	c.want("5", `_`)
	if got := printed(c.eval(`state.count = 7`)); !strings.Contains(got, "read only") {
		t.Errorf("a snapshot took a change: %s", got)
	}
	c.want("12", `.set /count state.count + 7`, `get()`)
	c.want("[ 'x', { y: 1 } ]", `.set /log/- "x"`, `.set /log/- { y: 1 }`, `state.log`)
	c.want("13", `.call increment 1`)
	c.want("3", `.call counter/b increment 3`)
	for code, want := range map[string]string{
		".conns":                "no connections",
		".schedule":             "nothing is scheduled",
		".logs":                 "info added counter/a",
		".events name:get":      "action get() → 12",
		".ls key:b":             "counter/b  awake",
		".time 1 + 1":           "2\n",
		".help":                 ".use [ACTOR]",
		".help set":             "EXPR is TypeScript",
		".usee":                 "Did you mean .use?",
		".use countr/a":         `Did you mean "counter"?`,
		".set /count":           "As in: .set /count 5",
		".state /nope":          "not_found",
		".call":                 "Which action?",
		".load x":               "command of the program at the terminal",
		".events kind:nonsense": "",
	} {
		if got := printed(c.eval(code)); !strings.Contains(got, strings.ReplaceAll(want, " counter/a", "")) {
			t.Errorf("%s: %s\nwant %s", code, got, want)
		}
	}
	if a := c.eval(`.use`); a.Use != "" {
		t.Errorf(".use of nobody: %q", a.Use)
	}
	c.want("'undefined'", `typeof increment`)
	if got := printed(c.eval(`.logs`)); !strings.Contains(got, "counter/a") {
		t.Errorf("everybody's logs: %s", got)
	}
	if got := printed(c.eval(`.conns`)); !strings.Contains(got, "No actor is in use.") {
		t.Errorf("connections of nobody: %s", got)
	}
}

func TestReplConnects(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	c := newConsole(t, l)
	c.want("[ 4 ]", `const heard: number[] = []; const conn = counter("a").connect(); conn.on("changed", (n) => heard.push(n))`,
		`await conn.increment(4); while (heard.length === 0) await new Promise((r) => setTimeout(r, 1)); heard`)
	list, err := l.History(t.Context(), client.HistoryQuery{Filter: "kind:connect"})
	if err != nil || len(list.Items) != 1 || list.Items[0].Cause.Via != "studio" {
		t.Errorf("%+v %v", list.Items, err)
	}
	c.eval(`.use counter/a`)
	if got := printed(c.eval(`.conns`)); !strings.Contains(got, "inprocess") || !strings.Contains(got, "changed") {
		t.Errorf("connections: %s", got)
	}
}

func TestReplCallsAreInTheHistory(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	newConsole(t, l).eval(`counter("a").increment(1)`)
	in := must(client.NewInspector(client.InspectorOptions{URL: l.URL(), Token: "server", Via: "cli"}))(t)
	if _, err := in.Repl(t.Context(), inspect.ReplRequest{Code: `counter("a").increment(2)`}); err != nil {
		t.Fatal(err)
	}
	for via, by := range map[string]string{"studio": "1", "cli": "2"} {
		list, err := l.History(t.Context(), client.HistoryQuery{Filter: "kind:action via:" + via})
		if err != nil || len(list.Items) != 1 || list.Items[0].Cause.Via != via || text(t, *list.Items[0].Args) != "["+by+"]" {
			t.Errorf("via %s: %+v %v", via, list.Items, err)
		}
	}
}

func TestReplCompletes(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	c := newConsole(t, l)
	c.eval(`counter("first").increment(1)`)
	c.eval(`const one = counter("second"); await one.get(); let ran = 0; const obj = { plain: 1, get trap() { ran++; return 1 }, nested: { deep: "x" } }; const proxied = new Proxy({}, { ownKeys() { ran++; return [] }, get() { ran++ } })`)
	for code, want := range map[string]string{
		`coun`:                      "counter type (key)",
		`counter("`:                 "first key awake",
		`counter("se`:               "second key awake",
		`actors.counter(["fi`:       "first key awake",
		`counter("first").inc`:      "increment action (by: number)",
		`await counter("f", ")").g`: "get action ()",
		`one.incr`:                  "increment action (by: number)",
		`client.co`:                 "counter type ",
		`client.counter.getO`:       "getOrCreate method (key)",
		`obj.pl`:                    "plain property ",
		`obj.tr`:                    "trap property ",
		`obj.nested.de`:             "deep property ",
		`obj.nested.deep.toUp`:      "toUpperCase method ",
		`[1].fla`:                   "flat method ",
		`"x".padS`:                  "padStart method ",
		`ob`:                        "obj variable ",
		`Math.ma`:                   "max method ",
		`funct`:                     "function keyword ",
		`.us`:                       ".use command [ACTOR]  use an actor, or none",
		`.use co`:                   "counter/ type ",
		`.use counter/f`:            "counter/first key awake",
		`"é" + coun`:                "counter type (key)",
	} {
		from, options := c.complete(code)
		// Keys that aren't there in 50 ms are left out, so a busy machine may need more than one Tab.
		for deadline := time.Now().Add(20 * time.Second); len(options) == 0 && time.Now().Before(deadline); {
			from, options = c.complete(code)
		}
		if len(options) == 0 || strings.Join([]string{options[0].Text, options[0].Kind, options[0].Detail}, " ") != want {
			t.Errorf("%s: %d %+v\nwant %s", code, from, options, want)
			continue
		}
		if !strings.HasPrefix(options[0].Text, string([]rune(code)[from:])) {
			t.Errorf("%s: from %d", code, from)
		}
	}
	for _, code := range []string{`obj.trap.x`, `proxied.a`, `nothing.x`, `f().x`, `counter("first").get().t`} {
		if _, options := c.complete(code); len(options) != 0 {
			t.Errorf("%s: %+v", code, options)
		}
	}
	c.want("0", `ran`)
	if _, err := l.CompleteRepl(t.Context(), inspect.ReplCompleteRequest{Code: "x", Pos: 2}); errs.CodeOf(err) != errs.InvalidRequest {
		t.Errorf("a place that isn't there: %v", err)
	}
}

func (c *console) complete(code string) (from int, options []inspect.ReplOption) {
	c.t.Helper()
	out, err := c.CompleteRepl(c.t.Context(), inspect.ReplCompleteRequest{Session: c.id, Code: code, Pos: len([]rune(code))})
	if err != nil {
		c.t.Fatalf("%s: %v", code, err)
	}
	return out.From, out.Options
}

func TestReplHistoryIsShared(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	for _, code := range []string{"1 + 1", "1 + 1", "function f() {\n  return 1\n}", `"quoted"`, " "} {
		if err := l.KeepRepl(t.Context(), code); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"1 + 1", "function f() {\n  return 1\n}", `"quoted"`}
	if got, err := l.ReplHistory(t.Context()); err != nil || !slices.Equal(got, want) {
		t.Errorf("%q %v", got, err)
	}
	path := filepath.Join(l.dir, "data", "repl_history")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	for i := range 2100 {
		if err := l.KeepRepl(t.Context(), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := os.ReadFile(path)
	if n := strings.Count(string(rows), "\n"); err != nil || n > 2000 {
		t.Errorf("the file has %d rows (%v)", n, err)
	}
	if got, err := l.ReplHistory(t.Context()); err != nil || len(got) != 1000 || got[999] != "2099" {
		t.Errorf("%d inputs (%v)", len(got), err)
	}
}

func TestReplIsRefusedToReaders(t *testing.T) {
	t.Parallel()
	l := demo(t, nil)
	ro := must(l.as(t, "studio").Session(t.Context(), true))(t)
	in := l.as(t, ro.Session)
	for name, err := range map[string]error{
		"evaluating":   second(in.Repl(t.Context(), inspect.ReplRequest{Code: "1"})),
		"completing":   second(in.CompleteRepl(t.Context(), inspect.ReplCompleteRequest{})),
		"interrupting": in.InterruptRepl(t.Context(), "x"),
		"keeping":      in.KeepRepl(t.Context(), "x"),
	} {
		if errs.CodeOf(err) != "read_only" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := in.ReplHistory(t.Context()); err != nil {
		t.Errorf("reading the history: %v", err)
	}
	if _, err := l.as(t, "wrong").ReplHistory(t.Context()); errs.CodeOf(err) != errs.Unauthorized {
		t.Errorf("without a token: %v", err)
	}
	for _, q := range []inspect.ReplRequest{{Code: "1", TimeoutMs: -1}, {Code: "1", TimeoutMs: 1 << 40}} {
		if _, err := l.Repl(t.Context(), q); errs.CodeOf(err) != errs.InvalidRequest {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := l.Repl(t.Context(), inspect.ReplRequest{Code: strings.Repeat("1", 1<<20+1)}); errs.CodeOf(err) != errs.MessageTooLong {
		t.Errorf("a long input: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }
