package track

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/dop251/goja"
	"pgregory.net/rapid"

	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// world is a runtime whose global c has a tracked state, and the image of it
// that a store would have.
type world struct {
	vm    *goja.Runtime
	t     *Tracker
	image *value.Graph
	last  []byte
	lazy  bool           // c.state doesn't look for changes by old references
	owner map[*node]bool // who writes an object until Seal: its old reference or the state
}

func newWorld(tb testing.TB) *world {
	vm := goja.New()
	w := &world{vm: vm, t: Install(vm).New(Options{}), image: value.NewGraph()}
	c := vm.NewObject()
	get := vm.ToValue(func(goja.FunctionCall) goja.Value {
		if w.lazy {
			return w.t.root
		}
		return w.t.Root()
	})
	set := vm.ToValue(func(call goja.FunctionCall) goja.Value {
		if err := w.t.SetRoot(call.Argument(0)); err != nil {
			panic(err)
		}
		return goja.Undefined()
	})
	if err := c.DefineAccessorProperty("state", get, set, goja.FLAG_TRUE, goja.FLAG_TRUE); err != nil {
		tb.Fatal(err)
	}
	_ = vm.Set("c", c)
	// A source and what stands for it are two identities; the walk needs one.
	_ = vm.Set("canon", func(call goja.FunctionCall) goja.Value { return w.t.known(call.Argument(0)) })
	_ = vm.Set("view", func(call goja.FunctionCall) goja.Value { return w.view(call.Argument(0)) })
	_ = vm.Set("own", func(call goja.FunctionCall) goja.Value {
		if n := w.watched(call.Argument(0)); n != nil {
			if _, decided := w.owner[n]; !decided {
				w.owner[n] = call.Argument(1).ToInteger()%2 == 0
			}
		}
		return w.view(call.Argument(0))
	})
	_ = vm.Set("isState", func(call goja.FunctionCall) goja.Value {
		o, ok := call.Argument(0).(*goja.Object)
		return vm.ToValue(ok && w.t.node(o) != nil)
	})
	w.owner = map[*node]bool{}
	_ = vm.Set("structuredClone", jsvalue.StructuredClone(vm))
	return w
}

// watched is v's node if its source is watched.
func (w *world) watched(v goja.Value) *node {
	if o, ok := v.(*goja.Object); ok {
		if n := w.t.node(o); n != nil && n.src != nil && !n.src.still {
			return n
		}
	}
	return nil
}

// view is that of v's identities which is written.
func (w *world) view(v goja.Value) goja.Value {
	if n := w.watched(v); n != nil && w.owner[n] {
		return n.src.obj
	}
	return w.t.known(v)
}

type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// turn runs src, flushes and applies the patch to the image.
func (w *world) turn(t fataler, src string) []byte {
	t.Helper()
	if _, err := w.vm.RunString(src); err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return w.flush(t)
}

func (w *world) flush(t fataler) []byte {
	t.Helper()
	p, err := w.t.Flush()
	if err != nil {
		t.Fatalf("flush: %v", err)
	}
	if p != nil {
		if err := w.image.Apply(p); err != nil {
			t.Fatalf("apply %x: %v", p, err)
		}
	}
	w.last = p
	return p
}

// shape prints a value with the identity of its objects, so that equal shapes
// are equal graphs.
func shape(v value.Value) string {
	var b strings.Builder
	ids := map[any]int{}
	var walk func(v value.Value)
	walk = func(v value.Value) {
		switch x := v.(type) {
		case nil, bool, value.Undefined, value.Hole:
			fmt.Fprintf(&b, "%T%v", x, x)
			return
		case string:
			fmt.Fprintf(&b, "%q", x)
			return
		case float64:
			fmt.Fprintf(&b, "%v", x)
			if x == 0 && math.Signbit(x) {
				b.WriteByte('-')
			}
			return
		case *big.Int:
			fmt.Fprintf(&b, "%vn", x)
			return
		case value.Date:
			fmt.Fprintf(&b, "date %v", float64(x))
			return
		}
		if id, ok := ids[v]; ok {
			fmt.Fprintf(&b, "#%d", id)
			return
		}
		ids[v] = len(ids)
		switch x := v.(type) {
		case *value.RegExp:
			fmt.Fprintf(&b, "/%s/%s", x.Source, x.Flags)
		case *value.Bytes:
			fmt.Fprintf(&b, "%v%x", x.Kind, x.Data)
		case *value.Array:
			b.WriteByte('[')
			for _, it := range x.Items {
				walk(it)
				b.WriteByte(',')
			}
			b.WriteByte(']')
		case *value.Object:
			fmt.Fprintf(&b, "{%v ", x.NullProto)
			for i, k := range x.Keys {
				fmt.Fprintf(&b, "%q:", k)
				walk(x.Vals[i])
				b.WriteByte(',')
			}
			b.WriteByte('}')
		case *value.Map:
			b.WriteString("map{")
			for _, e := range x.Entries {
				walk(e[0])
				b.WriteString("=>")
				walk(e[1])
				b.WriteByte(',')
			}
			b.WriteByte('}')
		case *value.Set:
			b.WriteString("set{")
			for _, it := range x.Items {
				walk(it)
				b.WriteByte(',')
			}
			b.WriteByte('}')
		case *value.Error:
			fmt.Fprintf(&b, "%s(%s)", x.Name, x.Message)
			if x.Fields != nil {
				walk(x.Fields)
			}
		default:
			fmt.Fprintf(&b, "?%T", v)
		}
	}
	walk(v)
	return b.String()
}

func stateOf(t fataler, vm *goja.Runtime) string {
	t.Helper()
	v, err := vm.RunString("c.state")
	if err != nil {
		t.Fatalf("%v", err)
	}
	out, err := jsvalue.ToValue(vm, v, jsvalue.Options{State: true})
	if err != nil {
		t.Fatalf("%v", err)
	}
	return shape(out)
}

func expr(t *rapid.T, depth int) string {
	n := 24
	if depth <= 0 {
		n = 12
	}
	switch rapid.IntRange(0, n).Draw(t, "expr") {
	case 0:
		return "null"
	case 1:
		return "undefined"
	case 2:
		return "true"
	case 3:
		return "-0"
	case 4:
		return "NaN"
	case 5:
		return fmt.Sprint(rapid.IntRange(-300, 300).Draw(t, "int"))
	case 6:
		return `"s` + rapid.SampledFrom([]string{"", "a", `\ud800`, "é", "😀"}).Draw(t, "str") + `"`
	case 7:
		return "123456789012345678901234567890n"
	case 8:
		return "new Date(5)"
	case 9:
		return "new Uint8Array([1,2,3])"
	case 10:
		return "/a/g"
	case 11, 12:
		return at(t)
	case 13, 14:
		return fmt.Sprintf("{%s: %s, %s: %s}", key(t), expr(t, depth-1), key(t), expr(t, depth-1))
	case 15, 16:
		return fmt.Sprintf("[%s, %s]", expr(t, depth-1), expr(t, depth-1))
	case 17:
		return fmt.Sprintf("new Map([[%s, %s], ['k', %s]])", expr(t, depth-1), expr(t, depth-1), expr(t, depth-1))
	case 18:
		return fmt.Sprintf("new Set([%s, %s])", expr(t, depth-1), expr(t, depth-1))
	case 19:
		return "[1,,3]"
	case 20:
		return "Object.assign(Object.create(null), {" + key(t) + ": " + expr(t, depth-1) + "})"
	case 21:
		return rapid.SampledFrom([]string{"new Float64Array([1.5, -0])", "new BigInt64Array(2)", "new Uint8ClampedArray([300])", "new ArrayBuffer(3)", "new DataView(new ArrayBuffer(4))", "new Int16Array([1, -1])"}).Draw(t, "bytes")
	case 22:
		return "new AggregateError([" + expr(t, depth-1) + "], 'many')"
	case 23:
		return "new RangeError('r', {cause: " + expr(t, depth-1) + "})"
	default:
		return "Object.assign(new TypeError('bad'), {code: " + expr(t, depth-1) + "})"
	}
}

func key(t *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "b", "c", "10", "2", `"toString"`, "m", "l"}).Draw(t, "key")
}

// at is some object within the state, or a reference that was kept.
func at(t *rapid.T) string {
	return fmt.Sprintf("pick(%d)", rapid.IntRange(0, 40).Draw(t, "pick"))
}

// helpers runs in both worlds: pick finds the n-th object in a walk of the state.
const helpers = `
var raw = [];
function pick(n) {
  if (n % 4 == 3 && raw.length) return own(raw[n % raw.length], n >> 2);
  const seen = new Set(), out = [];
  const walk = v => {
    if (v === null || typeof v !== "object") return;
    v = canon(v); if (seen.has(v)) return;
    seen.add(v); out.push(v);
    v = view(v);
    if (v instanceof Map) { for (const [k, x] of v) { walk(k); walk(x) } }
    else if (v instanceof Set) { for (const x of v) walk(x) }
    else if (v instanceof Date || v instanceof RegExp || ArrayBuffer.isView(v) || v instanceof ArrayBuffer) {}
    else for (const k of Object.keys(v)) walk(v[k]);
  };
  walk(c.state);
  return out.length ? own(out[n % out.length], n) : {};
}
function keep(v) { if (v !== null && typeof v === "object") raw.push(v); return v }
// vandalise changes what the state has let go of.
function vandalise() {
  const seen = new Set();
  const walk = v => {
    if (v === null || typeof v !== "object" || canon(v) !== v || isState(v) || seen.has(v)) return;
    seen.add(v);
    if (v instanceof Map) { for (const [k, x] of v) { walk(k); walk(x) } v.clear(); v.set("gone", {}) }
    else if (v instanceof Set) { for (const x of v) walk(x); v.add("gone") }
    else if (v instanceof Date) v.setTime(99);
    else if (v instanceof Uint8Array) v.fill(77);
    else if (ArrayBuffer.isView(v) || v instanceof ArrayBuffer) {}
    else { for (const k of Object.keys(v)) walk(v[k]); if (Array.isArray(v)) v.push("gone"); else { delete v.a; v.gone = "gone" } }
  };
  raw.forEach(walk);
}
function isData(v) { return typeof v === "object" && v !== null }
function put(o, k, v) {
  if (o instanceof Map) o.set(k, v);
  else if (o instanceof Set) o.add(v);
  else if (o instanceof Date) o.setTime(typeof v === "number" ? v : 7);
  else if (o instanceof Uint8Array) o[0] = typeof v === "number" ? v : 9;
  else if (ArrayBuffer.isView(o) || o instanceof ArrayBuffer) {}
  else if (Array.isArray(o)) o.push(v);
  else if (o instanceof RegExp) {}
  else if (o instanceof Error) o["k" + k] = v; // goja gives names like indices of an error in any order
  else o[k] = v;
}
function del(o, k) {
  if (o instanceof Map || o instanceof Set) o.delete(k);
  else if (Array.isArray(o)) delete o[0];
  else if (o instanceof Date || o instanceof RegExp || o instanceof Error || ArrayBuffer.isView(o) || o instanceof ArrayBuffer) {}
  else delete o[k];
}
function isPlain(o) { return Object.getPrototypeOf(o) === Object.prototype && !(o instanceof Error) }
function arr(o, f) { if (Array.isArray(o) && o.length < 50) f(o) }
`

func mutation(t *rapid.T) string {
	o := at(t)
	switch rapid.IntRange(0, 27).Draw(t, "op") {
	case 0, 1, 2, 3:
		return fmt.Sprintf("put(%s, '%s', keep(%s))", o, strings.Trim(key(t), `"`), expr(t, 2))
	case 4, 5:
		return fmt.Sprintf("del(%s, '%s')", o, strings.Trim(key(t), `"`))
	case 6:
		return fmt.Sprintf("arr(%s, o => o.splice(%d, %d, %s))", o, rapid.IntRange(0, 3).Draw(t, "i"), rapid.IntRange(0, 2).Draw(t, "n"), expr(t, 1))
	case 7:
		return fmt.Sprintf("arr(%s, o => o.sort((a, b) => String(typeof a) < String(typeof b) ? -1 : 1))", o)
	case 8:
		return fmt.Sprintf("arr(%s, o => o.reverse())", o)
	case 9:
		return fmt.Sprintf("arr(%s, o => { o.length = %d; if (%d) o.length = 4 })", o, rapid.IntRange(0, 3).Draw(t, "n"), rapid.IntRange(0, 1).Draw(t, "grow"))
	case 10:
		return fmt.Sprintf("arr(%s, o => o.unshift(%s))", o, expr(t, 1))
	case 11:
		return fmt.Sprintf("arr(%s, o => { const x = o.pop(); if (isData(x)) raw.push(x) })", o)
	case 12:
		return fmt.Sprintf("arr(%s, o => { if (o.length > 1) [o[0], o[1]] = [o[1], o[0]] })", o)
	case 13:
		return fmt.Sprintf("if (%s instanceof Map || %s instanceof Set) %s.clear()", o, o, o)
	case 14:
		return fmt.Sprintf("(s => { if (isData(s) && !(s instanceof Map) && !(s instanceof Set) && !Array.isArray(s) && Object.getPrototypeOf(s) === Object.prototype) c.state = {...s, a: %s} })(view(c.state))", expr(t, 2))
	case 15:
		return fmt.Sprintf("c.state = keep({a: %s, l: [%s], m: new Map(), b: c.state})", expr(t, 2), expr(t, 1))
	case 16:
		return fmt.Sprintf("arr(%s, o => o.fill(%s, 0, 2))", o, expr(t, 0))
	case 17:
		return fmt.Sprintf("arr(%s, o => o.copyWithin(0, 1))", o)
	case 19: // the same places, again and again
		return fmt.Sprintf("(o => { if (isPlain(o)) { delete o.a; o.a = 1; o.b = %s; delete o.a; o.a = 2; delete o.b; o.b = 3 } else if (o instanceof Map) { o.delete('a'); o.set('a', 1); o.set('b', 1); o.delete('a'); o.set('a', 2) } else if (o instanceof Set) { o.delete(1); o.add(1); o.add(2); o.delete(1); o.add(1) } })(%s)", expr(t, 0), o)
	case 20:
		return fmt.Sprintf("arr(%s, o => o.push(%s, %s, keep(%s)))", o, expr(t, 1), expr(t, 0), expr(t, 1))
	case 21:
		return fmt.Sprintf("arr(%s, o => { o.unshift(%s, %s); o.splice(%d, 1, %s, %s) })", o, expr(t, 1), expr(t, 0), rapid.IntRange(-3, 3).Draw(t, "i"), expr(t, 1), expr(t, 0))
	case 22:
		return fmt.Sprintf("arr(%s, o => { o[%d] = %s; delete o[1]; o.at(-1); o.length = Math.max(0, o.length - %d) })", o, rapid.IntRange(0, 6).Draw(t, "i"), expr(t, 1), rapid.IntRange(0, 3).Draw(t, "n"))
	case 23:
		return fmt.Sprintf("(o => { if (o instanceof Date) { o.%s(%d) } })(%s)", rapid.SampledFrom([]string{"setTime", "setFullYear", "setUTCMonth", "setDate", "setHours", "setMilliseconds", "setYear"}).Draw(t, "setter"), rapid.IntRange(0, 90).Draw(t, "v"), o)
	case 24:
		return fmt.Sprintf("(o => { if (o instanceof Uint8Array) { o.%s } else if (ArrayBuffer.isView(o) && o.fill) { o.reverse() } else if (o instanceof DataView) { o.setUint16(1, %d) } })(%s)", rapid.SampledFrom([]string{"set([7, 8])", "fill(4, 1)", "sort().reverse()", "copyWithin(0, 1)", "subarray(1)[0] = 5"}).Draw(t, "write"), rapid.IntRange(0, 9999).Draw(t, "v"), o)
	case 25:
		return fmt.Sprintf("(o => { if (o instanceof Map) { for (const k of [...o.keys()].slice(0, 2)) { const v = o.get(k); o.delete(k); o.set(v, k) } } else if (o instanceof Set) { for (const k of [...o].slice(0, 2)) o.delete(k); o.add({n: %s}) } })(%s)", expr(t, 0), o)
	case 26:
		return fmt.Sprintf("(o => { if (isPlain(o)) { o.b ??= %s; o.c ||= {}; const {a, ...rest} = o; Object.assign(o, rest); [o.a, o.b] = [o.b, a]; Object.entries(o).forEach(([k, v]) => { if (typeof v === 'number' && v === v) o[k]++ }) } })(%s)", expr(t, 1), o)
	case 27:
		return fmt.Sprintf("(o => { if (o instanceof Error) { o.message += '!'; o.code = %s; if (o.errors) o.errors = [o.errors[0], %s] } })(%s)", expr(t, 1), expr(t, 0), o)
	case 18:
		return fmt.Sprintf("(o => { if (Object.getPrototypeOf(o) === Object.prototype && delete o.d) Object.defineProperty(o, 'd', {value: %d, enumerable: %v, writable: true, configurable: true}) })(%s)", rapid.IntRange(0, 2).Draw(t, "v"), rapid.Bool().Draw(t, "enum"), o)
	default:
		return fmt.Sprintf("(o => { if (Object.getPrototypeOf(o) === Object.prototype) { delete o.a; Object.assign(o, {a: %s, c: 1}) } })(%s)", expr(t, 1), o)
	}
}

// TestTrackedStateEqualsModel runs the same random programs on a tracked state
// and on a plain one, and compares them and the image after each turn. Until
// Seal some objects are written by the references that scripts had before, some
// by those of the state; after it the former have no effect.
func TestTrackedStateEqualsModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(nil)
		model := goja.New()
		both := func(src string) {
			_, e1 := model.RunString(src)
			_, e2 := w.vm.RunString(src)
			if (e1 == nil) != (e2 == nil) {
				t.Fatalf("%s: model %v, tracked %v", src, e1, e2)
			}
		}
		if _, err := model.RunString("var c = {}, canon = v => v, view = canon, own = canon"); err != nil {
			t.Fatal(err)
		}
		both(helpers)
		both("c.state = {a: 1, l: [1, 2, {b: 3}, 4], m: new Map([['a', 1]]), d: new Date(0), s: new Set([1, {}])}")
		var log []string
		w.lazy = rapid.Bool().Draw(t, "lazy")
		for turn := range rapid.IntRange(1, 8).Draw(t, "turns") {
			for range rapid.IntRange(0, 4).Draw(t, "muts") {
				src := mutation(t)
				log = append(log, src)
				both(src)
			}
			w.flush(t)
			want := stateOf(t, model)
			if got := shape(w.image.Value()); got != want {
				t.Fatalf("turn %d after\n%s\nimage %s\nmodel %s\npatch %x", turn, strings.Join(log, "\n"), got, want, w.last)
			}
			if got := stateOf(t, w.vm); got != want {
				t.Fatalf("turn %d after\n%s\nstate %s\nmodel %s", turn, strings.Join(log, "\n"), got, want)
			}
			if p := w.flush(t); p != nil {
				t.Fatalf("a turn without changes wrote %x", p)
			}
			if a, b := w.t.g.Encode(), w.image.Encode(); string(a) != string(b) {
				t.Fatalf("tracker's and store's images differ:\n%x\n%x", a, b)
			}
			if rapid.IntRange(0, 5).Draw(t, "reload") == 0 {
				log = append(log, "-- reload")
				g, err := value.DecodeGraph(w.image.Encode())
				if err != nil {
					t.Fatal(err)
				}
				fresh := newWorld(nil)
				fresh.image, fresh.lazy = w.image, w.lazy
				if err := fresh.t.Load(g); err != nil {
					t.Fatal(err)
				}
				w = fresh
				if _, err := w.vm.RunString(helpers); err != nil {
					t.Fatal(err)
				}
				if _, err := model.RunString("raw = []"); err != nil {
					t.Fatal(err)
				}
				if w.t.Dirty() && w.flush(t) != nil {
					t.Fatalf("a loaded state is dirty")
				}
			} else if rapid.Bool().Draw(t, "seal") {
				w.t.Seal()
				clear(w.owner)
				log = append(log, "-- seal")
				if _, err := w.vm.RunString("vandalise()"); err != nil {
					t.Fatal(err)
				}
				if p := w.flush(t); p != nil || stateOf(t, w.vm) != want {
					t.Fatalf("after\n%s\nold references change the state: %x", strings.Join(log, "\n"), p)
				}
				both("raw = []")
			}
		}
	})
}
