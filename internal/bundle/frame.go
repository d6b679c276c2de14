package bundle

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// FrameOptions say how a problem is drawn.
type FrameOptions struct {
	Color bool
	Width int // columns of the terminal; 0: unknown, then only very long source lines are cut
}

// maxLine is where source lines are cut if nobody knows the terminal's width.
const maxLine = 200

func (o FrameOptions) paint(code, s string) string {
	if !o.Color || s == "" {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// wrap breaks text at the width, what follows indented by two columns.
func (o FrameOptions) wrap(text string, used int) string {
	if o.Width == 0 {
		return strings.ReplaceAll(text, "\n", "\n  ")
	}
	lines := strings.Split(ansi.Wordwrap(strings.Repeat("x", used)+text, max(o.Width-2, 20), ""), "\n")
	return strings.Join(lines, "\n  ")[used:]
}

// Frame is the problem for a terminal: text, place, the line and what is
// underlined in it, notes and hint. It ends without a line break.
func (p Problem) Frame(o FrameOptions) string {
	mark, label := "31", string(p.Severity)+":"
	if p.Severity == SeverityWarning {
		mark = "33"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", o.paint("1;"+mark, label), o.paint("1", o.wrap(p.Text, len(label)+1)))
	b.WriteString(p.Excerpt(o))
	for _, n := range p.Notes {
		fmt.Fprintf(&b, "\n  %s", o.wrap(n, 0))
	}
	if p.Hint != "" {
		fmt.Fprintf(&b, "\n  %s %s", o.paint("32", "hint:"), o.wrap(p.Hint, len("hint: ")))
	}
	return b.String()
}

// Excerpt is the place of a problem and its lines, each after a line break; ""
// if it has no place.
func (p Problem) Excerpt(o FrameOptions) string {
	if p.File == "" {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n  %s", o.paint("36", fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)))
	if p.LineText == "" {
		return b.String()
	}
	mark := "31"
	if p.Severity == SeverityWarning {
		mark = "33"
	}
	digits := len(fmt.Sprint(p.Line))
	room := maxLine
	if o.Width > 0 {
		room = max(o.Width-digits-7, 20)
	}
	head := []rune(p.LineText)
	col := min(max(p.Column-1, 0), len(head))
	end := min(col+max(p.Length, 1), len(head))
	at := ansi.StringWidth(untab(string(head[:col])))
	under := max(ansi.StringWidth(untab(string(head[col:end]))), 1)
	w := windowOf(at, under, ansi.StringWidth(untab(p.LineText)), room)
	if p.Before != "" && p.Line > 1 && w.from == 0 { // else it would begin with …, far from its beginning
		before, _ := w.cut(untab(p.Before))
		fmt.Fprintf(&b, "\n    %s", o.paint("2", fmt.Sprintf("%*d | %s", digits, p.Line-1, before)))
	}
	line, from := w.cut(untab(p.LineText))
	under = max(min(under, from+room-at), 1)
	fmt.Fprintf(&b, "\n  %s %*d %s %s", o.paint(mark, ">"), digits, p.Line, o.paint("2", "|"), line)
	fmt.Fprintf(&b, "\n    %*s %s %s%s", digits, "", o.paint("2", "|"), strings.Repeat(" ", max(at-from, 0)), o.paint(mark, strings.Repeat("^", under)))
	return b.String()
}

// window is the part of a line that is shown, in columns.
type window struct{ from, room int }

// windowOf shows the beginning of a line if what is underlined is in it, else
// what is around that.
func windowOf(at, under, whole, room int) window {
	if whole <= room || at+min(under, room/2) < room-1 {
		return window{0, room}
	}
	return window{min(at-room/3, whole-room+1), room}
}

// cut is a line's part, with … for what is left out; from is the column of the
// line at which the part's first column stands.
func (w window) cut(line string) (part string, from int) {
	var b strings.Builder
	col, width := 0, 0
	if w.from > 0 {
		b.WriteString("…")
		width = 1
	}
	from = w.from
	first := true
	for line != "" {
		g, n := ansi.FirstGraphemeCluster(line, ansi.GraphemeWidth)
		line = line[len(g):]
		if col < w.from+min(w.from, 1) { // the first column is that of …
			col += n
			continue
		}
		if first {
			from, first = col-width, false
		}
		if width+n > w.room || width+n == w.room && line != "" {
			b.WriteString("…")
			break
		}
		b.WriteString(g)
		col, width = col+n, width+n
	}
	return b.String(), from
}

func untab(s string) string { return strings.ReplaceAll(s, "\t", "  ") }
