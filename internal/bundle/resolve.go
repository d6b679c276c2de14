package bundle

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// resolver is the plugin that decides what an import specifier means: the SDK,
// a node builtin, a dependency (when split) or a file.
type resolver struct {
	b     *Builder
	split bool // dependencies become stubs that read __rivet_vendor

	mu    sync.Mutex
	edges map[string]string // file → a file that imports it; nil: don't follow
}

// skip marks a resolution that the plugin itself asked for.
type skip struct{}

func (r *resolver) plugin() api.Plugin {
	return api.Plugin{Name: "rivet", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			if _, ok := a.PluginData.(skip); ok || a.Kind == api.ResolveEntryPoint {
				return api.OnResolveResult{}, nil
			}
			return r.resolve(pb, a)
		})
		pb.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "file"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			r.b.seen.add(a.Path)
			return api.OnLoadResult{}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: "rivet"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			text, err := r.stub(a.Path)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, err
		})
	}}
}

func (r *resolver) resolve(pb api.PluginBuild, a api.OnResolveArgs) (api.OnResolveResult, error) {
	if path, ok := strings.CutPrefix(a.Path, "rivet:"); ok {
		return api.OnResolveResult{Path: path, Namespace: "rivet"}, nil
	}
	if file, ok := sdkFiles[a.Path]; ok {
		return r.resolveSDK(a.Path, file)
	}
	if h, ok := refused(a.Path); ok {
		return fail(h, "%q is not for rivet's runtime", a.Path)
	}
	if h, ok := nodeServers[a.Path]; ok && a.Kind == api.ResolveJSImportStatement {
		return fail(h, "%q needs Node's own HTTP server, which isn't in rivet's runtime", a.Path)
	}
	if name, usable, ok := builtin(a.Path); ok && !browserMaps(a.ResolveDir, a.Path) {
		return resolveBuiltin(a, name, usable)
	}
	relative := strings.HasPrefix(a.Path, ".") || filepath.IsAbs(a.Path)
	if relative {
		r.b.seen.addCandidates(a.ResolveDir, a.Path)
	}
	if r.edges == nil && (relative || !r.split) {
		return api.OnResolveResult{}, nil
	}
	res := pb.Resolve(a.Path, api.ResolveOptions{Importer: a.Importer, Namespace: a.Namespace,
		ResolveDir: a.ResolveDir, Kind: a.Kind, PluginData: skip{}, With: a.With})
	if len(res.Errors) > 0 || res.Namespace != "file" || res.External {
		return api.OnResolveResult{}, nil
	}
	if r.edges != nil {
		r.mu.Lock()
		if _, ok := r.edges[res.Path]; !ok && res.Path != a.Importer {
			r.edges[res.Path] = a.Importer
		}
		r.mu.Unlock()
	}
	if r.split && !relative && vendorable(res.Path) {
		return r.b.vendor.stubFor(r.b, res)
	}
	return api.OnResolveResult{}, nil
}

// fail is a resolution that is a build error with a hint.
func fail(h, format string, args ...any) (api.OnResolveResult, error) {
	return api.OnResolveResult{Errors: []api.Message{{Text: fmt.Sprintf(format, args...), Detail: hint(h)}}}, nil
}

func (r *resolver) resolveSDK(spec, file string) (api.OnResolveResult, error) {
	if _, ok := r.b.sdk[file]; !ok {
		return fail("use an other part of the SDK, or a newer rivet", "%q is not available yet in this version of rivet", spec)
	}
	return api.OnResolveResult{Path: "sdk/" + spec, Namespace: "rivet"}, nil
}

// resolveBuiltin decides about a module of Node. A static import of one that
// can't work is left to r.explain, by an error whose text it knows; a require is
// left to esbuild, which knows whether a try surrounds it.
func resolveBuiltin(a api.OnResolveArgs, name string, usable bool) (api.OnResolveResult, error) {
	switch {
	case usable:
		return api.OnResolveResult{Path: "node/" + name, Namespace: "rivet"}, nil
	case a.Kind == api.ResolveJSDynamicImport:
		return api.OnResolveResult{Path: "absent/" + a.Path, Namespace: "rivet"}, nil
	case a.Kind == api.ResolveJSRequireCall || a.Kind == api.ResolveJSRequireResolve:
		return api.OnResolveResult{}, nil
	}
	return fail(builtinHint(name), "%s", builtinText(a.Path))
}

// browserMaps reports whether the package around dir has its own answer for
// spec in package.json's "browser" map.
func browserMaps(dir, spec string) bool {
	if !strings.Contains(filepath.ToSlash(dir), "/node_modules/") {
		return false
	}
	for {
		if data, err := os.ReadFile(filepath.Join(dir, "package.json")); err == nil {
			var p struct {
				Browser json.RawMessage `json:"browser"`
			}
			var m map[string]any
			if json.Unmarshal(data, &p) != nil || json.Unmarshal(p.Browser, &m) != nil {
				return false
			}
			_, ok := m[spec]
			return ok
		}
		up := filepath.Dir(dir)
		if up == dir || filepath.Base(up) == "node_modules" {
			return false
		}
		dir = up
	}
}

// stub is the source of the module "rivet:"+path, which stands for one that
// another program has.
func (r *resolver) stub(path string) (string, error) {
	kind, name, _ := strings.Cut(path, "/")
	name = strings.TrimSuffix(name, noExt)
	switch kind {
	case "sdk":
		return reexport("rivet:sdk-cjs/"+name, r.b.sdk[sdkFiles[name]], false), nil
	case "sdk-cjs":
		return fmt.Sprintf("module.exports = globalThis.__rivet_modules[%s];\n", quote(name)), nil
	case "node":
		return fmt.Sprintf(`const m = globalThis.__rivet_modules && globalThis.__rivet_modules[%[1]s];
if (!m) throw Object.assign(new Error(%[2]s), { code: "MODULE_NOT_FOUND" });
module.exports = m;
`, quote("node:"+name), quote(fmt.Sprintf("the module %q is not available in this version of rivet", "node:"+name))), nil
	case "absent":
		return fmt.Sprintf("throw Object.assign(new Error(%s), { code: \"MODULE_NOT_FOUND\" });\n",
			quote(fmt.Sprintf("Cannot find module '%s': %s", name, builtinText(name)))), nil
	case "vendor":
		m := r.b.vendor.module(name)
		return reexport("rivet:vendor-cjs/"+name+noExt, m.exports, m.open), nil
	case "vendor-cjs":
		return fmt.Sprintf("module.exports = globalThis.__rivet_vendor(%s);\n", quote(name)), nil
	}
	return "", fmt.Errorf("no internal module %q", path)
}

// reexport is an ES module with the names of the CommonJS module spec, so that
// a misspelt import is a build error; open: with all others it has, too.
func reexport(spec string, names []string, open bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "export {")
	for _, n := range names {
		fmt.Fprintf(&b, " %s,", quote(n))
	}
	fmt.Fprintf(&b, " } from %s;\n", quote(spec))
	if open {
		fmt.Fprintf(&b, "export * from %s;\n", quote(spec))
	}
	return b.String()
}

func quote(s string) string { b, _ := json.Marshal(s); return string(b) }

// explain completes errors about node builtins with the chain of imports that
// leads to them, and gives others the hint they lack.
func (r *resolver) explain(errors []api.Message) {
	for i := range errors {
		e := &errors[i]
		if spec, ok := cutQuoted(e.Text, "Could not resolve "); ok {
			e.Notes = nil
			if name, _, isBuiltin := builtin(spec); isBuiltin {
				e.Text, e.Detail = builtinText(spec), hint(builtinHint(name))
			} else if !strings.HasPrefix(spec, ".") && !filepath.IsAbs(spec) {
				e.Detail = hint(fmt.Sprintf("install it (npm install %s), or correct the name", packageOf(spec)))
			} else {
				e.Detail = hint("no such file: check the path")
			}
		}
		if e.Location != nil {
			if c := r.chain(filepath.Join(r.b.opts.Dir, filepath.FromSlash(e.Location.File))); len(c) > 1 {
				e.Notes = append(e.Notes, api.Note{Text: "imported by way of " + strings.Join(c, " → ")})
			}
		}
	}
}

// chain is the way from the entry to file, shortened inside node_modules.
func (r *resolver) chain(file string) []string {
	var out []string
	for n := 0; file != "" && n < 100; n++ {
		if !strings.HasPrefix(filepath.Base(file), "rivet:") {
			out = append([]string{r.b.relative(file)}, out...)
		}
		file = r.edges[file]
	}
	if len(out) > 8 {
		out = append(append(out[:4:4], "…"), out[len(out)-3:]...)
	}
	return out
}

func cutQuoted(text, prefix string) (string, bool) {
	rest, ok := strings.CutPrefix(text, prefix+`"`)
	if !ok {
		return "", false
	}
	spec, _, ok := strings.Cut(rest, `"`)
	return spec, ok
}

func packageOf(spec string) string {
	parts := strings.SplitN(spec, "/", 3)
	if strings.HasPrefix(spec, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}
