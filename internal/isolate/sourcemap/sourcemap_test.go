package sourcemap

import (
	"testing"

	"github.com/dop251/goja"
	"github.com/evanw/esbuild/pkg/api"

	"github.com/rivetdev/rivet/internal/actor"
)

const source = `interface Ignored { a: number }

export function fail(n: number): never {
  throw new Error("no " + n);
}
`

func compiled(t testing.TB) actor.Script {
	t.Helper()
	res := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: `import { fail } from "./fail"; globalThis.go = () => [1].map((n) => fail(n));`, Sourcefile: "rivet:entry"},
		Bundle: true, Sourcemap: api.SourceMapExternal, Outfile: "user.js", SourcesContent: api.SourcesContentExclude,
		Plugins: []api.Plugin{{Name: "t", Setup: func(b api.PluginBuild) {
			b.OnResolve(api.OnResolveOptions{Filter: "fail"}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
				return api.OnResolveResult{Path: "fail.ts", Namespace: "t"}, nil
			})
			b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "t"}, func(api.OnLoadArgs) (api.OnLoadResult, error) {
				s := source
				return api.OnLoadResult{Contents: &s, Loader: api.LoaderTS}, nil
			})
		}}},
	})
	if len(res.Errors) > 0 {
		t.Fatal(res.Errors)
	}
	return actor.Script{Name: "user.js", Map: res.OutputFiles[0].Contents, Code: string(res.OutputFiles[1].Contents)}
}

func TestStackIsTypeScript(t *testing.T) {
	s := compiled(t)
	vm := goja.New()
	if _, err := vm.RunScript(s.Name, s.Code); err != nil {
		t.Fatal(err)
	}
	v, err := vm.RunString(`try { go() } catch (e) { e.stack }`)
	if err != nil {
		t.Fatal(err)
	}
	set := NewSet(s)
	got := set.Stack(v.String())
	want := "Error: no 1\n    at fail (t:fail.ts:4:9)\n    at <eval>:1:9"
	if got != want {
		t.Errorf("Stack(%q) = %q, want %q", v, got, want)
	}
	if at := set.At(v.String()); at != "t:fail.ts:4:9" {
		t.Errorf("At = %q", at)
	}
}

func TestStackLines(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"internal frames go":     {in: "Error: x\n\tat a (rivet:sdk:3:4(5))\n\tat b (my file.js:1:2(3))", want: "Error: x\n    at b (my file.js:1:2)"},
		"native frames go":       {in: "Error\n\tat native\n\tat map (native)\n\tat c.js:1:2(3)", want: "Error\n    at c.js:1:2"},
		"messages are untouched": {in: "Error: at home\nsecond (line:1:2) x", want: "Error: at home\nsecond (line:1:2) x"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := (Set{}).Stack(tt.in); got != tt.want {
				t.Errorf("Stack(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}
