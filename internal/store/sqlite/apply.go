package sqlite

import (
	"context"
	"database/sql/driver"

	"github.com/rivetdev/rivet/internal/actor"
)

// apply writes the rows of one batch. A batch that only adds patches writes
// nothing else: they carry the revision.
func (w *writer) apply(l *lease, o *op) error {
	b := o.b
	l.rev++
	if o.rows != nil && o.rows.actor != nil {
		row := o.rows.actor
		row[6], row[7] = flag(b.Initialized), int64(l.rev)
		if err := w.c.exec(qInsertActor, row...); err != nil {
			return err
		}
		l.exists, l.initialized = true, b.Initialized
	} else if (b.Initialized && !l.initialized) || (b.Snapshot == nil && len(b.Patches) == 0) {
		l.initialized = l.initialized || b.Initialized
		l.dirty = true
	}
	if b.Snapshot != nil {
		if err := w.snapshot(l, l.rev, b.Snapshot); err != nil {
			return err
		}
	}
	for i, p := range b.Patches {
		if err := w.c.exec(qInsertPatch, l.id, int64(l.rev), int64(i), p); err != nil {
			return err
		}
		l.patchBytes += len(p)
		l.patchCount++
	}
	return w.side(l.id, o)
}

// snapshot replaces the actor's snapshot and all patches.
func (w *writer) snapshot(l *lease, rev uint64, data []byte) error {
	if l.patchCount > 0 {
		if err := w.c.exec(qDeletePatches, l.id); err != nil {
			return err
		}
	}
	l.snapRev, l.snapBytes, l.patchBytes, l.patchCount = rev, len(data), 0, 0
	return w.c.exec(qPutSnapshot, l.id, int64(rev), data)
}

// side writes connections and alarms: first what goes, then what comes.
func (w *writer) side(id int64, o *op) error {
	for _, c := range o.b.ConnsRemoved {
		if err := w.c.exec(qDeleteConn, id, string(c)); err != nil {
			return err
		}
	}
	for _, a := range o.b.AlarmsRemoved {
		if err := w.c.exec(qDeleteAlarm, id, string(a)); err != nil {
			return err
		}
	}
	if o.rows == nil {
		return nil
	}
	for _, row := range o.rows.conns {
		if err := w.c.exec(qPutConn, row...); err != nil {
			return err
		}
	}
	for _, row := range o.rows.alarms {
		if err := w.c.exec(qPutAlarm, row...); err != nil {
			return err
		}
	}
	return nil
}

// flush writes the actors' rows that changed, once for a whole group.
func (w *writer) flush() error {
	for _, t := range w.touched {
		if l := t.l; l.dirty {
			if err := w.c.exec(qUpdateActor, flag(l.initialized), int64(l.rev), l.id); err != nil {
				return err
			}
			l.dirty = false
		}
	}
	return nil
}

// Destroy removes all that is stored of an actor.
func (s *Store) Destroy(ctx context.Context, id actor.ID) error {
	n, ok := rowID(id)
	if !ok {
		return nil
	}
	return s.do(ctx, func(w *writer) error {
		s.mu.Lock()
		// A lease that nobody has takes the place of the one that somebody may
		// have; it makes Acquire wait for the end of the group.
		s.epoch++
		grave := &lease{id: n, epoch: s.epoch, behind: s.leases[n].running()}
		w.touch(grave, false)
		s.leases[n] = grave
		s.mu.Unlock()
		for _, q := range []query{qDropActor, qDropSnapshot, qDeletePatches, qDropConns, qDropAlarms, qDropHistory} {
			if err := w.c.exec(q, n); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetMeta stores text under name, for good.
func (s *Store) SetMeta(ctx context.Context, name, text string) error {
	return s.do(ctx, func(w *writer) error { return w.c.exec(qPutMeta, name, text) })
}

// GetMeta reads what SetMeta stored; "" if nothing.
func (s *Store) GetMeta(ctx context.Context, name string) (got string, err error) {
	err = s.read(ctx, func(c *conn) error {
		return c.query(qGetMeta, func(row []driver.Value) error {
			got = text(row[0])
			return nil
		}, name)
	})
	return got, err
}
