//go:build unix

package client

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/errs"
)

func TestTheCommandThatMendsAModeCanBeTyped(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "it's a server.json")
	for _, tt := range []struct {
		mode os.FileMode
		want string
	}{
		{0o622, "chmod go-w '"},
		{0o644, "chmod 600 '"},
	} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, tt.mode); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		hint := errs.As(secret(path, info)).Hint
		if !strings.HasPrefix(hint, tt.want) || !strings.Contains(hint, `it'\''s a server.json'`) {
			t.Errorf("%v: %s", tt.mode, hint)
		}
	}
}
