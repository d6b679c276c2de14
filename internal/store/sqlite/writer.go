package sqlite

import (
	"context"
	"fmt"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/store"
)

// One transaction takes at most this much of what waits, so that the first in
// it does not wait for thousands.
const (
	groupOps   = 1024
	groupBytes = 4 << 20
)

// op is one thing for the writer to do: a batch, or work of the store's own.
type op struct {
	b    *actor.Batch
	rows *encoded
	id   int64 // of the batch's actor

	// work, instead of b, runs in the transaction. It must be repeatable: a
	// transaction that failed for another's fault runs it again.
	work func(w *writer) error

	done func(error)
	err  error
}

// size is roughly what op adds to the log.
func (o *op) size() int {
	n := 200
	if o.b != nil {
		n += len(o.b.Snapshot)
		for _, p := range o.b.Patches {
			n += len(p)
		}
	}
	return n
}

// writer has the writing connection. All but wake belongs to its goroutine.
type writer struct {
	s       *Store
	wake    chan struct{}
	c       *conn // nil after a fault that may have harmed it
	touched []touched
	spare   []op // the queue's other half

	// checkpoint: move the log before the next transaction.
	checkpoint bool
}

// touched is a lease that the transaction changes, and how it was before.
type touched struct {
	l      *lease
	before counters
	batch  bool // it has batches, not only upkeep
}

// Commit queues a batch; see engine.Store.
func (s *Store) Commit(b *actor.Batch, done func(error)) {
	o := op{b: b, done: done}
	var ok bool
	if o.id, ok = rowID(b.Lease.ID); !ok {
		o.err = fmt.Errorf("no actor has the id %q", b.Lease.ID)
	} else if o.rows, o.err = encode(o.id, b); o.err != nil {
		o.err = errs.Wrap(errs.Internal, o.err, "a change of actor %s can't be stored", b.Lease.ID)
	}
	s.enqueue(o)
}

func (s *Store) enqueue(o op) {
	if s.writer == nil {
		go o.done(errs.New(errs.StorageUnavailable, "%s is open for reading alone", s.path)) // as below
		return
	}
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		go o.done(closed()) // its own goroutine: the caller may hold what done takes
		return
	}
	s.queue = append(s.queue, o)
	first := len(s.queue) == 1
	s.mu.Unlock()
	if first {
		poke(s.writer.wake)
	}
}

// do runs work in a transaction and waits for it.
func (s *Store) do(ctx context.Context, work func(w *writer) error) error {
	res := make(chan error, 1)
	s.enqueue(op{work: work, done: func(err error) { res <- err }})
	select {
	case err := <-res:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// run takes what waits until the store closes and nothing waits any more.
func (w *writer) run() {
	for {
		w.s.mu.Lock()
		ops, end := w.s.queue, w.s.closing
		w.s.queue = w.spare[:0]
		w.s.mu.Unlock()
		for rest := ops; len(rest) > 0; {
			n, bytes := 0, 0
			for n < len(rest) && n < groupOps && bytes < groupBytes {
				bytes += rest[n].size()
				n++
			}
			w.group(rest[:n])
			w.moveLog()
			w.s.keeper.wrote(bytes + (2+len(w.touched))*4096)
			rest = rest[n:]
		}
		clear(ops)
		w.spare = ops
		if len(ops) == 0 {
			if end {
				return
			}
			<-w.wake
		}
	}
}

// group writes ops in one transaction and reports each. If one can't be
// written by its own fault, the others are written without it.
func (w *writer) group(ops []op) {
	w.touched = w.touched[:0]
	err := w.transact(ops, false)
	if err != nil && !storageFault(err) {
		err = w.transact(ops, true)
	}
	if err != nil {
		w.s.log.Error("a transaction failed", "file", w.s.path, "batches", len(ops), "error", err)
		err = w.s.unavailable(err, "writing to")
		for i := range ops {
			if ops[i].err == nil {
				ops[i].err = err
			}
		}
	}
	w.s.mu.Lock()
	for _, t := range w.touched {
		t.l.inGroup = false
		if err != nil && t.batch && t.l.failed == nil {
			t.l.failed = err
		}
		if err == nil && !t.l.compacting && t.l.full(&w.s.opts) {
			t.l.compacting = true
			w.s.keeper.ask(t.l)
		}
	}
	w.s.groupEnd.Broadcast()
	w.s.mu.Unlock()
	for i := range ops {
		ops[i].done(ops[i].err)
	}
}

// transact writes ops. Carefully, each stands behind a savepoint, so that what
// it can't write is its own error; otherwise such an error ends everything.
func (w *writer) transact(ops []op, careful bool) (err error) {
	if w.c == nil {
		if err := w.s.present(); err != nil {
			return err
		}
		if err := w.open(); err != nil {
			return err
		}
	}
	if err := w.c.exec(qBegin); err != nil {
		w.drop()
		return err
	}
	defer func() {
		if err != nil {
			w.undo(err)
		}
	}()
	for i := range ops {
		if careful {
			err = w.alone(&ops[i])
		} else {
			err = w.write(&ops[i])
		}
		if err != nil {
			return err
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	if fail := w.s.opts.FailCommit; fail != nil {
		if err := fail(); err != nil {
			return &injected{err}
		}
	}
	if err := w.s.present(); err != nil {
		return err
	}
	return w.c.exec(qCommit)
}

// undo rolls back and puts the counters back. A connection that saw the disk
// fail is not trusted any more: the next group opens another.
func (w *writer) undo(cause error) {
	for _, t := range w.touched {
		t.l.counters = t.before
	}
	err := w.c.exec(qRollback)
	// SQLite may have rolled back by itself, then there is nothing to do.
	if storageFault(err) || storageFault(cause) {
		w.drop()
	}
}

func (w *writer) drop() {
	if err := w.c.close(); err != nil {
		w.s.log.Debug("closing a failed connection", "error", err)
	}
	w.c = nil
}

// alone writes one op behind a savepoint.
func (w *writer) alone(o *op) error {
	if err := w.c.exec(qSavepoint); err != nil {
		return err
	}
	var before counters
	l := w.s.current(o)
	if l != nil {
		before = l.counters
	}
	err := w.write(o)
	if err == nil {
		err = w.flush()
	}
	if err == nil {
		return w.c.exec(qRelease)
	}
	if storageFault(err) {
		return err
	}
	o.err = errs.Wrap(errs.Internal, err, "a change can't be stored")
	if l != nil {
		l.counters = before
		l.failed = o.err
	}
	if err := w.c.exec(qRollbackTo); err != nil {
		return err
	}
	return w.c.exec(qRelease)
}

// current is the lease under which o's batch may be written; nil: none.
func (s *Store) current(o *op) *lease {
	if o.b == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.leases[o.id]; l != nil && l.epoch == o.b.Lease.Epoch {
		return l
	}
	return nil
}

// admit is current for a batch that is about to be written: from now on,
// Acquire waits for the end of the group.
func (w *writer) admit(o *op) *lease {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	l := w.s.leases[o.id]
	if l == nil || l.epoch != o.b.Lease.Epoch {
		return nil
	}
	w.touch(l, true)
	return l
}

// touch notes that the group changes l, for a batch or for upkeep; Store.mu is held.
func (w *writer) touch(l *lease, batch bool) {
	if !l.inGroup {
		l.inGroup = true
		l.slot = len(w.touched)
		w.touched = append(w.touched, touched{l: l, before: l.counters})
	}
	if batch {
		w.touched[l.slot].batch = true
	}
}

// write writes one op. What it returns is SQLite's; a refusal of the batch
// itself is left in o.err.
func (w *writer) write(o *op) error {
	if o.work != nil {
		return o.work(w)
	}
	l := w.admit(o)
	switch {
	case l == nil:
		o.err = store.ErrFenced
		return nil
	case l.failed != nil:
		o.err = l.failed
		return nil
	case o.err == nil && o.b.Create != nil && l.exists:
		o.err = errs.New(errs.ActorAlreadyExists, "actor %s exists", o.b.Lease.ID)
	case o.err == nil && o.b.Create == nil && !l.exists:
		o.err = errs.New(errs.ActorNotFound, "actor %s does not exist", o.b.Lease.ID)
	}
	if o.err != nil {
		l.failed = o.err
		return nil
	}
	return w.apply(l, o)
}

// moveLog moves the log into the file if the keeper asks for that.
func (w *writer) moveLog() {
	if !w.checkpoint || w.c == nil {
		return
	}
	w.checkpoint = false
	if _, err := checkpoint(w.c); err != nil {
		w.s.log.Warn("moving the log into the file failed", "file", w.s.path, "error", err)
	}
}
