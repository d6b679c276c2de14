package bundle

import (
	"fmt"
	"os"
	"testing"

	"github.com/dop251/goja"
)

// BenchmarkSave is what a save costs: the user's program built anew and
// compiled by goja. RIVET_BENCH_DIR names a project directory with zod in
// node_modules; without it the registry has no dependencies.
func BenchmarkSave(b *testing.B) {
	src := `import { actor, setup } from "@rivetkit/actor";
%s
export const counter = actor({ state: { count: 0 }, actions: { increment: (c: any, n = %d) => (c.state.count += n) } });
export const registry = setup({ use: { counter } });
`
	dir := os.Getenv("RIVET_BENCH_DIR")
	use := ""
	if dir == "" {
		dir = project(b, nil)
	} else {
		use = `import { z } from "zod"; export const schema = z.object({ a: z.string() });`
	}
	bu := New(Options{Dir: dir, Entry: "registry.ts", SDK: testSDK, Dev: true})
	defer bu.Close()
	write(b, dir, map[string]string{"registry.ts": fmt.Sprintf(src, use, 0)})
	build(b, bu)
	n := 0
	for b.Loop() {
		n++
		b.StopTimer()
		write(b, dir, map[string]string{"registry.ts": fmt.Sprintf(src, use, n)})
		b.StartTimer()
		out := build(b, bu)
		if _, err := goja.Compile(out.User.Name, out.User.Code, false); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkColdBuild is the first build of a process, and the compilation of the vendor program.
func BenchmarkColdBuild(b *testing.B) {
	dir := os.Getenv("RIVET_BENCH_DIR")
	if dir == "" {
		b.Skip("RIVET_BENCH_DIR is not set")
	}
	write(b, dir, map[string]string{"registry.ts": `import { z } from "zod"; export const schema = z.object({ a: z.string() });`})
	for b.Loop() {
		bu := New(Options{Dir: dir, Entry: "registry.ts", SDK: testSDK})
		out := build(b, bu)
		bu.Close()
		b.StopTimer()
		b.ReportMetric(float64(len(out.Vendor.Code)), "vendor-bytes")
		b.StartTimer()
	}
}
