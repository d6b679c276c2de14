package polyfill

import (
	"testing"

	"github.com/dop251/goja"
)

func newVM(t testing.TB) *goja.Runtime {
	t.Helper()
	vm := goja.New()
	if err := Install(vm); err != nil {
		t.Fatal(err)
	}
	return vm
}

// claims are expressions and what String makes of them, each in a new runtime.
func check(t *testing.T, claims map[string]string) {
	t.Helper()
	for expr, want := range claims {
		v, err := newVM(t).RunString(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		if p, ok := v.Export().(*goja.Promise); ok {
			v = p.Result()
		}
		if got := v.String(); got != want {
			t.Errorf("%s = %q, want %q", expr, got, want)
		}
	}
}

func TestCore(t *testing.T) {
	check(t, map[string]string{
		`typeof Symbol.asyncIterator + typeof Symbol.dispose + Symbol.asyncDispose.toString()`:                                                  "symbolsymbolSymbol(Symbol.asyncDispose)",
		`new Map([[1,2],[3,4]]).keys().map(x => x * 2).filter(x => x > 2).toArray()`:                                                            "6",
		`[1,2,3,4].values().drop(1).take(2).toArray()`:                                                                                          "2,3",
		`[1,2].values().flatMap(x => [x, x]).toArray()`:                                                                                         "1,1,2,2",
		`[1,2,3].values().reduce((a, b) => a + b)`:                                                                                              "6",
		`const s = []; [1,2].values().forEach(x => s.push(x)); s.join("")`:                                                                      "12",
		`[[1].values().some(x => x), [0].values().every(x => x), [5,6].values().find(x => x > 5)].join()`:                                       "true,false,6",
		`Iterator.from({ next() { return { done: this.n > 2, value: this.n = (this.n ?? 0) + 1 } } }).take(2).toArray()`:                        "1,2",
		`(function* () { yield 1 })() instanceof Iterator`:                                                                                      "true",
		`let closed = 0; const g = (function* () { try { yield 1; yield 2 } finally { closed++ } })(); g.map(x => x).take(1).toArray(); closed`: "1",
		`class A extends Iterator { next() { return { done: true } } }; new A().toArray().length`:                                               "0",
		`const { promise, resolve } = Promise.withResolvers(); resolve(3); promise`:                                                             "3",
		`Promise.try(() => { throw 4 }).catch(e => e + 1)`:                                                                                      "5",
		`JSON.stringify(Object.groupBy([1,2,3], x => x % 2 ? "odd" : "even"))`:                                                                  `{"odd":[1,3],"even":[2]}`,
		`Map.groupBy([1,2,3], x => x % 2).get(1).join()`:                                                                                        "1,3",
		`Array.fromAsync([Promise.resolve(1), 2], x => x * 2).then(String)`:                                                                     "2,4",
		`["a\uD800".isWellFormed(), "a\uD800b".toWellFormed() === "a\uFFFDb"].join()`:                                                           "false,true",
		`const o = {}; Error.captureStackTrace(o); typeof o.stack`:                                                                              "string",
		`new WeakRef({ a: 1 }).deref().a + new FinalizationRegistry(() => {}).unregister()`:                                                     "1",
		`const b = new Uint8Array([1,2]).buffer; const c = b.transfer(); [b.byteLength, b.detached, c.byteLength, new Uint8Array(c)[1]].join()`: "0,true,2,2",
		`new SuppressedError(1, 2, "m").name`:                                                                                                   "SuppressedError",
	})
}

func TestRegExp(t *testing.T) {
	check(t, map[string]string{
		`new RegExp("^\\p{L}+$", "u").test("héé")`:                                                                                    "true",
		`new RegExp("^[\\p{L}\\d]+$", "u").test("hé1")`:                                                                               "true",
		`new RegExp("^\\P{L}+$", "u").test("123")`:                                                                                    "true",
		`new RegExp("\\p{Script=Greek}", "u").test("α")`:                                                                              "true",
		`new RegExp("^[\\p{Script=Cyrillic}]+$", "u").test("привет")`:                                                                 "true",
		`new RegExp("^\\p{Lu}\\p{ASCII}$", "u").test("Éa")`:                                                                           "true",
		`new RegExp("^[\\P{ASCII}x]+$", "u").test("éx") + "," + new RegExp("^[\\P{ASCII}]$", "u").test("a")`:                          "true,false",
		`new RegExp("^(\\p{Extended_Pictographic}|\\p{Emoji_Component})+$", "u").test("😀")`:                                           "true",
		`new RegExp("^\\p{Emoji_Presentation}$", "u").test("😀")`:                                                                      "true",
		`new RegExp("^\\p{ID_Start}\\p{ID_Continue}*$", "u").test("aé_1")`:                                                            "true",
		`new RegExp("\\p{L}", "u").source`:                                                                                            `\p{L}`,
		`String(new RegExp("\\p{L}/", "giu"))`:                                                                                        `/\p{L}\//giu`,
		`new RegExp(new RegExp("\\p{L}", "u"), "g").flags`:                                                                            "g",
		`new RegExp(new RegExp("\\p{L}", "u")).test("é")`:                                                                             "true",
		`"aéb c".replace(new RegExp("\\p{L}", "gu"), "x")`:                                                                            "xxx x",
		`[..."a1é".matchAll(new RegExp("\\p{L}", "gu"))].map(m => m[0] + m.index).join()`:                                             "a0,é2",
		`"a1b".split(new RegExp("\\p{N}", "u")).join()`:                                                                               "a,b",
		`new RegExp("[\\p{L}--[a-z]]", "v").test("a") + "," + new RegExp("^[\\p{L}--[a-z]]$", "v").test("A")`:                         "false,true",
		`new RegExp("^[[a-z]&&[aeiou]]+$", "v").test("aei") + "," + new RegExp("^[[a-z]&&[aeiou]]+$", "v").test("xyz")`:               "true,false",
		`new RegExp("^\\p{RGI_Emoji}$", "v").test("👨‍👩‍👧")`:                                                                           "true",
		`new RegExp("a", "v").flags + new RegExp("a", "v").unicodeSets`:                                                               "vtrue",
		`const m = new RegExp("a(?<n>b+)", "d").exec("xabb"); [m.indices[0], m.indices[1], m.indices.groups.n].join("|")`:             "1,4|2,4|2,4",
		`/a/ instanceof RegExp && /a/.constructor === RegExp`:                                                                         "true",
		`class R extends RegExp { hi() { return 1 } }; const r = new R("\\p{L}", "u"); r.hi() + "," + r.test("é") + (r instanceof R)`: "1,truetrue",
		`RegExp("a", "i").test("A")`:                                                                                                  "true",
		`new RegExp(RegExp.escape("a.b*c")).test("a.b*c")`:                                                                            "true",
		`try { new RegExp("\\p{Nope}", "u") } catch (e) { e.name }`:                                                                   "SyntaxError",
		`const x = /b/g; RegExp(x) === x`:                                                                                             "true",
	})
}

func BenchmarkInstall(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		newVM(b)
	}
}
