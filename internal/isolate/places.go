package isolate

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/rivetdev/rivet/internal/actor"
)

// maxPlaces bounds the places of one action.
const maxPlaces = 32

// Places are the TypeScript positions, "file:line:col", at which a function may
// be written whose text in the program is body: more than one if there are
// several with that text. It searches the whole program.
func (v *Version) Places(body string) []string {
	if !strings.ContainsAny(body, "{>") { // every function has one; "" would be everywhere
		return nil
	}
	out := v.placesIn(nil, &v.code.bundle.User, body)
	if v.code.bundle.Vendor != nil {
		out = v.placesIn(out, v.code.bundle.Vendor, body)
	}
	return out
}

// placeOf is where an action is written, for what was thrown in it and doesn't
// know where it comes from; "" if that isn't certain.
func (i *instance) placeOf(action string) string {
	n := slices.Index(i.def.Actions, action)
	if n < 0 || n >= len(i.def.Bodies) {
		return ""
	}
	if at := i.v.Places(i.def.Bodies[n]); len(at) == 1 {
		return at[0]
	}
	return ""
}

func (v *Version) placesIn(out []string, s *actor.Script, body string) []string {
	m := v.code.maps[s.Name]
	if m == nil {
		return out
	}
	line, from := 1, 0 // of what was counted so far
	for at := 0; len(out) < maxPlaces; {
		i := strings.Index(s.Code[at:], body)
		if i < 0 {
			break
		}
		i += at
		at = i + 1
		line += strings.Count(s.Code[from:i], "\n")
		from = i
		begin := strings.LastIndexByte(s.Code[:i], '\n') + 1
		col := len(utf16.Encode([]rune(s.Code[begin:i]))) + 1
		if file, l, c, ok := m.Lookup(line, col); ok {
			out = append(out, fmt.Sprintf("%s:%d:%d", file, l, c))
		}
	}
	return out
}
