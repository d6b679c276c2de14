// Package ring keeps the last happenings of actors in memory, for whoever
// wants to look: a bounded ring of entries for each actor, and a bound on all
// of them together. It is the engine's observer.
//
// [Ring.Observe] is called on the engine's hot path and does little more than
// note a pointer. All else is done by readers, on their own goroutines: what a
// turn changed is made readable, as a patch of the tagged form, when somebody
// first reads it.
package ring

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// Options bound a Ring; a zero field takes the default it names.
type Options struct {
	Entries int // of one actor; 0: 1,000
	Bytes   int // of all together, about; 0: 16 MiB
	// Redact are the patterns of what is left out; see Redactor.
	Redact []string
}

// The size of a base state that is kept for reading later patches; the state
// of an actor whose base is larger, or had too many patches, is read from the
// store when somebody looks.
const (
	maxBase        = 1 << 20
	maxBasePatches = 4096
)

// Record is an entry of the ring.
type Record struct {
	*actor.Entry
	Size int // about the bytes that it holds

	pos  uint64 // order of being told
	dead bool   // left the ring of its actor
	// read and ops belong to the mutex of the actor's view.
	read bool
	ops  inspect.Patch
}

// Ring is safe for use by many goroutines.
type Ring struct {
	o      Options
	seq    atomic.Uint64
	redact atomic.Pointer[Redactor]

	mu     sync.Mutex
	pos    uint64    // of the last record
	all    []*Record // in order, dead ones among them
	dead   int
	bytes  int
	actors map[actor.ID]*line
	heard  map[chan struct{}]struct{}
	note   func(*actor.Entry)
	views  []*line // whose view holds a state, the last used last
}

// line is what is kept of one actor; "" is the server isolate's.
type line struct {
	recs   []*Record
	errors int
	last   time.Time // of the last happening
	pos    uint64    // of the last record
	failed error     // of the last start, nil: it succeeded

	known   bool // base and patches are the state before recs
	base    *actor.Base
	patches [][]byte
	size    int // of base and patches

	view view
}

// New makes an empty ring.
func New(o Options) *Ring {
	if o.Entries <= 0 {
		o.Entries = 1000
	}
	if o.Bytes <= 0 {
		o.Bytes = 16 << 20
	}
	r := &Ring{o: o, actors: map[actor.ID]*line{}, heard: map[chan struct{}]struct{}{}}
	r.Redact(o.Redact)
	return r
}

// Redact sets what is left out of the entries that come from now on, and of the
// changes of state that are told from now on.
func (r *Ring) Redact(patterns []string) { r.redact.Store(NewRedactor(patterns)) }

// Redactor is what leaves values out now; nil: nothing does.
func (r *Ring) Redactor() *Redactor { return r.redact.Load() }

// Notify sets what hears of every entry under the ring's lock; it must not block.
func (r *Ring) Notify(f func(*actor.Entry)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.note = f
}

// Seq is the number of an entry to come.
func (r *Ring) Seq() uint64 { return r.seq.Add(1) }

// Last is the number that was given last.
func (r *Ring) Last() uint64 { return r.seq.Load() }

// Log notes a line of no actor.
func (r *Ring) Log(l actor.Log) {
	seq := r.Seq()
	r.Observe(&actor.Entry{Seq: seq, Trace: seq, Kind: actor.EntryLog, At: l.Time, Log: &l})
}

// Observe notes an entry.
func (r *Ring) Observe(e *actor.Entry) {
	e = r.Redactor().Entry(e)
	rec := &Record{Entry: e, Size: sizeOf(e)}
	var id actor.ID
	if e.Actor != nil {
		id = e.Actor.ID
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pos++
	rec.pos = r.pos
	l := r.actors[id]
	if l == nil {
		l = &line{}
		r.actors[id] = l
	}
	l.last, l.pos = e.At, r.pos
	switch e.Kind {
	case actor.EntryStart, actor.EntryReload:
		l.failed = nil
	case actor.EntryError:
		if e.Name == "start" {
			l.failed = e.Err
		}
	}
	if isError(e) {
		l.errors++
	}
	if e.Base != nil && rec.Size > maxBase { // read from the store if somebody asks
		light := *e
		light.Base, light.Patch = &actor.Base{}, nil
		rec.Entry, rec.Size = &light, sizeOf(&light)
	}
	l.recs = append(l.recs, rec)
	r.all = append(r.all, rec)
	r.bytes += rec.Size
	if len(l.recs) > r.o.Entries {
		r.drop(l)
	}
	r.shrink()
	if r.note != nil {
		r.note(e)
	}
	for ch := range r.heard {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// Listen gives a channel that has something to take whenever entries came.
func (r *Ring) Listen() (ch <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard[c] = struct{}{}
	return c, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.heard, c)
	}
}

// drop takes the oldest record out of an actor's line; what it changed goes into the base.
func (r *Ring) drop(l *line) {
	rec := l.recs[0]
	l.recs[0] = nil
	l.recs = l.recs[1:]
	rec.dead = true
	r.dead++
	r.bytes -= rec.Size
	if isError(rec.Entry) {
		l.errors--
	}
	r.fold(l, rec)
}

func (r *Ring) fold(l *line, rec *Record) {
	before := l.size
	switch {
	case rec.Base != nil:
		l.known, l.base, l.patches = rec.Base.Snapshot != nil, rec.Base, nil
		l.size = baseSize(rec.Base)
	case rec.Patch != nil && l.known:
		l.patches = append(l.patches, rec.Patch)
		l.size += len(rec.Patch)
	}
	if l.size > maxBase || len(l.patches) > maxBasePatches {
		l.known = false
	}
	if !l.known {
		l.base, l.patches, l.size = nil, nil, 0
	}
	r.bytes += l.size - before
}

// shrink keeps the bounds of all together.
func (r *Ring) shrink() {
	for r.bytes > r.o.Bytes && len(r.all) > 1 {
		rec := r.all[0]
		if !rec.dead {
			var id actor.ID
			if rec.Actor != nil {
				id = rec.Actor.ID
			}
			l := r.actors[id] // its first record is the oldest of all
			r.drop(l)
			if len(l.recs) == 0 {
				r.bytes -= l.size
				delete(r.actors, id)
			}
		}
		r.all[0] = nil
		r.all = r.all[1:]
		r.dead--
	}
	if r.dead > len(r.all)/2+1024 {
		r.all = slices.DeleteFunc(r.all, func(rec *Record) bool { return rec.dead })
		r.dead = 0
	}
}

// isError reports whether an entry tells of an error.
func isError(e *actor.Entry) bool {
	return e.Err != nil || e.Log != nil && e.Log.Level >= actor.LogError
}

// Errors is how many of an actor's entries tell of errors, and when something
// of it last happened; failed is why its last start failed.
func (r *Ring) Errors(id actor.ID) (n int, last time.Time, failed error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.actors[id]; l != nil {
		return l.errors, l.last, l.failed
	}
	return 0, time.Time{}, nil
}

// Records are those of one actor, or with all of every actor, in order of Seq.
func (r *Ring) Records(id actor.ID, all bool) []*Record {
	r.mu.Lock()
	var out []*Record
	if all {
		out = make([]*Record, 0, len(r.all)-r.dead)
		for _, rec := range r.all {
			if !rec.dead {
				out = append(out, rec)
			}
		}
	} else if l := r.actors[id]; l != nil {
		out = slices.Clone(l.recs)
	}
	r.mu.Unlock()
	slices.SortFunc(out, func(a, b *Record) int {
		switch {
		case a.Seq < b.Seq:
			return -1
		case a.Seq > b.Seq:
			return 1
		}
		return 0
	})
	return out
}

// Since are the records told after position pos, in the order in which they
// were told, at most limit of the newest; skipped is how many more there were.
func (r *Ring) Since(pos uint64, limit int) (recs []*Record, skipped int, now uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	from, _ := slices.BinarySearchFunc(r.all, pos+1, func(rec *Record, p uint64) int {
		switch {
		case rec.pos < p:
			return -1
		case rec.pos > p:
			return 1
		}
		return 0
	})
	for _, rec := range r.all[from:] {
		if !rec.dead {
			recs = append(recs, rec)
		}
	}
	skipped = int(r.pos-pos) - len(recs)
	if n := len(recs) - limit; n > 0 {
		skipped += n
		recs = recs[n:]
	}
	return recs, skipped, r.pos
}

// Pos is the position of the last record.
func (r *Ring) Pos() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pos
}

// PosOf is the position of an actor's last record; 0: it has none.
func (r *Ring) PosOf(id actor.ID) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if l := r.actors[id]; l != nil {
		return l.pos
	}
	return 0
}

// Clear forgets the entries of an actor, or of all.
func (r *Ring) Clear(id actor.ID, all bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, l := range r.actors {
		if all || key == id {
			for len(l.recs) > 0 {
				r.drop(l)
			}
		}
	}
	r.shrink()
}

// sizeOf is about the bytes that an entry holds; large arguments are sampled.
func sizeOf(e *actor.Entry) int {
	n := 320 + len(e.Name) + len(e.Patch) + baseSize(e.Base)
	budget := 64
	for _, a := range e.Args {
		n += sample(a, &budget)
	}
	n += sample(e.Output, &budget)
	if e.Log != nil {
		n += len(e.Log.Msg) + 64
		for _, f := range e.Log.Fields {
			n += len(f.Key) + sample(f.Value, &budget)
		}
	}
	return n
}

func baseSize(b *actor.Base) int {
	if b == nil {
		return 0
	}
	n := len(b.Snapshot)
	for _, p := range b.Patches {
		n += len(p)
	}
	return n
}

// sample is about the bytes of a value; no more than budget parts are looked at.
func sample(v value.Value, budget *int) int {
	*budget--
	switch v := v.(type) {
	case string:
		return 16 + len(v)
	case *value.Bytes:
		return 48 + len(v.Data)
	case *value.Array:
		return 32 + sampleAll(v.Items, budget)
	case *value.Set:
		return 32 + sampleAll(v.Items, budget)
	case *value.Object:
		return 48 + 16*len(v.Keys) + sampleAll(v.Vals, budget)
	case *value.Map:
		n := 0
		for i := 0; i < len(v.Entries) && *budget > 0; i++ {
			n += sample(v.Entries[i][0], budget) + sample(v.Entries[i][1], budget)
			if *budget <= 0 {
				n = n / (i + 1) * len(v.Entries)
			}
		}
		return 32 + n
	case *value.Error:
		return 64 + len(v.Message) + len(v.Stack)
	}
	return 16
}

func sampleAll(items []value.Value, budget *int) int {
	n := 0
	for i, it := range items {
		if *budget <= 0 {
			return n / max(i, 1) * len(items)
		}
		n += sample(it, budget)
	}
	return n
}

// Bounds are how much is kept: entries of one actor, and bytes in all.
func (r *Ring) Bounds() (entries, bytes int) { return r.o.Entries, r.o.Bytes }
