package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/dev"
)

// slowLoad is how long code loads before that is told.
const slowLoad = 3 * time.Second

// only loads and puts in the code of a server that doesn't reload.
func (r *devRun) only(ctx context.Context, b *actor.Bundle) error {
	put, err := r.load(ctx, b)
	if err != nil {
		return err
	}
	_, err = put(ctx)
	return err
}

// load evaluates code, and tells if that takes long.
func (r *devRun) load(ctx context.Context, b *actor.Bundle) (dev.Put, error) {
	slow := time.AfterFunc(slowLoad, func() { r.stillLoading(b) })
	defer slow.Stop()
	l, err := r.daemon.Load(ctx, b)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (dev.Moved, error) {
		first := !r.serving()
		m, err := l.Put(ctx)
		switch {
		case err != nil:
		case first: // tell that it serves
			r.announce()
			r.banner()
			close(r.ready)
		default:
			r.recoded(b)
		}
		return dev.Moved{Actors: m.Actors, Conns: m.Conns}, err
	}, nil
}

// stillLoading tells of code that has been loading for long.
func (r *devRun) stillLoading(b *actor.Bundle) {
	name := entryName(b)
	msg := fmt.Sprintf("%s is still loading after %d s: its top-level code runs on, or awaits what doesn't come", name, int(slowLoad.Seconds()))
	if r.o.Config.Dev.Reload {
		msg += "; the next save takes its place"
	}
	if !r.serving() {
		r.header("loading")
	}
	r.note(actor.LogWarn, "still_loading", msg, pair{"file", name}, pair{"msg", msg})
}

// entryName is the entry as people write it.
func entryName(b *actor.Bundle) string {
	if rel, err := filepath.Rel(b.Dir, b.Entry); err == nil {
		return filepath.ToSlash(rel)
	}
	return b.Entry
}
