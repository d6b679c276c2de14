package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each project of examples/ is run as a copy, and does what its README says.

const examplesDir = "../examples"

// example starts a copy of a project; env is NAME=value for its process.env.
func example(t testing.TB, name string, env ...string) *server {
	t.Helper()
	dir := t.TempDir()
	copyExample(t, dir, name)
	return startIn(t, dir, environ(env...))
}

func copyExample(t testing.TB, dir, name string) {
	t.Helper()
	// What running it in place leaves behind stays there.
	from := filepath.Join(examplesDir, name)
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// restarted ends the server as a power cut would and starts it on the same data.
func (s *server) restarted(t testing.TB, env ...string) *server {
	t.Helper()
	s.kill()
	return startIn(t, s.dir, environ(env...))
}

// into decodes JSON that must fit.
func into[T any](t testing.TB, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// event is the arguments of the next frame, which must be that event.
func (l *link) event(name string) []json.RawMessage {
	l.t.Helper()
	frame := l.next()
	var m struct {
		B struct {
			Ev struct {
				N string
				A []json.RawMessage
			}
		}
	}
	if err := json.Unmarshal([]byte(frame), &m); err != nil || m.B.Ev.N != name {
		l.t.Fatalf("got %s, want an event %q", frame, name)
	}
	return m.B.Ev.A
}

// refused expects that action id failed with that code.
func (l *link) refused(id int, code string) {
	l.t.Helper()
	frame := l.next()
	if codeOf(frame) != code || !strings.Contains(frame, fmt.Sprintf(`"ai":%d`, id)) {
		l.t.Fatalf("got %s, want action %d refused with %s", frame, id, code)
	}
}

// TestExamplesAreComplete: nobody adds a project without these files and a test
// in the file of its name.
func TestExamplesAreComplete(t *testing.T) {
	t.Parallel()
	for _, name := range exampleNames(t) {
		for _, file := range []string{"registry.ts", "README.md", "package.json", "tsconfig.json", "rivet.yaml"} {
			if _, err := os.Stat(filepath.Join(examplesDir, name, file)); err != nil {
				t.Errorf("examples/%s: %v", name, err)
			}
		}
		file := "example_" + strings.ReplaceAll(name, "-", "_") + "_test.go"
		tests, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(tests), `example(t, "`+name+`"`) && !strings.Contains(string(tests), `installed(t, "`+name+`")`) {
			t.Errorf("examples/%s has no test in %s", name, file)
		}
	}
}

func exampleNames(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(examplesDir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}
