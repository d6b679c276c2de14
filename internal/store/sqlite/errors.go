package sqlite

import (
	"errors"

	sqlite3 "modernc.org/sqlite"

	"github.com/rivetdev/rivet/internal/errs"
)

// SQLite's primary result codes that are no statement's own fault.
const (
	codePerm     = 3
	codeBusy     = 5
	codeLocked   = 6
	codeNoMem    = 7
	codeReadOnly = 8
	codeIO       = 10
	codeCorrupt  = 11
	codeFull     = 13
	codeCantOpen = 14
	codeProtocol = 15
	codeNotADB   = 26
)

// resultCode is the primary result code in err, 0 if it is not SQLite's.
func resultCode(err error) int {
	var e *sqlite3.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

func damaged(err error) bool {
	c := resultCode(err)
	return c == codeCorrupt || c == codeNotADB
}

// storageFault reports whether err says that the disk or the file failed, and
// not that one batch can't be written.
func storageFault(err error) bool {
	var f *injected
	if errs.Is(err, errs.StorageUnavailable) { // present said so
		return true
	}
	switch resultCode(err) {
	case codePerm, codeBusy, codeLocked, codeNoMem, codeReadOnly, codeIO, codeCorrupt, codeFull, codeCantOpen,
		codeProtocol, codeNotADB:
		return true
	}
	return errors.As(err, &f)
}

// injected is a failure that Options.FailCommit asked for.
type injected struct{ error }

func (f *injected) Unwrap() error { return f.error }

// unavailable is what callers are told when err ended their work. An error
// that has a code of its own keeps it.
func (s *Store) unavailable(err error, doing string) error {
	var known *errs.Error
	if errors.As(err, &known) {
		return err
	}
	switch {
	case damaged(err):
		return corrupt(s.path, err)
	case resultCode(err) == codeFull:
		return errs.Wrap(errs.StorageUnavailable, err, "%s %s failed: the disk is full", doing, s.path).
			WithHint("Free some space; rivet goes on by itself.")
	}
	return errs.Wrap(errs.StorageUnavailable, err, "%s %s failed", doing, s.path).
		WithHint("Check the disk; rivet goes on by itself once it works again.")
}

func corrupt(path string, err error) *errs.Error {
	return errs.Wrap(errs.DataCorrupt, err, "%s is damaged or no database", path).
		WithHint("Restore it from a backup, or move the file and its -wal away to start with no data.\n"+
			"sqlite3 %q .recover may save what is left.", path)
}

func closed() error {
	return errs.New(errs.StorageUnavailable, "the store is closed")
}
