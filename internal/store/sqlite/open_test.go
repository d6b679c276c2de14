package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rivetdev/rivet/internal/errs"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	db := func(t *testing.T, dir string, change func(s *Store)) {
		t.Helper()
		s, err := Open(context.Background(), Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		change(s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	script := func(t *testing.T, sql string) func(*Store) {
		return func(s *Store) {
			if err := s.writer.c.script(sql); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(t *testing.T, path string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		prepare func(t *testing.T, dir string)
		code    errs.Code
		says    string
	}{
		"a newer format": {func(t *testing.T, dir string) { db(t, dir, script(t, "PRAGMA user_version = 99")) },
			errs.DataTooNew, "has format 99; this rivet knows formats up to 1"},
		"another program's database": {func(t *testing.T, dir string) { db(t, dir, script(t, "PRAGMA application_id = 1")) },
			errs.DataCorrupt, "not one of rivet"},
		"no database": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "rivet.db"), bytes.Repeat([]byte("hello"), 1000))
		}, errs.DataCorrupt, "rivet.db is damaged"},
		"a short file": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "rivet.db"), []byte("SQLite format 3\x00"))
		},
			errs.DataCorrupt, "shorter than a header"},
		"a file without its end": {func(t *testing.T, dir string) {
			db(t, dir, func(*Store) {})
			if err := os.Truncate(filepath.Join(dir, "rivet.db"), 8192); err != nil {
				t.Fatal(err)
			}
		}, errs.DataCorrupt, "its end is missing"},
		"a damaged schema": {func(t *testing.T, dir string) {
			db(t, dir, func(*Store) {})
			f, err := os.OpenFile(filepath.Join(dir, "rivet.db"), os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, 3900), 100)
			if err != nil || f.Close() != nil {
				t.Fatal(err)
			}
		}, errs.DataCorrupt, "is damaged"},
		"a file as the directory": {func(t *testing.T, dir string) {
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
			write(t, dir, nil)
		}, errs.StorageUnavailable, "can't write to the data directory"},
		"a directory as the file": {func(t *testing.T, dir string) {
			if err := os.Mkdir(filepath.Join(dir, "rivet.db"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, errs.StorageUnavailable, "can't write to"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			tt.prepare(t, dir)
			s, err := Open(context.Background(), Options{Dir: dir})
			if err == nil {
				t.Fatal("opened", s.Close())
			}
			if !errs.Is(err, tt.code) || !strings.Contains(err.Error(), tt.says) || errs.As(err).Hint == "" {
				t.Errorf("error %v (hint %q); want code %q, %q and a hint", err, errs.As(err).Hint, tt.code, tt.says)
			}
			if !strings.Contains(err.Error(), dir) {
				t.Errorf("error %v does not name %s", err, dir)
			}
		})
	}
}

func TestSecondOpenerNamesTheFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openTest(t, Options{Dir: dir})
	_, err := Open(context.Background(), Options{Dir: dir})
	want := fmt.Sprintf("%s is in use by process %d", dir, os.Getpid())
	if !errs.Is(err, errs.DataLocked) || !strings.Contains(err.Error(), want) {
		t.Errorf("second opener: %v, want %q", err, want)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openTest(t, Options{Dir: dir})
}

func TestFilesArePrivate(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	dir := filepath.Join(t.TempDir(), "deep", "data?dir#%20")
	s := openTest(t, Options{Dir: dir})
	create(t, s, "a")
	seen := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", path, info.Mode().Perm(), want)
		}
		seen++
		return err
	})
	if err != nil || seen != 5 { // the directory, lock, rivet.db, -wal, -shm
		t.Errorf("%d files, %v", seen, err)
	}
}

func TestReadOnlyChangesNothing(t *testing.T) {
	t.Parallel()
	dir, copied := t.TempDir(), t.TempDir()
	s := openTest(t, Options{Dir: dir})
	lease := create(t, s, "a")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil { // as after kill -9: most stands in the log
		t.Fatal(err)
	}
	read := func() (all string) {
		for _, name := range []string{"rivet.db", "rivet.db-wal"} {
			text, err := os.ReadFile(filepath.Join(copied, name))
			if err != nil {
				t.Fatal(err)
			}
			all += string(text)
		}
		return all
	}
	before := read()
	if err := os.Remove(filepath.Join(copied, "lock")); err != nil {
		t.Fatal(err)
	}
	ro, err := Open(t.Context(), Options{Dir: copied, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if img, err := ro.ReadImage(t.Context(), lease.ID); err != nil || img == nil {
		t.Errorf("the actor in the log can't be read: %v", err)
	}
	if err := ro.SetMeta(t.Context(), "x", "y"); !errs.Is(err, errs.StorageUnavailable) {
		t.Errorf("a change: %v", err)
	}
	if _, err := Open(t.Context(), Options{Dir: copied}); !errs.Is(err, errs.DataLocked) {
		t.Errorf("a second opener: %v", err)
	}
	if err := ro.Close(); err != nil {
		t.Error(err)
	}
	if read() != before {
		t.Error("the files were changed")
	}
	if _, err := Open(t.Context(), Options{Dir: t.TempDir(), ReadOnly: true}); !errs.Is(err, errs.StorageUnavailable) {
		t.Errorf("no data: %v", err)
	}
}
