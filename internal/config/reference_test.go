package config

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestReferencePage keeps the table of docs/configuration.md what keys.go says.
func TestReferencePage(t *testing.T) {
	t.Parallel()
	const path, from, to = "../../docs/configuration.md", "go test ./internal/config -->\n", "<!-- end -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), from)
	_, tail, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("%s has lost its marks", path)
	}
	want := head + from + keyTable() + to + tail
	if want == string(text) {
		return
	}
	if os.Getenv("UPDATE_GOLDEN") == "" {
		t.Fatalf("%s is not what keys.go says (UPDATE_GOLDEN=1 writes it)", path)
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// keyTable is the table of keys.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | default | environment | what | change |\n|---|---|---|---|---|\n")
	for i := range keys {
		k := &keys[i]
		if k.hidden {
			continue
		}
		names := "`" + k.env() + "`"
		for _, a := range k.alias {
			names += ", `" + a.name + "`"
		}
		def := ""
		if k.def != "" {
			def = "`" + k.def + "`"
		}
		doc := k.doc
		if len(k.oneOf) > 0 {
			doc += " One of " + strings.Join(k.oneOf, ", ") + "."
		}
		change := "restart"
		if k.taken == live {
			change = "live"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.name, def, names, doc, change)
	}
	return b.String()
}
