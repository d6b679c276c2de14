package web

import (
	"os"
	"strings"
	"testing"
)

// testdata/inspect.txt is what Node 20 prints: an expression behind "# ", and
// below it util.inspect(expression, { depth: 3 }).
func TestInspectPrintsAsNode(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/inspect.txt")
	if err != nil {
		t.Fatal(err)
	}
	h := newHost(t)
	for _, c := range strings.Split("\n"+strings.TrimSuffix(string(data), "\n"), "\n# ")[1:] {
		expr, want, _ := strings.Cut(c, "\n")
		v, err := h.vm.RunString("(" + expr + "\n)")
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		for _, styled := range []bool{false, true} {
			got, err := Inspect(h.vm, v, InspectOptions{Depth: 3, Styled: styled})
			var text strings.Builder
			for _, p := range Parts(got) {
				text.WriteString(p.Text)
			}
			if err != nil || text.String() != want {
				t.Errorf("%s (styled %v): %v\ngot  %s\nwant %s", expr, styled, err, text.String(), want)
			}
		}
	}
}
