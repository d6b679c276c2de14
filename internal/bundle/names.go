package bundle

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/go-sourcemap/sourcemap"

	"github.com/rivetdev/rivet/internal/actor"
)

// renamed is a class that esbuild may have renamed: `_A` where a static member
// refers to A, `A2` where another module has an A, `_a` where it had none.
var renamed = regexp.MustCompile(`(?m)(?:([\w$]+) = )?\bclass(?: ([\w$]+))?(?: extends [^\n{]+)? \{$`)

var (
	className  = regexp.MustCompile(`^class\s+([\p{L}_$][\p{L}\p{N}_$]*)`)
	namelessIs = regexp.MustCompile(`([\p{L}_$][\p{L}\p{N}_$]*)\s*(?::[^=]+)?=\s*$`)
)

// keepNames gives the classes of a program the names that they have in the
// source: they show in logs, warnings and errors. A class gets one statement at
// the end of the line that opens it, so no position moves. (esbuild's own
// KeepNames costs a call for every function that is made.)
func keepNames(s *actor.Script, line func(file string, line int) string) {
	var m *sourcemap.Consumer
	var b strings.Builder
	at, row, counted := 0, 1, 0
	for _, loc := range renamed.FindAllStringSubmatchIndex(s.Code, -1) {
		name := group(s.Code, loc, 2)
		if name == "" {
			name = group(s.Code, loc, 1)
		}
		if !suspect(name) {
			continue
		}
		if m == nil {
			var err error
			if m, err = sourcemap.Parse("", s.Map); err != nil {
				return
			}
		}
		class := loc[0] + strings.Index(s.Code[loc[0]:loc[1]], "class")
		row += strings.Count(s.Code[counted:class], "\n")
		counted = class
		source := sourceName(m, row, class-1-strings.LastIndexByte(s.Code[:class], '\n'), line)
		if source == "" || source == name {
			continue
		}
		b.WriteString(s.Code[at:loc[1]])
		fmt.Fprintf(&b, ` static { this.name === %q && Object.defineProperty(this, "name", { value: %q, configurable: true }); }`, name, source)
		at = loc[1]
	}
	if at > 0 {
		s.Code = b.String() + s.Code[at:]
	}
}

func group(code string, loc []int, n int) string {
	if loc[2*n] < 0 {
		return ""
	}
	return code[loc[2*n]:loc[2*n+1]]
}

// suspect reports whether esbuild may have made a name.
func suspect(name string) bool {
	if name == "" {
		return false
	}
	last := name[len(name)-1]
	return name[0] == '_' || last >= '0' && last <= '9'
}

// sourceName is the name in its source of the class that begins at a position,
// "" if that can't be told.
func sourceName(m *sourcemap.Consumer, row, column int, line func(string, int) string) string {
	file, _, l, col, ok := m.Source(row, column)
	if !ok {
		return ""
	}
	text := []rune(line(file, l))
	if col > len(text) {
		return ""
	}
	rest := string(text[col:])
	if found := className.FindStringSubmatch(rest); found != nil && found[1] != "extends" {
		return found[1]
	}
	if !strings.HasPrefix(rest, "class") {
		return ""
	}
	if found := namelessIs.FindStringSubmatch(string(text[:col])); found != nil {
		return found[1]
	}
	return ""
}
