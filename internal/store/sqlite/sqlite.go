// Package sqlite keeps actors in one SQLite file, rivet.db.
//
// One goroutine, the writer, has the only writing connection. It takes all
// batches that wait, in the order in which they came, writes them in one
// transaction and then calls their done functions in the same order. An idle
// writer commits at once; while a transaction runs, others queue up for the
// next. So the price of a commit is shared by whoever pays it at the time.
//
// Reads have connections of their own and never wait for the writer, with one
// exception: Acquire waits for the transaction that holds batches of the same
// actor, so that what it reads is all that the old lease will ever have written.
//
// A second goroutine, the keeper, folds patches into snapshots and moves the
// write-ahead log into the file, both without stopping the writer.
//
// The directory is locked for one process (Dir/lock), which is why leases need
// not be stored: an epoch lives as long as the process.
package sqlite

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/gofrs/flock"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/store"
)

// Options say where a store is and how it writes.
type Options struct {
	Dir  string       // required; made if missing
	Sync string       // "normal" (the default) survives a crash of the process, "full" one of the machine
	Log  *slog.Logger // nil: discard

	// Compact folds patches into a snapshot (nil if there was none); nil: never
	// done. It runs on the keeper's goroutine.
	Compact func(snapshot []byte, patches [][]byte) ([]byte, error)
	// An actor is compacted once its patches are larger than CompactBytes and
	// twice the snapshot, or more than CompactCount and one for each KiB of it.
	CompactBytes int // 0: 64 KiB
	CompactCount int // 0: 1,000

	Readers int // reading connections; 0: 4

	// ReadOnly opens what is there, makes nothing and writes nothing but who has
	// the lock; every change fails.
	ReadOnly bool

	// FailCommit, if set, is asked before each transaction is committed; an
	// error stands for a failing disk. It runs on the writer's goroutine. For tests.
	FailCommit func() error
}

// Store is a directory with rivet.db in it, open.
type Store struct {
	opts    Options
	log     *slog.Logger
	path    string
	lock    *flock.Flock
	readers chan *conn // nil elements: to be opened again
	opened  int        // how many there are
	gone    chan struct{}
	writer  *writer
	keeper  *keeper
	done    sync.WaitGroup

	presence presence

	mu       sync.Mutex
	leases   map[int64]*lease
	epoch    uint64
	queue    []op
	closing  bool
	groupEnd *sync.Cond // of mu: no lease is in a group any more

	closeOnce sync.Once
	closeErr  error
}

var _ store.Store = (*Store)(nil)

// Open locks dir, makes it and the file if they are missing, and starts the
// store. Its errors: data_locked names the process that has it, data_corrupt
// the file, data_too_new the versions; storage_unavailable is all else.
func Open(ctx context.Context, o Options) (_ *Store, err error) {
	if o.Dir == "" {
		return nil, errors.New("sqlite: Options.Dir is required")
	}
	if o.Sync == "" {
		o.Sync = "normal"
	}
	if o.Sync != "normal" && o.Sync != "full" {
		return nil, errs.New(errs.ConfigInvalid, "storage.sync is %q", o.Sync).WithHint(`Use "normal" or "full".`)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.CompactBytes == 0 {
		o.CompactBytes = 64 << 10
	}
	if o.CompactCount == 0 {
		o.CompactCount = 1000
	}
	if o.Readers <= 0 {
		o.Readers = 4
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, notWritable(o.Dir, err)
	}
	if o.ReadOnly {
		if _, err := os.Stat(filepath.Join(o.Dir, "rivet.db")); err != nil {
			return nil, errs.Wrap(errs.StorageUnavailable, err, "there is no data in %s", o.Dir)
		}
	} else if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, notWritable(o.Dir, err)
	}
	s := &Store{opts: o, log: o.Log, path: filepath.Join(o.Dir, "rivet.db"), leases: map[int64]*lease{},
		gone: make(chan struct{})}
	s.groupEnd = sync.NewCond(&s.mu)
	if s.lock, err = lockDir(ctx, o.Dir); err != nil {
		return nil, err
	}
	if err := s.start(); err != nil {
		return nil, errors.Join(err, s.release())
	}
	return s, nil
}

// start opens the connections, brings the file up to date, and starts the goroutines.
func (s *Store) start() error {
	if s.opts.ReadOnly {
		return s.startReading()
	}
	if err := prepareFile(s.path); err != nil {
		return err
	}
	if err := s.presence.opened(s.path, &s.presence.file); err != nil {
		return s.unavailable(err, "opening")
	}
	s.writer = &writer{s: s, wake: make(chan struct{}, 1)}
	if err := s.writer.open(); err != nil {
		return s.unavailable(err, "opening")
	}
	if err := s.openReaders(); err != nil {
		return err
	}
	s.keeper = &keeper{s: s, wake: make(chan struct{}, 1), maxLog: maxLogPages}
	s.done.Go(s.writer.run)
	s.keeper.done.Go(s.keeper.run)
	return nil
}

func (s *Store) openReaders() error {
	s.readers = make(chan *conn, s.opts.Readers)
	for range s.opts.Readers {
		c, err := s.openReader()
		if err != nil {
			return s.unavailable(err, "opening")
		}
		s.readers <- c
		s.opened++
	}
	return nil
}

// startReading opens the file as it is.
func (s *Store) startReading() error {
	f, err := os.Open(s.path)
	if err != nil {
		return errs.Wrap(errs.StorageUnavailable, err, "%s can't be read", s.path)
	}
	if err := errors.Join(checkHeader(f, s.path), f.Close()); err != nil {
		return err
	}
	if err := s.presence.opened(s.path, &s.presence.file); err != nil {
		return s.unavailable(err, "opening")
	}
	c, err := s.openReader()
	if err == nil {
		err = errors.Join(checkFormat(c, s.path), c.close())
	}
	if err != nil {
		return s.unavailable(err, "opening")
	}
	return s.openReaders()
}

// Close commits what was handed in, then closes the file and gives up the lock.
func (s *Store) Close() error {
	s.closeOnce.Do(func() {
		if s.keeper != nil {
			s.keeper.stop() // first: what it hands to the writer must still be taken
		}
		s.mu.Lock()
		s.closing = true
		s.mu.Unlock()
		if s.writer != nil {
			poke(s.writer.wake)
		}
		s.done.Wait()
		close(s.gone)
		s.closeErr = s.release()
	})
	return s.closeErr
}

// release closes what is open. The writer's connection goes last: it moves the
// log into the file and removes it.
func (s *Store) release() error {
	var all []error
	for range s.opened {
		if c := <-s.readers; c != nil { // waits for who reads now
			all = append(all, c.close())
		}
	}
	if s.writer != nil && s.writer.c != nil {
		all = append(all, s.writer.c.close())
	}
	return errors.Join(append(all, s.lock.Close())...)
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
