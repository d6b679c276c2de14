package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rivetdev/rivet/internal/errs"
)

func TestVerifyFindsDamageBesideARunningStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if n, err := Verify(t.Context(), dir); n != 0 || err != nil {
		t.Errorf("no file: %d %v", n, err)
	}
	s, err := Open(t.Context(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetMeta(t.Context(), "a", string(bytes.Repeat([]byte("x"), 200_000))); err != nil {
		t.Fatal(err)
	}
	if n, err := Verify(t.Context(), dir); n == 0 || err != nil {
		t.Errorf("a store that is open: %d %v", n, err)
	}
	if pid, _, ok := Holder(dir); !ok || pid != os.Getpid() {
		t.Errorf("holder: %d %v", pid, ok)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if n, err := Verify(t.Context(), dir); n == 0 || err != nil {
		t.Errorf("a store that was closed: %d %v", n, err)
	}
	path := filepath.Join(dir, "rivet.db")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < 12_000; i++ {
		text[i] = 0xff
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(t.Context(), dir); !errs.Is(err, errs.DataCorrupt) {
		t.Errorf("a damaged page: %v", err)
	}
	if err := os.WriteFile(path, text[:5000], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(t.Context(), dir); !errs.Is(err, errs.DataCorrupt) {
		t.Errorf("without its end: %v", err)
	}
}
