package isolate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/value"
)

func oneIsolate(o *isolate.Options) { o.Size = 1 }

// Two actors whose continuations are settled by one shared promise: each is
// its own actor's, whosever turn runs it.
func TestContinuationsAreAttributed(t *testing.T) {
	w := load(t, `import { actor, setup } from "@rivetkit/actor";
let open: () => void = () => {};
let gate = new Promise<void>((r) => (open = r));
const x = actor({
  state: { n: 0 },
  actions: {
    wait: async (c, who: string) => {
      c.state.n++;
      await gate;
      console.log("after", who);
      c.state.n += 10;
      await null;
      c.log.info("again", { who });
      c.broadcast("done", who);
      return c.state.n;
    },
    open: (c) => { console.log("opening"); open(); },
  },
});
export const registry = setup({ use: { x } });`, oneIsolate)
	a, b, o := w.start("x", "a"), w.start("x", "b"), w.start("x", "o")
	ca, cb := a.post("wait", "A"), b.post("wait", "B")
	a.wait("begun", func() bool { return a.work.Actions == 1 })
	b.wait("begun", func() bool { return b.work.Actions == 1 })
	if got := o.json("open"); got != "undefined" {
		t.Fatal(got)
	}
	for _, tt := range []struct {
		l    *life
		call string
		who  string
	}{{a, "A", "A"}, {b, "B", "B"}} {
		call := ca
		if tt.l == b {
			call = cb
		}
		out, err := tt.l.answer(call)
		if got := result(t, out, err); got != "11" {
			t.Errorf("%s: wait = %s", tt.who, got)
		}
		if got, want := strings.Join(tt.l.lines(), "; "), "server.ts:10:15 after "+tt.who+"; server.ts:13:13 again"; got != want {
			t.Errorf("%s logged %q; want %q", tt.who, got, want)
		}
		if got, want := tt.l.said(), `broadcast done["`+tt.who+`"], reply`; got != want {
			t.Errorf("%s said %s; want %s", tt.who, got, want)
		}
		if got := tt.l.state(); got != `{"n":11}` {
			t.Errorf("%s: state %s", tt.who, got)
		}
	}
	if got := strings.Join(o.lines(), "; "); got != "server.ts:17:28 opening" {
		t.Errorf("the opener logged %q", got)
	}
}

// The then of a thenable is called by a job of its own, long after whoever
// awaited or returned it: it runs as that code all the same.
func TestThenablesAreAttributed(t *testing.T) {
	t.Parallel()
	w := load(t, `import { AsyncLocalStorage } from "node:async_hooks";
import { actor, setup } from "@rivetkit/actor";
const als = new AsyncLocalStorage<string>();
let open: () => void = () => {};
let gate = new Promise<void>((r) => (open = r));
const lazy = () => ({ then(done: (v: unknown) => void) { console.log("then"); done(als.getStore() ?? "lost"); } });
const returned = async () => lazy();
const x = actor({
  state: {},
  actions: {
    store: async (c) => [
      await als.run("awaited", async () => await (lazy() as any)),
      await als.run("returned", () => returned()),
      await als.run("resolved", () => Promise.resolve(lazy())),
      await als.run("chained", () => Promise.resolve().then(() => lazy())),
      await als.run("new", () => new Promise((r) => r(lazy()))),
      await als.run("all", () => Promise.all([lazy(), lazy()])),
      await als.run("late", () => { const p = new Promise((r) => setTimeout(r, 1, lazy())); return p; }),
      await als.run("own", async () => { class P extends Promise<any> {} return await P.resolve(als.getStore()); }),
      await als.run("nested", async () => await ({ then(f: any) { f(lazy()) } } as any)),
      als.getStore() ?? "outside",
    ],
    wait: async (c, who: string) => { await gate; return als.run(who, async () => await (lazy() as any)); },
    open: () => open(),
  },
});
export const registry = setup({ use: { x } });`, func(o *isolate.Options) { o.Size, o.StuckAfter = 1, time.Minute })
	if got, want := w.start("x", "s").json("store"), `["awaited","returned","resolved","chained","new",["all","all"],"late","own","nested","outside"]`; got != want {
		t.Errorf("stores %s, want %s", got, want)
	}
	a, b, o := w.start("x", "a"), w.start("x", "b"), w.start("x", "o")
	ca, cb := a.post("wait", value.Value("A")), b.post("wait", value.Value("B"))
	a.wait("begun", func() bool { return a.work.Actions == 1 })
	b.wait("begun", func() bool { return b.work.Actions == 1 })
	o.json("open")
	for l, call := range map[*life]actor.CallID{a: ca, b: cb} {
		out, err := l.answer(call)
		who := strings.ToUpper(l.ref.Key[0])
		if got := result(t, out, err); got != `"`+who+`"` {
			t.Errorf("%s has the store %s", who, got)
		}
		if got := strings.Join(l.lines(), "; "); got != "server.ts:6:66 then" {
			t.Errorf("%s logged %q", who, got)
		}
	}
	if got := o.lines(); len(got) != 0 {
		t.Errorf("the opener logged %q", got)
	}
}
