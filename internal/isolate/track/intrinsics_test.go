package track

import "testing"

// TestReplacedGlobals: a script that replaces built-in constructors and methods
// of arrays changes nothing for states.
func TestReplacedGlobals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.turn(t, `c.state = {}; var M = Map, D = Date, U = Uint8Array;
		for (const n of ["Map", "Set", "Date", "RegExp", "Error", "TypeError", "Uint8Array", "WeakSet"]) globalThis[n] = class { constructor() { throw 1 } }`)
	w.turn(t, "c.state.v = {m: new M([[1, 2]]), d: new D(5), u: new U([1]), r: /a/g}; c.state.v.m.set(2, {}); c.state.list = [1, 2]")
	w.t.Seal()
	w.turn(t, "delete c.state.v.m; c.state.list.push(3, 4)")
	if _, err := w.vm.RunString("c.state.f = () => 1"); err == nil {
		t.Error("a function was taken")
	}
	if err := w.t.Load(w.image); err != nil {
		t.Fatal(err)
	}
	if got, want := stateOf(t, w.vm), shape(w.image.Value()); got != want {
		t.Errorf("state %s, image %s", got, want)
	}
}
