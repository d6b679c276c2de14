package sqlite

import (
	"errors"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/errs"
)

// presenceEvery is how often an idle store looks whether its files are there.
const presenceEvery = time.Second

// presence knows which files a store has open. A file that is deleted while it
// is open goes on taking writes that nobody will ever find again, so nothing is
// committed, nor read, while the names lead elsewhere.
type presence struct {
	mu   sync.Mutex
	file os.FileInfo // rivet.db
	log  os.FileInfo // its write-ahead log; nil until the writer has made it
	gone bool
}

// opened notes a file that is open now.
func (p *presence) opened(path string, at *os.FileInfo) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	p.mu.Lock()
	*at = info
	p.mu.Unlock()
	return nil
}

// present fails if the files are not those that are open, and logs when that changes.
func (s *Store) present() error {
	p := &s.presence
	p.mu.Lock()
	defer p.mu.Unlock()
	lost := p.lost(s.path)
	if lost != p.gone {
		p.gone = lost
		if lost {
			s.log.Error("the database was deleted or replaced while it is in use: nothing can be saved", "file", s.path,
				"hint", "put it back to go on, or restart rivet to begin with what is there now")
		} else {
			s.log.Info("the database is back", "file", s.path)
		}
	}
	if lost {
		return errs.New(errs.StorageUnavailable, "%s was deleted or replaced while it is in use", s.path).
			WithHint("Put it back to go on, or restart rivet to begin with what is there now.")
	}
	return nil
}

func (p *presence) lost(path string) bool {
	return other(path, p.file) || p.log != nil && other(path+"-wal", p.log)
}

// other reports whether path no longer leads to a file; what can't be looked
// at counts as there.
func other(path string, file os.FileInfo) bool {
	now, err := os.Stat(path)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return !os.SameFile(now, file)
}
