package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"

	"github.com/rivetdev/rivet/internal/errs"
)

const (
	lockWait  = 500 * time.Millisecond
	lockRetry = 20 * time.Millisecond
)

// holder is the content of the lock file: who has the directory. It is a note
// for people; the lock alone decides. Windows lets nobody write a locked file
// (nor read it, so whoever comes second is told of no process).
type holder struct {
	PID     int       `json:"pid"`
	Started time.Time `json:"started"`
}

// lockDir takes dir for this process, waiting a little for one that ends.
func lockDir(ctx context.Context, dir string) (*flock.Flock, error) {
	path := filepath.Join(dir, "lock")
	l := flock.New(path, flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	ok, err := l.TryLockContext(ctx, lockRetry)
	switch {
	case ok:
	case err == nil || errors.Is(err, context.DeadlineExceeded):
		return nil, inUse(dir, path)
	case errors.Is(err, context.Canceled):
		return nil, err
	default:
		return nil, notWritable(dir, err)
	}
	note, err := json.Marshal(holder{PID: os.Getpid(), Started: time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		err = os.WriteFile(path, append(note, '\n'), 0o600)
	}
	if err != nil && runtime.GOOS != "windows" {
		return nil, errors.Join(notWritable(dir, err), l.Close())
	}
	return l, nil
}

func inUse(dir, path string) error {
	var h holder
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &h)
	}
	if err != nil || h.PID == 0 {
		return errs.New(errs.DataLocked, "%s is in use by another process", dir).
			WithHint("Stop it, or choose another data directory.")
	}
	return errs.New(errs.DataLocked, "%s is in use by process %d, started %s", dir, h.PID,
		h.Started.Local().Format("2006-01-02 15:04:05")).
		WithHint("Stop process %d, or choose another data directory.", h.PID)
}

func notWritable(dir string, err error) *errs.Error {
	return errs.Wrap(errs.StorageUnavailable, err, "can't write to the data directory %s", dir).
		WithHint("Check that it is a directory of yours with room on its disk, or choose another one.")
}
