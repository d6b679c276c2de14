package repl

import (
	"strings"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// ansi are the colours of styles, those of Node's REPL.
var ansi = map[string][2]string{
	"number": {"33", "39"}, "bigint": {"33", "39"}, "boolean": {"33", "39"}, "string": {"32", "39"}, "symbol": {"32", "39"},
	"undefined": {"90", "39"}, "null": {"1", "22"}, "date": {"35", "39"}, "regexp": {"31", "39"}, "special": {"36", "39"},
	"muted": {"2", "22"}, "error": {"31", "39"}, "strong": {"1", "22"},
}

// Render is text in styled parts for a terminal. safe is applied to each part:
// it has to take out what a terminal would obey.
func Render(parts []inspect.ReplPart, color bool, safe func(string) string) string {
	var b strings.Builder
	for _, p := range parts {
		code, ok := ansi[p.Style]
		if !ok || !color {
			b.WriteString(safe(p.Text))
			continue
		}
		for i, line := range strings.Split(safe(p.Text), "\n") { // so that a pager can cut anywhere
			if i > 0 {
				b.WriteByte('\n')
			}
			if line != "" {
				b.WriteString("\x1b[" + code[0] + "m" + line + "\x1b[" + code[1] + "m")
			}
		}
	}
	return b.String()
}
