package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	wire "github.com/rivetdev/rivet/internal/wire/v0"

	"github.com/rivetdev/rivet/internal/errs"
)

// handbook is the pages whose ts samples are whole files: the first line of each
// names it. TestPagesTellTheTruth looks after the others.
var handbook = []string{"actors", "state", "actions", "events", "connections", "authentication", "schedule", "lifecycle", "vars",
	"raw-http-and-websocket", "actor-to-actor", "clients", "errors", "limits", "runtime", "repl"}

// files are the samples of a page by their names.
func pageFiles(t testing.TB, page string) (files map[string]string, text string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../docs", page+".md"))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for _, m := range fences.FindAllStringSubmatch(string(data), -1) {
		if m[1] != "ts" {
			continue
		}
		first, _, _ := strings.Cut(m[2], "\n")
		name, ok := strings.CutPrefix(first, "// ")
		if !ok || !strings.HasSuffix(name, ".ts") || files[name] != "" {
			t.Fatalf("docs/%s.md: a sample begins with %q, not with // and the name of a file of its own", page, first)
		}
		files[name] = m[2]
	}
	return files, string(data)
}

func writePage(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, code := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHandbook loads each page's registries, types its console samples and
// compares what comes out. `$ rivet dev` starts registry.ts, or the file named.
func TestHandbook(t *testing.T) {
	t.Parallel()
	for _, page := range handbook {
		t.Run(page, func(t *testing.T) {
			t.Parallel()
			files, text := pageFiles(t, page)
			s := &session{dir: t.TempDir()}
			writePage(t, s.dir, files)
			loaded := map[string]bool{}
			for _, m := range fences.FindAllStringSubmatch(text, -1) {
				if m[1] != "console" {
					continue
				}
				for _, part := range strings.Split("\n"+m[2], "\n$ ")[1:] {
					entry, dev := strings.CutPrefix(strings.TrimSpace(part), "rivet dev")
					if !dev {
						typeLine(t, s.dir, part)
						continue
					}
					if entry = strings.TrimSpace(entry); entry == "" {
						entry = "registry.ts"
					}
					if s.dev != nil {
						s.dev.kill()
					}
					s.dev, loaded[entry] = startDev(t, s.dir, entry), true
				}
			}
			for name, code := range files {
				if !loaded[name] && (strings.Contains(code, "setup({") || strings.Contains(code, "serve(")) {
					startDev(t, t.TempDir(), "--data", t.TempDir(), filepath.Join(s.dir, name)).kill()
				}
			}
		})
	}
}

// typeLine runs a command of a sample and compares what it prints.
func typeLine(t testing.TB, dir, sample string) {
	t.Helper()
	command, want, _ := strings.Cut(sample, "\n")
	var words []string
	for _, m := range quoted.FindAllStringSubmatch(command, -1) {
		words = append(words, m[1]+m[2])
	}
	if words[0] != "rivet" {
		t.Fatalf("the test can't type %q", command)
	}
	stdout, stderr, _ := rivet(t, dir, words[1:]...)              // a failure shows itself in what it says
	want, some := strings.CutSuffix(strings.TrimSpace(want), "…") // what follows may be anything
	if got := strings.TrimSpace(stdout + stderr); got != want && !(some && strings.HasPrefix(got, want)) {
		t.Errorf("$ %s\n got %s\nwant %s", command, got, want)
	}
}

// quoted is a word of a command line, as far as samples need it.
var quoted = regexp.MustCompile(`'([^']*)'|(\S+)`)

// TestHandbookServesWhatItSays runs the samples that no command line can show.
func TestHandbookServesWhatItSays(t *testing.T) {
	t.Parallel()
	files, _ := pageFiles(t, "raw-http-and-websocket")
	dir := t.TempDir()
	writePage(t, dir, files)
	s := startDev(t, dir, "server.ts")
	q := of("note", "a")
	if got := s.request(t, "PUT", "/registry/actors/raw/http/", "remember the milk", "X-RivetKit-Query", q); got.status != 204 {
		t.Errorf("PUT: %d %s", got.status, got.body)
	}
	c := s.raw(t, q, "/")
	c.expect("remember the milk")
	c.send("and the tea")
	c.expect("saved")
	if got := s.request(t, "GET", "/registry/actors/raw/http/", "", "X-RivetKit-Query", q); got.body != "and the tea" {
		t.Errorf("GET: %d %q", got.status, got.body)
	}
	if got := s.request(t, "GET", "/a", ""); got.status != 200 || got.body != `{"length":11}` {
		t.Errorf("the app: %d %s", got.status, got.body)
	}
}

// TestTypesOfExamplesAndHandbook has TypeScript check every project of examples/
// and every sample, with the paths that `rivet init` writes.
func TestTypesOfExamplesAndHandbook(t *testing.T) {
	t.Parallel()
	node := needNode(t)
	sdk, err := filepath.Abs("../sdk")
	if err != nil {
		t.Fatal(err)
	}
	tsc := filepath.Join(sdk, "node_modules/typescript/bin/tsc")
	if _, err := os.Stat(tsc); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("left out: TypeScript is not installed; npm ci --prefix sdk")
	}
	dir := t.TempDir()
	for _, name := range exampleNames(t) {
		to := filepath.Join(dir, name)
		if err := os.Mkdir(to, 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(examplesDir, name, "package-lock.json")); err == nil {
			packages := filepath.Join(filepath.Dir(installed(t, name)), "node_modules")
			if err := os.Symlink(packages, filepath.Join(to, "node_modules")); err != nil {
				t.Fatal(err)
			}
		}
		copyExample(t, to, name)
	}
	for _, page := range handbook {
		files, _ := pageFiles(t, page)
		to := filepath.Join(dir, "docs-"+page)
		if err := os.Mkdir(to, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, code := range files {
			// As somebody with @types/node.
			files[name] = strings.ReplaceAll(code, `from "node:crypto"`, `from "../node-crypto"`)
		}
		writePage(t, to, files)
	}
	writePage(t, dir, map[string]string{
		"node-crypto.d.ts": "interface Hash { update(text: string): Hash; digest(encoding: string): string }\nexport function createHash(name: string): Hash;\n",
	})
	config, err := os.ReadFile("../templates/common/tsconfig.json")
	if err != nil {
		t.Fatal(err)
	}
	config = []byte(strings.ReplaceAll(string(config), "./.rivet/sdk/", sdk+"/"))
	if err := os.WriteFile(filepath.Join(dir, "tsconfig.json"), config, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, tsc, "-p", dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("tsc: %v\n%s", err, out)
	}
}

// TestHandbookNamesEveryCode: docs/errors.md has each code, with its status.
func TestHandbookNamesEveryCode(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../internal/errs/errs.go")
	if err != nil {
		t.Fatal(err)
	}
	_, page := pageFiles(t, "errors")
	// The row of a code is the first that begins with its name among others.
	row := func(code string) string {
		for line := range strings.Lines(page) {
			first, _, _ := strings.Cut(strings.TrimPrefix(line, "| "), " |")
			if strings.HasPrefix(line, "| `") && strings.Contains(first, "`"+code+"`") {
				return line
			}
		}
		return ""
	}
	codes := regexp.MustCompile(`Code = "([a-z_]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(codes) < 30 {
		t.Fatalf("%d codes in errs.go: is the pattern right?", len(codes))
	}
	others := []string{"usage", "config_invalid", "build_failed", "no_server", "port_taken", "data_locked", "data_corrupt", "data_too_new", "bundle_damaged", "bundle_too_new"}
	for _, m := range codes {
		code := m[1]
		if slices.Contains(others, code) {
			if !strings.Contains(page, "`"+code+"`") {
				t.Errorf("docs/errors.md doesn't have %s", code)
			}
			continue
		}
		status := fmt.Sprintf("| %d |", wire.Status(errs.New(errs.Code(code), "m")))
		if r := row(code); !strings.Contains(r, status) {
			t.Errorf("docs/errors.md has %q for %s; want %s", r, code, status)
		}
	}
}

var links = regexp.MustCompile(`\]\(([^)#]+)\)`)

// TestLinksOfThePages: what pages link to is there.
func TestLinksOfThePages(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	readmes, _ := filepath.Glob("../examples/*/README.md") // the pattern is right
	for _, page := range append(append(pages, "../README.md", "../CONTRIBUTING.md"), readmes...) {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range links.FindAllStringSubmatch(string(data), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s: %v", page, err)
			}
		}
	}
	for _, page := range handbook {
		index, err := os.ReadFile("../docs/README.md")
		if err != nil || !strings.Contains(string(index), "("+page+".md)") {
			t.Errorf("docs/README.md doesn't link %s.md (%v)", page, err)
		}
	}
}
