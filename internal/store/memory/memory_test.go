package memory_test

import (
	"testing"

	"github.com/rivetdev/rivet/internal/store"
	"github.com/rivetdev/rivet/internal/store/memory"
	"github.com/rivetdev/rivet/internal/store/storetest"
)

func TestSuite(t *testing.T) {
	storetest.Run(t, storetest.Harness{Open: func(testing.TB) store.Store { return memory.New() }})
}
