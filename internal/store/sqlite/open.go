package sqlite

import (
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/rivetdev/rivet/internal/errs"
)

// prepareFile makes the database file if there is none (SQLite would make it
// readable for others; its -wal and -shm take over the mode), and looks for
// damage that SQLite would only find later.
func prepareFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return notWritable(path, err)
	}
	return errors.Join(checkHeader(f, path), f.Close())
}

// checkHeader refuses a file that is no SQLite database or lost its end.
func checkHeader(f *os.File, path string) error {
	info, err := f.Stat()
	if err != nil {
		return notWritable(path, err)
	}
	if info.Size() == 0 {
		return nil
	}
	var h [100]byte
	if _, err := io.ReadFull(f, h[:]); err != nil {
		return corrupt(path, errors.New("it is shorter than a header"))
	}
	if string(h[:16]) != "SQLite format 3\x00" {
		return corrupt(path, errors.New("it does not begin as an SQLite database does"))
	}
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		return nil // the log may hold the rest
	}
	page := int64(h[16])<<8 | int64(h[17])
	if page == 1 {
		page = 65536
	}
	pages := int64(h[28])<<24 | int64(h[29])<<16 | int64(h[30])<<8 | int64(h[31])
	if info.Size() < pages*page {
		return corrupt(path, errors.New("its end is missing: "+strconv.FormatInt(info.Size(), 10)+" of "+
			strconv.FormatInt(pages*page, 10)+" bytes"))
	}
	return nil
}

// open makes the writing connection.
func (w *writer) open() error {
	sync := "NORMAL"
	if w.s.opts.Sync == "full" {
		sync = "FULL"
	}
	c, err := openConn(w.s.path, "busy_timeout = 5000", "journal_mode = WAL", "synchronous = "+sync,
		"wal_autocheckpoint = 0", "journal_size_limit = 67108864", "cache_size = -16384", "foreign_keys = OFF",
		"temp_store = MEMORY")
	if err != nil {
		return err
	}
	if err := migrate(c, w.s.path); err != nil {
		return errors.Join(err, c.close())
	}
	if err := w.s.presence.opened(w.s.path+"-wal", &w.s.presence.log); err != nil {
		return errors.Join(err, c.close())
	}
	w.c = c
	return nil
}

func (s *Store) openReader() (*conn, error) {
	if s.opts.ReadOnly {
		return openMode(s.path, "ro", "busy_timeout = 5000", "query_only = ON", "cache_size = -4096", "temp_store = MEMORY")
	}
	return openConn(s.path, "busy_timeout = 5000", "query_only = ON", "cache_size = -4096", "temp_store = MEMORY")
}

// migrate makes the tables of an empty file, or checks whose the file is.
func migrate(c *conn, path string) error {
	var any int64
	for _, sql := range []string{"PRAGMA user_version", "PRAGMA application_id", "SELECT count(*) FROM sqlite_schema"} {
		n, err := c.scriptInt(sql)
		if err != nil {
			return err
		}
		any |= n
	}
	if any == 0 {
		return createTables(c)
	}
	return checkFormat(c, path)
}

// checkFormat checks whose the file is.
func checkFormat(c *conn, path string) error {
	version, err := c.scriptInt("PRAGMA user_version")
	if err != nil {
		return err
	}
	app, err := c.scriptInt("PRAGMA application_id")
	if err != nil {
		return err
	}
	switch {
	case app != applicationID || version == 0:
		return errs.New(errs.DataCorrupt, "%s is a database, but not one of rivet", path).
			WithHint("Move it away, or choose another data directory.")
	case version > Format:
		return errs.New(errs.DataTooNew, "%s has format %d; this rivet knows formats up to %d", path, version, Format).
			WithHint("Upgrade rivet, or choose another data directory. The file was not changed.")
	}
	return nil
}

func createTables(c *conn) error {
	n := strconv.Itoa(Format)
	return c.script("BEGIN IMMEDIATE;" + schema +
		"INSERT INTO meta (name, text) VALUES ('format', '" + n + "');" +
		"PRAGMA application_id = " + strconv.Itoa(applicationID) + ";" +
		"PRAGMA user_version = " + n + "; COMMIT")
}
