package bundle

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// inputs collects the files a build depends on; esbuild's goroutines add to it.
type inputs struct {
	mu         sync.Mutex
	files      map[string]bool
	candidates map[string]bool // files whose appearance would change the build
}

func newInputs() *inputs {
	in := &inputs{}
	in.reset()
	return in
}

func (in *inputs) reset() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.files, in.candidates = map[string]bool{}, map[string]bool{}
}

func (in *inputs) add(path string) {
	in.mu.Lock()
	in.files[path] = true
	in.mu.Unlock()
}

// addCandidates notes what the relative specifier spec could name, if it names
// nothing now.
func (in *inputs) addCandidates(dir, spec string) {
	path := spec
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, filepath.FromSlash(spec))
	}
	tries := []string{path}
	stem := strings.TrimSuffix(path, ".js")
	for _, ext := range []string{".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".json"} {
		tries = append(tries, stem+ext, filepath.Join(path, "index"+ext))
	}
	for _, t := range tries {
		if st, err := os.Stat(t); err == nil && !st.IsDir() {
			return
		}
	}
	in.mu.Lock()
	for _, t := range tries {
		in.candidates[t] = true
	}
	in.mu.Unlock()
}

// allInputs are the files of the last build: modules, the vendor program's, the
// configuration files beside them, and missing ones that were looked for.
func (b *Builder) allInputs() []string {
	b.seen.mu.Lock()
	defer b.seen.mu.Unlock()
	files := map[string]bool{b.opts.Entry: true}
	dirs := map[string]bool{b.opts.Dir: true}
	note := func(f string) {
		files[f] = true
		for d := filepath.Dir(f); !dirs[d] && (d == b.opts.Dir || !strings.HasPrefix(b.opts.Dir, d)); d = filepath.Dir(d) {
			dirs[d] = true
		}
	}
	for f := range b.seen.files {
		note(f)
	}
	for _, f := range b.vendor.files() {
		note(f)
	}
	for f := range b.seen.candidates {
		files[f] = true
	}
	for d := range dirs {
		for _, name := range []string{"tsconfig.json", "package.json"} {
			f := filepath.Join(d, name)
			if _, err := os.Stat(f); err == nil || d == b.opts.Dir {
				files[f] = true
			}
		}
	}
	out := make([]string, 0, len(files))
	for f := range files {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

// relative is path as problems name it.
func (b *Builder) relative(path string) string {
	if rel, err := filepath.Rel(b.opts.Dir, path); err == nil {
		return filepath.ToSlash(rel)
	}
	return path
}

// lineOf is a line of a project file, for frames; "" if there is none.
func (b *Builder) lineOf(file string, line int) string {
	if !filepath.IsAbs(file) {
		file = filepath.Join(b.opts.Dir, filepath.FromSlash(file))
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	lines := strings.SplitN(string(data), "\n", line+1)
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSuffix(lines[line-1], "\r")
}
