// Package safe writes text from elsewhere (actors, clients, files, servers) so
// that a terminal shows it and does nothing more: it can't move the cursor,
// change colours or reorder what is read. What is written otherwise stands as
// an escape: \x1b, \u202e. The package is pure.
package safe

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Text is s with line breaks and tabs as they are; all other control characters
// (C0, C1, ESC), marks of direction and bytes that are no UTF-8 are escapes.
func Text(s string) string { return escape(s, Dangerous) }

// Line is s as one line whose columns can be counted: line breaks, tabs and
// most characters of no width are escapes, too. A joiner stays: it makes emoji.
func Line(s string) string { return escape(s, immeasurable) }

// Dangerous reports whether a terminal does more with r than to show it; line
// breaks and tabs are not.
func Dangerous(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, // marks of direction
		r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, // embeddings, overrides, isolates
		r == 0x2028, r == 0x2029, r == 0xfeff:
		return true
	}
	return false
}

func immeasurable(r rune) bool {
	return r == '\n' || r == '\t' || Dangerous(r) || r >= 0x200b && r <= 0x200c || r >= 0x2060 && r <= 0x206f
}

func escape(s string, bad func(rune) bool) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == utf8.RuneError || bad(r) }) {
		return s
	}
	var b strings.Builder
	for i, w := 0, 0; i < len(s); i += w {
		var r rune
		r, w = utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && w == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case !bad(r):
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
