package bundle

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/rivetdev/rivet/internal/actor"
)

// sdkFiles maps each import specifier of the SDK to its file in the embedded SDK.
// Several specifiers share a file, hence one module.
var sdkFiles = func() map[string]string {
	m := map[string]string{
		"@rivetkit/client":         "client.ts",
		"@rivetkit/actors":         "actor.ts",
		"@rivetkit/actors/client":  "client.ts",
		"@rivetkit/db":             "db.ts",
		"@rivetkit/db/drizzle":     "drizzle.ts",
		"@rivetkit/actor/db":       "db.ts",
		"@rivetkit/react":          "react.ts",
		"@rivetkit/next-js":        "next.ts",
		"@rivetkit/next-js/client": "next-client.ts",
		"@hono/node-server":        "node-server.ts",
		"@hono/node-ws":            "node-ws.ts",
		"hono/ws":                  "hono-ws.ts",
		"rivet:runtime":            "runtime/boot.ts", // what isolates boot; user code cannot name it
	}
	for _, root := range []string{"@rivetkit/actor", "@rivetkit/core", "rivetkit"} {
		m[root] = "actor.ts"
		for _, sub := range []string{"client", "errors", "log", "utils", "test"} {
			m[root+"/"+sub] = sub + ".ts"
		}
	}
	return m
}()

// BuildSDK compiles the SDK to the program that an isolate runs first. It sets
// globalThis.__rivet_modules, an object in which each specifier is a getter that
// evaluates its module at the first use. Specifiers whose file src lacks are left
// out. Other programs may add properties, such as "node:events".
func BuildSDK(src fs.FS) (actor.Script, error) {
	var b strings.Builder
	b.WriteString("const m = (globalThis.__rivet_modules ??= {});\n" +
		"const d = (k, get) => Object.defineProperty(m, k, { get, configurable: true, enumerable: true });\n")
	for _, spec := range slices.Sorted(maps.Keys(sdkFiles)) {
		if _, err := fs.Stat(src, sdkFiles[spec]); err == nil {
			fmt.Fprintf(&b, "d(%q, () => require(%q));\n", spec, "rivet:sdk/"+sdkFiles[spec])
		}
	}
	opts := settings("/")
	opts.Stdin = &api.StdinOptions{Contents: b.String(), Sourcefile: "rivet:sdk"}
	opts.Outfile = "/sdk.js"
	opts.Plugins = []api.Plugin{sdkSourcePlugin(src)}
	opts.Define = map[string]string{"process.env.NODE_ENV": `"production"`}
	return script("rivet:sdk", api.Build(opts), nil)
}

// sdkExports lists the exported names of each SDK file that src has.
func sdkExports(src fs.FS) (map[string][]string, error) {
	opts := settings("/")
	opts.Plugins = []api.Plugin{sdkSourcePlugin(src)}
	opts.Format, opts.Splitting, opts.Outdir = api.FormatESModule, true, "/out"
	opts.Sourcemap = api.SourceMapNone
	for _, file := range sdkFiles {
		if _, err := fs.Stat(src, file); err == nil && !slices.Contains(opts.EntryPoints, "rivet:sdk/"+file) {
			opts.EntryPoints = append(opts.EntryPoints, "rivet:sdk/"+file)
		}
	}
	out := map[string][]string{}
	if len(opts.EntryPoints) == 0 {
		return out, nil
	}
	slices.Sort(opts.EntryPoints)
	res := api.Build(opts)
	if len(res.Errors) > 0 {
		return nil, &Error{Problems: problemsOf(SeverityError, res.Errors, nil)}
	}
	meta, err := parseMeta(res.Metafile)
	if err != nil {
		return nil, err
	}
	for _, o := range meta.Outputs {
		if file, ok := strings.CutPrefix(o.EntryPoint, "rivet:sdk/"); ok {
			out[file] = o.Exports
		}
	}
	return out, nil
}

// sdkSourcePlugin serves "rivet:sdk/FILE" and the relative imports in them from src.
func sdkSourcePlugin(src fs.FS) api.Plugin {
	return api.Plugin{Name: "rivet-sdk", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if file, ok := strings.CutPrefix(a.Path, "rivet:"); ok {
				return api.OnResolveResult{Path: file, Namespace: "rivet"}, nil
			}
			if file, ok := sdkFiles[a.Path]; ok {
				return api.OnResolveResult{Path: "sdk/" + file, Namespace: "rivet"}, nil
			}
			if a.Namespace == "rivet" && strings.HasPrefix(a.Path, ".") {
				file := strings.TrimPrefix(path.Join(path.Dir(a.Importer), a.Path), "sdk/")
				stem := strings.TrimSuffix(file, ".js")
				for _, try := range []string{file, stem + ".ts", stem + ".tsx", stem + ".js", stem + "/index.ts"} {
					if st, err := fs.Stat(src, try); err == nil && !st.IsDir() {
						return api.OnResolveResult{Path: "sdk/" + try, Namespace: "rivet"}, nil
					}
				}
			}
			return api.OnResolveResult{}, nil
		})
		b.OnLoad(api.OnLoadOptions{Filter: "^sdk/", Namespace: "rivet"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			data, err := fs.ReadFile(src, strings.TrimPrefix(a.Path, "sdk/"))
			if err != nil {
				return api.OnLoadResult{}, err
			}
			text := string(data)
			loader := map[string]api.Loader{".tsx": api.LoaderTSX, ".js": api.LoaderJS, ".json": api.LoaderJSON,
				".txt": api.LoaderText, ".sql": api.LoaderText}[path.Ext(a.Path)]
			if loader == api.LoaderNone {
				loader = api.LoaderTS
			}
			return api.OnLoadResult{Contents: &text, Loader: loader}, nil
		})
	}}
}

// metafile is what the rooms here need of esbuild's metafile.
type metafile struct {
	Inputs map[string]struct {
		Format string `json:"format"`
	} `json:"inputs"`
	Outputs map[string]struct {
		EntryPoint string                     `json:"entryPoint"`
		Exports    []string                   `json:"exports"`
		Inputs     map[string]json.RawMessage `json:"inputs"`
	} `json:"outputs"`
}

func parseMeta(text string) (*metafile, error) {
	var m metafile
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, fmt.Errorf("read esbuild's metafile: %w", err)
	}
	return &m, nil
}
