package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestEveryWordIsCompleted: a usage line takes no word that completion doesn't
// know, so that a new command has completion or says that it has none.
func TestEveryWordIsCompleted(t *testing.T) {
	t.Parallel()
	root := newRoot(&App{})
	var visit func(*cobra.Command)
	visit = func(cmd *cobra.Command) {
		for _, w := range strings.Fields(cmd.Use)[1:] {
			if words[strings.Trim(w, "[]…")] == nil && cmd.ValidArgs == nil {
				t.Errorf("%s takes %s, which complete.go doesn't know", cmd.CommandPath(), w)
			}
		}
		for _, sub := range cmd.Commands() {
			visit(sub)
		}
	}
	visit(root)
}
