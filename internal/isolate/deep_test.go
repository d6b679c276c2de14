package isolate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/value"
)

// recursions have no end, each through another part of the engine.
const recursions = `{
  plain: () => { const f = (): any => 1 + f(); return f() },
  getter: () => { const o: any = { get x() { return this.x } }; return o.x },
  setter: () => { const o: any = { set x(v: any) { this.x = v } }; o.x = 1 },
  proxyGet: () => { const p: any = new Proxy({}, { get: (t, k, r) => r.x }); return p.x },
  valueOf: () => { const o: any = { valueOf() { return +o } }; return +o },
  template: () => { const o: any = { toString() { return String(o) } }; return String(o) },
  toJSON: () => { const o: any = { toJSON() { return JSON.stringify(o) } }; return JSON.stringify(o) },
  iterator: () => { const o: any = { [Symbol.iterator]() { return [...o][Symbol.iterator]() } }; return [...o] },
  news: () => { class A { a: any; constructor() { this.a = new A() } }; return new A() },
  derived: () => { class B {}; class A extends B { a: any = new A() }; return new A() },
  map: () => { const f = (): any => [1].map(f); return f() },
  sort: () => { const f = (): any => [2, 1].sort(f); return f() },
  call: () => { const f = (): any => f.call(null); return f() },
  replace: () => { const f = (): any => "a".replace(/a/, f); return f() },
  generator: () => { function* g(): any { yield* g() } return [...g()] },
  async: async () => { const f = async (): Promise<any> => await f(); return f() },
  spread: () => { const o: any = { get a() { return { ...o } } }; return { ...o } },
  clone: () => { const o: any = { get a() { return structuredClone(o) } }; return structuredClone(o) },
  event: () => { const t = new EventTarget(); t.addEventListener("a", () => t.dispatchEvent(new Event("a"))); t.dispatchEvent(new Event("a")) },
  reduce: () => { const f = (): any => [1, 2].reduce(f); return f() },
}`

// TestEndlessRecursion fails its call, and ends before a neighbour in the same
// isolate, which waits in the middle of an action, has to be given up.
func TestEndlessRecursion(t *testing.T) {
	t.Parallel()
	w := load(t, `const recursions: Record<string, (c: any) => any> = `+recursions+`;
let open = () => {};
const gate = new Promise<void>((r) => { open = r });`+def(`{ state: { m: new Map() }, actions: { ...recursions, names: () => Object.keys(recursions), hold: () => gate, open: () => open() } }`), func(o *isolate.Options) {
		o.Size = 1
		o.StuckAfter = 20 * time.Second // a guard against hangs: how long it takes is measured elsewhere
	})
	neighbour := w.start("x", "neighbour")
	out, err := neighbour.call("names")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range namesOf(out) {
		l := w.start("x", name)
		if got := l.json(name); !strings.HasPrefix(got, "internal_error: Maximum call stack size exceeded") {
			t.Errorf("%s: %s", name, got)
		}
		if logs := strings.Join(l.lines(), "\n"); !strings.Contains(logs, "server.ts:") {
			t.Errorf("%s: no position in %q", name, logs)
		}
	}
	neighbour = w.start("x", "holder")
	held := neighbour.post("hold")
	w.start("x", "once more").json("getter")
	w.start("x", "opener").call("open")
	if v, err := neighbour.answer(held); v != (value.Undefined{}) {
		t.Errorf("the neighbour's action: %v, %v", v, err)
	}
}

// TestJobsDoNotNest: a function of the host as a reaction is no entry of its
// own, else each would run the next within itself.
func TestJobsDoNotNest(t *testing.T) {
	t.Parallel()
	w := load(t, def(`{ actions: {
		parse: async () => { let n = 0; for (let i = 0; i < 3000; i++) n += await Promise.resolve("1").then(JSON.parse); return n },
		map: async () => { let n = 0; for (let i = 0; i < 3000; i++) n += (await Promise.resolve(new Map([[1, {}]])).then(Object.fromEntries))[1] ? 1 : 0; return n },
		ticks: async () => { let n = 0; await new Promise<void>((r) => { const f = () => (++n < 5000 ? queueMicrotask(f) : r()); f() }); return n },
		many: async () => (await Promise.all(Array.from({ length: 1000 }, () => Promise.resolve(new Map([[1, 1]])).then(structuredClone)))).length,
	} }`), nil)
	for action, want := range map[string]string{"parse": "3000", "map": "3000", "ticks": "5000", "many": "1000"} {
		if got := w.start("x", action).json(action); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
}

// TestJobsWithoutEnd time out like any code that never yields.
func TestJobsWithoutEnd(t *testing.T) {
	t.Parallel()
	w := load(t, def(`{ options: { action: { timeout: 300 } }, actions: {
		microtasks: () => { const f = () => queueMicrotask(f); f() },
		ticks: () => { const f = () => process.nextTick(f); f() },
		promises: () => { const f = (): any => Promise.resolve().then(f); f() },
	} }`), nil)
	for _, action := range []string{"microtasks", "ticks", "promises"} {
		if got := w.start("x", action).json(action); !strings.HasPrefix(got, "action_timed_out") {
			t.Errorf("%s: %s", action, got)
		}
	}
}

// TestDeepRecursionThatEnds: what docs/limits.md promises.
func TestDeepRecursionThatEnds(t *testing.T) {
	t.Parallel()
	w := load(t, def(`{ actions: {
		plain: () => { const f = (n: number): number => (n === 0 ? 0 : 1 + f(n - 1)); return f(2900) },
		natives: () => { const f = (n: number): number => (n === 0 ? 0 : [n].map((n) => 1 + f(n - 1))[0]); return f(400) },
	} }`), nil)
	for action, want := range map[string]string{"plain": "2900", "natives": "400"} {
		if got := w.start("x", action).json(action); got != want {
			t.Errorf("%s: %s, want %s", action, got, want)
		}
	}
}
