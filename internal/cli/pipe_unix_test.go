//go:build unix

package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestAPipeAsArgument(t *testing.T) {
	t.Parallel()
	a := &App{Cwd: t.TempDir()}
	pipe := filepath.Join(a.Cwd, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := parseArgs(a, &callFlags{}, []string{"@pipe"})
	if want := "usage: pipe is a pipe, and nobody writes to it"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	// A pipe that a shell makes for <(echo 5) has been written to already.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := w.WriteString("5\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	args, err := parseArgs(a, &callFlags{}, []string{fmt.Sprintf("@/dev/fd/%d", r.Fd())})
	if err != nil || len(args) != 1 || args[0] != 5.0 {
		t.Errorf("read %v, %v, want 5", args, err)
	}
}
