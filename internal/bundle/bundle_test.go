package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
)

// testSDK is the smallest SDK that tests need.
var testSDK = fstest.MapFS{
	"actor.ts":         {Data: []byte(`import { mark } from "./internal/mark"; export const actor = (c: object) => mark(c); export const setup = (c: object) => c;`)},
	"internal/mark.ts": {Data: []byte(`export const mark = (c: object) => Object.assign(c, { marked: true });`)},
	"errors.ts":        {Data: []byte(`export class ActorError extends Error {}`)},
}

// project writes files below a temporary directory.
func project(t testing.TB, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, files)
	return dir
}

func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func build(t testing.TB, b *Builder) *actor.Bundle {
	t.Helper()
	out, err := b.Build(t.Context())
	if err != nil {
		var e *Error
		if errors.As(err, &e) {
			for _, p := range e.Problems {
				t.Log(p.Frame(FrameOptions{}))
			}
		}
		t.Fatal(err)
	}
	return out
}

// newBuilder is a Builder of files with the test SDK.
func newBuilder(t testing.TB, files map[string]string, entry string) *Builder {
	b := New(Options{Dir: project(t, files), Entry: entry, SDK: testSDK})
	t.Cleanup(b.Close)
	return b
}

// run evaluates the programs of a bundle as an isolate does.
func run(t testing.TB, out *actor.Bundle) *goja.Runtime {
	t.Helper()
	vm := goja.New()
	if _, err := vm.RunString(`Symbol.asyncIterator ??= Symbol("Symbol.asyncIterator")`); err != nil {
		// the polyfill's job, elsewhere
		_, _ = vm.RunString(`Object.defineProperty(Symbol, "asyncIterator", { value: Symbol("Symbol.asyncIterator") })`)
	}
	sdk, err := BuildSDK(testSDK)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := vm.RunString(`__rivet_modules = { "node:events": { EventEmitter: class {} }, "node:path": {} }`); err != nil {
		t.Fatal(err)
	}
	scripts := []actor.Script{sdk}
	if out.Vendor != nil {
		scripts = append(scripts, *out.Vendor)
	}
	for _, s := range append(scripts, out.User) {
		if _, err := vm.RunScript(s.Name, s.Code); err != nil {
			t.Fatalf("run %s: %v\n%s", s.Name, err, s.Code)
		}
	}
	return vm
}

// eval evaluates entry.EXPR.
func eval(t testing.TB, vm *goja.Runtime, expr string) string {
	t.Helper()
	v, err := vm.RunString("String(" + strings.ReplaceAll(expr, "entry", "__rivet_entry") + ")")
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return v.String()
}

func TestBundleRuns(t *testing.T) {
	tests := map[string]struct {
		files map[string]string
		expr  string
		want  string
	}{
		"SDK and a local module": {
			files: map[string]string{
				"registry.ts": `import { actor, setup } from "@rivetkit/actor"; import { n } from "./n"; export const registry = setup({ use: { a: actor({ n }) } });`,
				"n.ts":        `export const n: number = 7;`,
			},
			expr: "entry.registry.use.a.n + ',' + entry.registry.use.a.marked", want: "7,true",
		},
		"one SDK under all names": {
			files: map[string]string{"registry.ts": `import * as a from "@rivetkit/actor"; import { actor } from "rivetkit"; import { ActorError } from "@rivetkit/core/errors"; export const same = a.actor === actor; export const name = new ActorError("x") instanceof Error`},
			expr:  "entry.same + ',' + entry.name", want: "true,true",
		},
		"SDK types are dropped": {
			files: map[string]string{"registry.ts": `import { actor, ActorContextOf } from "@rivetkit/actor"; export type { Foo } from "@rivetkit/actor"; export const f = (c: ActorContextOf<any>) => 1; export const x = typeof actor;`},
			expr:  "entry.x", want: "function",
		},
		"tsconfig paths, JSON, text, JSX": {
			files: map[string]string{
				"tsconfig.json": `{ "compilerOptions": { "baseUrl": ".", "paths": { "@lib/*": ["lib/*"] }, "jsxFactory": "h" } }`,
				"registry.tsx":  `import { v } from "@lib/v"; import j from "./d.json"; import s from "./q.sql"; const h = (t: string) => t; export const all = [v, j.a, s, <div/>].join();`,
				"lib/v.ts":      `export const v = 1`,
				"d.json":        `{ "a": 2 }`,
				"q.sql":         `select 1`,
			},
			expr: "entry.all", want: "1,2,select 1,div",
		},
		"paths with blanks and letters": {
			files: map[string]string{"my srç/registry.ts": `import { ü } from "./mö dule"; export const x = ü;`, "my srç/mö dule.ts": `export const ü = 3;`},
			expr:  "entry.x", want: "3",
		},
		"guarded builtins": {
			files: map[string]string{"registry.ts": `let a = "none"; try { require("fs") } catch (e) { a = "caught" } export const x = a; export const p = () => import("node:net").catch(e => e.code);`},
			expr:  "entry.x", want: "caught",
		},
		"import.meta": {
			files: map[string]string{"registry.ts": `export const x = [import.meta.url.slice(0, 8), import.meta.filename.slice(-11), typeof import.meta.foo].join()`},
			expr:  "entry.x", want: "file:///,registry.ts,undefined",
		},
		"fields named get and set, default export": {
			files: map[string]string{"registry.ts": `class A { get = 1; static set = 2; async = 3 } export default new A().get + A.set + new A().async`},
			expr:  "entry.default", want: "6",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			entry := ""
			for f := range tt.files {
				if strings.Contains(f, "registry.") {
					entry = f
				}
			}
			out := build(t, newBuilder(t, tt.files, entry))
			if out.Vendor != nil {
				t.Error("a vendor program without dependencies")
			}
			if got := eval(t, run(t, out), tt.expr); got != tt.want {
				t.Errorf("%s = %s, want %s", tt.expr, got, tt.want)
			}
		})
	}
}

func TestTopLevelAwait(t *testing.T) {
	b := newBuilder(t, map[string]string{"registry.ts": `export const x = await Promise.resolve(5);`}, "registry.ts")
	out := build(t, b)
	if !out.Async {
		t.Fatal("Async = false")
	}
	vm := run(t, out)
	if got := eval(t, vm, "__rivet_ready instanceof Promise"); got != "true" {
		t.Error("no __rivet_ready")
	}
	if got := eval(t, vm, "entry.x"); got != "5" {
		t.Errorf("x = %s", got)
	}
	write(t, b.opts.Dir, map[string]string{"registry.ts": `export const x = 6;`})
	if out = build(t, b); out.Async || eval(t, run(t, out), "entry.x") != "6" {
		t.Error("still async after the await has gone")
	}
}

func TestProblems(t *testing.T) {
	tests := map[string]struct {
		files map[string]string
		want  []string // parts of all frames
	}{
		"syntax": {
			files: map[string]string{"registry.ts": "const a = 1\nlet b = a foo\n"},
			want:  []string{"error: Expected \";\" but found \"foo\"\n  registry.ts:2:11\n    1 | const a = 1\n  > 2 | let b = a foo\n      |           ^^^"},
		},
		"misspelt SDK import": {
			files: map[string]string{"registry.ts": `import { acter } from "@rivetkit/actor"; acter();`},
			want:  []string{`"acter"`, "registry.ts:1:10"},
		},
		"SDK part not there yet": {
			files: map[string]string{"registry.ts": `import { db } from "@rivetkit/db"; db();`},
			want:  []string{`"@rivetkit/db" is not available yet`, "registry.ts:1:"},
		},
		"builtin, by way of a module": {
			files: map[string]string{"registry.ts": `import "./a"`, "a.ts": `import "./b"`, "b.ts": `import fs from "node:fs"; fs.x()`},
			want:  []string{`"node:fs" is a module of Node.js`, "b.ts:1:16", "registry.ts → a.ts → b.ts", "hint: actors have no file system"},
		},
		"builtin in a dependency": {
			files: map[string]string{
				"registry.ts": `import pg from "pg"; pg.x()`, "node_modules/pg/package.json": `{"main":"index.js"}`,
				"node_modules/pg/index.js": `const net = require("net")`,
			},
			want: []string{`"net" is a module of Node.js`, "registry.ts → node_modules/pg/index.js", "hint: actors reach the network"},
		},
		"driver packages": {
			files: map[string]string{"registry.ts": `import { x } from "@rivetkit/redis"; x()`},
			want:  []string{`"@rivetkit/redis" is not for rivet's runtime`, "hint: rivet keeps actors in its own store"},
		},
		"a server of Node's": {
			files: map[string]string{"registry.ts": `import express from "express"; express()`},
			want:  []string{`"express" needs Node's own HTTP server`, "serve(app)", "registry.ts:1:21"},
		},
		"tRPC's standalone server": {
			files: map[string]string{"registry.ts": `import { createHTTPServer } from "@trpc/server/adapters/standalone"; createHTTPServer()`},
			want:  []string{`"@trpc/server/adapters/standalone" needs Node's own HTTP server`, "adapters/fetch"},
		},
		"package not installed": {
			files: map[string]string{"registry.ts": `import z from "@a/b/c"; z()`},
			want:  []string{`Could not resolve "@a/b/c"`, "npm install @a/b)"},
		},
		"super in an async generator": {
			files: map[string]string{"registry.ts": "class A { x() { return 1 } }\nexport class B extends A {\n  async *g() {\n    yield super.x()\n  }\n}"},
			want:  []string{"super can't be used inside an async generator method", "registry.ts:"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBuilder(t, tt.files, "registry.ts")
			_, err := b.Build(t.Context())
			var e *Error
			if !errors.As(err, &e) {
				t.Fatalf("Build: %v, want *Error", err)
			}
			var frames []string
			for _, p := range e.Problems {
				frames = append(frames, p.Frame(FrameOptions{}))
			}
			all := strings.Join(frames, "\n")
			for _, w := range tt.want {
				if !strings.Contains(all, w) {
					t.Errorf("no %q in\n%s", w, all)
				}
			}
			if !slices.Contains(e.Inputs, filepath.Join(b.opts.Dir, "registry.ts")) {
				t.Errorf("inputs %v lack the entry", e.Inputs)
			}
		})
	}
}

func TestMissingFileIsWatched(t *testing.T) {
	b := newBuilder(t, map[string]string{"registry.ts": `import { n } from "./n"; export const x = n`}, "registry.ts")
	_, err := b.Build(t.Context())
	var e *Error
	if !errors.As(err, &e) || !slices.Contains(e.Inputs, filepath.Join(b.opts.Dir, "n.ts")) {
		t.Fatalf("err %v doesn't watch for n.ts", err)
	}
	write(t, b.opts.Dir, map[string]string{"n.ts": "export const n = 4"})
	if got := eval(t, run(t, build(t, b)), "entry.x"); got != "4" {
		t.Errorf("after the fix: %s", got)
	}
}

func TestFindEntry(t *testing.T) {
	tests := map[string]struct {
		files []string
		want  string
	}{
		"server first":      {files: []string{"registry.ts", "server.ts"}, want: "server.ts"},
		"src before index":  {files: []string{"index.ts", "src/registry.tsx"}, want: "src/registry.tsx"},
		"actors/index last": {files: []string{"actors/index.mts"}, want: "actors/index.mts"},
		"nothing":           {want: ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			for _, f := range tt.files {
				files[f] = ""
			}
			dir := project(t, files)
			got, err := FindEntry(dir)
			if tt.want == "" {
				if err == nil || !strings.Contains(err.Error(), "actors/index") {
					t.Errorf("FindEntry: %v", err)
				}
				return
			}
			if err != nil || got != filepath.Join(dir, filepath.FromSlash(tt.want)) {
				t.Errorf("FindEntry = %q, %v; want %s", got, err, tt.want)
			}
		})
	}
}

var _ fs.FS = testSDK

func TestModulesAreStrict(t *testing.T) {
	b := newBuilder(t, nil, "registry.ts")
	write(t, b.opts.Dir, map[string]string{"registry.ts": `export const x = (function (this: unknown) { return this === undefined; })();`})
	if got := eval(t, run(t, build(t, b)), "entry.x"); got != "true" {
		t.Errorf("code of a module is not strict: %s", got)
	}
}
