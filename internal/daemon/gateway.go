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

// Places are where a function of the running code may be written.
func (g *gateway) Places(body string) []string {
	if v := g.version.Load(); v != nil {
		return v.Places(body)
	}
	return nil
}

func (g *gateway) Authorize(ctx context.Context, r actor.AuthRequest) (value.Value, error) {
	v := g.version.Load()
	if v == nil {
		return nil, errs.New(errs.ActorNotFound, "Actor not found: %s (no code is loaded yet)", r.Name)
	}
	return v.Authorize(ctx, r)
}

func (g *gateway) AllowOrigin(ctx context.Context, origin string, r *actor.Request) (string, bool) {
	v := g.version.Load()
	if v == nil {
		return "", false
	}
	return v.AllowOrigin(ctx, origin, r)
}

func (g *gateway) App() *actor.App {
	if v := g.version.Load(); v != nil {
		return v.App()
	}
	return nil
}

func (g *gateway) ServeApp(w http.ResponseWriter, r *http.Request, mount string) {
	v := g.version.Load()
	if v == nil {
		http.Error(w, "no code is loaded yet", http.StatusServiceUnavailable)
		return
	}
	v.ServeApp(w, r, mount)
}
