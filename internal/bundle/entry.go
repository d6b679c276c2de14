package bundle

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/rivetdev/rivet/internal/errs"
)

// entryStems are the places of an entry file, first match wins; each is tried
// with every extension of entryExts.
var entryStems = []string{
	"server", "registry",
	"src/server", "src/registry",
	"src/backend/server", "src/backend/registry",
	"backend/server", "backend/registry",
	"src/index", "index", "actors/index",
}

var entryExts = []string{".ts", ".tsx", ".mts", ".js", ".jsx", ".mjs"}

// FindEntry finds the entry file of the project in dir, an absolute path if dir
// is one. Its error (build_failed) says where it looked.
func FindEntry(dir string) (string, error) {
	for _, stem := range entryStems {
		for _, ext := range entryExts {
			path := filepath.Join(dir, filepath.FromSlash(stem)+ext)
			if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() {
				return path, nil
			}
		}
	}
	return "", errs.New(errs.BuildFailed, "no entry file in %s: looked for %s (%s)",
		dir, strings.Join(entryStems, ", "), strings.Join(entryExts, " ")).
		WithHint("name the file (rivet dev path/to/registry.ts), set entry in rivet.yaml, or start a project with rivet init")
}
