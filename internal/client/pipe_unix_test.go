//go:build unix

package client

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/rivetdev/rivet/internal/errs"
)

func TestDiscoverDoesNotWaitForAPipe(t *testing.T) {
	home, project, _ := announced(t, `{"instance":"i1","protocol":1}`)
	path := filepath.Join(project, ".rivet", "server.json")
	if err := errors.Join(os.Remove(path), syscall.Mkfifo(path, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, err := Discover(t.Context(), project, DiscoverOptions{Home: home}); !errs.Is(err, errs.ConfigInvalid) {
		t.Errorf("a pipe as server.json: %v, want config_invalid", err)
	}
}
