package cli

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/bundle"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/dev"
	"github.com/rivetdev/rivet/internal/studio"
	"github.com/rivetdev/rivet/sdk"
)

// devRun is one `rivet dev`.
type devRun struct {
	hosting
	builder *bundle.Builder
	ready   chan struct{}    // closed once the first code serves
	now     *config.Resolved // what holds now; of the goroutine that loads. hosting.config is what the server opened with
	// misread: the configuration's files have a mistake; of the same goroutine.
	misread bool
	// building is held by whoever uses the builder.
	building sync.Mutex

	keys   *keyboard     // nil: there are none
	reload chan struct{} // asks for a build by hand
	quit   context.CancelFunc

	mu      sync.Mutex
	headed  bool   // the first lines were printed
	failure string // what the last build said, "": it went well
	place   string // of the first problem that has one, "file:line:col"
}

// runDev is `rivet dev` itself: it returns nil after a clean stop.
func runDev(ctx context.Context, o DevOptions) error {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	r := &devRun{hosting: newHosting(o), ready: make(chan struct{}), reload: make(chan struct{}, 1), quit: quit}
	defer r.close()
	if r.out.style == pretty {
		r.keys = o.App.keyboard()
	}
	reserve := make([]byte, ballast)
	defer runtime.KeepAlive(reserve)
	r.builder = bundle.New(bundle.Options{Dir: o.Dir, Entry: o.Entry, SDK: sdk.FS, Dev: true})
	defer r.builder.Close()
	script, first, err := compile(ctx, r.builder.Build)
	var failed *bundle.Error
	if err != nil && (!errors.As(err, &failed) || !o.Config.Dev.Reload) {
		return err
	}
	if r.token = o.Config.Auth.Token; r.token == "" {
		r.token = newToken()
	}
	r.open(script, true)
	if !o.Config.Dev.Reload { // else the watch loads it, and what is saved meanwhile
		if err := r.only(ctx, first); err != nil {
			return errors.Join(err, r.daemon.Close(0))
		}
	}
	return r.serve(ctx, first)
}

// serve answers and reloads until ctx ends, then stops cleanly.
func (r *devRun) serve(ctx context.Context, first *actor.Bundle) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		select {
		case <-r.ready:
			return r.daemon.Serve(ctx)
		case <-ctx.Done():
			return nil
		}
	})
	if r.o.Config.Dev.Reload {
		g.Go(func() error { return r.watch(ctx, first) })
	}
	if r.o.DebugAddr != "" {
		g.Go(func() error { return serveDebug(ctx, r.o.DebugAddr) })
	}
	if r.keys != nil {
		g.Go(func() error { return r.keyed(ctx) })
	}
	g.Go(func() error { return r.begin(ctx) })
	g.Go(func() error { <-ctx.Done(); return nil })
	return r.stop(g.Wait())
}

func (r *devRun) watch(ctx context.Context, first *actor.Bundle) error {
	var dirs []string
	for _, d := range r.o.Config.Dev.Watch {
		if !filepath.IsAbs(d) {
			d = filepath.Join(r.o.Dir, d)
		}
		dirs = append(dirs, d)
	}
	ignore := slices.Clone(r.o.Config.Dev.Ignore)
	if rel, err := filepath.Rel(r.o.Dir, r.config.DataDir()); err == nil {
		ignore = append(ignore, rel)
	}
	return dev.Run(ctx, dev.Options{
		Dir: r.o.Dir, Watch: dirs, Ignore: ignore, Listener: r, First: first, Reload: r.reload,
		Build: func(ctx context.Context) (*actor.Bundle, error) {
			r.building.Lock()
			defer r.building.Unlock()
			return r.builder.Build(ctx)
		},
		Load: r.load, Configured: r.Configured,
	})
}

// Reloaded tells of new code.
func (r *devRun) Reloaded(file string, t time.Duration, m dev.Moved) {
	r.built(nil, t)
	name := r.out.relative(file)
	if name == "" {
		name = r.out.relative(r.o.Entry)
	}
	p := r.out.paint
	text := r.out.clock() + " " + p.green("↻") + " " + r.out.safe(name) + "  " + took(t) + "  " +
		p.dim(plural(m.Actors, "actor")+" moved, "+plural(m.Conns, "connection")+" kept")
	r.out.print(actor.LogInfo, "reload", text, pair{"file", name}, pair{"ms", msOf(t)},
		pair{"actors", m.Actors}, pair{"connections", m.Conns})
}

// Failed tells of code that doesn't build or load.
func (r *devRun) Failed(err error) {
	serving := r.serving()
	if !serving {
		r.header("waiting for code that builds")
	}
	again := r.built(err, 0)
	r.out.failed(err, serving, again)
}

func (r *devRun) serving() bool {
	select {
	case <-r.ready:
		return true
	default:
		return false
	}
}

// built notes and tells tools how a build went; again: it failed as the last one did.
func (r *devRun) built(err error, t time.Duration) (again bool) {
	b := studio.Build{Status: "ready", Ms: msOf(t)}
	said, place := "", ""
	if err != nil {
		b.Status = "failed"
		for _, p := range r.out.problems(err) {
			b.Problems = append(b.Problems, studio.Problem{
				Severity: string(p.Severity), File: p.File, Line: p.Line, Column: p.Column, Length: p.Length,
				Text: p.Text, LineText: p.LineText, Before: p.Before, Notes: p.Notes, Hint: p.Hint,
			})
			said += p.Frame(bundle.FrameOptions{}) + "\n"
			if place == "" && p.File != "" {
				place = placeOf(p)
			}
		}
	}
	r.daemon.SetBuild(b)
	r.mu.Lock()
	defer r.mu.Unlock()
	again = said != "" && said == r.failure
	r.failure, r.place = said, place
	return again
}

// Mended tells that the code is again what serves.
func (r *devRun) Mended() {
	r.built(nil, 0)
	r.out.print(actor.LogInfo, "build_mended", r.out.clock()+" "+r.out.paint.green("✓")+" mended; nothing changed")
}

// Unchanged tells of a save that makes no difference to the code.
func (r *devRun) Unchanged(file string, t time.Duration) {
	name := r.out.relative(file)
	text := r.out.clock() + " " + r.out.paint.green("↻") + " " + r.out.safe(name) + "  " + took(t) + "  " + r.out.paint.dim("nothing changed")
	r.out.print(actor.LogInfo, "unchanged", text, pair{"file", name}, pair{"ms", msOf(t)})
}
