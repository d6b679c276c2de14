package bundle_test

import (
	"strings"
	"testing"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/errs"
)

// lines runs lines of a REPL one after another and gives the last result as JSON.
func lines(t *testing.T, sources ...string) string {
	t.Helper()
	vm := goja.New()
	_, err := vm.RunString(`
		var base = Object.create(null), vars = Object.create(null), symbol = Symbol.asyncIterator ??= Symbol("a");
		function declare(n, keep) { if (!keep || !(n in vars)) Object.defineProperty(vars, n, { value: undefined, writable: true, configurable: true, enumerable: true }); }
		function implicit(n) { if (!(n in vars) && !(n in globalThis)) declare(n, false); }
		function lock(...ns) { for (const n of ns) { const v = vars[n]; Object.defineProperty(vars, n, { get: () => v, set() { throw new TypeError("Assignment to constant variable.") }, configurable: true }); } }
		var out;
		function run(f) { out = "pending"; f(base, vars, lock)().then((v) => { out = JSON.stringify(v) ?? String(v) }, (e) => { out = String(e) }); }
		var get = () => out;`)
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, s := range sources {
		l, err := bundle.CompileLine("REPL1", s)
		if err != nil {
			return "compile: " + errs.As(err).Msg + " at " + errs.As(err).At
		}
		for _, n := range l.Names {
			call(t, vm, "declare", n.Name, n.Keep)
		}
		for _, n := range l.Implicit {
			call(t, vm, "implicit", n)
		}
		f, err := vm.RunString(l.Script.Code)
		if err != nil {
			t.Fatalf("%s: %v\n%s", s, err, l.Script.Code)
		}
		call(t, vm, "run", f)
		out = call(t, vm, "get").String()
	}
	return out
}

func call(t *testing.T, vm *goja.Runtime, name string, args ...any) goja.Value {
	t.Helper()
	fn, _ := goja.AssertFunction(vm.Get(name))
	vals := make([]goja.Value, len(args))
	for i, a := range args {
		vals[i] = vm.ToValue(a)
	}
	v, err := fn(goja.Undefined(), vals...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestLinesOfTheREPL(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		lines []string
		want  string
	}{
		"an expression is the result":             {[]string{"1 + 1"}, "2"},
		"types are TypeScript's":                  {[]string{"const n: number = 5 as number", "n!"}, "5"},
		"an object is no block":                   {[]string{"{ a: 1, b: { c: 2 } }"}, `{"a":1,"b":{"c":2}}`},
		"a block is a block":                      {[]string{"{ let x = 1; x }"}, "undefined"},
		"a string is no directive":                {[]string{`"use strict"`}, `"use strict"`},
		"await stands at the top":                 {[]string{"await Promise.resolve(3) + 1"}, "4"},
		"a promise is awaited":                    {[]string{"Promise.resolve([1])"}, "[1]"},
		"let persists":                            {[]string{"let a = 1", "a += 2", "a"}, "3"},
		"let is declared again":                   {[]string{"let a = 1", "let a = 'x'", "a"}, `"x"`},
		"const persists":                          {[]string{"const a = 1", "a"}, "1"},
		"const is constant":                       {[]string{"const a = 1", "a = 2"}, "TypeError: Assignment to constant variable."},
		"const is declared again":                 {[]string{"const a = 1", "const a = 2", "let a = 3", "a = 4"}, "4"},
		"patterns bind":                           {[]string{"const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], f: 5 }, [g = 7] = []", "[a, c, d, e, g]"}, `[1,2,[3,4],{"f":5},7]`},
		"an initializer in brackets":              {[]string{"const f = (function () { return 1 })(), g = (1, 2)", "f + g"}, "3"},
		"let without a value":                     {[]string{"let a = 1", "let a", "a"}, "undefined"},
		"var keeps its value":                     {[]string{"var a = 1", "var a", "a"}, "1"},
		"functions are there before they stand":   {[]string{"var r = f(); function f() { return 4 }", "r + f()"}, "8"},
		"async and generator functions":           {[]string{"async function f() { return 1 } function* g() { yield 2 } async function* h() { yield 3 }", "const all = [await f(), ...g()]; for await (const x of h()) all.push(x)", "all"}, "[1,2,3]"},
		"functions see variables of later lines":  {[]string{"function f() { return later }", "const later = 9", "f()"}, "9"},
		"functions may be declared again":         {[]string{"function f() { return 1 }", "function f() { return 2 }", "f()"}, "2"},
		"functions have names":                    {[]string{"function f() {} const g = () => 1; class C {}", "[f.name, g.name, C.name]"}, `["f","g","C"]`},
		"classes persist, with fields":            {[]string{"class A { #p = 1; get = 2; static s = 3; sum() { return this.#p + this.get } }", "new A().sum() + A.s"}, "6"},
		"classes extend classes of earlier lines": {[]string{"class A { a() { return 1 } }", "class B extends A {}", "new B().a()"}, "1"},
		"enums":                          {[]string{"enum E { A, B = 5 }", "E.B"}, "5"},
		"interfaces and types vanish":    {[]string{"interface X { a: number } type Y = X"}, "undefined"},
		"var in a block and in loops":    {[]string{"if (true) { var a = 1 } for (var i = 0, n = 3; i < n; i++); for (var x of [7]); for (var k in { q: 1 });", "[a, i, x, k]"}, `[1,3,7,"q"]`},
		"let of a block stays there":     {[]string{"{ let inner = 1 }", "typeof inner"}, `"undefined"`},
		"an assignment makes a variable": {[]string{"x = 5; ({ y, z: [w] } = { y: 1, z: [2] })", "[x, y, w]"}, "[5,1,2]"},
		"an unknown name is an error":    {[]string{"nothing"}, "ReferenceError: nothing is not defined"},
		"strict mode":                    {[]string{"Object.freeze({ a: 1 }).a = 2"}, "TypeError: Cannot assign to read only property 'a'"},
		"comments":                       {[]string{"1 + 1 // two"}, "2"},
		"a comment alone":                {[]string{"// nothing"}, "undefined"},
		"nothing":                        {[]string{""}, "undefined"},
		"several statements":             {[]string{"1; 2; 3"}, "3"},
		"an arrow in brackets":           {[]string{"((x) => x * 2)(4)"}, "8"},
		"a template":                     {[]string{"const n = 2; `${n}${`${n}`}`"}, `"22"`},
		"a syntax error has its place":   {[]string{"let = = 3"}, "compile: Unexpected \"=\" at REPL1:1:7"},
		"in an object too":               {[]string{"{ a: }"}, "compile: Unexpected \"}\" at REPL1:1:6"},
		"import is refused":              {[]string{`import { z } from "zod"`}, "compile: import and export don't work in the REPL at REPL1:1:1"},
		"import() too":                   {[]string{`const { x } = await import("node:fs")`}, "compile: import and export don't work in the REPL at REPL1:1:1"},
		"import in a text":               {[]string{`'import("x")'`}, `"import(\"x\")"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := lines(t, tt.lines...); !strings.HasPrefix(got, tt.want) {
				t.Errorf("%q\ngot  %s\nwant %s", tt.lines, got, tt.want)
			}
		})
	}
}

func FuzzCompileLine(f *testing.F) {
	for _, s := range []string{"const { a, b: [c] } = x, d = (1, 2)", "for (var i of []) { var j }", "class A { static x = 1 }", "{ a: 1 }",
		"async function* f() {}", "enum E { A }", "x = y = 1", "`${`a`}`", "label: for (;;) break label", "using x = y", "@d class A {}", "export const a = 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		l, err := bundle.CompileLine("REPL1", source)
		if err != nil {
			if e := errs.As(err); e.Code == "" || e.Msg == "" {
				t.Errorf("%q: %v", source, err)
			}
			return
		}
		if _, err := goja.Compile("line", l.Script.Code, false); err != nil {
			t.Errorf("%q became what can't run: %v\n%s", source, err, l.Script.Code)
		}
	})
}
