package daemon

import (
	"context"
	"net/http"
	"sync/atomic"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/value"
)

// gateway is the server isolate of the code that runs now; a reload replaces it
// under requests that are under way.
type gateway struct {
	version atomic.Pointer[isolate.Version]
}

func (g *gateway) Registry() *actor.Registry {
	if v := g.version.Load(); v != nil {
		return v.Registry()
	}
	return &actor.Registry{}
}

func (g *gateway) Authorize(ctx context.Context, r actor.AuthRequest) (value.Value, error) {
	v := g.version.Load()
	if v == nil {
		return nil, errs.New(errs.ActorNotFound, "Actor not found: %s (no code is loaded yet)", r.Name)
	}
	return v.Authorize(ctx, r)
}

func (g *gateway) AllowOrigin(ctx context.Context, origin string) (string, bool) {
	v := g.version.Load()
	if v == nil {
		return "", false
	}
	return v.AllowOrigin(ctx, origin)
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := g.version.Load()
	if v == nil {
		http.Error(w, "no code is loaded yet", http.StatusServiceUnavailable)
		return
	}
	v.ServeHTTP(w, r)
}
