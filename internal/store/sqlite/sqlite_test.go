package sqlite

import (
	"context"
	"testing"

	"github.com/rivetdev/rivet/internal/store"
	"github.com/rivetdev/rivet/internal/store/storetest"
)

func TestSuite(t *testing.T) {
	suite(t, Options{})
}

// TestSuiteCompacting compacts at every opportunity: no test may notice.
func TestSuiteCompacting(t *testing.T) {
	suite(t, Options{Compact: storetest.Fold, CompactBytes: 1, CompactCount: 1})
}

func TestSuiteFullSync(t *testing.T) {
	suite(t, Options{Sync: "full", Readers: 1})
}

func suite(t *testing.T, o Options) {
	open := func(t testing.TB, o Options) store.Store {
		t.Helper()
		s, err := Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	storetest.Run(t, storetest.Harness{
		Open: func(t testing.TB) store.Store {
			o := o
			o.Dir = t.TempDir()
			return open(t, o)
		},
		Reopen: func(t testing.TB, old store.Store) store.Store {
			return open(t, old.(*Store).opts)
		},
	})
}
