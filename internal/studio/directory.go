package studio

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/studio/filter"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// directory is a list of all actors, read from the store when somebody first
// asks and kept by what is heard of actors since.
type directory struct {
	s *Studio

	noteMu sync.Mutex // taken with the ring locked: holds nothing else
	on     bool
	heard  map[actor.ID]*actor.Entry // the last of each actor since the last look

	mu   sync.Mutex
	rows map[actor.ID]*row // nil: not read yet
	ids  []*row            // of rows, in the order of the last sort
	odd  map[*row]bool     // those that may not be plainly asleep: a look at each of 100,000 takes time
}

// row is an actor as the list knows it.
type row struct {
	inspect.Actor
	name string // type/key in lower case, for search
}

func (d *directory) init(s *Studio) {
	d.s, d.heard = s, map[actor.ID]*actor.Entry{}
	s.o.Ring.Notify(d.note)
}

// note hears of an entry, with the ring locked.
func (d *directory) note(e *actor.Entry) {
	if e.Actor == nil {
		return
	}
	d.noteMu.Lock()
	defer d.noteMu.Unlock()
	if d.on {
		d.heard[e.Actor.ID] = e
	}
}

// refresh brings the rows up to now; d.mu is held.
func (d *directory) refresh(ctx context.Context) error {
	if d.rows == nil {
		if err := d.load(ctx); err != nil {
			return err
		}
	}
	d.noteMu.Lock()
	heard := d.heard
	d.heard = map[actor.ID]*actor.Entry{}
	d.noteMu.Unlock()
	for id, e := range heard {
		d.hear(id, e)
	}
	for r := range d.odd {
		r.Status, r.Conns, r.Queued = inspect.Sleeping, 0, 0
		if d.mood(r); r.Status == inspect.Sleeping {
			delete(d.odd, r)
		}
	}
	for _, l := range d.s.o.Engine.Lives() {
		if r := d.rows[l.Ref.ID]; r != nil {
			r.live(l)
			d.odd[r] = true
		}
	}
	return nil
}

func (d *directory) load(ctx context.Context) error {
	d.noteMu.Lock()
	d.on = true
	d.noteMu.Unlock()
	rows := map[actor.ID]*row{}
	d.odd = map[*row]bool{}
	var after *actor.Ref
	const page = 10_000 // a store in memory goes through all it has for each
	for {
		list, err := d.s.o.Store.Rows(ctx, after, page)
		if err != nil {
			return err
		}
		for i := range list {
			r := newRow(list[i].Ref)
			r.Rev, r.StateBytes = list[i].Rev, list[i].StateBytes
			d.mood(r)
			if r.Status != inspect.Sleeping {
				d.odd[r] = true
			}
			rows[list[i].Ref.ID] = r
		}
		if len(list) < page {
			break
		}
		after = &list[len(list)-1].Ref
	}
	d.rows, d.ids = rows, nil
	return nil
}

func newRow(ref actor.Ref) *row {
	key := []string(ref.Key)
	if key == nil {
		key = []string{}
	}
	at := ref.CreatedAt.UnixMilli()
	return &row{
		Actor: inspect.Actor{ID: string(ref.ID), Type: ref.Name, Key: key, Status: inspect.Sleeping, CreatedAt: at, ActiveAt: at},
		name:  strings.ToLower(ref.Name + "/" + strings.Join(key, "/")),
	}
}

// mood takes what the ring knows: errors, the last happening, a failed start.
func (d *directory) mood(r *row) {
	n, last, failed := d.s.o.Ring.Errors(actor.ID(r.ID))
	r.Errors = n
	if ms := last.UnixMilli(); !last.IsZero() && ms > r.ActiveAt {
		r.ActiveAt = ms
	}
	r.Error = nil
	if failed != nil {
		r.Status, r.Error = inspect.Failed, d.s.errorOf(failed)
	}
}

func (d *directory) hear(id actor.ID, e *actor.Entry) {
	if e.Kind == actor.EntryDestroy {
		delete(d.odd, d.rows[id])
		delete(d.rows, id)
		d.ids = nil
		return
	}
	r := d.rows[id]
	if r == nil {
		if e.Actor.Name == "" || e.Rev == 0 {
			return // never stored, or not known by name
		}
		r = newRow(*e.Actor)
		d.rows[id], d.ids = r, nil
	}
	if e.Rev >= r.Rev {
		r.Rev, r.StateBytes, r.Version = e.Rev, e.Bytes, e.Version
	}
	r.Status = inspect.Sleeping
	d.mood(r)
	d.odd[r] = true
}

func (r *row) live(l actor.Live) {
	r.Conns, r.Queued = l.Conns, l.Queued
	if r.Status != inspect.Failed || l.Status != "sleeping" {
		r.Status = inspect.Status(l.Status)
	}
	if l.Rev >= r.Rev {
		r.Rev, r.StateBytes, r.Version = l.Rev, l.StateBytes, l.Version
	}
}

// one is a single actor, without a look at all of them.
func (d *directory) one(ref actor.Ref, rev uint64, bytes int64) inspect.Actor {
	r := newRow(ref)
	r.Rev, r.StateBytes = rev, bytes
	d.mood(r)
	if l, ok := d.s.o.Engine.Live(ref.ID); ok {
		r.live(l)
	}
	return r.Actor
}

// actorFields are what ls --filter may ask for.
var actorFields = filter.Fields{
	"id": filter.Text, "type": filter.Text, "key": filter.Text, "status": filter.Text, "version": filter.Text,
	"errors": filter.Number, "size": filter.Size, "conns": filter.Number, "queued": filter.Number, "rev": filter.Number,
}

// Values, Number, Contains and HasError make a row a filter.Record.
func (r *row) Values(field string, f func(string) bool) bool {
	switch field {
	case "id":
		return f(r.ID)
	case "type":
		return f(r.Type)
	case "status":
		return f(string(r.Status))
	case "version":
		return f(r.Version)
	}
	return f(strings.Join(r.Key, "/")) || slices.ContainsFunc(r.Key, f)
}

// Number is one of the numbers of a row.
func (r *row) Number(field string) float64 {
	switch field {
	case "errors":
		return float64(r.Errors)
	case "size":
		return float64(r.StateBytes)
	case "conns":
		return float64(r.Conns)
	case "queued":
		return float64(r.Queued)
	}
	return float64(r.Rev)
}

// Contains looks in type and key.
func (r *row) Contains(word string) bool { return strings.Contains(r.name, word) || r.ID == word }

// HasError reports whether the actor failed or has errors in its history.
func (r *row) HasError() bool { return r.Errors > 0 || r.Status == inspect.Failed }

// listing asks for a part of the list.
type listing struct {
	typ, q, status, sort string
	from, to             int
}

// orders are what a list may be sorted by.
var orders = map[string]func(a, b *row) int{
	"type":       func(a, b *row) int { return strings.Compare(a.Type, b.Type) },
	"key":        func(a, b *row) int { return slices.Compare(a.Key, b.Key) },
	"status":     func(a, b *row) int { return strings.Compare(string(a.Status), string(b.Status)) },
	"createdAt":  func(a, b *row) int { return cmp.Compare(a.CreatedAt, b.CreatedAt) },
	"activeAt":   func(a, b *row) int { return cmp.Compare(a.ActiveAt, b.ActiveAt) },
	"rev":        func(a, b *row) int { return cmp.Compare(a.Rev, b.Rev) },
	"stateBytes": func(a, b *row) int { return cmp.Compare(a.StateBytes, b.StateBytes) },
	"conns":      func(a, b *row) int { return cmp.Compare(a.Conns, b.Conns) },
	"queued":     func(a, b *row) int { return cmp.Compare(a.Queued, b.Queued) },
	"errors":     func(a, b *row) int { return cmp.Compare(a.Errors, b.Errors) },
}

// list is a part of the actors that match, sorted, and how many match.
func (d *directory) list(ctx context.Context, l listing) ([]inspect.Actor, int, error) {
	expr, err := filter.Parse(l.q, actorFields)
	if err != nil {
		return nil, 0, err
	}
	order, desc := strings.CutPrefix(l.sort, "-")
	by := orders[order]
	if by == nil && order != "" {
		return nil, 0, invalid("sort=%s: want one of activeAt, conns, createdAt, errors, key, queued, rev, stateBytes, status, type, perhaps with a - before it.", l.sort)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.refresh(ctx); err != nil {
		return nil, 0, err
	}
	match := make([]*row, 0, 64)
	for _, r := range d.sorted() {
		if (l.typ == "" || r.Type == l.typ) && (l.status == "" || string(r.Status) == l.status) && expr.Match(r) {
			match = append(match, r)
		}
	}
	if by != nil && order != "type" || desc {
		slices.SortStableFunc(match, func(a, b *row) int {
			if desc {
				return by(b, a)
			}
			return by(a, b)
		})
	}
	total := len(match)
	from, to := min(l.from, total), min(l.to, total)
	out := make([]inspect.Actor, 0, to-from)
	for _, r := range match[from:to] {
		out = append(out, r.Actor)
	}
	return out, total, nil
}

// sorted are all rows by type and key; they are sorted anew only when some came or went.
func (d *directory) sorted() []*row {
	if d.ids == nil {
		d.ids = make([]*row, 0, len(d.rows))
		for _, r := range d.rows {
			d.ids = append(d.ids, r)
		}
		slices.SortFunc(d.ids, func(a, b *row) int {
			return cmp.Or(strings.Compare(a.Type, b.Type), slices.Compare(a.Key, b.Key))
		})
	}
	return d.ids
}

// known are all actors, by type and key.
func (d *directory) known(ctx context.Context) ([]inspect.Actor, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.refresh(ctx); err != nil {
		return nil, err
	}
	out := make([]inspect.Actor, 0, len(d.rows))
	for _, r := range d.sorted() {
		out = append(out, r.Actor)
	}
	return out, nil
}
