package cli

import (
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/internal/tui/safe"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// piece is a part of a line, in a colour.
type piece struct {
	text  string
	paint func(painter, string) string // nil: as it is
}

// fitPieces joins pieces to a text of at most width columns.
func fitPieces(p painter, width int, pieces []piece) string {
	var b strings.Builder
	total := 0
	for i := range pieces {
		pieces[i].text = safe.Text(oneLine.Replace(pieces[i].text))
		total += ansi.StringWidth(pieces[i].text)
	}
	left := max(width, 0)
	if total > width {
		left = max(width-1, 0)
	}
	for _, x := range pieces {
		text := ansi.Truncate(x.text, left, "")
		left -= ansi.StringWidth(text)
		if x.paint != nil {
			text = x.paint(p, text)
		}
		b.WriteString(text)
	}
	if total > width {
		b.WriteString("…")
	}
	return b.String()
}

// padTo is text of exactly width columns.
func padTo(text string, width int) string {
	text = ansi.Truncate(safe.Text(oneLine.Replace(text)), width, "…")
	return text + strings.Repeat(" ", width-ansi.StringWidth(text))
}

// clock is a time of day, for a line of a stream.
func (a *App) clock(ms int64) string {
	layout := "15:04:05.000"
	if a.width() < 80 {
		layout = time.TimeOnly
	}
	return time.UnixMilli(ms).In(a.now().Location()).Format(layout)
}

// names gives the column of actors its width, which only grows.
type names struct{ width int }

func (n *names) fit(a *App, list []string) {
	most := max(12, min(a.width()/4, 40))
	for _, s := range list {
		n.width = min(most, max(n.width, ansi.StringWidth(safe.Text(oneLine.Replace(s)))))
	}
}

// briefly is a tagged value as JSON, on one line.
func briefly(tree value.Value) string {
	text, err := value.AppendJSON(nil, tree)
	if err != nil {
		return "?"
	}
	return string(text)
}

// argsText is a tagged array as the arguments of a call.
func argsText(t *inspect.Tagged) string {
	if t == nil {
		return ""
	}
	list, ok := t.Tree.(*value.Array)
	if !ok {
		return briefly(t.Tree)
	}
	parts := make([]string, len(list.Items))
	for i, v := range list.Items {
		parts[i] = briefly(v)
	}
	return strings.Join(parts, ", ")
}
