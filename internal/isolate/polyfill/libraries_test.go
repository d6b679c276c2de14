package polyfill_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/isolate/polyfill"
)

// TestLibraries runs real packages from the project directory that
// RIVET_LIBRARIES names (npm install zod valibot hono).
func TestLibraries(t *testing.T) {
	dir := os.Getenv("RIVET_LIBRARIES")
	if dir == "" {
		t.Skip("RIVET_LIBRARIES is not set")
	}
	tests := map[string]struct{ src, want string }{
		"zod":         {`import { z } from "zod"; export const probe = async () => [z.string().emoji().safeParse("😀").success, z.string().emoji().safeParse("a").success, z.object({ a: z.number() }).parse({ a: 1 }).a].join()`, "true,false,1"},
		"zod default": {`import z from "zod"; import * as ns from "zod"; export const probe = async () => [z.string().parse("x"), ns.z === z].join()`, "x,true"},
		"zod 3":       {`import { z } from "zod/v3"; export const probe = async () => [z.string().emoji().safeParse("😀").success, z.string().emoji().safeParse("a").success].join()`, "true,false"},
		"valibot":     {`import * as v from "valibot"; export const probe = async () => [v.safeParse(v.pipe(v.string(), v.emoji()), "😀👍🏽").success, v.safeParse(v.pipe(v.string(), v.emoji()), "x").success].join()`, "true,false"},
		"hono":        {`import { Hono } from "hono"; import { cors } from "hono/cors"; export const probe = async () => { const a = new Hono(); a.use(cors()); a.get("/", (c) => c.text("x")); return a.routes.length }`, "2"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, "probe.ts")
			if err := os.WriteFile(file, []byte(tt.src), 0o644); err != nil {
				t.Fatal(err)
			}
			b := bundle.New(bundle.Options{Dir: dir, Entry: file})
			defer b.Close()
			out, err := b.Build(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			vm := goja.New()
			if err := polyfill.Install(vm); err != nil {
				t.Fatal(err)
			}
			if out.Vendor == nil {
				t.Fatal("no vendor program")
			}
			if _, err := vm.RunScript(out.Vendor.Name, out.Vendor.Code); err != nil {
				t.Fatal(err)
			}
			if _, err := vm.RunString(out.User.Code); err != nil {
				t.Fatal(err)
			}
			if got := runProbe(vm, "__rivet_entry.probe()"); got != tt.want {
				t.Errorf("%s = %s, want %s", tt.src, got, tt.want)
			}
		})
	}
}
