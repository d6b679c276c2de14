package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/sdk"
	"github.com/rivetdev/rivet/templates"
)

// toolFiles are what editors need, below .rivet: the SDK's types, and the
// schema of rivet.yaml. .rivet/sdk/VERSION says of which rivet they are.
func toolFiles(version string) ([]templates.File, error) {
	list := []templates.File{
		{Path: ".rivet/" + schemaName, Text: config.Schema()},
		{Path: ".rivet/sdk/VERSION", Text: []byte(version + "\n")},
	}
	err := fs.WalkDir(sdk.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".ts") || strings.HasPrefix(p, "runtime/") {
			return err
		}
		text, err := sdk.FS.ReadFile(p)
		list = append(list, templates.File{Path: ".rivet/sdk/" + p, Text: text})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the SDK: %w", err)
	}
	return list, nil
}

const schemaName = "rivet.schema.json"

// WriteTools writes what editors need below dir/.rivet, if it is missing or of
// another version of rivet.
func WriteTools(dir, version string) error {
	have, err := os.ReadFile(filepath.Join(dir, ".rivet", "sdk", "VERSION"))
	if err == nil && strings.TrimSpace(string(have)) == version {
		return nil
	}
	list, err := toolFiles(version)
	if err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(mkdir(filepath.Join(dir, ".rivet")), "tools-*.tmp")
	if err != nil {
		return fmt.Errorf("write the SDK's types: %w", err)
	}
	defer os.RemoveAll(fresh)
	for i := range list {
		list[i].Path = strings.TrimPrefix(list[i].Path, ".rivet/")
	}
	if err := writeFiles(fresh, list); err != nil {
		return fmt.Errorf("write the SDK's types: %w", err)
	}
	for _, name := range []string{"sdk", schemaName} {
		to := filepath.Join(dir, ".rivet", name)
		if err := os.RemoveAll(to); err != nil {
			return fmt.Errorf("write the SDK's types: %w", err)
		}
		if err := os.Rename(filepath.Join(fresh, name), to); err != nil {
			return fmt.Errorf("write the SDK's types: %w", err)
		}
	}
	return nil
}

// mkdir makes dir; a failure shows itself when something is put into it.
func mkdir(dir string) string {
	_ = os.MkdirAll(dir, 0o755)
	return dir
}

// writeProject writes all files or none. A directory that isn't there appears
// whole; into one that is, files are linked one by one, and none that exists is
// replaced: left names those. tools are not named in the result.
func writeProject(ctx context.Context, dir string, files, tools []templates.File) (written, left []string, err error) {
	_, err = os.Lstat(dir)
	exists := err == nil
	parent := dir
	var made string // the topmost directory that we made above dir
	if !exists {
		parent = filepath.Dir(dir)
		made = firstMissing(parent)
		if err := os.MkdirAll(parent, 0o755); err != nil {
			return nil, nil, err
		}
	}
	fresh, err := os.MkdirTemp(parent, ".rivet-init-*")
	if err != nil {
		removeMade(made)
		return nil, nil, err
	}
	defer func() {
		_ = os.RemoveAll(fresh) // renamed away, or of no use
		if err != nil {
			removeMade(made)
		}
	}()
	all := slices.Concat(files, tools)
	if err = writeFiles(fresh, all); err != nil {
		return nil, nil, err
	}
	if err = ctx.Err(); err != nil {
		return nil, nil, err
	}
	if exists {
		written, left, err = linkFiles(dir, fresh, all)
		tool := func(p string) bool { return strings.HasPrefix(p, ".rivet/") }
		return slices.DeleteFunc(written, tool), slices.DeleteFunc(left, tool), err
	}
	if err = os.Chmod(fresh, 0o755); err != nil {
		return nil, nil, err
	}
	if err = os.Rename(fresh, dir); err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		written = append(written, f.Path)
	}
	return written, []string{}, nil
}

// firstMissing is the topmost directory on the way to dir that isn't there.
func firstMissing(dir string) string {
	missing := ""
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Lstat(d); err == nil || d == filepath.Dir(d) {
			return missing
		}
		missing = d
	}
}

func removeMade(dir string) {
	if dir != "" {
		_ = os.RemoveAll(dir) // made by us, a moment ago
	}
}

func writeFiles(dir string, files []templates.File) error {
	for _, f := range files {
		to := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, f.Text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// linkFiles moves files from fresh into dir, never over one that exists. A
// failure takes back what was moved.
func linkFiles(dir, fresh string, files []templates.File) (written, left []string, err error) {
	written, left = []string{}, []string{}
	var made []string
	undo := func() {
		for _, w := range written {
			_ = os.Remove(filepath.Join(dir, filepath.FromSlash(w)))
		}
		for _, d := range made {
			_ = os.RemoveAll(d)
		}
	}
	for _, f := range files {
		to := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := realDirs(dir, filepath.Dir(to)); err != nil {
			undo()
			return nil, nil, err
		}
		if m := firstMissing(filepath.Dir(to)); m != "" {
			made = append(made, m)
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			undo()
			return nil, nil, err
		}
		err := os.Link(filepath.Join(fresh, filepath.FromSlash(f.Path)), to)
		switch {
		case err == nil:
			written = append(written, f.Path)
		case errors.Is(err, fs.ErrExist):
			left = append(left, f.Path)
		default: // no hard links here: create, but never over another
			if err := createNew(to, f.Text); errors.Is(err, fs.ErrExist) {
				left = append(left, f.Path)
			} else if err != nil {
				undo()
				return nil, nil, err
			} else {
				written = append(written, f.Path)
			}
		}
	}
	return written, left, nil
}

// notDirError says that something stands where a directory of ours would be.
type notDirError struct{ path, what string }

func (e *notDirError) Error() string { return e.path + " is " + e.what }

// realDirs fails if between dir and below something is no directory: a link
// would lead what is written out of the project.
func realDirs(dir, below string) error {
	for at := below; at != dir; at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil && !errors.Is(err, syscall.ENOTDIR): // then one above is in the way
			return err
		case err == nil && info.Mode()&fs.ModeSymlink != 0:
			return &notDirError{at, "a link"}
		case err == nil && !info.IsDir():
			return &notDirError{at, "no directory"}
		}
	}
	return nil
}

func createNew(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
