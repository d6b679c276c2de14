package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/errs"
)

const (
	// checkpointEvery is about how much log is written between two moves of
	// the log into the file.
	checkpointEvery = 8 << 20
	// maxLogPages is the length of the log at which the writer stops for the
	// move: under endless load the keeper never catches up with its end.
	maxLogPages = 16 << 10
)

// keeper does what can be done beside the writer.
type keeper struct {
	s    *Store
	wake chan struct{}
	done sync.WaitGroup

	maxLog int64 // maxLogPages, or what a test set

	mu       sync.Mutex
	full     []*lease // to be compacted
	written  int      // bytes, since the last checkpoint
	stopping bool
}

// ask has an actor compacted. It is called by the writer.
func (k *keeper) ask(l *lease) {
	k.mu.Lock()
	k.full = append(k.full, l)
	k.mu.Unlock()
	poke(k.wake)
}

// wrote notes how much the log grew, about.
func (k *keeper) wrote(n int) {
	k.mu.Lock()
	k.written += n
	due := k.written > checkpointEvery
	k.mu.Unlock()
	if due {
		poke(k.wake)
	}
}

// stop ends the keeper after what it is doing.
func (k *keeper) stop() {
	k.mu.Lock()
	k.stopping = true
	k.mu.Unlock()
	poke(k.wake)
	k.done.Wait()
}

// next is what to do next: compact l, or move the log, or wait.
func (k *keeper) next() (l *lease, checkpoint, stop bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.stopping:
		return nil, false, true
	case k.written > checkpointEvery:
		k.written = 0
		return nil, true, false
	case len(k.full) > 0:
		l = k.full[0]
		k.full = k.full[1:]
	}
	return l, false, false
}

func (k *keeper) run() {
	tick := time.NewTicker(presenceEvery)
	defer tick.Stop()
	for {
		l, checkpoint, stop := k.next()
		var err error
		switch {
		case stop:
			return
		case checkpoint:
			err = k.checkpoint()
		case l != nil:
			err = k.compact(l)
		default:
			select {
			case <-k.wake:
			case <-tick.C:
				_ = k.s.present() // who has to know is told by the log
			}
		}
		if err != nil {
			k.s.log.Warn("upkeep of the database failed; it will be tried again", "file", k.s.path, "error", err)
		}
	}
}

// compact folds an actor's patches, as they are now, into its snapshot.
// Patches that come meanwhile stay; a snapshot that comes meanwhile wins.
func (k *keeper) compact(l *lease) error {
	var snapshot []byte
	var patches [][]byte
	var n counters
	err := k.s.read(context.Background(), func(c *conn) (err error) {
		snapshot, patches, n, err = readState(c, l.id)
		return err
	})
	if errs.Is(err, errs.StorageUnavailable) { // it may go better next time
		retry := func(*writer) error { l.compacting = false; return nil }
		return errors.Join(err, k.s.do(context.Background(), retry))
	}
	var folded []byte
	if err == nil && len(patches) > 0 {
		folded, err = k.s.opts.Compact(snapshot, patches)
	}
	if err != nil {
		return err // the state is damaged: not tried again under this lease
	}
	return k.s.do(context.Background(), func(w *writer) error { return w.compacted(l, n, folded) })
}

// compacted stores what the keeper made of the patches up to n.rev.
func (w *writer) compacted(l *lease, n counters, folded []byte) (err error) {
	defer func() { l.compacting = err != nil && !storageFault(err) }()
	w.s.mu.Lock()
	stale := w.s.leases[l.id] != l || l.failed != nil || l.snapRev != n.snapRev || n.patchCount == 0
	if !stale {
		w.touch(l, false)
	}
	w.s.mu.Unlock()
	if stale {
		return nil
	}
	if err := w.c.exec(qDeletePatchesTo, l.id, int64(n.rev)); err != nil {
		return err
	}
	if err := w.c.exec(qPutSnapshot, l.id, int64(n.rev), folded); err != nil {
		return err
	}
	l.snapRev, l.snapBytes = n.rev, len(folded)
	l.patchBytes -= n.patchBytes
	l.patchCount -= n.patchCount
	return nil
}

// readState reads snapshot and patches alone.
func readState(c *conn, id int64) (snapshot []byte, patches [][]byte, n counters, err error) {
	err = c.query(qSnapshot, func(row []driver.Value) error {
		snapshot = blob(row[1])
		n.snapRev, n.snapBytes = uint64(integer(row[0])), len(snapshot)
		return nil
	}, id)
	if err != nil {
		return nil, nil, n, err
	}
	err = c.query(qPatches, func(row []driver.Value) error {
		p := blob(row[1])
		patches = append(patches, p)
		n.patchBytes += len(p)
		n.rev = uint64(integer(row[0]))
		return nil
	}, id)
	n.patchCount = len(patches)
	return snapshot, patches, n, err
}

// checkpoint moves the log into the file while the writer goes on; if the log
// is long nevertheless, the writer moves the rest between two transactions.
func (k *keeper) checkpoint() error {
	frames, err := k.move()
	if err != nil || frames < k.maxLog {
		return err
	}
	return k.s.do(context.Background(), func(w *writer) error { w.checkpoint = true; return nil })
}

// move runs a passive checkpoint and gives the length of the log, in pages.
func (k *keeper) move() (frames int64, err error) {
	var c *conn
	if c, err = openConn(k.s.path, "busy_timeout = 0", "wal_autocheckpoint = 0"); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	return checkpoint(c)
}

// checkpoint moves as much of the log as is possible without waiting.
func checkpoint(c *conn) (frames int64, err error) {
	rows, err := c.c.(driver.QueryerContext).QueryContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)", nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var dest [3]driver.Value
	err = rows.Next(dest[:])
	return integer(dest[1]), err
}
