package bundle

import (
	"testing"
)

// dependencies in the shapes that npm has.
var deps = map[string]string{
	"node_modules/esm/package.json":     `{"type":"module","exports":{".":"./index.js","./sub":"./sub.js"}}`,
	"node_modules/esm/index.js":         `import { helper } from "cjs"; export * from "./sub.js"; export let n = 1; export const bump = () => { n++ }; export const viaCjs = helper(); export default function def() { return "def" }`,
	"node_modules/esm/sub.js":           `export const sub = "sub"; globalThis.subRuns = (globalThis.subRuns ?? 0) + 1;`,
	"node_modules/cjs/package.json":     `{"main":"main.js"}`,
	"node_modules/cjs/main.js":          `exports.helper = function () { return "helped" }; exports.list = [1];`,
	"node_modules/fn/index.js":          `module.exports = function fn() { return "fn" }; module.exports.extra = "extra";`,
	"node_modules/babel/index.js":       `Object.defineProperty(exports, "__esModule", { value: true }); exports.default = "bdef"; exports.x = "bx";`,
	"node_modules/babel/package.json":   `{"main":"index.js"}`,
	"node_modules/effect/index.js":      `globalThis.effect = "ran";`,
	"node_modules/pure/package.json":    `{"type":"module","sideEffects":false}`,
	"node_modules/pure/index.js":        `globalThis.pure = "ran"; export const p = 1;`,
	"node_modules/star/package.json":    `{"type":"module"}`,
	"node_modules/star/index.js":        `export * from "cjs"; export const own = "own";`,
	"node_modules/lazy/index.js":        `globalThis.lazyRan = true; exports.l = 1;`,
	"node_modules/mapped/package.json":  `{"main":"index.js","browser":{"fs":false}}`,
	"node_modules/mapped/index.js":      `const fs = require("fs"); exports.keys = Object.keys(fs).length;`,
	"node_modules/tla/package.json":     `{"type":"module"}`,
	"node_modules/tla/index.js":         `export const t = await Promise.resolve("awaited");`,
	"node_modules/ns/package.json":      `{"type":"module"}`,
	"node_modules/ns/index.js":          `import * as z from "./z.js"; export * from "./z.js"; export { z }; export default z;`,
	"node_modules/ns/z.js":              `export const string = () => "z.string";`,
	"node_modules/mjs/package.json":     `{"exports":{"import":"./i.mjs","require":"./i.cjs"}}`,
	"node_modules/mjs/i.mjs":            `export const kind = "mjs"; export default 1;`,
	"node_modules/mjs/i.cjs":            `exports.kind = "cjs";`,
	"node_modules/sdkuser/package.json": `{"type":"module"}`,
	"node_modules/sdkuser/index.js":     `import { actor } from "@rivetkit/actor"; export const same = actor;`,
}

func TestVendorInterop(t *testing.T) {
	tests := map[string]struct {
		src, expr, want string
		module          bool // the project says "type": "module"
	}{
		"named, default and star of an ES module": {
			src:  `import def, { sub, viaCjs } from "esm"; import * as all from "esm"; export const x = [def(), sub, viaCjs, Object.keys(all).sort()].join()`,
			expr: "entry.x", want: "def,sub,helped,bump,default,n,sub,viaCjs",
		},
		"live bindings": {
			src: `import { n, bump } from "esm"; bump(); export const x = n`, expr: "entry.x", want: "2",
		},
		"subpath shares its module": {
			src: `import { sub } from "esm/sub"; import "esm"; export const x = sub + subRuns`, expr: "entry.x", want: "sub1",
		},
		"CommonJS: default is module.exports": {
			src: `import fn, { extra } from "fn"; import * as ns from "fn"; export const x = [fn(), extra, typeof ns.default].join()`, expr: "entry.x", want: "fn,extra,function",
		},
		"CommonJS with __esModule": {
			src: `import d, { x as y } from "babel"; export const x = [d, y].join()`, expr: "entry.x", want: "bdef,bx",
		},
		"CommonJS with __esModule, from an ES module project": {
			module: true, src: `import d from "babel"; export const x = [d.default, d.x].join()`, expr: "entry.x", want: "bdef,bx",
		},
		"ES module, from an ES module project": {
			module: true, src: `import z, { string } from "ns"; export const x = [z.string(), string()].join()`, expr: "entry.x", want: "z.string,z.string",
		},
		"require": {
			src: `const { helper } = require("cjs"); const e = require("esm"); export const x = [helper(), e.default(), e.__esModule].join()`, expr: "entry.x", want: "helped,def,true",
		},
		"dynamic import": {
			src: `export let x = "no"; export const p = import("esm").then((m) => { x = m.default() + m.sub })`, expr: "entry.x", want: "defsub",
		},
		"re-exports": {
			src: `export * from "esm"; export { default } from "esm"; export * as cjs from "cjs"`, expr: "[entry.sub, entry.default(), entry.cjs.helper()].join()", want: "sub,def,helped",
		},
		"export * of CommonJS inside a package": {
			src: `import { own, helper } from "star"; export const x = own + helper()`, expr: "entry.x", want: "ownhelped",
		},
		"side effects": {
			src: `import "effect"; import "pure"; export const x = globalThis.effect + "," + globalThis.pure`, expr: "entry.x", want: "ran,undefined",
		},
		"evaluated when first imported": {
			src: `export const x = globalThis.lazyRan; export const f = () => require("lazy").l`, expr: "[entry.x, entry.f(), globalThis.lazyRan].join()", want: ",1,true",
		},
		"browser map turns a builtin off": {
			src: `import { keys } from "mapped"; export const x = keys`, expr: "entry.x", want: "0",
		},
		"a dependency of the SDK": {
			src: `import { same } from "sdkuser"; import { actor } from "@rivetkit/actor"; export const x = same === actor`, expr: "entry.x", want: "true",
		},
		"extension .mjs, one copy for import and require": {
			src: `import { kind } from "mjs"; import * as all from "mjs"; export const x = [kind, all.default, require("mjs").kind].join()`, expr: "entry.x", want: "mjs,1,mjs",
		},
		"the host's builtins": {
			src: `import { EventEmitter } from "node:events"; import * as p from "path"; export const x = typeof EventEmitter`, expr: "entry.x", want: "function",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newBuilder(t, deps, "registry.ts")
			kind := "commonjs"
			if tt.module {
				kind = "module"
			}
			write(t, b.opts.Dir, map[string]string{"registry.ts": tt.src, "package.json": `{"type":"` + kind + `"}`})
			if got := eval(t, run(t, build(t, b)), tt.expr); got != tt.want {
				t.Errorf("%s = %s, want %s", tt.expr, got, tt.want)
			}
		})
	}
}

func TestVendorIsReused(t *testing.T) {
	b := newBuilder(t, deps, "registry.ts")
	write(t, b.opts.Dir, map[string]string{"package.json": `{}`}) // the nearest one decides what kind of module a file is
	step := func(src string) (vendor, user string) {
		write(t, b.opts.Dir, map[string]string{"registry.ts": src})
		out := build(t, b)
		if out.Vendor == nil {
			t.Fatal("no vendor program")
		}
		return out.Vendor.Hash, out.User.Hash
	}
	v1, u1 := step(`import { helper } from "cjs"; import fn from "fn"; export const x = helper() + fn() + 1`)
	v2, u2 := step(`import { helper } from "cjs"; export const x = helper() + 2`)
	if v1 != v2 || u1 == u2 {
		t.Error("a change of user code changed the vendor program, or nothing")
	}
	v3, _ := step(`import { sub } from "esm"; import { helper } from "cjs"; export const x = helper() + sub`)
	if v3 == v1 {
		t.Error("a new import did not change the vendor program")
	}
	write(t, b.opts.Dir, map[string]string{"node_modules/cjs/main.js": `exports.helper = () => "changed"; exports.more = 1;`})
	v4, _ := step(`import { helper, more } from "cjs"; export const x = helper() + more`)
	if v4 == v3 {
		t.Error("a changed dependency did not change the vendor program")
	}
}

func TestVendorWithTopLevelAwait(t *testing.T) {
	b := newBuilder(t, deps, "registry.ts")
	write(t, b.opts.Dir, map[string]string{"registry.ts": `import { t } from "tla"; export const x = t`})
	out := build(t, b)
	if out.Vendor != nil || !out.Async {
		t.Errorf("Vendor = %v, Async = %v; want one async program", out.Vendor, out.Async)
	}
	if got := eval(t, run(t, out), "entry.x"); got != "awaited" {
		t.Errorf("x = %s", got)
	}
}

func TestMisspeltDependencyImport(t *testing.T) {
	b := newBuilder(t, deps, "registry.ts")
	write(t, b.opts.Dir, map[string]string{"registry.ts": `import { subb } from "esm"; export const x = subb + 1`})
	if _, err := b.Build(t.Context()); err == nil {
		t.Error("no error for an export that doesn't exist")
	}
}
