package daemon

import (
	"context"
	"log/slog"

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

func openStore(ctx context.Context, s Settled, log *slog.Logger) (store, error) {
	if s.Memory {
		return memory.New(), nil
	}
	return sqlite.Open(ctx, sqlite.Options{Dir: s.Data, Sync: s.Sync, Log: log, Compact: value.Compact})
}
