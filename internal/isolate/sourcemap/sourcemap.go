// Package sourcemap leads from positions in the programs that goja runs back to
// the user's TypeScript. A Map parses its source map at the first lookup, so
// programs whose code never fails cost nothing. Maps may be used by several
// goroutines.
package sourcemap

import (
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/go-sourcemap/sourcemap"

	"github.com/rivetdev/rivet/internal/actor"
)

// InternalPrefix begins the script names whose frames users don't see.
const InternalPrefix = "rivet:"

// Map is the source map of one script.
type Map struct {
	name string
	data []byte

	once sync.Once
	c    *sourcemap.Consumer
}

// New is the map of s; it parses nothing yet.
func New(s actor.Script) *Map { return &Map{name: s.Name, data: s.Map} }

// Lookup finds the source of a position in the script, line and column from 1
// as goja counts them. ok is false where the map says nothing.
func (m *Map) Lookup(line, col int) (file string, srcLine, srcCol int, ok bool) {
	m.once.Do(func() {
		if len(m.data) > 0 {
			m.c, _ = sourcemap.Parse("", m.data)
		}
	})
	if m.c == nil {
		return "", 0, 0, false
	}
	file, _, srcLine, srcCol, ok = m.c.Source(line, max(col-1, 0))
	return file, srcLine, srcCol + 1, ok && file != ""
}

// Set is the maps of all scripts of an isolate, by script name.
type Set map[string]*Map

// NewSet is the maps of scripts; those without a map are left out.
func NewSet(scripts ...actor.Script) Set {
	set := Set{}
	for _, s := range scripts {
		if len(s.Map) > 0 {
			set[s.Name] = New(s)
		}
	}
	return set
}

// OfBundle is the maps of a bundle's programs.
func OfBundle(b *actor.Bundle) Set {
	if b.Vendor != nil {
		return NewSet(b.User, *b.Vendor)
	}
	return NewSet(b.User)
}

// frame is a place in one line of goja's stacks, "at increment (user.js:12:8(34))"
// or "at user.js:12:8(34)". The number in brackets is goja's program counter.
var frame = regexp.MustCompile(`^(\s*at )(?:(.*?) \()?([^()\s][^()]*?):(\d+):(\d+)(?:\(\d+\))?\)?\s*$`)

var native = regexp.MustCompile(`^\s*at .*\(?native\)?\s*$`)

// Stack rewrites goja's stack to TypeScript positions: "at increment
// (registry.ts:4:12)". Frames of the SDK and of native functions are left out;
// the lines of the message stay as they are.
func (s Set) Stack(stack string) string {
	lines := strings.Split(strings.TrimRight(stack, "\n"), "\n")
	out := lines[:0]
	for _, l := range lines {
		if native.MatchString(l) {
			continue
		}
		f := frame.FindStringSubmatch(l)
		if f == nil {
			out = append(out, l)
			continue
		}
		file, line, col, ok := s.place(f)
		if !ok {
			continue
		}
		pos := file + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(col)
		if f[2] != "" {
			pos = f[2] + " (" + pos + ")"
		}
		out = append(out, "    at "+pos)
	}
	return strings.Join(out, "\n")
}

// At is the TypeScript position "file:line:col" of the first frame of stack
// that is the user's own code, not a dependency's; "" if there is none.
func (s Set) At(stack string) string {
	for _, l := range strings.Split(stack, "\n") {
		f := frame.FindStringSubmatch(l)
		if f == nil {
			continue
		}
		file, line, col, ok := s.place(f)
		if ok && !strings.Contains(file, "node_modules/") {
			return file + ":" + strconv.Itoa(line) + ":" + strconv.Itoa(col)
		}
	}
	return ""
}

// place is where the frame f is in the sources, ok false if it is internal.
func (s Set) place(f []string) (file string, line, col int, ok bool) {
	file = f[3]
	line, _ = strconv.Atoi(f[4])
	col, _ = strconv.Atoi(f[5])
	if m := s[file]; m != nil {
		if file, line, col, ok = m.Lookup(line, col); !ok {
			return "", 0, 0, false // a helper that esbuild wrote
		}
	}
	return file, line, col, !strings.HasPrefix(file, InternalPrefix)
}
