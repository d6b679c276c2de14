package isolate_test

import (
	"testing"

	"github.com/rivetdev/rivet/internal/value"
)

// TestOldReferencesToState: what an action changed by the reference that it had
// before it handed an object to the state is in what leaves the actor and in
// what is stored; when the action has ended, the object is the script's alone.
func TestOldReferencesToState(t *testing.T) {
	w := load(t, def(`{
  state: { list: [] },
  vars: {},
  createConnState: () => ({ seen: 0 }),
  actions: {
    read: (c) => { const m = { n: 0 }; c.state.m = m; m.n = 1; return c.state.m.n; },
    give: (c) => { const m = { n: 0 }; c.state.m = m; const s = c.state; m.n = 2; return s; },
    giveAsync: async (c) => { const m = { n: 0 }; const s = c.state; s.m = m; m.n = 3; return s; },
    tell: (c) => { const m = { n: 0 }; const s = c.state; s.m = m; m.n = 4; c.broadcast("m", s.m); },
    awaits: async (c) => {
      const m = { n: 0 }, s = c.state;
      s.m = m;
      for (let i = 0; i < 3; i++) { await new Promise((r) => setTimeout(r, 1)); m.n++; }
      return s.m;
    },
    many: (c) => {
      const all = Array.from({ length: 500 }, (_, i) => ({ i }));
      for (const m of all) c.state.list.push(m);
      all[499].i = -1;
      return c.state.list[499];
    },
    keep: (c) => { c.vars.kept = { n: 5 }; c.state = { kept: c.vars.kept }; },
    late: (c) => { c.vars.kept.n = 6; return c.state; },
    conn: async (c) => { const m = { n: 0 }; c.conn.state = m; await new Promise((r) => setTimeout(r, 1)); m.n = 7; return c.conn.state; },
  },
}`), nil)
	l := w.start("x")
	for _, tt := range []struct{ action, out, state string }{
		{"read", `1`, `{"list":[],"m":{"n":1}}`},
		{"give", `{"list":[],"m":{"n":2}}`, `{"list":[],"m":{"n":2}}`},
		{"giveAsync", `{"list":[],"m":{"n":3}}`, `{"list":[],"m":{"n":3}}`},
		{"awaits", `{"n":3}`, `{"list":[],"m":{"n":3}}`},
		{"many", `{"i":-1}`, ""},
		{"keep", `undefined`, `{"kept":{"n":5}}`},
		{"late", `{"kept":{"n":5}}`, `{"kept":{"n":5}}`},
	} {
		if out := l.json(tt.action); out != tt.out {
			t.Errorf("%s = %s; want %s", tt.action, out, tt.out)
		}
		if tt.state != "" && l.state() != tt.state {
			t.Errorf("after %s %s is stored; want %s", tt.action, l.state(), tt.state)
		}
	}
	l.said()
	l.json("tell")
	if got, want := l.said(), `broadcast m[{"n":4}], reply`; got != want {
		t.Errorf("said %s; want %s", got, want)
	}
	if err := l.connect("c1", value.Undefined{}); err != nil {
		t.Fatal(err)
	}
	out, err := l.answer(l.act("c1", "conn"))
	if got, want := result(t, out, err), `{"n":7}`; got != want {
		t.Errorf("conn = %s; want %s", got, want)
	}
	w2 := w.spawn(l.image())
	w2.wait("started", func() bool { return w2.started })
	if got, want := w2.json("late"), "internal_error"; len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("after a restart late = %s", got) // vars are new
	}
	l.mu.Lock()
	g, err := value.DecodeGraph(l.conns["c1"].State)
	l.mu.Unlock()
	if err != nil || result(t, g.Value(), nil) != `{"n":7}` {
		t.Errorf("the connection's state is stored as %v, %v", g, err)
	}
}
