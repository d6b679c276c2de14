package track

import (
	"strings"
	"testing"

	"github.com/dop251/goja"
)

// TestOldReferences are changes by the references that scripts had before they
// handed an object over: what c.state gives at once, what a flush keeps, and
// that nothing of it counts after Seal.
func TestOldReferences(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, read, want, late string }{
		"a member":                      {"m = {n: 0}; c.state.m = m; m.n = 1", "c.state.m.n", "1", "m.n = 2; delete m.n"},
		"a new and a deleted member":    {"m = {a: 1, b: 2}; c.state.m = m; delete m.a; m.c = 3; m.a = 4", "JSON.stringify(c.state.m)", `{"b":2,"c":3,"a":4}`, "m.z = 1"},
		"nested":                        {"m = {in: {l: [1]}}; c.state.m = m; m.in.l.push({x: 1}); m.in.l[1].x = 2", "JSON.stringify(c.state.m)", `{"in":{"l":[1,{"x":2}]}}`, "m.in.l[1].x = 9; m.in.l.length = 0"},
		"pushed":                        {"m = {}; c.state.list.push(m); m.n = 1", "c.state.list[0].n", "1", "m.n = 2"},
		"both change different members": {"m = {}; c.state.m = m; c.state.m.a = 1; m.b = 2", "JSON.stringify(c.state.m)", `{"a":1,"b":2}`, "m.a = 5"},
		"both append":                   {"m = [0]; c.state.m = m; c.state.m.push(1); m.push(2)", "c.state.m.join()", "0,1,2", "m.push(3)"},
		"append and pop":                {"m = [0, 5]; c.state.m = m; s = c.state.m; s.push(1); m.pop()", "c.state.m.join()", "0,1", "m.pop()"},
		"both change one: the old wins": {"m = {n: 0}; c.state.m = m; s = c.state.m; m.n = 1; s.n = 2", "c.state.m.n", "1", "m.n = 3"},
		"seen once, the later wins":     {"m = {n: 0}; c.state.m = m; m.n = 1; c.state.m.n = 2", "c.state.m.n", "2", "m.n = 3"},
		"one object twice":              {"m = {}; c.state.a = m; c.state.b = [m]; m.n = 1", "c.state.a === c.state.b[0] && c.state.b[0].n", "1", "m.n = 2"},
		"a cycle":                       {"m = {}; m.me = m; c.state.m = m; m.n = 1", "c.state.m.me.me === c.state.m && c.state.m.me.n", "1", "m.me = null"},
		"a cycle made later":            {"m = {}; c.state.m = m; m.me = m", "c.state.m.me === c.state.m", "true", "m.me = null"},
		"a map":                         {"m = new Map([['a', 1], ['b', {x: 1}]]); c.state.m = m; m.delete('a'); m.get('b').x = 2; m.set('a', 3)", "JSON.stringify([...c.state.m])", `[["b",{"x":2}],["a",3]]`, "m.clear()"},
		"a map's raw key":               {"k = {}; m = new Map(); c.state.m = m; m.set(k, 1); k.n = 1", "[...c.state.m.keys()][0].n", "1", "k.n = 2; m.delete(k)"},
		"a set":                         {"m = new Set([1, 2]); c.state.m = m; m.delete(1); m.add(3)", "[...c.state.m].join()", "2,3", "m.clear()"},
		"a date":                        {"m = new Date(1); c.state.m = m; m.setTime(2)", "c.state.m.getTime()", "2", "m.setTime(3)"},
		"bytes":                         {"m = new Uint8Array(3); c.state.m = m; c.state.m[0] = 1; m[1] = 2", "c.state.m.join()", "1,2,0", "m[2] = 3"},
		"an error":                      {"m = new RangeError('a'); c.state.m = m; m.message = 'b'; m.code = 1; m.cause = {x: 1}", "[c.state.m.message, c.state.m.code, c.state.m.cause.x, c.state.m instanceof RangeError, Object.keys(c.state.m)].join()", "b,1,1,true,code", "m.message = 'c'"},
		"a regexp":                      {"m = /a/g; c.state.m = m; m.exec('aa')", "c.state.m.lastIndex", "1", "m.lastIndex = 0"},
		"holes":                         {"m = [1,,3]; c.state.m = m; delete m[0]; m.length = 5", "[0 in c.state.m, 1 in c.state.m, c.state.m.length].join()", "false,false,5", "m.length = 0"},
		"a frozen object's child":       {"k = {}; c.state.m = Object.freeze({k}); k.n = 1", "c.state.m.k.n", "1", "k.n = 2"},
		"a class instance":              {"m = new (class P { n = 0; get up() { return this.n + 1 } set x(v) { this.n = v } })(); c.state.m = m; m.n = 1", "[c.state.m.n, c.state.m.up, c.state.m.constructor === Object].join()", "1,,true", "m.n = 3"},
		"instances of subclasses": {"m = {}; for (const K of [Array, Map, Set, Date, RegExp, RangeError, Uint8Array]) m[K.name] = new (class Sub extends K {})(); c.state.m = m; m.Array.push(1)",
			"[c.state.m.Array[0], ...Object.values(c.state.m).map((v) => v.constructor.name)].join()", "1,Array,Map,Set,Date,RegExp,RangeError,Uint8Array", "m.n = 3"},
		"a prototype":                {"m = {a: 1}; c.state.m = m; Object.setPrototypeOf(m, null); m.b = 2", "Object.getPrototypeOf(c.state.m) === null && c.state.m.b", "2", "m.b = 3"},
		"a getter is evaluated once": {"i = 0; m = {get o() { c.state; return {i: ++i} }}; c.state.m = m; c.state; c.state", "c.state.m.o.i", "1", "i = 7"},
		"the root":                   {"m = {n: 0, list: []}; c.state = m; m.n = 1; m.list.push(1)", "JSON.stringify(c.state)", `{"n":1,"list":[1]}`, "m.n = 2"},
		"removed and put back":       {"m = {n: 0}; c.state.m = m; delete c.state.m; m.n = 1; c.state.m = m", "c.state.m.n", "1", "m.n = 2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.turn(t, "c.state = {list: []}; var m, k, s, i")
			w.t.Seal()
			read := func(when string) {
				t.Helper()
				if v, err := w.vm.RunString(tt.read); err != nil || v.String() != tt.want {
					t.Errorf("%s: %s is %v, %v; want %s", when, tt.read, v, err, tt.want)
				}
			}
			if _, err := w.vm.RunString(tt.src); err != nil {
				t.Fatal(err)
			}
			read("at once")
			w.flush(t)
			read("after Flush")
			if got, want := shape(w.image.Value()), stateOf(t, w.vm); got != want {
				t.Errorf("image %s\nstate %s", got, want)
			}
			if p := w.flush(t); p != nil {
				t.Errorf("a second Flush wrote %x", p)
			}
			w.t.Seal()
			if _, err := w.vm.RunString(tt.late); err != nil {
				t.Fatal(err)
			}
			if p := w.flush(t); p != nil {
				t.Errorf("after Seal %s wrote %x", tt.late, p)
			}
			read("after Seal and " + tt.late)
		})
	}
}

// TestOldReferencesAcrossAwaits changes an object in turns after the one that
// handed it over, while it is watched.
func TestOldReferencesAcrossAwaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.turn(t, "var m = {l: [], n: 0}, p; c.state = {m}")
	for _, src := range []string{
		"m.n = 1", "m.l.push({a: 1})", "m.l[0].a = 2", "p = c.state.m; delete c.state.m", "m.n = 3; c.state.again = m", "delete c.state.again; p.x = 1", "c.state.m = p; c.state.n = [m]", "m.l[0].b = 1",
	} {
		if w.turn(t, src) == nil {
			t.Errorf("%s: not noticed", src)
		}
		if got, want := shape(w.image.Value()), stateOf(t, w.vm); got != want {
			t.Errorf("%s:\nimage %s\nstate %s", src, got, want)
		}
	}
	if got, want := shape(w.image.Value()), `{false "m":{false "l":[{false "a":2,"b":1,},],"n":3,"x":1,},"n":[#1,],}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestObjectComesBackThroughAnother: what was changed while the state was
// without it counts at the Flush that finds it again.
func TestObjectComesBackThroughAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.turn(t, "var m = {n: 0}, s = {m}; c.state = {m, s}")
	w.turn(t, "delete c.state.m; delete s.m")
	w.lazy = true
	w.turn(t, "m.n = 1; s.back = m")
	if got, want := shape(w.image.Value()), `{false "s":{false "back":{false "n":1,},},}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestScriptsKeepTheirObjects: handing over doesn't change what was handed over.
func TestScriptsKeepTheirObjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.turn(t, `var k = {}, child = {k}, m = {child, map: new Map([[k, child]]), list: [child,, 1]}; c.state = {m}; c.state.m.child.n = 1; c.state.m.list.push(1)`)
	w.t.Seal()
	v, err := w.vm.RunString("m.child === child && m.map.get(k) === child && m.list[0] === child && m.list.length === 3 && !('n' in child) && child.k === k")
	if err != nil || !v.ToBoolean() {
		t.Errorf("the script's objects changed: %v", err)
	}
}

// TestLetGoMapComesBack: a Map, Set or Date that the state let go of is the
// same object when it comes back.
func TestLetGoMapComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.turn(t, "c.state = {m: new Map(), d: new Date(1)}")
	w.t.Seal()
	w.turn(t, "var m = c.state.m, d = c.state.d; delete c.state.m; delete c.state.d")
	w.t.Seal()
	w.turn(t, "m.set('a', {n: 1}); c.state.m = m; c.state.d = d")
	w.t.Seal()
	w.turn(t, "m.get('a').n = 2; d.setTime(5)")
	if got, want := shape(w.image.Value()), `{false "m":map{"a"=>{false "n":2,},},"d":date 5,}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestManyOldReferences: beyond the budget for reading, the end of the turn and
// what leaves the actor still have every change.
func TestManyOldReferences(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.turn(t, "c.state = {list: []}")
	if _, err := w.vm.RunString("var all = []; for (let i = 0; i < 3000; i++) { const m = {i}; c.state.list.push(m); all.push(m) } all[2999].i = 'last'; all[0].i = 'first'"); err != nil {
		t.Fatal(err)
	}
	if looked := w.t.looked; looked > readBudget {
		t.Errorf("reading c.state compared %d places", looked)
	}
	w.t.Sync()
	if got := stateOf(t, w.vm); !strings.Contains(got, `"last"`) || !strings.Contains(got, `"first"`) {
		t.Error("Sync missed a change")
	}
	w.turn(t, "all[1000].i = 'middle'")
	if !strings.Contains(shape(w.image.Value()), `"middle"`) {
		t.Error("Flush missed a change")
	}
}

func TestOldReferenceWithWhatCannotBeStored(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"m.o.f = () => 1":                       "state.m.o.f is a function",
		"m.l.push(1, Symbol())":                 "state.m.l[1] is a symbol",
		"m.map.set('k', {f() {}})":              "state.m.map.k.f is a function",
		`m.o['\ud800'] = 1`:                     "is named with a lone surrogate",
		"m.l.length = 2 ** 31":                  "beyond the longest array",
		"m.l.total = 1":                         "state.m.l.total is a named member of an Array",
		"m.o[Symbol('s')] = 1":                  "state.m.o[Symbol(s)] is named by a symbol",
		"m.l.push(new Proxy({a: () => 1}, {}))": "state.m.l[0].a is a function",
	} {
		w := newWorld(t)
		w.turn(t, "var m = {o: {}, l: [], map: new Map()}; c.state = {m}")
		before := shape(w.image.Value())
		if _, err := w.vm.RunString(src + "; c.state"); err != nil {
			t.Errorf("%s: reading the state throws %v", src, err)
		}
		if stateOf(t, w.vm) != before {
			t.Errorf("%s: the state changed", src)
		}
		if _, err := w.t.Flush(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: Flush: %v, want %s", src, err, want)
		}
		w.t.Seal()
		if p := w.flush(t); p != nil || stateOf(t, w.vm) != before {
			t.Errorf("%s: after Seal the state changed: %x", src, p)
		}
	}
}

// TestTwoStatesOfOneObject: each has a copy and follows the object.
func TestTwoStatesOfOneObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.t.r.New(Options{})
	v, err := w.vm.RunString("var m = {n: 1}; c.state = m; m")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.SetRoot(v); err != nil {
		t.Fatal(err)
	}
	w.turn(t, "c.state.own = 1; m.n = 2")
	if _, err := other.Flush(); err != nil {
		t.Fatal(err)
	}
	if a, b := shape(w.image.Value()), shape(other.Value()); a != `{false "n":2,"own":1,}` || b != `{false "n":2,}` {
		t.Errorf("states %s and %s", a, b)
	}
}

// benchWatched is a read of c.state while n objects of two members are watched.
func benchWatched(b *testing.B, n int) {
	w := filled(b, 5)
	f := w.function(b, "n => { for (let i = 0; i < n; i++) c.state.messages.push({id: i, text: 'hello'}) }")
	if _, err := f(goja.Undefined(), w.vm.ToValue(n)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		w.t.looked = 0
		w.t.look()
	}
}

func BenchmarkLook1(b *testing.B)    { benchWatched(b, 1) }
func BenchmarkLook20(b *testing.B)   { benchWatched(b, 20) }
func BenchmarkLook5000(b *testing.B) { benchWatched(b, 5000) }

func BenchmarkPush1000InATurn(b *testing.B) {
	benchTurn(b, 5, "() => { for (let i = 0; i < 1000; i++) c.state.messages.push({id: i, text: 'hello'}); c.state.messages.length = 5 }")
}

func BenchmarkHandOver1MB(b *testing.B) {
	benchTurn(b, 5, "() => { const l = []; for (let i = 0; i < 5000; i++) l.push({id: i, text: 'hello'}); c.state.l = l }")
}
