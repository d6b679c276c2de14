package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	lib "modernc.org/sqlite/lib"

	"github.com/rivetdev/rivet/internal/errs"
)

// maxFaults bounds how much is told of a damaged file.
const maxFaults = 10

// Verify reads the database in dir as a whole and says what is wrong with it:
// data_corrupt, data_too_new or storage_unavailable, nil if nothing is. It takes
// no lock and changes nothing: a server may run. bytes is its size, 0 if there is none.
func Verify(ctx context.Context, dir string) (bytes int64, err error) {
	path := filepath.Join(dir, "rivet.db")
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, errs.Wrap(errs.StorageUnavailable, err, "%s can't be read", path)
	}
	info, err := f.Stat()
	if err := errors.Join(err, checkHeader(f, path), f.Close()); err != nil {
		return 0, err
	}
	if info.Size() == 0 {
		return 0, nil // a server is about to fill it, or died before
	}
	c, err := openMode(path, "ro", "busy_timeout = 5000", "query_only = ON")
	if err != nil {
		return info.Size(), unreadable(path, err)
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := checkFormat(c, path); err != nil {
		return info.Size(), unreadable(path, err)
	}
	faults, err := c.quickCheck(ctx)
	if err != nil {
		return info.Size(), unreadable(path, err)
	}
	if len(faults) > 0 {
		return info.Size(), corrupt(path, errors.New(faults[0]))
	}
	return info.Size(), nil
}

func unreadable(path string, err error) error {
	var e *errs.Error
	switch {
	case errors.As(err, &e):
		return e
	case damaged(err):
		return corrupt(path, err)
	}
	return errs.Wrap(errs.StorageUnavailable, err, "%s can't be read", path)
}

// quickCheck is what SQLite finds wrong with the file.
func (c *conn) quickCheck(ctx context.Context) (faults []string, err error) {
	rows, err := c.c.(driver.QueryerContext).QueryContext(ctx, "PRAGMA quick_check(10)", nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	dest := make([]driver.Value, len(rows.Columns()))
	for len(faults) < maxFaults {
		switch err := rows.Next(dest); {
		case errors.Is(err, io.EOF):
			return faults, nil
		case err != nil:
			return faults, err
		}
		if said := text(dest[0]); said != "ok" {
			faults = append(faults, said)
		}
	}
	return faults, nil
}

// Holder is who wrote that it has the directory; whether it still has, only the
// lock tells, which nobody but a server takes. ok is false if nobody wrote it.
func Holder(dir string) (pid int, since time.Time, ok bool) {
	var h holder
	data, err := os.ReadFile(filepath.Join(dir, "lock"))
	if err != nil || json.Unmarshal(data, &h) != nil || h.PID <= 0 {
		return 0, time.Time{}, false
	}
	return h.PID, h.Started, true
}

// Version is that of the SQLite that is in the binary.
const Version = lib.SQLITE_VERSION
