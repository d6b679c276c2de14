package isolate_test

import (
	"testing"
)

const counter = `{
  state: { count: 0, list: [] as number[] },
  actions: {
    increment: (c, n = 1) => (c.state.count += n),
    later: async (c, n: number) => { c.state.count += n; await Promise.resolve(); c.broadcast("changed", c.state.count); return c.state.count },
    get: (c) => c.state.count,
    tick: (c) => new Promise((resolve) => setTimeout(() => { c.state.count++; resolve(c.state.count) }, 5)),
    id: (c) => [c.name, c.key, c.region, c.actorId.length],
    none: () => {},
  },
}`

func TestActionsAndState(t *testing.T) {
	w := load(t, def(counter), nil)
	l := w.start("x", "a", "b")
	for _, tt := range []struct{ action, want string }{
		{"increment", "1"}, {"increment", "2"}, {"get", "2"}, {"tick", "3"}, {"none", "undefined"},
		{"id", `["x",["a","b"],"local",16]`},
		{"nope", "action_not_found: Action 'nope' not found. Validate the action exists on your actor."},
		{"toString", "action_not_found: Action 'toString' not found. Validate the action exists on your actor."},
	} {
		if got := l.json(tt.action); got != tt.want {
			t.Errorf("%s = %s; want %s", tt.action, got, tt.want)
		}
	}
	l.said()
	if got := l.json("later", 5.0); got != "8" {
		t.Errorf("later = %s", got)
	}
	if got, want := l.said(), "broadcast changed[8], reply"; got != want {
		t.Errorf("said %s; want %s", got, want)
	}
	if got, want := l.state(), `{"count":8,"list":[]}`; got != want {
		t.Errorf("durable state %s; want %s", got, want)
	}
	img := l.image()
	if o := l.stop(0); o.Err != nil {
		t.Errorf("stopped with %v", o.Err)
	}
	m := w.spawn(img)
	m.wait("started", func() bool { return m.started })
	if got := m.json("get"); got != "8" {
		t.Errorf("after a restart get = %s", got)
	}
}
