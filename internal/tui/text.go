package tui

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/internal/tui/safe"
)

// plain is s as one line that a terminal shows and no more. Everything that
// comes from a server passes through it.
func plain(s string) string { return safe.Line(s) }

// paper measures and cuts texts by the columns that the terminal gives them.
type paper struct{ method ansi.Method }

// width is how many columns s takes; s has no escape sequences.
func (p paper) width(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return p.method.StringWidth(s)
		}
	}
	return len(s)
}

// cut is s in at most w columns, with … where something was left out.
func (p paper) cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if len(s) <= w || p.width(s) <= w {
		return s
	}
	if len(s) > 8*w+64 { // no need to measure a megabyte
		n := 8*w + 64
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n] + "…"
	}
	return p.truncate(s, w, "…")
}

// truncate is s, which may be styled, in at most w columns. The library returns
// a text whole that would fit if joined emoji were joined, so it is given one
// that fits in no way.
func (p paper) truncate(s string, w int, tail string) string {
	if p.method.StringWidth(s) <= w {
		return s
	}
	return p.method.Truncate(s+spaces(w+1), w, tail)
}

// cell is s in exactly w columns, aligned to the left.
func (p paper) cell(s string, w int) string {
	s = p.cut(s, w)
	return s + spaces(w-p.width(s))
}

// right is s in exactly w columns, aligned to the right.
func (p paper) right(s string, w int) string {
	s = p.cut(s, w)
	return spaces(w-p.width(s)) + s
}

// fit is a styled line in exactly w columns.
func (p paper) fit(s string, w int) string {
	n := p.method.StringWidth(s)
	if n > w {
		s = p.truncate(s, max(w, 0), "…")
		n = p.method.StringWidth(s)
	}
	return s + spaces(w-n)
}

// wrap breaks a plain text into lines of w columns.
func (p paper) wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	var out []string
	for _, line := range strings.Split(s, "\n") {
		out = append(out, strings.Split(p.method.Hardwrap(line, w, true), "\n")...)
	}
	return out
}

const blanks = "                                                                                                                                                                                                                                                "

func spaces(n int) string {
	if n <= 0 {
		return ""
	}
	if n <= len(blanks) {
		return blanks[:n]
	}
	return strings.Repeat(" ", n)
}

// words breaks a plain text into lines of w columns, between words if it can.
func (p paper) words(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	return strings.Split(p.method.Wrap(s, w, ""), "\n")
}
