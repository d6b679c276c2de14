package isolate_test

import (
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/isolate"
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
