package bundle

import (
	"strings"
	"testing"

	"github.com/go-sourcemap/sourcemap"
)

// A rewritten literal must not move what follows it in its line.
func TestRegExpRewriteKeepsPositions(t *testing.T) {
	b := newBuilder(t, map[string]string{"registry.ts": "export const r = [/^[\\p{L}\\d]+$/u, /[/\\p{N}]/gu, \"/[\\\\p{L}]/u\"], after = () => { throw new Error(\"here\") };\n"}, "registry.ts")
	out := build(t, b)
	if strings.Contains(out.User.Code, `/^[\p{L}`) {
		t.Errorf("a literal is left:\n%s", out.User.Code)
	}
	m, err := sourcemap.Parse("", out.User.Map)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(out.User.Code, "\n") {
		col := strings.Index(line, `new Error("here")`)
		if col < 0 {
			continue
		}
		_, _, l, c, ok := m.Source(i+1, col)
		want := strings.Index("export const r = [/^[\\p{L}\\d]+$/u, /[/\\p{N}]/gu, \"/[\\\\p{L}]/u\"], after = () => { throw new Error(", "new Error(")
		if !ok || l != 1 || c != want {
			t.Errorf("the throw maps to %d:%d, want 1:%d", l, c, want)
		}
		return
	}
	t.Errorf("no throw in\n%s", out.User.Code)
}
