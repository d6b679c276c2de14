// Package memory keeps actors in maps: for tests, benchmarks and data that
// need not outlive the process. It keeps every promise of a store but that.
//
// One goroutine takes batches in the order in which they came and calls their
// done functions. Nothing that the store was given or gave away is changed
// later, so bytes are shared with the caller and never copied.
package memory

import (
	"context"
	"slices"
	"sync"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/store"
	"github.com/rivetdev/rivet/internal/value"
)

// An actor's patches are folded into its snapshot beyond these.
const (
	compactBytes = 64 << 10
	compactCount = 1000
)

// Store is a store in memory.
type Store struct {
	done sync.WaitGroup
	wake chan struct{}

	mu      sync.Mutex
	queue   []op
	closing bool
	actors  map[actor.ID]*row
	leases  map[actor.ID]*lease
	alarms  map[alarmKey]actor.Alarm
	meta    map[string]string
	epoch   uint64
	seq     uint64 // of the alarm that was set last
}

var _ store.Store = (*Store)(nil)

type row struct {
	actor.Image
	patchBytes int
	compacted  bool // false: folding failed, the bytes are no state's
}

type lease struct {
	epoch  uint64
	failed error
}

type alarmKey struct {
	actor actor.ID
	id    actor.AlarmID
}

type op struct {
	b    *actor.Batch
	done func(error)
}

// New makes an empty store and starts it; Close ends it.
func New() *Store {
	s := &Store{wake: make(chan struct{}, 1), actors: map[actor.ID]*row{}, leases: map[actor.ID]*lease{},
		alarms: map[alarmKey]actor.Alarm{}, meta: map[string]string{}}
	s.done.Go(s.run)
	return s
}

// Close waits for what was handed in.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	s.poke()
	s.done.Wait()
	return nil
}

func (s *Store) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Commit queues a batch.
func (s *Store) Commit(b *actor.Batch, done func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		go done(closed())
		return
	}
	s.queue = append(s.queue, op{b, done})
	s.poke()
}

func (s *Store) run() {
	var ops []op
	for {
		s.mu.Lock()
		ops, s.queue = s.queue, ops[:0]
		end := s.closing
		s.mu.Unlock()
		for _, o := range ops {
			o.done(s.commit(o.b))
		}
		if len(ops) > 0 {
			clear(ops)
			continue
		}
		if end {
			return
		}
		<-s.wake
	}
}

func (s *Store) commit(b *actor.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.leases[b.Lease.ID]
	if l == nil || l.epoch != b.Lease.Epoch {
		return store.ErrFenced
	}
	if l.failed == nil {
		l.failed = s.refuse(b)
	}
	if l.failed != nil {
		return l.failed
	}
	s.apply(b)
	return nil
}

// refuse is why b can't be stored; nil: it can.
func (s *Store) refuse(b *actor.Batch) error {
	_, exists := s.actors[b.Lease.ID]
	switch {
	case b.Create != nil && b.Create.ID != b.Lease.ID:
		return errs.New(errs.Internal, "the row of %s under the lease of %s", b.Create.ID, b.Lease.ID)
	case b.Create != nil && exists:
		return errs.New(errs.ActorAlreadyExists, "actor %s exists", b.Lease.ID)
	case b.Create == nil && !exists:
		return errs.New(errs.ActorNotFound, "actor %s does not exist", b.Lease.ID)
	}
	return nil
}

func (s *Store) apply(b *actor.Batch) {
	id := b.Lease.ID
	if b.Create != nil {
		s.actors[id] = &row{Image: actor.Image{Ref: *b.Create, Input: b.Input}, compacted: true}
	}
	r := s.actors[id]
	r.Rev++
	r.Initialized = r.Initialized || b.Initialized
	if b.Snapshot != nil {
		r.Snapshot, r.Patches, r.patchBytes, r.compacted = b.Snapshot, nil, 0, true
	}
	for _, p := range b.Patches {
		r.Patches = append(r.Patches, p)
		r.patchBytes += len(p)
	}
	r.compact()
	for _, c := range b.ConnsRemoved {
		r.Conns = slices.DeleteFunc(r.Conns, func(o actor.ConnState) bool { return o.ID == c })
	}
	for _, c := range b.Conns {
		c.Request = nil
		if i := slices.IndexFunc(r.Conns, func(o actor.ConnState) bool { return o.ID == c.ID }); i >= 0 {
			r.Conns[i] = c
		} else {
			r.Conns = append(r.Conns, c)
		}
	}
	for _, a := range b.AlarmsRemoved {
		delete(s.alarms, alarmKey{id, a})
	}
	for _, a := range b.Alarms {
		s.seq++
		a.Seq, a.Actor = s.seq, id
		s.alarms[alarmKey{id, a.ID}] = a
	}
}

func (r *row) compact() {
	if !r.compacted || (r.patchBytes <= max(compactBytes, 2*len(r.Snapshot)) && len(r.Patches) <= compactCount) {
		return
	}
	folded, err := value.Compact(r.Snapshot, r.Patches)
	if r.compacted = err == nil; r.compacted {
		r.Snapshot, r.Patches, r.patchBytes = folded, nil, 0
	}
}

// Acquire takes the lease of an actor and gives what is stored of it.
func (s *Store) Acquire(ctx context.Context, id actor.ID) (*actor.Image, actor.Lease, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return nil, actor.Lease{}, err
	}
	s.epoch++
	s.leases[id] = &lease{epoch: s.epoch}
	return s.image(id), actor.Lease{ID: id, Epoch: s.epoch}, nil
}

// image is a copy of an actor's image, nil if there is none.
func (s *Store) image(id actor.ID) *actor.Image {
	r := s.actors[id]
	if r == nil {
		return nil
	}
	img := r.Image
	img.Ref.Key = slices.Clone(img.Ref.Key)
	img.Patches = slices.Clip(slices.Clone(img.Patches))
	img.Conns = slices.Clone(img.Conns)
	return &img
}

// Destroy removes an actor and fences off its lease.
func (s *Store) Destroy(ctx context.Context, id actor.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.usable(ctx); err != nil {
		return err
	}
	delete(s.leases, id)
	delete(s.actors, id)
	for k := range s.alarms {
		if k.actor == id {
			delete(s.alarms, k)
		}
	}
	return nil
}

func (s *Store) usable(ctx context.Context) error {
	if s.closing {
		return closed()
	}
	return ctx.Err()
}

func closed() error { return errs.New(errs.StorageUnavailable, "the store is closed") }
