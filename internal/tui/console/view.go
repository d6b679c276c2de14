package console

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Look is how an Editor is drawn; functions that are nil leave text as it is.
type Look struct {
	Prompt, Muted, Chosen func(string) string
	// Safe takes out of text what a terminal would obey; it must not change
	// newlines. nil: as it is.
	Safe func(string) string
}

func (l *Look) fill() {
	same := func(s string) string { return s }
	for _, f := range []*func(string) string{&l.Prompt, &l.Muted, &l.Chosen, &l.Safe} {
		if *f == nil {
			*f = same
		}
	}
}

const (
	goesOn   = "... " // in front of further lines of an input
	menuRows = 8
)

// View draws the input behind a prompt, at most height rows of width columns,
// and where the cursor is.
func (e *Editor) View(prompt string, width, height int, look Look) (rows []string, x, y int) {
	look.fill()
	width, height = max(width, 4), max(height, 1)
	if s := e.search; s != nil {
		state := "search"
		if s.word != "" && s.found < 0 {
			state = "nothing found"
		}
		prompt = "(" + state + ") " + s.word + ": "
	}
	p := pen{width: width, look: &look}
	p.write(prompt, look.Prompt)
	indent := ansi.StringWidth(goesOn)
	for i, line := range strings.SplitAfter(e.text, "\n") {
		if i > 0 {
			p.row()
			p.write(goesOn, look.Muted)
		}
		start := len(strings.Join(strings.SplitAfter(e.text, "\n")[:i], ""))
		p.line(strings.TrimSuffix(line, "\n"), e.at-start, indent)
	}
	rows, x, y = p.rows(), p.x, p.y
	below := e.menuView(width, &look)
	if room := height - len(below); len(rows) > room { // around the cursor
		room = max(room, 1)
		from := min(max(y-room/2, 0), len(rows)-room)
		rows, y = rows[from:from+room], y-from
	}
	return append(rows, below[:min(len(below), max(height-len(rows), 0))]...), x, y
}

// pen lays text out in rows.
type pen struct {
	width int
	look  *Look
	done  []string
	cur   strings.Builder
	col   int
	x, y  int // of the cursor
}

func (p *pen) row() {
	p.done = append(p.done, p.cur.String())
	p.cur.Reset()
	p.col = 0
}

func (p *pen) rows() []string { return append(p.done, p.cur.String()) }

// write puts a text that belongs together; it is cut if it is too long for a row.
func (p *pen) write(text string, style func(string) string) {
	text = p.look.Safe(text)
	if ansi.StringWidth(text) > p.width-2 {
		text = ansi.Truncate(text, p.width-2, "…")
	}
	p.cur.WriteString(style(text))
	p.col += ansi.StringWidth(text)
}

// line puts a line of the input; at is the cursor's byte in it, if it is there.
func (p *pen) line(text string, at, _ int) {
	for i := 0; ; {
		if i == at {
			p.x, p.y = p.col, len(p.done)
			if p.col >= p.width {
				p.x, p.y = 0, len(p.done)+1
			}
		}
		if i >= len(text) {
			break
		}
		cluster, w := ansi.FirstGraphemeCluster(text[i:], ansi.GraphemeWidth)
		n := max(len(cluster), 1)
		shown := p.look.Safe(text[i : i+n])
		if shown != text[i:i+n] {
			w = ansi.StringWidth(shown)
		}
		if p.col+w > p.width {
			p.row()
			if i == at {
				p.x, p.y = 0, len(p.done)
			}
		}
		p.cur.WriteString(shown)
		p.col += w
		i += n
	}
	if at == len(text) && p.col >= p.width { // the cursor needs a place of its own
		p.row()
	}
}

// menuView draws the words to choose from, with what is known of them.
func (e *Editor) menuView(width int, look *Look) (rows []string) {
	m := e.menu
	if m == nil {
		return nil
	}
	from := 0
	if m.chosen >= menuRows {
		from = m.chosen - menuRows + 1
	}
	shown := m.options[from:min(from+menuRows, len(m.options))]
	wide := 0
	for _, o := range shown {
		wide = max(wide, ansi.StringWidth(look.Safe(o.Text)))
	}
	wide = min(wide, width-4)
	for i, o := range shown {
		word := ansi.Truncate(look.Safe(o.Text), wide, "…")
		word += strings.Repeat(" ", wide-ansi.StringWidth(word))
		detail := o.Detail
		if detail == "" {
			detail = o.Kind
		}
		detail = ansi.Truncate(strings.ReplaceAll(look.Safe(detail), "\n", " "), max(width-wide-6, 0), "…")
		if from+i == m.chosen {
			rows = append(rows, look.Chosen("> "+word)+"  "+look.Muted(detail))
		} else {
			rows = append(rows, "  "+word+"  "+look.Muted(detail))
		}
	}
	if left := len(m.options) - from - len(shown); left > 0 {
		rows = append(rows, look.Muted("  … "+plural(left, "more")))
	}
	return rows
}
