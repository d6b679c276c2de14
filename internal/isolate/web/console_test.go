package web

import (
	"strings"
	"testing"
)

func TestConsole(t *testing.T) {
	tests := map[string]struct{ js, want string }{
		"strings":       {`console.log("a", "b")`, "2 a b"},
		"levels":        {`console.debug("d"); console.info("i"); console.warn("w"); console.error("e")`, "1 d|2 i|3 w|4 e"},
		"formats":       {`console.log("%s=%d %i %f %j %o%%", "a", 1.5, 1.5, "2.5", {a:1}, [1])`, "2 a=1.5 1 2.5 {\"a\":1} [ 1, [length]: 1 ]%"},
		"objects":       {`console.log({ a: 1, b: "x", c: { d: { e: { f: 1 } } } })`, "2 { a: 1, b: 'x', c: { d: { e: [Object] } } }"},
		"collections":   {`console.log(new Map([["a", { b: 1 }]]), new Set([1, "x"]))`, "2 Map(1) { 'a' => { b: 1 } } Set(2) { 1, 'x' }"},
		"circular":      {`const a = { n: 1 }; a.self = a; console.log(a)`, "2 <ref *1> { n: 1, self: [Circular *1] }"},
		"arrays":        {`console.log([1, , 3], [undefined, null], [])`, "2 [ 1, <1 empty item>, 3 ] [ undefined, null ] []"},
		"kinds":         {`console.log(1n, -0, Symbol("s"), /x/g, new Date(0), () => {}, function f() {}, class A {}, null)`, "2 1n -0 Symbol(s) /x/g 1970-01-01T00:00:00.000Z [Function (anonymous)] [Function: f] [class A] null"},
		"getters":       {`console.log({ get a() { throw 1 }, set b(x) {} })`, "2 { a: [Getter], b: [Setter] }"},
		"classes":       {`class P { x = 1 } console.log(new P(), Object.create(null), new (class extends P {}))`, "2 P { x: 1 } [Object: null prototype] {} P { x: 1 }"},
		"typed arrays":  {`console.log(new Uint8Array([1, 2]), new ArrayBuffer(2))`, "2 Uint8Array(2) [ 1, 2 ] ArrayBuffer { [Uint8Contents]: <00 00>, byteLength: 2 }"},
		"assert":        {`console.assert(true); console.assert(false, "no", 1)`, "4 Assertion failed: no 1"},
		"count":         {`console.count(); console.count(); console.countReset(); console.count("x")`, "2 default: 1|2 default: 2|2 x: 1"},
		"groups indent": {`console.group("g"); console.log("a\nb"); console.groupEnd(); console.log("c")`, "2 g|2   a\n  b|2 c"},
		"hostile":       {`console.log(new Proxy({}, { get() { throw new Error("no") }, ownKeys() { return [] } }))`, "2 {}"},
		"long":          {`console.log("x".repeat(5).split(""))`, "2 [ 'x', 'x', 'x', 'x', 'x' ]"},
		"numbers":       {`console.log(Array.from({ length: 101 }, (_, i) => i).length, Array.from({ length: 7 }, (_, i) => i))`, "2 101 [\n  0, 1, 2, 3,\n  4, 5, 6\n]"},
		"table":         {`console.table([{ a: 1, b: "x" }, { a: 2 }])`, "2 ┌─────────┬───┬─────┐\n│ (index) │ a │ b   │\n├─────────┼───┼─────┤\n│ 0       │ 1 │ 'x' │\n│ 1       │ 2 │     │\n└─────────┴───┴─────┘"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			if got := h.eval(tt.js); strings.HasPrefix(got, "throws") {
				t.Fatal(got)
			}
			if got := strings.Join(h.logs, "|"); got != tt.want {
				t.Errorf("%s\n got %q\nwant %q", tt.js, got, tt.want)
			}
		})
	}
}

func TestConsoleShowsErrors(t *testing.T) {
	h := newHost(t)
	h.eval(`console.error("oops", new TypeError("bad", { cause: new Error("root") })); console.trace("here")`)
	all := strings.Join(h.logs, "\n")
	for _, want := range []string{"oops TypeError: bad", "[cause]: Error: root", "    at ", "Trace: here"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in %s", want, all)
		}
	}
}
