package studio

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// state is GET /actors/:id/state. A sleeping actor isn't woken.
func (s *Studio) state(q *request) error {
	depth, err := q.int("depth", 0, 0, value.MaxDepth)
	if err != nil {
		return err
	}
	st, err := s.stateOf(q.Context(), q.id(), q.URL.Query().Get("path"), depth)
	if err != nil {
		return err
	}
	return q.json(http.StatusOK, st)
}

// stateOf is the part of a state at a pointer, cut below depth.
func (s *Studio) stateOf(ctx context.Context, id actor.ID, path string, depth int) (*inspect.State, error) {
	seq := s.o.Ring.Last() // what happens while we read has a higher one
	img, err := s.o.Engine.Image(ctx, id)
	if err != nil {
		return nil, err
	}
	tree, err := treeOf(img)
	if err != nil {
		return nil, err
	}
	if tree, err = inspect.At(tree, path); err != nil {
		return nil, notFound("%v in this state.", err)
	}
	if depth > 0 {
		tree = inspect.Cut(tree, inspect.CutOptions{Depth: depth})
	}
	return &inspect.State{Rev: img.Rev, Seq: seq, Value: inspect.Tagged{Tree: tree}, Bytes: stored(img)}, nil
}

// treeOf is a stored state in the tagged form; undefined if there is none.
func treeOf(img *actor.Image) (value.Value, error) {
	if img.Snapshot == nil {
		return inspect.Tag(value.Undefined{}), nil
	}
	g, err := value.DecodeGraph(img.Snapshot, img.Patches...)
	if err != nil {
		return nil, errs.Wrap(errs.DataCorrupt, err, "the stored state can't be read")
	}
	return inspect.Tag(g.Value()), nil
}

// edit is PATCH /actors/:id/state.
func (s *Studio) edit(q *request) error { return s.editing(q, "") }

// editConn is PATCH /actors/:id/connections/:conn/state.
func (s *Studio) editConn(q *request) error { return s.editing(q, actor.ConnID(q.PathValue("conn"))) }

func (s *Studio) editing(q *request, conn actor.ConnID) error {
	var in inspect.Edit
	if err := q.read(&in); err != nil {
		return err
	}
	var undo inspect.Patch
	change := func(old value.Value) (value.Value, error) {
		before := inspect.Tag(old)
		after, err := inspect.Apply(before, in.Patch)
		if err != nil {
			return nil, coded(http.StatusUnprocessableEntity, codeState, "The patch doesn't fit the state: %v.", err)
		}
		v, err := inspect.Untag(after)
		if err != nil {
			return nil, coded(http.StatusUnprocessableEntity, codeState, "The patch would make a state that can't be: %v.", err)
		}
		undo = inspect.Diff(inspect.Tag(value.GraphOf(v).Value()), before)
		return v, nil
	}
	if in.DryRun && conn == "" {
		return s.dryRun(q, in.Rev, change, &undo)
	}
	ed, err := s.o.Engine.EditState(q.Context(), q.id(), conn, in.Rev, change)
	var c *actor.Conflict
	if errors.As(err, &c) && conn == "" {
		patch := s.since(q.Context(), q.id(), in.Rev)
		if len(patch) > 0 {
			return &conflict{rev: c.Rev, patch: patch}
		}
		// Something else than the state has changed.
		ed, err = s.o.Engine.EditState(q.Context(), q.id(), conn, c.Rev, change)
	}
	if err != nil {
		return err
	}
	return q.json(http.StatusOK, inspect.Edited{Rev: ed.Rev, Seq: ed.Seq, Undo: notNil(undo)})
}

func notNil(p inspect.Patch) inspect.Patch {
	if p == nil {
		return inspect.Patch{}
	}
	return p
}

// dryRun tells what an edit would do.
func (s *Studio) dryRun(q *request, rev uint64, change func(value.Value) (value.Value, error), undo *inspect.Patch) error {
	img, err := s.o.Engine.Image(q.Context(), q.id())
	if err != nil {
		return err
	}
	if img.Rev > rev {
		if patch := s.since(q.Context(), q.id(), rev); len(patch) > 0 {
			return &conflict{rev: img.Rev, patch: patch}
		}
	}
	if img.Snapshot == nil {
		return errs.New(errs.StateNotEnabled, "This actor has no state that could be edited.")
	}
	g, err := value.DecodeGraph(img.Snapshot, img.Patches...)
	if err != nil {
		return errs.Wrap(errs.DataCorrupt, err, "the stored state can't be read")
	}
	if _, err := change(g.Value()); err != nil {
		return err
	}
	return q.json(http.StatusOK, inspect.Edited{Rev: img.Rev, Undo: notNil(*undo)})
}

// since is what changed in a state after a revision: as the ring tells it, or
// the state as a whole if that is too long ago.
func (s *Studio) since(ctx context.Context, id actor.ID, rev uint64) inspect.Patch {
	recs := s.o.Ring.Records(id, false)
	reaches := slices.ContainsFunc(recs, func(r *record) bool { return r.Rev <= rev && r.Rev > 0 })
	var out inspect.Patch
	for _, r := range recs {
		if !reaches || r.Rev <= rev || r.Patch == nil && r.Base == nil {
			continue
		}
		p := s.o.Ring.Patch(ctx, r, s.o.Engine.Image)
		if p == nil && r.Patch != nil {
			reaches = false
			break
		}
		out = append(out, p...)
	}
	if reaches {
		return out
	}
	st, err := s.stateOf(ctx, id, "", 0)
	if err != nil {
		return nil
	}
	return inspect.Patch{{Op: "replace", Path: "", Value: st.Value.Tree}}
}
