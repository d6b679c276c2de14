package config

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/rivetdev/rivet/internal/errs"
)

// Portable is what the project's rivet.yaml says to a server that runs elsewhere,
// as JSON with sorted keys: without secrets, whose names are left, without what
// is for development and tests, and with ${NAME} as it is written. "{}" if it
// says nothing.
func (r *Resolved) Portable() (text []byte, left []string, err error) {
	said := map[string]any{}
	if r.File != "" {
		raw, err := os.ReadFile(r.File)
		if err != nil {
			return nil, nil, errs.Wrap(errs.ConfigInvalid, err, "%s can't be read: %s", FileName, cause(err))
		}
		if err := yaml.Unmarshal(raw, &said); err != nil {
			return nil, nil, fmt.Errorf("read %s: %w", FileName, err) // Load has read it
		}
	}
	for i := range keys {
		k := &keys[i]
		switch {
		case k.secret:
			if remove(said, k.name) {
				left = append(left, k.name)
			}
		case k.name == "entry", strings.HasPrefix(k.name, "dev."), strings.HasPrefix(k.name, "test."):
			remove(said, k.name)
		}
	}
	text, err = json.Marshal(said)
	return text, left, err
}

// remove takes a key out of nested sections, and those that are empty then; it
// reports whether there was one.
func remove(m map[string]any, name string) bool {
	first, rest, nested := strings.Cut(name, ".")
	if !nested {
		_, ok := m[name]
		delete(m, name)
		return ok
	}
	section, ok := m[first].(map[string]any)
	if !ok {
		return false
	}
	ok = remove(section, rest)
	if len(section) == 0 {
		delete(m, first)
	}
	return ok
}
