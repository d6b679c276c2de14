package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net/url"
	"path/filepath"
	"strings"

	sqlite3 "modernc.org/sqlite"
)

// conn is one connection to the database with its prepared statements. It
// works on the driver directly: database/sql would cost a lock, a context
// and several allocations for each row. One goroutine uses it at a time.
type conn struct {
	c     driver.Conn
	stmts [queryCount]preparedStmt
	args  []driver.NamedValue
	row   []driver.Value
}

type preparedStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// openConn opens path, which must exist, and applies pragmas.
func openConn(path string, pragmas ...string) (*conn, error) { return openMode(path, "rw", pragmas...) }

func openMode(path, mode string, pragmas ...string) (*conn, error) {
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // a Windows drive
	}
	u := url.URL{Scheme: "file", Path: slashed, RawQuery: "mode=" + mode}
	dc, err := (&sqlite3.Driver{}).Open(u.String())
	if err != nil {
		return nil, err
	}
	c := &conn{c: dc}
	for _, p := range pragmas {
		if err := c.script("PRAGMA " + p); err != nil {
			return nil, errors.Join(err, c.close())
		}
	}
	return c, nil
}

func (c *conn) close() error {
	var all []error
	for _, s := range c.stmts {
		if s != nil {
			all = append(all, s.Close())
		}
	}
	return errors.Join(append(all, c.c.Close())...)
}

// script runs statements that are not worth preparing.
func (c *conn) script(sql string) error {
	_, err := c.c.(driver.ExecerContext).ExecContext(context.Background(), sql, nil)
	return err
}

// scriptInt is the first column of the first row of a statement.
func (c *conn) scriptInt(sql string) (n int64, err error) {
	rows, err := c.c.(driver.QueryerContext).QueryContext(context.Background(), sql, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	dest := make([]driver.Value, len(rows.Columns()))
	if err := rows.Next(dest); err != nil {
		return 0, err
	}
	return integer(dest[0]), nil
}

func (c *conn) stmt(q query) (preparedStmt, error) {
	if s := c.stmts[q]; s != nil {
		return s, nil
	}
	s, err := c.c.Prepare(queries[q])
	if err != nil {
		return nil, err
	}
	c.stmts[q] = s.(preparedStmt)
	return c.stmts[q], nil
}

func (c *conn) bind(args []driver.Value) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// exec runs a statement that gives no rows. Arguments are int64, string,
// []byte or nil.
func (c *conn) exec(q query, args ...driver.Value) error {
	s, err := c.stmt(q)
	if err != nil {
		return err
	}
	_, err = s.ExecContext(context.Background(), c.bind(args))
	clear(c.args) // they hold the caller's bytes
	return err
}

// query runs a statement and calls each with every row; the row is reused, the
// bytes in it are not.
func (c *conn) query(q query, each func(row []driver.Value) error, args ...driver.Value) (err error) {
	s, err := c.stmt(q)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), c.bind(args))
	clear(c.args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	n := len(rows.Columns())
	if cap(c.row) < n {
		c.row = make([]driver.Value, n)
	}
	for {
		switch err := rows.Next(c.row[:n]); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := each(c.row[:n]); err != nil {
			return err
		}
	}
}

func integer(v driver.Value) int64 {
	n, _ := v.(int64)
	return n
}

func text(v driver.Value) string {
	switch v := v.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// blob is v's bytes, never nil: SQLite gives NULL for an empty value.
func blob(v driver.Value) []byte {
	if b, ok := v.([]byte); ok && b != nil {
		return b
	}
	return []byte{}
}
