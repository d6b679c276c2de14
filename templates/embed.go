// Package templates has what `rivet init` writes: common/ goes into every
// project, the folder of the chosen template over it. In file names a leading
// "_" stands for "."; in files {{name}} is the project's name.
package templates

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

//go:embed all:common all:counter all:chat
var files embed.FS

// Template is one that can be chosen.
type Template struct {
	Name  string `json:"name"`
	Title string `json:"title"` // one line
	// Try is a command that shows it at work, once `rivet dev` runs.
	Try string `json:"try"`
}

// All are the templates, the default first.
func All() []Template {
	return []Template{
		{"counter", "a number that is kept, and told to all who watch it", "rivet call counter/my-counter increment 5"},
		{"chat", "rooms with a history, and with who is there", `rivet call chatRoom/lobby send alice hello`},
	}
}

// File is one file of a project: Path uses slashes.
type File struct {
	Path string
	Text []byte
}

// Render gives the files of a template for a project of that name, by path.
func Render(template, name string) ([]File, error) {
	out := map[string][]byte{}
	for _, dir := range []string{"common", template} {
		err := fs.WalkDir(files, dir, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := files.ReadFile(p)
			if err != nil {
				return err
			}
			to := strings.TrimPrefix(p, dir+"/")
			if base, ok := strings.CutPrefix(path.Base(to), "_"); ok {
				to = path.Join(path.Dir(to), "."+base)
			}
			out[to] = bytes.ReplaceAll(text, []byte("{{name}}"), []byte(name))
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read template %s: %w", template, err)
		}
	}
	var list []File
	for _, p := range slices.Sorted(maps.Keys(out)) {
		list = append(list, File{p, out[p]})
	}
	return list, nil
}
