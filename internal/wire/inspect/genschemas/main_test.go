package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestSchemasAreGenerated: what is committed is what go generate writes.
func TestSchemasAreGenerated(t *testing.T) {
	t.Parallel()
	const dir = "../../../../docs/schemas"
	files, err := schemas("../inspect.go", "../patch.go", "../tagged.go", "../repl.go", "main.go", "tools.go")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/schemas/%s isn't what it is made of (%v): run go generate ./internal/wire/inspect", name, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if files[e.Name()] == nil {
			t.Errorf("docs/schemas/%s is of nothing that is printed", e.Name())
		}
	}
}
