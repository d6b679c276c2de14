package isolate_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/value"
)

func msgs(l *life) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, g := range l.logs {
		out = append(out, g.Msg)
	}
	return strings.Join(out, ", ")
}

func TestLifecycleOrder(t *testing.T) {
	w := load(t, def(`{
  createState: (c, input) => { c.log.info("createState"); return { input, key: c.key[0] }; },
  onCreate: (c, opts, input = {}) => { c.log.info("onCreate " + JSON.stringify([opts, input, c.state.input])); },
  createVars: async (c, d) => { await null; c.log.info("createVars " + typeof d); return { v: 1 }; },
  onStart: async (c) => { await new Promise((r) => setTimeout(r, 1)); c.log.info("onStart " + c.vars.v); },
  onBeforeConnect: (c, opts, params) => { c.log.info("before " + JSON.stringify(params) + c.conn.params.p + (opts.params === params)); },
  createConnState: (c, opts, params) => { c.log.info("createConnState"); return { p: params.p }; },
  onConnect: (c, conn) => { c.log.info("onConnect " + conn.state.p + (c.conn === conn)); },
  onDisconnect: (c, conn) => { c.log.info("onDisconnect " + conn.state.p + c.conns.size); },
  onBeforeActionResponse: (c, name, args, out) => { c.log.info("response " + name); return { out, name, args }; },
  onStateChange: (c, s) => { c.log.info("changed " + s.n); c.broadcast("changed", s.n); c.state.told = true; },
  actions: { set: (c, n) => { c.state.n = n; c.broadcast("set", n); return c.conn.state.p; }, who: (c) => c.conns.size },
}`), nil)
	spec := newSpec("x", "k")
	spec.Input = &value.Object{Keys: []string{"i"}, Vals: []value.Value{1.0}}
	l := w.spawn(spec)
	l.wait("started", func() bool { return l.started })
	want := `createState, onCreate [{"input":{"i":1}},{"i":1},{"i":1}], createVars object, onStart 1`
	if got := msgs(l); got != want {
		t.Fatalf("logged %s; want %s", got, want)
	}
	l.logs = nil
	p := &value.Object{Keys: []string{"p"}, Vals: []value.Value{"P"}}
	if err := l.connect("c1", p); err != nil {
		t.Fatal(err)
	}
	l.said()
	out, err := l.answer(l.act("c1", "set", 7.0))
	if got, want := result(t, out, err), `{"out":"P","name":"set","args":[7]}`; got != want {
		t.Errorf("set = %s; want %s", got, want)
	}
	if got, want := l.said(), "broadcast set[7], broadcast changed[7], reply"; got != want {
		t.Errorf("said %s; want %s", got, want)
	}
	if got, want := l.state(), `{"input":{"i":1},"key":"k","n":7,"told":true}`; got != want {
		t.Errorf("state %s; want %s", got, want)
	}
	l.inst.Post(actor.Disconnect{Conn: "c1"})
	l.inst.Post(actor.Disconnect{Conn: "c1"})
	l.wait("removed", func() bool { return len(l.conns) == 0 })
	want = `before {"p":"P"}Ptrue, createConnState, onConnect Ptrue, response set, changed 7, onDisconnect P0`
	if got := msgs(l); got != want {
		t.Errorf("logged %s\nwant %s", got, want)
	}
	l.logs = nil
	call := l.nextCall()
	l.inst.Post(actor.Invoke{Call: call, Conn: actor.ConnInfo{Params: p, Auth: value.Undefined{}}, Action: "who"})
	out, err = l.answer(call)
	if got, want := result(t, out, err), `{"out":0,"name":"who","args":[]}`; got != want {
		t.Errorf("who = %s; want %s", got, want)
	}
	l.wait("idle", func() bool { return l.work.None() })
	want = `before {"p":"P"}Ptrue, createConnState, onConnect Ptrue, response who, onDisconnect P0`
	if got := msgs(l); got != want {
		t.Errorf("stateless: logged %s\nwant %s", got, want)
	}
}

func TestFailedStart(t *testing.T) {
	w := load(t, def(`{ options: { lifecycle: { createVarsTimeout: 20 } }, createVars: (c) => c.key[0] === "slow" ? new Promise(() => {}) : c.key[0] === "user" ? (() => { throw new UserError("no", { code: "nope" }) })()
    : (() => { throw new TypeError("bad") })(), actions: {} }`), nil)
	for key, want := range map[string]string{"slow": "internal_error: createVars took longer than 20 ms", "user": "nope: no", "": "internal_error: bad"} {
		l := w.spawn(newSpec("x", key))
		l.wait("stopped", func() bool { return l.stopped != nil })
		if got := result(t, nil, l.stopped.Err); got != want {
			t.Errorf("%q: %s; want %s", key, got, want)
		}
		if key == "" && errs.As(l.stopped.Err).At != "server.ts:3:22" {
			t.Errorf("at %s", errs.As(l.stopped.Err).At)
		}
	}
}

const unruly = `{
  state: { n: 0 },
  options: { action: { timeout: 150 } },
  onConnect: (c, conn) => { if (conn.params === "bad") throw new Error("not you"); },
  actions: {
    add: (c, n = 1) => (c.state.n += n),
    get: (c) => c.state.n,
    spin: (c) => { c.state.n = 99; for (;;); },
    never: (c) => new Promise(() => {}),
    slow: async (c) => { c.state.n += 1; await new Promise((r) => setTimeout(r, 250)); c.state.n += 100; return "late"; },
    recurse: (c) => { c.state.n = 99; const f = (): number => f() + 1; return f(); },
    recurseLater: async (c) => { await null; const f = (): number => f() + 1; return f(); },
    user: (c) => { throw new UserError("mine", { code: "my_code", metadata: { a: [1] } }); },
    inner: (c) => { throw new RangeError("secret"); },
    reject: (c) => { Promise.reject(new Error("lost")); return 1; },
    timer: (c) => { setTimeout(() => { throw new Error("in timer"); }, 1); },
    fn: (c) => { c.state.n = (() => {}) as any; },
    tick: (c) => { setInterval(() => { c.state.n++; }, 2); },
    slowly: async (c, ms: number) => { await new Promise((r) => setTimeout(r, ms)); return c.state.n; },
  },
}`

func TestOddThrows(t *testing.T) {
	t.Parallel()
	w := load(t, def(`{ actions: {
		nothing: () => { throw undefined },
		empty: () => { throw "" },
		proxy: () => { throw new Proxy({}, { get() { throw new Error("evil") } }) },
		symbol: () => { throw Symbol("s") },
	} }`), nil)
	for action, want := range map[string]string{
		"nothing": "internal_error: nothing was thrown as an error: undefined",
		"empty":   "internal_error: nothing was thrown as an error: ",
		"proxy":   "internal_error: an error that can't be read: reading it threw evil",
		"symbol":  "internal_error: a symbol",
	} {
		l := w.start("x", action)
		if got := l.json(action); got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
		if logs := strings.Join(l.lines(), "\n"); strings.Contains(logs, "user.js") {
			t.Errorf("%s: a position of the bundle in %q", action, logs)
		}
	}
}

func TestErrors(t *testing.T) {
	w := load(t, def(unruly), nil)
	l := w.start("x")
	for action, want := range map[string]string{
		"user": "my_code: mine", "inner": "internal_error: secret", "reject": "1", "timer": "undefined",
		"fn": "invalid_state_type: state.n is a function, which can't be stored in the state",
	} {
		got := l.json(action)
		if got != want {
			t.Errorf("%s: %s; want %s", action, got, want)
		}
	}
	_, err := l.call("user")
	if e := errs.As(err); !e.Public || result(t, e.Metadata, nil) != `{"a":[1]}` {
		t.Errorf("user error: %+v", e)
	}
	_, err = l.call("inner")
	if e := errs.As(err); e.Public || e.At != "server.ts:15:27" || !strings.Contains(e.Stack, "server.ts:15") || strings.Contains(e.Stack, "rivet:") {
		t.Errorf("inner error: %+v", e)
	}
	logged := false
	for _, g := range l.logs {
		if g.Msg == "secret" {
			logged = slices.Contains(g.Fields, actor.LogField{Key: "error", Value: "RangeError"})
		}
	}
	if !logged {
		t.Errorf("no line tells the error's class: %+v", l.logs)
	}
	l.wait("timer's log", func() bool {
		for _, g := range l.logs {
			if g.Msg == "uncaught exception: in timer" {
				return g.At == "server.ts:17:46"
			}
		}
		return false
	})
	if !strings.Contains(msgs(l), "unhandled rejection: lost") {
		t.Errorf("logged %s", msgs(l))
	}
	if got := l.json("get"); got != "0" {
		t.Errorf("state after an invalid assignment: %s", got)
	}
}

func TestAsyncActionTimesOutAndGoesOn(t *testing.T) {
	w := load(t, def(unruly), nil)
	l := w.start("x")
	never := l.post("never")
	if got := l.json("slow"); !strings.HasPrefix(got, "action_timed_out") {
		t.Errorf("slow = %s", got)
	}
	l.wait("later change", func() bool { return len(l.patches) == 2 })
	if got := l.state(); got != `{"n":101}` {
		t.Errorf("state %s", got)
	}
	if _, err := l.answer(never); errs.CodeOf(err) != errs.ActionTimedOut {
		t.Errorf("never: %v", err)
	}
}

func TestSpinningActorHarmsItselfAlone(t *testing.T) {
	w := load(t, def(unruly), oneIsolate)
	a, b := w.start("x", "a"), w.start("x", "b")
	a.json("add", 3.0)
	b.json("add", 4.0)
	spin := a.post("spin")
	// b is moved away from the stuck isolate, with the calls that were queued.
	queued := b.post("get")
	b.wait("b is evacuated", func() bool { return b.stopped != nil })
	if b.stopped.Err != actor.ErrEvacuated {
		t.Errorf("b stopped with %v", b.stopped.Err)
	}
	if len(b.stopped.Unstarted) != 1 || b.stopped.Unstarted[0] != queued {
		t.Errorf("unstarted %v; want [%d]", b.stopped.Unstarted, queued)
	}
	b2 := w.spawn(b.image())
	if got := b2.json("get"); got != "4" {
		t.Errorf("b elsewhere: %s", got)
	}
	if _, err := a.answer(spin); errs.CodeOf(err) != errs.ActionTimedOut {
		t.Errorf("spin: %v", err)
	}
	a.wait("a stopped", func() bool { return a.stopped != nil })
	if a.stopped.Err == nil {
		t.Error("a stopped without an error")
	}
	a2 := w.spawn(a.image())
	if got := a2.json("get"); got != "3" {
		t.Errorf("a from its durable state: %s", got)
	}
}

func TestStackOverflowEndsTheActorAlone(t *testing.T) {
	// A recursion takes its time under the race detector; it must not time out here.
	src := strings.Replace(def(unruly), "timeout: 150", "timeout: 60000", 1)
	w := load(t, src, func(o *isolate.Options) { o.Size, o.StuckAfter = 1, time.Minute })
	for _, action := range []string{"recurse", "recurseLater"} {
		a, b := w.start("x", "a"), w.start("x", "b")
		a.json("add", 3.0)
		if got, want := a.json(action), "internal_error: Maximum call stack size exceeded"; got != want {
			t.Errorf("%s = %s", action, got)
		}
		a.wait("stopped", func() bool { return a.stopped != nil })
		found := false
		for _, l := range a.lines() {
			found = found || strings.HasPrefix(l, "server.ts:12:") || strings.HasPrefix(l, "server.ts:13:")
		}
		if !found {
			t.Errorf("%s logged %q", action, a.lines())
		}
		if got := a.state(); got != `{"n":3}` {
			t.Errorf("durable state %s", got)
		}
		if got := b.json("get"); got != "0" {
			t.Errorf("neighbour: %s", got)
		}
		b.stop(0)
	}
}

func TestKillDropsEverything(t *testing.T) {
	w := load(t, def(unruly), oneIsolate)
	a, b := w.start("x", "a"), w.start("x", "b")
	a.json("tick")
	a.wait("ticks", func() bool { return len(a.patches) > 3 })
	a.inst.Kill()
	b.json("add") // a turn that was under way has been reported
	a.mu.Lock()
	n := len(a.outs)
	a.mu.Unlock()
	b.json("slowly", 20.0)
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.outs) != n {
		t.Errorf("%d outcomes after Kill", len(a.outs)-n)
	}
}

func TestStopWaitsForActions(t *testing.T) {
	w := load(t, def(unruly), nil)
	l := w.start("x")
	slow, before := l.post("slowly", 30.0), l.work
	l.wait("runs", func() bool { return l.work.Actions > 0 })
	l.inst.Stop(time.Second)
	late := l.post("get")
	l.wait("stopped", func() bool { return l.stopped != nil })
	if _, ok := l.replies[slow]; !ok {
		t.Errorf("the running action was not awaited (work before: %+v)", before)
	}
	if got := l.stopped.Unstarted; len(got) != 1 || got[0] != late {
		t.Errorf("unstarted %v; want [%d]", got, late)
	}
	m := w.start("x", "m")
	m.post("slowly", 5000.0)
	m.wait("runs", func() bool { return m.work.Actions > 0 })
	if o := m.stop(20 * time.Millisecond); o.Err != nil {
		t.Error(o.Err)
	}
}

func TestFailedOnConnect(t *testing.T) {
	w := load(t, def(unruly), nil)
	l := w.start("x")
	call := l.nextCall()
	l.inst.Post(actor.Connect{Call: call, Conn: actor.ConnInfo{ID: "c", Params: "bad"}})
	act := l.act("c", "add")
	if _, err := l.answer(act); err == nil {
		t.Error("an action of the connection ran")
	}
	if _, err := l.answer(call); err != nil {
		t.Error(err)
	}
	if got, want := l.said(), "accepted c, close c 1000 `onConnect` failed, permit"; !strings.HasPrefix(got, want) {
		t.Errorf("said %s", got)
	}
}

func TestLoadErrors(t *testing.T) {
	tests := map[string]struct{ src, want string }{
		"a throw names its place": {"const n: number = 1;\nfunction f() { throw new Error('boom'); }\nf();", "server.ts:2:22 boom"},
		"a late throw as well":    {"await null;\nthrow new Error('boom');", "server.ts:2:7 boom"},
		"no registry":             {"export const n = 1;", "the entry exports no registry and runs no server"},
		"two registries":          {`import { setup } from "@rivetkit/actor"; export const a = setup({ use: {} }), b = setup({ use: {} });`, "the entry exports several registries: a, b"},
		"a mistake in an actor":   {`import { actor, setup } from "@rivetkit/actor"; export const registry = setup({ use: { x: actor({ onStart: 1 } as any) } });`, `"onStart" must be a function`},
		"endless recursion":       {"const f = (): number => f() + 1; f();", "Maximum call stack size exceeded"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			rt, _ := runtimeOf(t, nil)
			v, err := rt.Load(t.Context(), build(t, tt.src))
			if err == nil {
				v.Close()
				t.Fatal("loaded")
			}
			if e := errs.As(err); e.Code != errs.BuildFailed || !strings.Contains(e.At+" "+e.Msg, tt.want) {
				t.Errorf("error %v; want %s", err, tt.want)
			}
		})
	}
}

func TestServerCodeRunsOnce(t *testing.T) {
	w := load(t, `import { actor, setup } from "@rivetkit/actor";
const x = actor({ actions: { hi: () => "hi" } });
const registry = setup({ use: { x } });
const { client } = registry.runServer({ port: 9000 });
console.log("top level");
client.x.getOrCreate().hi().then(() => console.log("answered"));
`, func(o *isolate.Options) { o.Size = 3 })
	for _, key := range []string{"a", "b", "c", "d"} {
		if got := w.start("x", key).json("hi"); got != `"hi"` {
			t.Error(got)
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.logs) != 1 || w.logs[0].Msg != "top level" {
		t.Errorf("logged %+v", w.logs)
	}
	if c := w.v.Registry().Config; !c.Called || c.Port != 9000 {
		t.Errorf("config %+v", c)
	}
}

const room = `{
  state: { seen: [] as string[] },
  connState: { hits: 0 },
  vars: { n: 0 },
  onConnect: (c, conn) => { c.vars.n++; c.state.seen.push("in " + conn.id); },
  onDisconnect: (c, conn) => { c.state.seen.push("out " + conn.id); },
  actions: {
    hit: (c) => ++c.conn.state.hits,
    vars: (c) => c.vars.n,
    ids: (c) => [[...c.conns.keys()], c.conns.size, c.conns.length, c.conns.map((x) => x.id), [...c.conns].map(([id, conn]) => id === conn.id)],
    subs: (c) => [...c.conn.subscriptions],
    kick: async (c, id: string) => { await c.conns.get(id)!.disconnect("why"); return "kicked"; },
    tell: (c, id: string) => { c.conns.get(id)!.send("hey", 1); },
  },
}`

// An actor moves from one isolate to a fresh one: same state, same connections.
func TestMove(t *testing.T) {
	w := load(t, def(room), oneIsolate)
	a := w.start("x")
	for _, id := range []string{"c1", "c2"} {
		if err := a.connect(id, value.Undefined{}); err != nil {
			t.Fatal(err)
		}
	}
	a.inst.Post(actor.Subscribe{Conn: "c1", Event: "e", On: true})
	out, err := a.answer(a.act("c1", "hit"))
	if got := result(t, out, err); got != "1" {
		t.Fatal(got)
	}
	out, err = a.answer(a.act("c1", "ids"))
	if got, want := result(t, out, err), `[["c1","c2"],2,2,["c1","c2"],[true,true]]`; got != want {
		t.Errorf("conns %s; want %s", got, want)
	}
	a.said()
	out, err = a.answer(a.act("c1", "kick", "c2"))
	if got := result(t, out, err); got != `"kicked"` {
		t.Error(got)
	}
	if got, want := a.said(), "close c2 1000 why, permit, reply"; got != want {
		t.Errorf("said %s; want %s", got, want)
	}
	a.inst.Post(actor.Disconnect{Conn: "c2"})
	a.wait("c2 is gone", func() bool { return len(a.conns) == 1 })
	w.v.Retire()
	a.stop(time.Second)
	img := a.image()
	img.Reload = true
	img.Conns[0].Subscriptions = []string{"e"}

	w2 := load(t, def(room), oneIsolate)
	b := w2.spawn(img)
	out, err = b.answer(b.act("c1", "hit"))
	if got := result(t, out, err); got != "2" {
		t.Errorf("conn.state after the move: %s", got)
	}
	out, err = b.answer(b.act("c1", "subs"))
	if got := result(t, out, err); got != `["e"]` {
		t.Errorf("subscriptions after the move: %s", got)
	}
	if got, want := b.state(), `{"seen":["in c1","in c2","out c2","out c1","in c1"]}`; got != want {
		t.Errorf("virtual reconnect: %s; want %s", got, want)
	}
	if got := b.json("vars"); got != "2" { // the stateless call itself connects too
		t.Errorf("vars after the move: %s", got)
	}
}

func TestGoneConnectionsLeaveAtStart(t *testing.T) {
	w := load(t, def(room), nil)
	a := w.start("x")
	if err := a.connect("c1", value.Undefined{}); err != nil {
		t.Fatal(err)
	}
	a.stop(0)
	img := a.image()
	img.Conns[0].Gone = true
	b := w.spawn(img)
	b.wait("started", func() bool { return b.started })
	if got, want := b.state(), `{"seen":["in c1","out c1"]}`; got != want {
		t.Errorf("state %s; want %s", got, want)
	}
	if len(b.conns) != 0 {
		t.Errorf("connections left: %v", b.conns)
	}
}

func TestSchedulePermitsAndBackground(t *testing.T) {
	w := load(t, def(`{
  state: { n: 0 },
  actions: {
    plan: async (c) => { c.state.n++; await c.schedule.after(1000, "later", { a: 1 }); return "planned"; },
    later: (c, a) => { c.state.n = [a, c.conn === undefined]; return 1; },
    save: async (c) => { c.state.n = 5; await c.saveState({ immediate: true }); return "saved"; },
    bg: (c) => { c.runInBackground(new Promise((_, no) => setTimeout(() => no(new Error("bg")), 2))); },
  },
}`), nil)
	l := w.start("x")
	l.hold = true
	plan := l.post("plan")
	l.wait("permit", func() bool { return len(l.held) == 1 })
	if _, ok := l.replies[plan]; ok || len(l.alarms) != 1 || l.alarms[0].Action != "later" {
		t.Errorf("replied before the alarm was durable: %+v", l.alarms)
	}
	l.inst.Post(actor.Granted{Token: l.held[0]})
	out, err := l.answer(plan)
	if got := result(t, out, err); got != `"planned"` {
		t.Error(got)
	}
	call := l.nextCall()
	l.inst.Post(actor.Run{Call: call, Alarm: l.alarms[0].ID, Action: "later", Args: l.alarms[0].Args})
	if _, err := l.answer(call); err != nil {
		t.Error(err)
	}
	if got := l.state(); got != `{"n":[{"a":1},true]}` {
		t.Errorf("state %s", got)
	}
	save := l.post("save")
	l.wait("permit", func() bool { return len(l.held) == 2 })
	l.inst.Post(actor.Granted{Token: l.held[1], Err: errs.New(errs.StorageUnavailable, "full")})
	if _, err := l.answer(save); errs.CodeOf(err) != errs.StorageUnavailable {
		t.Errorf("save: %v", err)
	}
	l.json("bg")
	l.wait("background", func() bool {
		return strings.Contains(strings.Join(func() (s []string) {
			for _, g := range l.logs {
				s = append(s, g.Msg)
			}
			return
		}(), ","), "a background promise was rejected: bg") && l.work.None()
	})
}

func TestActorsCallActors(t *testing.T) {
	w := load(t, def(`{
  actions: {
    ask: async (c) => await c.client<any>().x.getOrCreate(["b"]).add(1, 2),
    asks: async (c) => { try { return await c.client<any>().x.get("b").add(1) } catch (e: any) { return [e.code, e.message, e.metadata] } },
  },
}`), nil)
	l := w.start("x")
	for action, res := range map[string]struct {
		r    actor.Result
		want string
	}{
		"ask":  {actor.Result{Value: 3.0}, "3"},
		"asks": {actor.Result{Err: &errs.Error{Code: "mine", Msg: "no", Public: true, Metadata: "m"}}, `["mine","no","m"]`},
	} {
		l.said()
		call := l.post(action)
		l.wait("the call", func() bool { return len(l.effects) == 1 })
		e, ok := l.effects[0].(actor.ClientCall)
		if !ok || e.Spec.Action != "add" || e.Spec.Query.Name != "x" || !e.Spec.Caller.Server {
			t.Fatalf("effect %+v", l.effects[0])
		}
		res.r.Token = e.Token
		l.inst.Post(res.r)
		out, err := l.answer(call)
		if got := result(t, out, err); got != res.want {
			t.Errorf("%s = %s; want %s", action, got, res.want)
		}
	}
}

func TestAuthorize(t *testing.T) {
	w := load(t, `import { actor, setup, UserError } from "@rivetkit/actor";
const open = actor({ onAuth: () => {}, actions: {} });
const closed = actor({ actions: {} });
const opts = actor({ onAuth: (o: any, p: any) => ({ keys: Object.keys(o), k: p.key, url: o.request.url, same: o.req === o.request, in: [...o.intents], p: o.params }), actions: {} });
const swapped = actor({ onAuth: async (params: any, { request, intents }: any) => [params.key, request.method, intents.has("action"), JSON.stringify(params)], actions: {} });
const no = actor({ onAuth: () => { throw new UserError("no", { code: "missing_auth" }); }, actions: {} });
const spin = actor({ onAuth: () => { const f = (): number => f() + 1; f(); }, actions: {} });
export const registry = setup({ use: { open, closed, opts, swapped, no, spin } });`, nil)
	params := &value.Object{Keys: []string{"key", "intents"}, Vals: []value.Value{"k", "mine"}}
	for _, tt := range []struct{ name, want string }{
		{"spin", "internal_error: Maximum call stack size exceeded"},
		{"open", "undefined"},
		{"opts", `{"keys":["key"],"k":"k","url":"http://h/p","same":true,"in":["get","action"],"p":{"key":"k","intents":"mine"}}`},
		{"swapped", `["k","POST",true,"{\"key\":\"k\"}"]`},
		{"no", "missing_auth: no"},
	} {
		out, err := w.v.Authorize(t.Context(), actor.AuthRequest{Name: tt.name, Params: params,
			Request: &actor.Request{Method: "POST", URL: "http://h/p"}, Intents: []actor.Intent{actor.IntentGet, actor.IntentAction}})
		if got := result(t, out, err); got != tt.want {
			t.Errorf("%s: %s; want %s", tt.name, got, tt.want)
		}
	}
	if _, err := w.v.Authorize(t.Context(), actor.AuthRequest{Name: "closed", Params: params}); errs.CodeOf(err) != errs.Forbidden || errs.As(err).Status != 403 {
		t.Errorf("closed: %v", err)
	}
}

var _ = isolate.New

// fakeActors plays the engine for top-level server code.
type fakeActors struct{ calls chan actor.CallSpec }

func (f fakeActors) Call(_ context.Context, spec actor.CallSpec) (value.Value, error) {
	f.calls <- spec
	return 42.0, nil
}

func (f fakeActors) Connect(context.Context, actor.ConnectSpec, actor.Peer) (actor.Link, error) {
	return nil, errs.New(errs.ActorNotFound, "none")
}

func (f fakeActors) Resolve(context.Context, actor.Query) (actor.Ref, error) {
	return actor.Ref{ID: "1"}, nil
}

func (f fakeActors) Fetch(context.Context, actor.Query, actor.Caller, actor.BodyReader, func(int, map[string][]string) actor.BodyWriter) error {
	return errs.New(errs.ActorNotFound, "none")
}

func (f fakeActors) Socket(context.Context, actor.Query, actor.Caller, actor.RawSocket) error {
	return errs.New(errs.ActorNotFound, "none")
}

// A top-level await of an actor doesn't keep its own version from loading.
func TestTopLevelAwaitOfAnActor(t *testing.T) {
	f := fakeActors{make(chan actor.CallSpec, 10)}
	logged := make(chan string, 10)
	w := load(t, `import { actor, setup } from "@rivetkit/actor";
const x = actor({ actions: { hi: () => "hi" } });
const { client } = setup({ use: { x } }).runServer();
await null;
console.log("got", await client.x.getOrCreate(["k"]).hi(7 as never));
`, func(o *isolate.Options) {
		o.Actors = f
		o.ServerLog = func(l actor.Log) { logged <- l.Msg }
	})
	if got := w.start("x").json("hi"); got != `"hi"` {
		t.Error(got)
	}
	if len(f.calls) != 0 {
		t.Error("the call went out before the version was served")
	}
	w.v.Serve()
	if spec := <-f.calls; spec.Action != "hi" || spec.Args[0] != 7.0 {
		t.Errorf("call %+v", spec)
	}
	if got := <-logged; got != "got 42" {
		t.Errorf("logged %s", got)
	}
}
