package daemon

import (
	"context"
	"log/slog"

	"github.com/rivetdev/rivet/internal/store/memory"
	"github.com/rivetdev/rivet/internal/store/sqlite"
	"github.com/rivetdev/rivet/internal/value"
)

func openStore(ctx context.Context, s Settled, readOnly bool, log *slog.Logger) (keeper, error) {
	if s.Memory {
		return memory.New(), nil
	}
	return sqlite.Open(ctx, sqlite.Options{Dir: s.Data, Sync: s.Sync, Log: log, Compact: value.Compact, ReadOnly: readOnly})
}
