package sqlite

import (
	"context"
	"database/sql/driver"

	"github.com/rivetdev/rivet/internal/actor"
)

// lease is the right to write one actor, and what the writer must know of the
// actor to do so. Acquire fills counters before anybody has the lease; then
// they are the writer's. epoch never changes; inGroup and behind belong to Store.mu.
type lease struct {
	id      int64
	epoch   uint64
	inGroup bool   // the transaction that runs has changes under this lease
	behind  *lease // an older lease of the actor that is in a group still
	slot    int    // of writer.touched, while inGroup
	counters
	compacting bool // the keeper has been told
}

// counters are what a transaction changes of a lease, put back if it fails.
type counters struct {
	exists      bool // the actor has a row
	initialized bool
	dirty       bool // the row's initialized or rev must be written
	failed      error
	rev         uint64
	snapRev     uint64
	snapBytes   int
	patchBytes  int
	patchCount  int
}

// running is the lease of the same actor, this one or an older one, that is in
// the transaction that runs now.
func (l *lease) running() *lease {
	for l != nil && !l.inGroup {
		l = l.behind
	}
	return l
}

// full reports whether the patches should be folded into the snapshot.
func (l *lease) full(o *Options) bool {
	return o.Compact != nil && l.patchCount > 0 &&
		(l.patchBytes > max(o.CompactBytes, 2*l.snapBytes) || l.patchCount > max(o.CompactCount, l.snapBytes>>10))
}

// Acquire takes the lease of an actor, fencing off the one before, and reads
// what is stored of it.
func (s *Store) Acquire(ctx context.Context, id actor.ID) (*actor.Image, actor.Lease, error) {
	n, ok := rowID(id)
	if !ok {
		return nil, actor.Lease{ID: id}, nil // no such actor can ever be; epoch 0 is fenced
	}
	s.mu.Lock()
	s.epoch++
	l := &lease{id: n, epoch: s.epoch}
	old := s.leases[n]
	s.leases[n] = l
	for l.behind = old.running(); l.behind.running() != nil; {
		s.groupEnd.Wait()
	}
	l.behind = nil
	s.mu.Unlock()

	var img *actor.Image
	var c counters
	err := s.read(ctx, func(rc *conn) (err error) {
		img, c, err = readImage(rc, n)
		return err
	})
	if err != nil {
		return nil, actor.Lease{}, err
	}
	s.mu.Lock()
	l.counters = c
	s.mu.Unlock()
	return img, actor.Lease{ID: id, Epoch: l.epoch}, nil
}

// readImage reads all of one actor; img is nil if it does not exist. The
// connection is in a read transaction.
func readImage(c *conn, id int64) (img *actor.Image, n counters, err error) {
	err = c.query(qActor, func(row []driver.Value) error {
		img = &actor.Image{Rev: uint64(integer(row[7])), Initialized: integer(row[6]) != 0}
		if img.Ref, err = decodeRef(row); err != nil {
			return err
		}
		if img.Input, err = decodeValue(row[5]); err != nil {
			return corruptRow("actors", img.Ref.ID, err)
		}
		return nil
	}, id)
	if err != nil || img == nil {
		return nil, n, err
	}
	n.exists, n.initialized = true, img.Initialized
	err = c.query(qSnapshot, func(row []driver.Value) error {
		img.Snapshot = blob(row[1])
		n.snapRev, n.snapBytes = uint64(integer(row[0])), len(img.Snapshot)
		img.Rev = max(img.Rev, n.snapRev)
		return nil
	}, id)
	if err != nil {
		return nil, n, err
	}
	err = c.query(qPatches, func(row []driver.Value) error {
		p := blob(row[1])
		img.Patches = append(img.Patches, p)
		n.patchBytes += len(p)
		img.Rev = max(img.Rev, uint64(integer(row[0])))
		return nil
	}, id)
	if err != nil {
		return nil, n, err
	}
	n.patchCount, n.rev = len(img.Patches), img.Rev
	err = c.query(qConns, func(row []driver.Value) error {
		cn, err := decodeConn(img.Ref.ID, row)
		img.Conns = append(img.Conns, cn)
		return err
	}, id)
	return img, n, err
}
