package cli

import (
	"os"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// TestThePageKnowsEveryFlag: docs/cli.md has each command and each of its flags.
func TestThePageKnowsEveryFlag(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/cli.md")
	if err != nil {
		t.Fatal(err)
	}
	root := newRoot(&App{})
	for _, cmd := range root.Commands() {
		if cmd.Name() == "help" {
			continue
		}
		if !strings.Contains(string(page), "rivet "+cmd.Name()) {
			t.Errorf("docs/cli.md lacks rivet %s", cmd.Name())
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Name != "help" && !strings.Contains(string(page), "--"+f.Name) {
				t.Errorf("docs/cli.md lacks rivet %s --%s", cmd.Name(), f.Name)
			}
		})
	}
}
