package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/rivetdev/rivet"

// pkg is one package of the module; dir uses slashes.
type pkg struct {
	dir     string
	doc     bool
	imports map[string]string // import path → file that has it, tests left out
	getenv  []string          // places that read the environment
	files   int
}

// load parses every Go file of the module.
func load(t *testing.T) []*pkg {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	pkgs := map[string]*pkg{}
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == "node_modules" || name == "testdata" || p != root && strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		dir := path.Dir(rel)
		if pkgs[dir] == nil {
			pkgs[dir] = &pkg{dir: dir, imports: map[string]string{}}
		}
		return pkgs[dir].add(p, rel)
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.SortedFunc(maps.Values(pkgs), func(a, b *pkg) int { return strings.Compare(a.dir, b.dir) })
}

func (p *pkg) add(file, rel string) error {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	if strings.HasSuffix(rel, "_test.go") {
		return nil
	}
	p.files++
	if f.Doc != nil {
		p.doc = true
	}
	for _, i := range f.Imports {
		name, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return err
		}
		p.imports[name] = rel
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "os" && slices.Contains([]string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, s.Sel.Name) {
				p.getenv = append(p.getenv, set.Position(s.Pos()).String())
			}
		}
		return true
	})
	return nil
}

// room is the first part of a package's path below the module, or below internal.
func room(dir string) string {
	dir = strings.TrimPrefix(dir, "internal/")
	first, _, _ := strings.Cut(dir, "/")
	return first
}

var block = regexp.MustCompile("(?s)```imports\n(.*?)```")

// permitted reads the block of docs/architecture.md: room → rooms it may import.
func permitted(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	m := block.FindSubmatch(page)
	if m == nil {
		t.Fatal("docs/architecture.md has no block ```imports")
	}
	out := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(m[1])), "\n") {
		name, list, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("docs/architecture.md: %q has no colon", line)
		}
		out[name] = []string{}
		for _, to := range strings.Fields(list) {
			if to == "*" {
				out[name] = append(out[name], "actor", "value", "errs")
			} else {
				out[name] = append(out[name], to)
			}
		}
	}
	return out
}

func TestImportsAreThoseOfTheMap(t *testing.T) {
	t.Parallel()
	allowed := permitted(t)
	for _, p := range load(t) {
		from := room(p.dir)
		list, known := allowed[from]
		if !known {
			t.Errorf("%s: the room %q is missing in docs/architecture.md", p.dir, from)
			continue
		}
		for imported, file := range p.imports {
			rel, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			if to := room(rel); to != from && !slices.Contains(list, to) {
				t.Errorf("%s imports %s: %s may import %v alone (docs/architecture.md)", file, rel, from, list)
			}
		}
	}
}

func TestMapNamesNoRoomThatIsGone(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for _, p := range load(t) {
		there[room(p.dir)] = true
	}
	noGo := []string{"tui", "web", "docs", "examples"} // planned, or of other files
	for name := range permitted(t) {
		if !there[name] && !slices.Contains(noGo, name) {
			t.Errorf("docs/architecture.md permits imports of %q, which there isn't", name)
		}
	}
}

func TestEveryPackageSaysWhatItPromises(t *testing.T) {
	t.Parallel()
	for _, p := range load(t) {
		if p.files > 0 && !p.doc {
			t.Errorf("%s has no package comment", p.dir)
		}
	}
}

func TestOnlyConfigReadsTheEnvironment(t *testing.T) {
	t.Parallel()
	for _, p := range load(t) {
		if r := room(p.dir); r == "config" || r == "testkit" || r == "bench" {
			continue
		}
		for _, at := range p.getenv {
			t.Errorf("%s reads the environment; config does, and passes on what is needed", at)
		}
	}
}
