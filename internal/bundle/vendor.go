package bundle

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/rivetdev/rivet/internal/actor"
)

// vendorCache knows the modules that user code imports from node_modules and
// the program made of them.
type vendorCache struct {
	mu      sync.Mutex
	modules map[string]*vendorModule // by id
	bad     bool                     // a module of this build can't be analysed

	script *actor.Script
	ids    []string // in script, sorted
	stamps map[string]stamp
}

// noExt ends a stub's path: else esbuild would take one of a .mjs file for an ES
// module, whatever is in it.
const noExt = "#"

// vendorModule is one module that user code imports from node_modules.
type vendorModule struct {
	once    sync.Once
	path    string
	esm     bool
	exports []string // if esm
	open    bool     // esm, with names that only running it tells
	failed  bool
	stamps  map[string]stamp
}

// stamp tells whether a file changed.
type stamp struct {
	mod  time.Time
	size int64
}

func stampOf(path string) stamp {
	st, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{st.ModTime(), st.Size()}
}

func fresh(stamps map[string]stamp) bool {
	for f, s := range stamps {
		if stampOf(f) != s {
			return false
		}
	}
	return true
}

// vendorable reports whether path is code of a dependency.
func vendorable(path string) bool {
	if !strings.Contains(filepath.ToSlash(path), "/node_modules/") {
		return false
	}
	return slices.Contains([]string{".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"}, filepath.Ext(path))
}

// begin forgets what changed on disk since the last build.
func (v *vendorCache) begin() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.bad = false
	if v.modules == nil {
		v.modules = map[string]*vendorModule{}
	}
	if v.script != nil && !fresh(v.stamps) {
		v.script, v.ids, v.stamps = nil, nil, nil
	}
	for id, m := range v.modules {
		if m.failed || !fresh(m.stamps) {
			delete(v.modules, id)
		}
	}
}

func (v *vendorCache) broken() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.bad
}

func (v *vendorCache) module(id string) *vendorModule {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.modules[id]
}

// stubFor analyses the resolved module, once, and answers with its stub.
func (v *vendorCache) stubFor(b *Builder, res api.ResolveResult) (api.OnResolveResult, error) {
	id := b.relative(res.Path)
	v.mu.Lock()
	m := v.modules[id]
	if m == nil {
		m = &vendorModule{path: res.Path}
		v.modules[id] = m
	}
	v.mu.Unlock()
	m.once.Do(func() { m.analyse(b) })
	if m.failed {
		v.mu.Lock()
		v.bad = true
		v.mu.Unlock()
	}
	out := api.OnResolveResult{Namespace: "rivet", Path: "vendor-cjs/" + id + noExt}
	if m.esm {
		out.Path = "vendor/" + id + noExt
	}
	if !res.SideEffects {
		out.SideEffects = api.SideEffectsFalse
	}
	return out, nil
}

// analyse finds out whether m is an ES module and what it exports, following
// "export *" through the package.
func (m *vendorModule) analyse(b *Builder) {
	o := settings(b.opts.Dir)
	o.Define = b.opts.defines(false)
	o.Plugins = []api.Plugin{(&resolver{b: b}).plugin()}
	o.EntryPoints = []string{m.path}
	o.Format, o.Outfile, o.Sourcemap = api.FormatESModule, filepath.Join(b.opts.Dir, "vendor.js"), api.SourceMapNone
	res := api.Build(o)
	meta, err := parseMeta(res.Metafile)
	if len(res.Errors) > 0 || err != nil {
		m.failed = true
		return
	}
	m.stamps = stampsOf(b.opts.Dir, meta)
	for name, in := range meta.Inputs {
		if filepath.Join(b.opts.Dir, filepath.FromSlash(name)) == m.path {
			m.esm = in.Format == "esm"
		}
	}
	// "export *" of a CommonJS module leaves this helper, and names that only
	// running it tells.
	m.open = bytes.Contains(code(&res), []byte("__reExport("))
	for _, out := range meta.Outputs {
		m.exports = out.Exports
	}
}

func stampsOf(dir string, meta *metafile) map[string]stamp {
	stamps := map[string]stamp{}
	for name := range meta.Inputs {
		if !strings.HasPrefix(name, "rivet:") {
			f := filepath.Join(dir, filepath.FromSlash(name))
			stamps[f] = stampOf(f)
		}
	}
	return stamps
}

// files are the files of the vendor program.
func (v *vendorCache) files() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	out := make([]string, 0, len(v.stamps))
	for f := range v.stamps {
		out = append(out, f)
	}
	return out
}

// vendorScript is the program with the modules ids. One that has more is as
// good: removing an import should not cost a compilation.
func (b *Builder) vendorScript(ctx context.Context, ids []string) (*actor.Script, error) {
	v := &b.vendor
	missing := slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(v.ids, id) })
	if v.script != nil && !missing {
		return v.script, nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var src strings.Builder
	src.WriteString("const table = {\n__proto__: null,\n")
	for _, id := range ids {
		fmt.Fprintf(&src, "%s: () => require(%s),\n", quote(id), quote(v.module(id).path))
	}
	src.WriteString("};\nObject.defineProperty(globalThis, \"__rivet_vendor\", { configurable: true, value: (id) => table[id]() });\n")
	o := settings(b.opts.Dir)
	o.Define = b.opts.defines(false)
	o.Stdin = &api.StdinOptions{Contents: src.String(), Sourcefile: "rivet:vendor", ResolveDir: b.opts.Dir}
	o.Outfile = filepath.Join(b.opts.Dir, "vendor.js")
	o.Plugins = []api.Plugin{(&resolver{b: b}).plugin()}
	res := api.Build(o)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	s, err := script("vendor.js", res, b.lineOf)
	if err != nil {
		return nil, err
	}
	meta, err := parseMeta(res.Metafile)
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	v.script, v.ids, v.stamps = &s, ids, stampsOf(b.opts.Dir, meta)
	v.mu.Unlock()
	return &s, nil
}
