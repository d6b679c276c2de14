package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/fsnotify/fsnotify"
)

// maxDirs bounds how many directories are watched: past it a project is
// larger than what a person edits, and the kernel's watches are shared.
const maxDirs = 8192

// watcher tells of changes below some directories. Directories are watched, not
// files, since editors save by renaming a new file over the old one.
type watcher struct {
	fs     *fsnotify.Watcher
	root   string
	ignore []string // patterns of names or of paths relative to root

	// mu guards what the loop adds after a build while events are looked at.
	mu      sync.Mutex
	watched map[string]bool // directories
	// inputs are files that a build read, or looked for, whatever their name.
	inputs map[string]bool
}

func newWatcher(root string, ignore []string) (*watcher, error) {
	fw, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", root, err)
	}
	return &watcher{fs: fw, root: root, ignore: ignore, watched: map[string]bool{}, inputs: map[string]bool{}}, nil
}

func (w *watcher) Close() error { return w.fs.Close() }

// addTree watches dir and what is below it. What can't be read is left out: it
// can't be part of the build either.
func (w *watcher) addTree(dir string) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if path == dir && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return fs.SkipDir
		case !d.IsDir():
			return nil
		case path != dir && w.skipsDir(path):
			return fs.SkipDir
		case w.full():
			return fs.SkipAll
		}
		w.addDir(path)
		return nil
	})
	if err != nil {
		return fmt.Errorf("watch %s: %w", dir, err)
	}
	return nil
}

func (w *watcher) full() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.watched) >= maxDirs
}

func (w *watcher) addDir(dir string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.watched[dir] && w.fs.Add(dir) == nil {
		w.watched[dir] = true
	}
}

// follow also watches the directories of files that a build read.
func (w *watcher) follow(files []string) {
	for _, f := range files {
		w.mu.Lock()
		w.inputs[f] = true
		w.mu.Unlock()
		dir := filepath.Dir(f)
		if !slices.Contains(strings.Split(filepath.ToSlash(dir), "/"), "node_modules") {
			w.addDir(dir)
		}
	}
}

// next waits for the first change that matters; it fails when ctx ends.
func (w *watcher) next(ctx context.Context) (string, error) {
	for {
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case ev, ok := <-w.fs.Events:
			if !ok {
				return "", errors.New("the file watcher ended")
			}
			if w.matters(ev) {
				return ev.Name, nil
			}
		case err, ok := <-w.fs.Errors:
			if !ok {
				return "", errors.New("the file watcher ended")
			}
			// Events were lost (a very large change): look at everything anew.
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				return w.root, nil
			}
			return "", fmt.Errorf("watch %s: %w", w.root, err)
		}
	}
}

// matters reports whether an event may change the build, and watches new directories.
func (w *watcher) matters(ev fsnotify.Event) bool {
	if ev.Op == fsnotify.Chmod || skipsFile(filepath.Base(ev.Name)) || w.ignored(ev.Name) {
		return false
	}
	if ev.Has(fsnotify.Remove) || ev.Has(fsnotify.Rename) {
		w.mu.Lock()
		delete(w.watched, ev.Name)
		w.mu.Unlock()
	}
	if ev.Has(fsnotify.Create) {
		if info, err := os.Stat(ev.Name); err == nil && info.IsDir() {
			if w.skipsDir(ev.Name) {
				return false
			}
			// Files may have come before the watch did; the rebuild sees them.
			_ = w.addTree(ev.Name) // a directory that went again is no loss
			return true
		}
	}
	return w.builds(ev.Name)
}

// builds reports whether a file may be part of a build: one that a build read
// or looked for, or one with the ending of a source. A log that is written
// beside the project is neither, nor is a file that it tells of.
func (w *watcher) builds(path string) bool {
	if w.reads(path) {
		return true
	}
	name := filepath.Base(path)
	switch filepath.Ext(name) {
	case ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".css", ".txt", ".sql", ".md", ".yaml", ".yml", ".wasm":
		return true
	case "": // a directory that went or came under another name
		return true
	}
	switch name {
	case "yarn.lock", "bun.lock", "bun.lockb":
		return true
	}
	return configures(w.root, path)
}

// reads reports whether a build read the file, or looked for it.
func (w *watcher) reads(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.inputs[path]
}

// configures reports whether a file is the configuration's: rivet.yaml, .env …
func configures(root, path string) bool {
	name := filepath.Base(path)
	return filepath.Dir(path) == filepath.Clean(root) && (name == "rivet.yaml" || strings.HasPrefix(name, ".env"))
}

func (w *watcher) skipsDir(path string) bool {
	name := filepath.Base(path)
	return name == "node_modules" || strings.HasPrefix(name, ".") || w.ignored(path)
}

func (w *watcher) ignored(path string) bool {
	rel, err := filepath.Rel(w.root, path)
	if err != nil {
		rel = path
	}
	rel = filepath.ToSlash(rel)
	for _, pattern := range w.ignore {
		pattern = strings.TrimSuffix(filepath.ToSlash(pattern), "/")
		if ok, _ := filepath.Match(pattern, rel); ok {
			return true
		}
		if ok, _ := filepath.Match(pattern, filepath.Base(path)); ok {
			return true
		}
		if strings.HasPrefix(rel, pattern+"/") {
			return true
		}
	}
	return false
}

// skipsFile reports whether a name is an editor's own: swap files, backups and probes.
func skipsFile(name string) bool {
	for _, end := range []string{".swp", ".swx", ".swo", "~", ".tmp", ".bak", ".orig", ".part", "___jb_tmp___", "___jb_old___"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return strings.HasPrefix(name, ".#") || strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") ||
		name == "4913" || name == ".DS_Store" || strings.HasPrefix(name, ".goutputstream-")
}
