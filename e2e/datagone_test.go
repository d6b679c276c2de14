//go:build !windows

package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// Data that is deleted, replaced or moved away under a running server: nothing
// that would be lost is acknowledged, and the log says what to do.
func TestDataThatGoesAway(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(t *testing.T, data string){
		"the directory": func(t *testing.T, data string) {
			if err := os.RemoveAll(data); err != nil {
				t.Fatal(err)
			}
		},
		"the database": func(t *testing.T, data string) {
			if err := os.Remove(filepath.Join(data, "rivet.db")); err != nil {
				t.Fatal(err)
			}
		},
		"the log": func(t *testing.T, data string) {
			if err := os.Remove(filepath.Join(data, "rivet.db-wal")); err != nil {
				t.Fatal(err)
			}
		},
		"replaced by another": func(t *testing.T, data string) {
			save(t, filepath.Join(data, "rivet.db"), "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startDev(t, project(t, "isolation"))
			q := of("sleeper", keyOf(t))
			s.wantCall(t, q, "add", `[]`, `1`)
			take(t, filepath.Join(s.dir, ".rivet"))
			s.awaitLog(t, "rivet.db", "was deleted or replaced", "restart")
			for range 2 {
				s.json().call(t, q, "add", `[]`).wantCode(t, "an awake actor", 503, "storage_unavailable")
				s.json().call(t, of("sleeper", keyOf(t), "new"), "add", `[]`).wantCode(t, "a new actor", 503, "storage_unavailable")
			}
			if code := s.interrupt(t); code != 0 {
				t.Errorf("exit code %d\n%s", code, s.stderr())
			}
		})
	}
	t.Run("and comes back", func(t *testing.T) {
		t.Parallel()
		s := startDev(t, project(t, "isolation"))
		q := of("sleeper", keyOf(t))
		s.wantCall(t, q, "add", `[]`, `1`)
		data := filepath.Join(s.dir, ".rivet")
		if err := os.Rename(data, data+"2"); err != nil {
			t.Fatal(err)
		}
		s.json().call(t, q, "add", `[]`).wantCode(t, "without its data", 503, "storage_unavailable")
		if err := os.Rename(data+"2", data); err != nil {
			t.Fatal(err)
		}
		s.addsAgain(t, q, `2`)
		s.awaitLog(t, "rivet.db", "is back")
		s.again(t).wantCall(t, q, "add", `[]`, `3`)
	})
}
