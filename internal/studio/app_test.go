package studio

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
)

func TestTheAppIsServed(t *testing.T) {
	t.Parallel()
	s := newStudio(t, Options{App: true})
	index := ask(s, "GET", "/studio/", "")
	if index.Code != 200 || !strings.HasPrefix(index.Header().Get("Content-Type"), "text/html") || index.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %v", index.Code, index.Header())
	}
	for _, want := range []string{`class="shell"`, `src="/studio/boot.js"`} {
		if !strings.Contains(index.Body.String(), want) {
			t.Errorf("index.html has no %s", want)
		}
	}
	assets := regexp.MustCompile(`/studio/assets/[^"]+`).FindAllString(index.Body.String(), -1)
	if len(assets) < 2 {
		t.Fatalf("index.html names %v", assets)
	}
	for _, name := range assets {
		w := ask(s, "GET", name, "", "Accept-Encoding", "br, gzip;q=0.5")
		h := w.Header()
		if w.Code != 200 || h.Get("Cache-Control") != "public, max-age=31536000, immutable" || h.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d %v", name, w.Code, h)
			continue
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		zipped, _ := io.ReadAll(z)
		if plain := ask(s, "GET", name, "").Body.Bytes(); !slices.Equal(zipped, plain) {
			t.Errorf("%s: gzip and plain differ", name)
		}
	}
	tests := map[string]struct {
		method, path string
		status       int
		body         string
	}{
		"a screen is the app's":       {"GET", "/studio/actors/4711/state", 200, `class="shell"`},
		"a key with a dot too":        {"GET", "/studio/a/file/index.html", 200, `class="shell"`},
		"without a slash":             {"GET", "/studio", 307, ""},
		"the root of its own address": {"GET", "/", 307, ""},
		"an old asset is not the app": {"GET", "/studio/assets/index-old.js", 404, "not_found"},
		"the API's paths are not":     {"GET", "/studio/api/v1/nope", 404, "not_found"},
		"nor other versions of it":    {"GET", "/studio/api/v9/hello", 404, "not_found"},
		"it is only read":             {"POST", "/studio/actors", 404, "not_found"},
		"a head has no body":          {"HEAD", "/studio/", 200, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := ask(s, tt.method, tt.path, "")
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) || tt.method == "HEAD" && w.Body.Len() > 0 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestEveryAnswerSaysWhatPagesMayDo(t *testing.T) {
	t.Parallel()
	s := newStudio(t, Options{App: true})
	for _, path := range []string{"/studio/", "/studio/boot.js", "/studio/assets/none.js", "/studio/api/v1/hello", "/studio/api/v1/nope"} {
		h := ask(s, "GET", path, "").Header()
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s: %q", path, name, h.Get(name))
			}
		}
	}
}

func TestTheAppCanBeTurnedOff(t *testing.T) {
	t.Parallel()
	s := newStudio(t, Options{})
	if w := ask(s, "GET", "/studio/", ""); w.Code != 404 || !strings.Contains(w.Body.String(), "turned off") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := ask(s, "GET", "/studio/api/v1/hello", ""); w.Code != 200 {
		t.Errorf("the API: %d", w.Code)
	}
}

// editorStudio has a bundle of one file, and an editor that notes its arguments.
func editorStudio(t *testing.T, script string) (s *Studio, notes string) {
	t.Helper()
	dir := t.TempDir()
	notes = filepath.Join(dir, "notes")
	if script == "" {
		script = "#!/bin/sh\nprintf '%s\\n' \"$@\" >" + notes
	}
	name := filepath.Join(dir, "editor")
	if err := os.WriteFile(name, []byte(script), 0o755); err != nil { //nolint:gosec // it is run
		t.Fatal(err)
	}
	s = newStudio(t, Options{
		AuthToken: "s", Engine: noEngine{}, Registry: func() *actor.Registry { return &actor.Registry{} },
		Editor: func(path string, line, column int) ([]string, error) {
			return []string{name, "-g", fmt.Sprintf("%s:%d:%d", path, line, column)}, nil
		},
		Locate: func(file string) (string, bool) { return "/project/" + file, strings.HasPrefix(file, "registry") },
	})
	return s, notes
}

// noEngine is for routes that ask no engine.
type noEngine struct{ Engine }

func TestTheEditorOpensFilesOfTheBundle(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, want string }{
		"at a place":        {`{"file":"registry.ts","line":3,"column":5}`, "-g\n/project/registry.ts:3:5\n"},
		"at its begin":      {`{"file":"registry.ts"}`, "-g\n/project/registry.ts:1:1\n"},
		"no shell reads it": {`{"file":"registry $(touch x);.ts","line":1}`, "-g\n/project/registry $(touch x);.ts:1:1\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, notes := editorStudio(t, "")
			w := ask(s, "POST", "/studio/api/v1/editor", tt.body, "Authorization", "Bearer s")
			got, err := os.ReadFile(notes)
			if w.Code != 204 || err != nil || string(got) != tt.want {
				t.Errorf("%d %s: %q (%v)", w.Code, w.Body, got, err)
			}
		})
	}
}

func TestTheEditorRefuses(t *testing.T) {
	t.Parallel()
	s, _ := editorStudio(t, "")
	if w := ask(s, "POST", "/studio/api/v1/editor", `{"file":"/etc/passwd"}`, "Authorization", "Bearer s"); w.Code != 404 {
		t.Errorf("another file: %d %s", w.Code, w.Body)
	}
	if w := ask(s, "POST", "/studio/api/v1/editor", `{"file":"registry.ts"}`); w.Code != 401 {
		t.Errorf("nobody: %d %s", w.Code, w.Body)
	}
	s.o.ReadOnly = true
	if w := ask(s, "POST", "/studio/api/v1/editor", `{"file":"registry.ts"}`, "Authorization", "Bearer s"); w.Code != 403 {
		t.Errorf("read-only: %d %s", w.Code, w.Body)
	}
	none := newStudio(t, Options{AuthToken: "s", Engine: noEngine{}, Locate: func(string) (string, bool) { return "/x", true }})
	if w := ask(none, "POST", "/studio/api/v1/editor", `{"file":"registry.ts"}`, "Authorization", "Bearer s"); w.Code != 422 {
		t.Errorf("without one: %d %s", w.Code, w.Body)
	}
	broken, _ := editorStudio(t, "#!/bin/sh\nexit 3")
	if w := ask(broken, "POST", "/studio/api/v1/editor", `{"file":"registry.ts"}`, "Authorization", "Bearer s"); w.Code != 422 {
		t.Errorf("one that fails: %d %s", w.Code, w.Body)
	}
}

func TestTheAppKeepsToItsBudget(t *testing.T) {
	t.Parallel()
	a := newApp()
	index := string(a.files["index.html"].plain)
	first, styles, all := 0, 0, 0
	for name, f := range a.files {
		all += len(f.plain)
		if !strings.Contains(index, name) {
			continue // loaded when it is needed
		}
		switch filepath.Ext(name) {
		case ".js":
			first += len(f.zipped())
		case ".css":
			styles += len(f.zipped())
		}
	}
	if all > 1536<<10 || first == 0 || first > 180<<10 || styles == 0 || styles > 20<<10 {
		t.Errorf("%d bytes in all, at first %d of scripts and %d of styles, gzipped", all, first, styles)
	}
}
