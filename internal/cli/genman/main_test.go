package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReleaseHasEveryPage: goreleaser.yaml names the pages that are written, and
// the scripts that make the completions it names.
func TestReleaseHasEveryPage(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile("../../../goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := listed(config)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(config, want) {
		t.Error("goreleaser.yaml doesn't name the manual pages that there are: run make gen")
	}
	dir := t.TempDir()
	if err := pages(dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(files) < 6 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if !bytes.Contains(config, []byte("      - man/"+filepath.Base(f)+"\n")) {
			t.Errorf("goreleaser.yaml lacks man/%s", filepath.Base(f))
		}
	}
	if n := strings.Count(string(config), "- man/"); n != len(files)+1 { // and the archive's man/*
		t.Errorf("goreleaser.yaml names %d pages, there are %d", n-1, len(files))
	}
	script, err := os.ReadFile("../../../scripts/completions.sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"completions/rivet.bash", "completions/_rivet", "completions/rivet.fish"} {
		if !bytes.Contains(script, []byte(name)) || !bytes.Contains(config, []byte(name)) {
			t.Errorf("%s isn't made, or isn't installed", name)
		}
	}
}

// TestPages: a page has what a reader of a manual looks for.
func TestPages(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "0")
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		if err := pages(dir); err != nil {
			t.Fatal(err)
		}
	}
	page, err := os.ReadFile(filepath.Join(one, "rivet-call.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"NAME", "SYNOPSIS", "rivet call ACTOR ACTION", "DESCRIPTION", "--timeout", `"RIVET-CALL" "1"`, "EXAMPLE", "SEE ALSO", "Jan 1970"} {
		if !bytes.Contains(page, []byte(part)) {
			t.Errorf("rivet-call.1 has no %q:\n%s", part, page)
		}
	}
	again, err := os.ReadFile(filepath.Join(two, "rivet-call.1"))
	if err != nil || !bytes.Equal(page, again) {
		t.Error("the page is another one the second time")
	}
}
