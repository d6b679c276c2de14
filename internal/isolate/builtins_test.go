package isolate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/isolate/web"
)

// TestEveryBuiltinCanBeImported: what the runtime has the bundler lets through.
func TestEveryBuiltinCanBeImported(t *testing.T) {
	t.Parallel()
	var imports, names strings.Builder
	for i, name := range web.Builtins() {
		fmt.Fprintf(&imports, "import * as m%d from %q;\n", i, "node:"+name)
		fmt.Fprintf(&names, "[%q, Object.keys(m%d).length],", name, i)
	}
	w := load(t, imports.String()+def(`{ actions: { empty: () => [`+names.String()+`].filter(([, n]) => n === 0) } }`), nil)
	if got := w.start("x").json("empty"); got != "[]" {
		t.Errorf("without exports: %s", got)
	}
}
