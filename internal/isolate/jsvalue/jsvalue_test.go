package jsvalue

import (
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

func toJSON(t *testing.T, vm *goja.Runtime, src string) string {
	t.Helper()
	v, err := vm.RunString("(" + src + ")")
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	x, err := ToValue(vm, v, Options{})
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	b, err := value.AppendJSON(nil, x)
	if err != nil {
		t.Fatalf("%s: %v", src, err)
	}
	return string(b)
}

// TestMessagesAreWhatStringifyGives compares with the runtime's own JSON.stringify.
func TestMessagesAreWhatStringifyGives(t *testing.T) {
	vm := goja.New()
	if _, err := vm.RunString("class P { constructor() { this.x = 1 } get y() { return 2 } }; class J { toJSON(k) { return {k, at: new Date(0)} } }"); err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{
		"1.5", "-0", "[NaN, Infinity]", "'\\ud800é😀'", "{a: undefined, f() {}, s: Symbol(), b: [() => 1, Symbol()]}", "new P()", "{j: new J(), k: [new J()]}",
		"new Date(5)", "{d: new Date(NaN)}", "[1,,3]", "{m: new Map([[1, 2]]), s: new Set([1])}", "new Uint8Array([1, 2])", "Object.create(null)",
		"{'\\ud800': 1, '2': 2, '1': 1}", "[new String('s'), new Number(2), new Boolean(false)]", "Object.assign(new Error('x'), {code: 1})",
		"new Proxy({a: [1]}, {})", "new Proxy([1, {b: 2}], {})", "Promise.resolve()", "{toJSON() { return undefined }, a: 1}.a", "{get a() { return 1 }}", "/x/g",
	} {
		want, err := vm.RunString("JSON.stringify(" + src + ")")
		if err != nil {
			t.Fatal(err)
		}
		if got := toJSON(t, vm, src); got != want.String() {
			t.Errorf("%s: %s, JSON.stringify gives %s", src, got, want)
		}
	}
}

func TestThereAndBack(t *testing.T) {
	vm, other := goja.New(), goja.New()
	src := `(() => { const s = {n: [1n, -0, NaN, "\ud800", undefined, null]}; s.me = s; return {s, t: s, d: new Date(7), m: new Map([[s, new Set([s])]]),
		b: new Float64Array([1.5]), r: /a/gi, e: new TypeError("x", {cause: s}), h: [1,,2], u: new Uint8ClampedArray(2), v: new DataView(new ArrayBuffer(3))} })()`
	v, err := vm.RunString(src)
	if err != nil {
		t.Fatal(err)
	}
	x, err := ToValue(vm, v, Options{State: true})
	if err != nil {
		t.Fatal(err)
	}
	y, err := ToValue(other, FromValue(other, x), Options{State: true})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := value.GraphOf(x).Encode(), value.GraphOf(y).Encode(); string(a) != string(b) {
		t.Errorf("came back as\n%x, went as\n%x", b, a)
	}
	if err := other.Set("x", FromValue(other, x)); err != nil {
		t.Fatal(err)
	}
	for _, src := range []string{"x.s === x.t", "x.s.me === x.s", "x.m.get(x.s).has(x.s)", "x.e instanceof TypeError", "x.e.cause === x.s", "!(1 in x.h)", "x.v instanceof DataView", "Object.is(x.s.n[1], -0)"} {
		if v, err := other.RunString(src); err != nil || !v.ToBoolean() {
			t.Errorf("%s: %v, %v", src, v, err)
		}
	}
}

func TestErrorsNotPanics(t *testing.T) {
	vm := goja.New()
	for src, want := range map[string]string{
		"({get a() { throw new Error('from getter') }})":                                "from getter",
		"({toJSON() { throw new Error('from toJSON') }})":                               "from toJSON",
		"(() => { let a = []; for (let i = 0; i < 2000; i++) a = [a]; return a })()":    "nested deeper",
		"(() => { const p = Proxy.revocable({}, {}); p.revoke(); return [p.proxy] })()": "revoked",
	} {
		v, err := vm.RunString(src)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ToValue(vm, v, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", src, err)
		}
	}
	v, _ := vm.RunString("({users: [1, {cb() {}}]})")
	if _, err := ToValue(vm, v, Options{State: true}); !errs.Is(err, errs.InvalidStateType) || !strings.Contains(err.Error(), "state.users[1].cb is a function") {
		t.Errorf("state mode: %v", err)
	}
}

func benchTo(b *testing.B, src string) {
	vm := goja.New()
	v, err := vm.RunString("(" + src + ")")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ToValue(vm, v, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkToNumber(b *testing.B) { benchTo(b, "42") }
func BenchmarkToObject(b *testing.B) { benchTo(b, "{id: 1, text: 'hello', tags: ['a', 'b']}") }
func BenchmarkFromObject(b *testing.B) {
	vm := goja.New()
	v, _ := value.ParseJSON([]byte(`{"id":1,"text":"hello","tags":["a","b"]}`))
	b.ReportAllocs()
	for b.Loop() {
		FromValue(vm, v)
	}
}
