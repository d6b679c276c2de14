package daemon

import (
	"context"

	"github.com/rivetdev/rivet/internal/engine"
	"github.com/rivetdev/rivet/internal/store/memory"
	"github.com/rivetdev/rivet/internal/store/sqlite"
	"github.com/rivetdev/rivet/internal/value"
)

// store is what the daemon owns of a store.
type store interface {
	engine.Store
	Close() error
}

func openStore(ctx context.Context, o Options) (store, error) {
	if o.Memory {
		return memory.New(), nil
	}
	s, err := sqlite.Open(ctx, sqlite.Options{Dir: o.Data, Sync: o.Sync, Log: o.Log, Compact: value.Compact})
	if err != nil {
		return nil, err
	}
	return s, nil
}
