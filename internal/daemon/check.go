package daemon

import (
	"context"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate"
)

// checkTime bounds how long code may load to be checked.
const checkTime = 20 * time.Second

// Check loads b as actors do and says what it defines, and which initial states
// can't be stored. Nothing starts: no server, no storage, no actor.
func Check(ctx context.Context, sdk actor.Script, b *actor.Bundle, env map[string]string) (*actor.Registry, []*errs.Error, error) {
	rt := isolate.New(isolate.Options{SDK: sdk, Size: 1, Env: env, LoadTimeout: checkTime, HTTPClient: fetchClient(nil)})
	return rt.Check(ctx, b)
}
