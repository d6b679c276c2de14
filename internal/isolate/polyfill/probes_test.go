package polyfill_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/isolate/polyfill"
)

// probe is a body of an async function and what String makes of its value:
// in goja as it is, and bundled and polyfilled. A changed native result is not a
// defect of ours: it says that an update of goja allows to drop something.
type probe struct {
	src    string
	native string // "error" for a syntax error or a throw
	want   string
}

var probes = map[string]probe{
	// conformance 115
	`\p{…}`:                             {`return /^\p{L}+$/u.test("héé")`, "false", "true"},
	`\p{…} in a class`:                  {`return /^[\p{L}\d]+$/u.test("hé1")`, "false", "true"},
	`\p{…} twice, positions`:            {`const a = /[\p{Lu}]/gu, b = /[\p{Nd}]/u; return [a.source, "aB1".replace(a, "x"), b.test("1")].join()`, `[\p{Lu}],aB1,false`, `[\p{Lu}],ax1,true`},
	`emoji check of validators`:         {`return /^(\p{Extended_Pictographic}|\p{Emoji_Component})+$/u.test("😀")`, "false", "true"},
	`emoji in a class`:                  {`return /^[\p{Emoji_Presentation}]+$/u.test("😀")`, "false", "true"},
	`a regexp literal is new each time`: {`const f = () => /[\p{L}]/gu; const r = f(); r.test("ab"); return r.lastIndex + "," + f().lastIndex`, "0,0", "1,0"},
	`flag v`:                            {`return /^[\p{L}--[a-z]]$/v.test("É")`, "error", "true"},
	`flag d`:                            {`return /b/d.exec("ab").indices[0].join()`, "error", "1,2"},
	// conformance 116
	`fields named get, set, async`:  {`class A { get = 1; set = 2; async = 3; static get = 4 } const a = new A(); return a.get + a.set + a.async + A.get`, "error", "10"},
	`async generators`:              {`async function* g() { yield 1; yield* [2, 3] } const out = []; for await (const x of g()) out.push(x); return out.join()`, "error", "1,2,3"},
	`for await, break runs finally`: {`let f = 0; async function* g() { try { yield 1; yield 2 } finally { f++ } } for await (const x of g()) break; return f`, "error", "1"},
	`for await over promises`:       {`const out = []; for await (const x of [Promise.resolve(1), 2]) out.push(x); return out.join()`, "error", "1,2"},
	`using`:                         {`const log = []; { using a = { [Symbol.dispose]() { log.push("a") } }; using b = { [Symbol.dispose]() { log.push("b") } }; } return log.join()`, "error", "b,a"},
	`await using`:                   {`const log = []; { await using a = { async [Symbol.asyncDispose]() { log.push("a") } }; } return log.join()`, "error", "a"},
	`decorators`:                    {`const d = (f: any, c: any) => function (this: any) { return f.call(this) + c.name }; class A { @d m() { return "x" } } return new A().m()`, "error", "xm"},
	`accessor`:                      {`class A { accessor x = 5 } return new A().x`, "error", "5"},
	`import(expr)`:                  {`const n = "./nowhere"; try { await import(n) } catch (e) { return "rejected" }`, "error", "rejected"},
	`iterator helpers`:              {`return new Map([["a", 1]]).keys().toArray().join()`, "error", "a"},
	`Symbol.asyncIterator`:          {`return typeof Symbol.asyncIterator`, "undefined", "symbol"},
	// conformance 117
	`number with a locale`: {`return (1234.5).toLocaleString("en-US")`, "error", "1,234.5"},
	`date with options`:    {`return new Date(0).toLocaleDateString("en-US", { timeZone: "UTC", month: "long" })`, "01/01/1970", "January"},
	// the rest of the table
	`Promise.withResolvers`:          {`const r = Promise.withResolvers(); r.resolve(1); return r.promise`, "error", "1"},
	`Promise.try`:                    {`return Promise.try(() => 2)`, "error", "2"},
	`Object.groupBy`:                 {`return JSON.stringify(Object.groupBy([1, 2], (x) => x))`, "error", `{"1":[1],"2":[2]}`},
	`Array.fromAsync`:                {`return (await Array.fromAsync([1])).join()`, "error", "1"},
	`isWellFormed`:                   {`return "a".isWellFormed()`, "error", "true"},
	`Error.captureStackTrace`:        {`const o: any = {}; Error.captureStackTrace(o); return typeof o.stack`, "error", "string"},
	`WeakRef`:                        {`return new WeakRef({ a: 1 }).deref().a`, "error", "1"},
	`RegExp.escape`:                  {`return RegExp.escape("a.b")`, "error", `\x61\.b`},
	`transfer`:                       {`return new ArrayBuffer(8).transfer().byteLength`, "error", "8"},
	`Intl`:                           {`return typeof Intl`, "undefined", "object"},
	`SharedArrayBuffer stays absent`: {`return typeof SharedArrayBuffer`, "undefined", "undefined"},
	`Temporal stays absent`:          {`return typeof Temporal`, "undefined", "undefined"},
	// native, to be left alone
	`private members`:          {`class A { #x = 1; static { this.s = 2 } has(o) { return #x in o } } return new A().has(new A()) + "," + A.s`, "true,2", "true,2"},
	`named groups, lookbehind`: {`return "a1".replace(/(?<l>(?<=a)\d)/, "<$<l>>")`, "a<1>", "a<1>"},
	`Set methods`:              {`return [...new Set([1]).union(new Set([2]))].join()`, "1,2", "1,2"},
	`toSorted, at, findLast`:   {`return [2, 1].toSorted().at(-1)`, "2", "2"},
	`Error cause`:              {`return new Error("x", { cause: 1 }).cause`, "1", "1"},
	`BigInt`:                   {`return 2n ** 64n`, "18446744073709551616", "18446744073709551616"},
	`Proxy of an array`:        {`return Array.isArray(new Proxy([], {}))`, "true", "true"},
}

func TestProbes(t *testing.T) {
	for name, p := range probes {
		t.Run(name, func(t *testing.T) {
			if got := runProbe(goja.New(), "async function probe() {"+p.src+"}\nprobe()"); got != p.native {
				t.Errorf("goja alone: %s = %q, recorded %q: goja changed, see whether a lowering or polyfill can go", p.src, got, p.native)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "registry.ts"), []byte("export async function probe() {"+p.src+"\n}"), 0o644); err != nil {
				t.Fatal(err)
			}
			b := bundle.New(bundle.Options{Dir: dir, Entry: "registry.ts"})
			defer b.Close()
			out, err := b.Build(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			vm := goja.New()
			if err := polyfill.Install(vm); err != nil {
				t.Fatal(err)
			}
			if got := runProbe(vm, out.User.Code+"\n__rivet_entry.probe()"); got != p.want {
				t.Errorf("bundled: %s = %q, want %q\n%s", p.src, got, p.want, out.User.Code)
			}
		})
	}
}

// runProbe runs code whose value is a promise and tells what came of it.
func runProbe(vm *goja.Runtime, code string) string {
	v, err := vm.RunString(code)
	if err != nil {
		return "error"
	}
	p, ok := v.Export().(*goja.Promise)
	if !ok || p.State() != goja.PromiseStateFulfilled {
		return "error"
	}
	return p.Result().String()
}
