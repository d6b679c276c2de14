package ring

import (
	"context"
	"slices"
	"sync"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// Load reads the stored state of an actor, where a ring has no base for it.
type Load func(ctx context.Context, id actor.ID) (*actor.Image, error)

// view is an actor's state as of the last record that somebody read.
type view struct {
	mu  sync.Mutex
	m   *mirror // nil: unknown
	rev uint64
	pos uint64 // records up to it were read
}

// Patch is what a record changed in its actor's state, nil if it changed
// nothing or if that can't be told any more.
func (r *Ring) Patch(ctx context.Context, rec *Record, load Load) inspect.Patch {
	if rec.Patch == nil && rec.Base == nil || rec.Actor == nil {
		return nil
	}
	r.mu.Lock()
	l := r.actors[rec.Actor.ID]
	r.mu.Unlock()
	if l == nil {
		return nil
	}
	v := &l.view
	v.mu.Lock()
	defer v.mu.Unlock()
	if rec.read {
		return rec.ops
	}
	r.hold(l)
	recs := r.catchUp(l, v)
	for _, rec := range recs {
		v.read(ctx, rec, load)
	}
	return rec.ops
}

// maxViews bounds the states that are held for readers.
const maxViews = 32

// hold notes that a line's view is in use, and lets go of the one that was
// longest not.
func (r *Ring) hold(l *line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i := slices.Index(r.views, l); i >= 0 {
		r.views = slices.Delete(r.views, i, i+1)
	}
	r.views = append(r.views, l)
	if len(r.views) <= maxViews {
		return
	}
	old := r.views[0]
	r.views = slices.Delete(r.views, 0, 1)
	if old.view.mu.TryLock() {
		old.view.m, old.view.rev, old.view.pos = nil, 0, 0
		old.view.mu.Unlock()
	}
}

// catchUp are the records that a view has not read, after it was brought to
// the state before them.
func (r *Ring) catchUp(l *line, v *view) []*Record {
	r.mu.Lock()
	recs := slices.Clone(l.recs)
	base, patches, known := l.base, slices.Clone(l.patches), l.known
	r.mu.Unlock()
	i := 0
	for i < len(recs) && recs[i].pos <= v.pos {
		i++
	}
	if i == 0 { // what it read is gone, and perhaps more than that
		v.m, v.rev = nil, 0
		if known {
			all := append(slices.Clone(base.Patches), patches...)
			if g, err := value.DecodeGraph(base.Snapshot, all...); err == nil {
				v.m = newMirror(g)
			}
		}
	}
	return recs[i:]
}

// read follows one record.
func (v *view) read(ctx context.Context, rec *Record, load Load) {
	v.pos = rec.pos
	rec.read = true
	switch {
	case rec.Base != nil:
		v.reset(ctx, rec, load)
	case rec.Patch != nil:
		if v.m == nil && rec.Rev > v.rev {
			v.load(ctx, rec, load)
		}
		if v.m == nil || rec.Rev <= v.rev && v.rev != 0 {
			return // from before what was read from the store
		}
		ops, err := v.m.apply(rec.Patch)
		if err != nil {
			v.m = nil
			return
		}
		rec.ops, v.rev = ops, rec.Rev
	}
}

// reset follows a record that gives the whole state. It tells a change only if
// there was a state before, and not of a start, which changes nothing.
func (v *view) reset(ctx context.Context, rec *Record, load Load) {
	old := v.m
	v.m = nil
	if rec.Base.Snapshot == nil { // too large to keep
		v.load(ctx, rec, load)
		return
	}
	g, err := value.DecodeGraph(rec.Base.Snapshot, rec.Base.Patches...)
	if err != nil {
		return
	}
	v.m, v.rev = newMirror(g), rec.Rev
	if old != nil && rec.Kind != actor.EntryStart && rec.Kind != actor.EntryReload {
		rec.ops = inspect.Diff(inspect.Tag(old.g.Value()), inspect.Tag(g.Value()))
	}
}

func (v *view) load(ctx context.Context, rec *Record, load Load) {
	if load == nil {
		return
	}
	img, err := load(ctx, rec.Actor.ID)
	if err != nil || img == nil || img.Snapshot == nil {
		return
	}
	if g, err := value.DecodeGraph(img.Snapshot, img.Patches...); err == nil {
		v.m, v.rev = newMirror(g), img.Rev
	}
}
