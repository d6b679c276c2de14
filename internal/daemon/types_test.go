package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/testkit"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func signatures(types []inspect.Type) string {
	var b strings.Builder
	for _, t := range types {
		fmt.Fprintf(&b, "%s  %s:%d\n", t.Type, t.File, t.Line)
		for _, a := range t.Actions {
			fmt.Fprintf(&b, "  %s%s  %s:%d\n", a.Name, a.Signature, a.File, a.Line)
			if a.Doc != "" {
				fmt.Fprintf(&b, "    %s\n", strings.ReplaceAll(a.Doc, "\n", "\n    "))
			}
			for _, p := range a.Params {
				if p.Schema != nil {
					fmt.Fprintf(&b, "    %s %s\n", p.Name, p.Schema)
				}
			}
		}
	}
	return b.String()
}

// TestSignaturesOfExamples: what the inspector says of every project that the
// repository has to read. The examples that need npm packages are left to e2e.
func TestSignaturesOfExamples(t *testing.T) {
	t.Parallel()
	var files []string
	for _, pattern := range []string{"../../examples/*/registry.ts", "../../templates/*/registry.ts"} {
		some, err := filepath.Glob(pattern)
		if err != nil || len(some) == 0 {
			t.Fatalf("%s: %v, %v", pattern, some, err)
		}
		files = append(files, some...)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `from "yjs"`) || strings.Contains(string(text), `from "hono"`) {
			continue
		}
		l := serve(t, testkit.Project(t, map[string]string{"registry.ts": string(text)}), nil)
		types, err := l.as(t, "studio").Types(t.Context())
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		fmt.Fprintf(&all, "== %s\n%s\n", filepath.Base(filepath.Dir(file)), signatures(types))
	}
	testkit.Golden(t, "signatures.txt", []byte(all.String()))
}

// TestSignaturesOfOddForms: actions as people write them elsewhere than in the
// object itself.
func TestSignaturesOfOddForms(t *testing.T) {
	t.Parallel()
	dir := testkit.Project(t, map[string]string{
		"shared.ts": `/** Says é. */
export async function imported(c: any, text: string): Promise<string> { return text; }
export const more = { /** Spread in. */ spread: (c: any, n: number) => n };
`,
		"registry.ts": `import { actor, setup } from "@rivetkit/actor";
import { imported, more } from "./shared";
/** By reference. */
const reference = async (c: any, a: string, b?: "x" | "y") => a + b;
class Box { static kept(c: any, z: number) { return z; } }
const first = actor({ onAuth: () => {}, state: { n: 0 }, actions: {
  get: (c, of: string) => c.state.n,
  renamed: reference, imported, ...more, kept: Box.kept,
  async method(c, n: number) { return n; },
  bound: reference.bind(null),
  ["com" + "puted"]: (c: any, many: string[] = []) => many,
  all: (...args: unknown[]) => args.length,
} });
const second = actor({ onAuth: () => {}, state: { n: 0 }, actions: {
  /** The same text as first's. */
  get: (c, of: number) => c.state.n,
  other: (c, of: boolean) => c.state.n,
} });
export const registry = setup({ use: { first, second } });
`,
	})
	l := serve(t, dir, nil)
	types, err := l.as(t, "studio").Types(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const want = `first  registry.ts:6
  get(of: string)  registry.ts:7
    of {"type":"string"}
  renamed(a: string, b?: "x" | "y")  registry.ts:4
    By reference.
    a {"type":"string"}
    b {"enum":["x","y"]}
  imported(text: string): Promise<string>  shared.ts:2
    Says é.
    text {"type":"string"}
  spread(n: number)  shared.ts:3
    Spread in.
    n {"type":"number"}
  kept(z: number)  registry.ts:5
    z {"type":"number"}
  method(n: number)  registry.ts:9
    n {"type":"number"}
  bound  :0
  computed(many: string[] = [])  registry.ts:11
    many {"items":{"type":"string"},"type":"array"}
  all(...args: unknown[])  registry.ts:12
    args {"description":"unknown[]"}
second  registry.ts:14
  get(of: number)  registry.ts:16
    The same text as first's.
    of {"type":"number"}
  other(of: boolean)  registry.ts:17
    of {"type":"boolean"}
`
	if got := signatures(types); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
