package track

import (
	"strings"
	"testing"
)

func TestRefusesWhatCannotBeStored(t *testing.T) {
	for src, want := range map[string]string{
		"c.state.users.push({name: 'a', cb() {}})":                       "state.users[1].cb is a function",
		"c.state.x = Symbol('a')":                                        "state.x is a symbol",
		"c.state.x = {p: Promise.resolve()}":                             "state.x.p is a Promise",
		"c.state.x = new WeakMap()":                                      "state.x is a WeakMap",
		"c.state.m.set('k', () => 1)":                                    "state.m.k is a function",
		"c.state = {a: [1, {f() {}}]}":                                   "state.a[1].f is a function",
		"Object.defineProperty(c.state, 'g', {get() { return 1 }})":      "state.g is an accessor",
		"Object.assign(c.state.users[0], {['odd name']: function() {}})": `state.users[0]["odd name"] is a function`,
		"c.state.users.length = 2 ** 31":                                 "state.users.length is beyond",
		"c.state.users = new Proxy([() => 1], {})":                       "state.users[0] is a function",
		// Several values at once: all or none.
		"c.state.users.push({ok: 1}, () => 1)":            "state.users[2] is a function",
		"c.state.users.unshift(1, {f() {}})":              "state.users[1].f is a function",
		"c.state.users.splice(0, 1, 'a', {b: Symbol()})":  "state.users[1].b is a symbol",
		"c.state.users.splice(-1, 1, 'a', new WeakSet())": "state.users[1] is a WeakSet",
		"c.state.users.fill(() => 1)":                     "state.users[0] is a function",
		// Members that the stored form has no place for.
		"c.state.users.total = 1": "state.users.total is a named member of an Array",
		"Object.defineProperty(c.state.users, 'x', {value: 1, enumerable: true})":   "state.users.x is a named member of an Array",
		"c.state.m2 = 'ab'.match(/a(b)/)":                                           "state.m2.input is a named member of an Array",
		"c.state.x = Object.assign(new Map(), {size2: 1})":                          "state.x.size2 is a named member of a Map",
		"c.state.x = Object.assign(new Date(0), {y: 1})":                            "state.x.y is a named member of a Date",
		"c.state.x = Object.assign(new Uint8Array(2), {y: 1})":                      "state.x.y is a named member of a Uint8Array",
		"c.state.x = {[Symbol('s')]: 1}":                                            "state.x[Symbol(s)] is named by a symbol",
		"c.state.users[0][Symbol.for('t')] = 1":                                     "state.users[0][Symbol(t)] is named by a symbol",
		"c.state.x = new (class A { [Symbol('q')] = 1 })()":                         "state.x[Symbol(q)] is named by a symbol",
		"Object.defineProperty(c.state, Symbol('d'), {value: 1, enumerable: true})": "state[Symbol(d)] is named by a symbol",
		"c.state = Symbol('root')":                                                  "state is a symbol",
		"c.state = () => 1":                                                         "state is a function",
	} {
		w := newWorld(t)
		w.turn(t, "c.state = {users: [{name: 'z'}], m: new Map()}")
		before := shape(w.image.Value())
		_, err := w.vm.RunString(src)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", src, err, want)
		}
		w.t.Seal()
		if p := w.flush(t); p != nil || stateOf(t, w.vm) != before {
			t.Errorf("%s: the state changed", src)
		}
	}
}

// TestPathIsWhereItStandsNow: not where it stood when the turn began.
func TestPathIsWhereItStandsNow(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ first, bad, want string }{
		{"const u = c.state.users.shift(); c.state.moved = [u]", "c.state.moved[0].f = () => 1", "state.moved[0].f is a function"},
		{"c.state.deep = {l: [{}]}", "c.state.deep.l[0].f = () => 1", "state.deep.l[0].f is a function"},
		{"c.state.users.unshift({})", "c.state.users[1].f = () => 1", "state.users[1].f is a function"},
		{"c.state = {other: c.state.users}", "c.state.other[0].g = {h: [() => 1]}", "state.other[0].g.h[0] is a function"},
		{"const k = {}; c.state.m.set('k', {z: [k]})", "c.state.m.get('k').z[0].f = () => 1", "state.m.k.z[0].f is a function"},
		{"var m = {}; c.state.a = {m}; c.state.b = c.state.a; delete c.state.a", "m.f = () => 1; c.state.b.m.g = () => 1", "state.b.m.g is a function"},
	} {
		w := newWorld(t)
		w.turn(t, "c.state = {users: [{name: 'z'}], m: new Map()}")
		w.t.Seal()
		if _, err := w.vm.RunString(tt.first); err != nil {
			t.Fatalf("%s: %v", tt.first, err)
		}
		if _, err := w.vm.RunString(tt.bad); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s; %s: %v, want %s", tt.first, tt.bad, err, tt.want)
		}
	}
}

func TestStateBehavesAsItself(t *testing.T) {
	w := newWorld(t)
	w.turn(t, `class User { constructor() { this.name = "u" } get upper() { return this.name.toUpperCase() } set upper(v) { this.name = v.toLowerCase() } }
		c.state = {list: [3, 1, 2], m: new Map([[{id: 1}, new Set([1])]]), d: new Date(5), user: new User(), err: new RangeError("r"), buf: new Uint8Array(4), ice: [{n: 1}], re: /a/g, agg: new AggregateError([1, new Error('two')], 'both'),
			nul: Object.assign(Object.create(null), {a: 1}), fro: Object.freeze({in: Object.freeze([{}])})};`)
	for _, src := range []string{
		"Array.isArray(c.state.list)", "c.state.m instanceof Map", "c.state.d instanceof Date", "c.state.err instanceof RangeError",
		"JSON.stringify(c.state.list) === '[3,1,2]'", "[...c.state.m.keys()][0].id === 1", "c.state.user.name === 'u' && c.state.user.upper === undefined && c.state.user.constructor === Object",
		"Object.keys(c.state).join() === 'list,m,d,user,err,buf,ice,re,agg,nul,fro'", "structuredClone(c.state).list !== c.state.list",
		"structuredClone(c.state.m) instanceof Map", "Object.getPrototypeOf(c.state.nul) === null", "c.state.list === c.state.list",
		"(() => { const k = {}; c.state.m.set(k, 1); return c.state.m.get(k) === 1 && c.state.m.has(k) && c.state.m.delete(k) })()",
		"(() => { try { structuredClone(() => 1) } catch (e) { return e.name === 'DataCloneError' } })()",
		"c.state.fro.in.push(1) === 2", "Object.getPrototypeOf(c.state.list) === Array.prototype", "c.state.list instanceof Array && c.state.list.constructor === Array",
		"Object.isFrozen(Object.freeze(c.state.ice)) && Object.getPrototypeOf(c.state.ice) === Array.prototype && c.state.ice[0].n++ === 1",
		"c.state.list.push.name + c.state.list.push.length === 'push1' && c.state.list.concat().push !== undefined", "Object.keys(Object.getPrototypeOf(c.state.list)).length === 0",
		"c.state.re.lastIndex === 0 && c.state.re.exec('aa').index === 0 && c.state.re.lastIndex === 1", "c.state.agg instanceof AggregateError && c.state.agg.errors[1].message === 'two'", "Map.prototype.set.name === 'set' && Map.prototype.set.length === 2",
	} {
		if v, err := w.vm.RunString(src); err != nil || !v.ToBoolean() {
			t.Errorf("%s: %v, %v", src, v, err)
		}
	}
	w.t.Seal()
	for _, src := range []string{
		"c.state.user.upper = 'ZZ'", "c.state.d.setFullYear(1999)", "Map.prototype.set.call(c.state.m, 'q', {z: [1]})", "c.state.m.get('q').z.push(2)",
		"c.state.buf[2] = 7", "c.state.re.exec('aaa')", "c.state.re.lastIndex = 7", "c.state.agg.errors.push(1)", "c.state.agg.errors[1].message = 'II'", "c.state.err.message = 'other'", "c.state.err.cause = {a: 1}", "c.state.err.cause.a = 2", "c.state.nul.b = 1",
		"Object.setPrototypeOf(c.state.nul, Object.prototype)", "c.state.self = c.state", "c.state.alias = c.state.list", "c.state.alias.push(9)",
		"delete c.state.list", "c.state['10'] = 1; c.state['9'] = 2", "new DataView(c.state.buf.buffer).setInt8(0, 5)",
	} {
		if p := w.turn(t, src); p == nil {
			t.Errorf("%s: not noticed", src)
		}
		if got, want := shape(w.image.Value()), stateOf(t, w.vm); got != want {
			t.Errorf("%s:\nimage %s\nstate %s", src, got, want)
		}
	}
}

// A connection's state in the actor's, at any depth, is a copy as it was then.
func TestAPartOfAnotherStateIsCopied(t *testing.T) {
	w := newWorld(t)
	init, err := w.vm.RunString(`({user: {name: "a", in: [{n: 1}]}, tags: new Set([1]), map: new Map([["k", {v: 1}]]), bytes: new Uint8Array([1]), when: new Date(5), err: new RangeError("r")})`)
	if err != nil {
		t.Fatal(err)
	}
	other := w.t.r.New(Options{Root: "conn.state"})
	if err := other.SetRoot(init); err != nil {
		t.Fatal(err)
	}
	_ = w.vm.Set("other", other.Root())
	w.turn(t, `c.state = {list: []};
		c.state.list.push({at: other.user, all: [other.user, other.tags, other.map, other.bytes, other.when, other.err]});
		other.user.name = "later"; other.tags.add(2); other.map.get("k").v = 2; other.bytes[0] = 9; other.when.setTime(6); other.err.message = "later";
		c.state.list.push({at: other.user, bytes: other.bytes}); c.state.whole = {other}`)
	check := func(when string) {
		t.Helper()
		for _, src := range []string{
			`JSON.stringify(c.state.list[0].at) === '{"name":"a","in":[{"n":1}]}'`, "c.state.list[0].at === c.state.list[0].all[0]",
			"[...c.state.list[0].all[1]].join() === '1'", "c.state.list[0].all[2].get('k').v === 1", "c.state.list[0].all[3][0] === 1",
			"c.state.list[0].all[4].getTime() === 5", "c.state.list[0].all[5].message === 'r' && c.state.list[0].all[5] instanceof RangeError",
			"c.state.list[1].at.name === 'later' && c.state.list[1].bytes[0] === 9", "c.state.whole.other.map.get('k').v === 2",
		} {
			if v, err := w.vm.RunString(src); err != nil || !v.ToBoolean() {
				t.Errorf("%s: %s: %v, %v", when, src, v, err)
			}
		}
		if got, want := shape(w.image.Value()), stateOf(t, w.vm); got != want {
			t.Errorf("%s: image %s\nstate %s", when, got, want)
		}
	}
	check("at once")
	w.t.Seal()
	if p := w.turn(t, `other.user.name = "much later"; other.map.clear(); other.bytes[0] = 7`); p != nil {
		t.Errorf("a change of the other wrote %x", p)
	}
	check("after changes of the other")
	w.turn(t, "c.state.list[0].at.in[0].n = 2; c.state.list[0].all[3][0] = 5")
	if v, _ := w.vm.RunString("other.user.in[0].n === 1 && other.bytes[0] === 7"); !v.ToBoolean() {
		t.Error("a change of the copy changed the other")
	}
}

func TestDetachedObjectsAreLetGo(t *testing.T) {
	w := newWorld(t)
	w.turn(t, "c.state = {list: []}; var kept")
	w.t.Seal()
	base := len(w.t.r.nodes)
	for range 50 {
		w.turn(t, "c.state.list.push({a: {b: []}}); c.state.cyc = {}; c.state.cyc.me = c.state.cyc")
		w.t.Seal()
		w.turn(t, "kept = c.state.list.pop(); delete c.state.cyc")
		w.t.Seal()
	}
	if n := len(w.t.r.nodes); n != base || w.t.g.Len() != 2 || w.image.Len() != 2 {
		t.Errorf("%d objects known, %d before; %d nodes", n, base, w.t.g.Len())
	}
	w.turn(t, "kept.a.c = {x: 1}; c.state.list.push(kept)")
	w.turn(t, "kept.a.c.x = 2")
	if got, want := shape(w.image.Value()), stateOf(t, w.vm); got != want || !strings.Contains(got, `"x":2`) {
		t.Errorf("after it came back: image %s, state %s", got, want)
	}
	w.t.Close()
	if n := len(w.t.r.nodes); n != 0 {
		t.Errorf("%d objects known after Close", n)
	}
}

func TestAnotherActorsStateIsCopied(t *testing.T) {
	w := newWorld(t)
	w.turn(t, "c.state = {shared: {n: 1}}")
	other := w.t.r.New(Options{})
	v, _ := w.vm.RunString("c.state.shared")
	if err := other.SetRoot(v); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Flush(); err != nil {
		t.Fatal(err)
	}
	w.turn(t, "c.state.shared.n = 2")
	if got := shape(other.Value()); got != `{false "n":1,}` {
		t.Errorf("other actor has %s", got)
	}
	if w.t.r.nodes[v.ToObject(w.vm)].t != w.t {
		t.Error("the object changed hands")
	}
}

func TestRawReferenceThatTurnsInvalid(t *testing.T) {
	w := newWorld(t)
	w.turn(t, "var m = {}; c.state = {list: [m]}")
	if _, err := w.vm.RunString("m.f = () => 1"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.t.Flush(); err == nil || !strings.Contains(err.Error(), "state.list[0].f is a function") {
		t.Errorf("Flush: %v", err)
	}
	if err := w.t.Load(w.image); err != nil {
		t.Fatal(err)
	}
	if got := stateOf(t, w.vm); got != shape(w.image.Value()) {
		t.Errorf("after Load: %s", got)
	}
}
