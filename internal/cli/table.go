package cli

import (
	"bufio"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/rivetdev/rivet/internal/tui/safe"
)

// table is rows for a reader or a program. On a terminal its columns are aligned
// and fitted to the width; in a pipe a row is a line of cells between tabs, all
// of them, with no head, so that `cut -f` and `awk` read it.
type table struct {
	cols []column
	rows [][]cell
}

// column says how a column yields where the terminal is too narrow.
type column struct {
	head  string
	right bool // numbers
	least int  // it may be cut down to this width; 0: never
	drop  int  // it may be left out, the highest first; 0: never
}

// cell is one value: text for a reader, plain for a program.
type cell struct {
	text, plain string
	paint       func(painter, string) string // nil: as it is
}

// word is a cell that reads the same for both.
func word(s string) cell { return cell{text: s, plain: s} }

// number is a cell with a number; zero is dim, since most are.
func number[N int | int64 | uint64](n N) cell {
	c := word(strconv.FormatInt(int64(n), 10))
	if n == 0 {
		c.paint = painter.dim
	}
	return c
}

// painted is c in a colour.
func (c cell) painted(f func(painter, string) string) cell {
	c.paint = f
	return c
}

func (t *table) add(cells ...cell) { t.rows = append(t.rows, cells) }

// printTable prints t; without rows it prints nothing.
func (a *App) printTable(t *table) error {
	w := bufio.NewWriter(a.Out)
	if a.OutTTY {
		a.drawTable(w, t)
	} else {
		for _, row := range t.rows {
			for i, c := range row {
				if i > 0 {
					w.WriteByte('\t')
				}
				w.WriteString(oneLine.Replace(c.plain))
			}
			w.WriteByte('\n')
		}
	}
	return w.Flush() // bufio keeps the first error
}

// oneLine writes what would end a cell or a row as escapes.
var oneLine = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`)

func (a *App) drawTable(w *bufio.Writer, t *table) {
	if len(t.rows) == 0 {
		return
	}
	texts := make([][]string, 0, len(t.rows)+1)
	head := make([]string, len(t.cols))
	for i, c := range t.cols {
		head[i] = c.head
	}
	texts = append(texts, head)
	for _, row := range t.rows {
		line := make([]string, len(row))
		for i, c := range row {
			line[i] = safe.Text(oneLine.Replace(c.text))
		}
		texts = append(texts, line)
	}
	widths := t.fit(texts, a.width())
	p := painter(a.colorOut())
	for n, line := range texts {
		var b strings.Builder
		for i, text := range line {
			if widths[i] < 0 {
				continue
			}
			text = ansi.Truncate(text, widths[i], "…")
			pad := strings.Repeat(" ", max(0, widths[i]-ansi.StringWidth(text)))
			if n == 0 {
				text = p.dim(text)
			} else if paint := t.rows[n-1][i].paint; paint != nil {
				text = paint(p, text)
			}
			if t.cols[i].right {
				text = pad + text
			} else {
				text += pad
			}
			if b.Len() > 0 {
				b.WriteString("  ")
			}
			b.WriteString(text)
		}
		w.WriteString(strings.TrimRight(b.String(), " "))
		w.WriteByte('\n')
	}
}

// width is that of the terminal.
func (a *App) width() int {
	if a.Width <= 0 {
		return 80
	}
	return a.Width
}

// fit gives each column its width, -1 for one that is left out. First columns
// are cut, then left out.
func (t *table) fit(texts [][]string, width int) []int {
	widths := make([]int, len(t.cols))
	for _, line := range texts {
		for i, text := range line {
			widths[i] = max(widths[i], ansi.StringWidth(text))
		}
	}
	for t.sum(widths, true) > width {
		last := -1
		for i, c := range t.cols {
			if widths[i] >= 0 && c.drop > 0 && (last < 0 || c.drop > t.cols[last].drop) {
				last = i
			}
		}
		if last < 0 {
			break
		}
		widths[last] = -1
	}
	for excess := t.sum(widths, false) - width; excess > 0; excess-- {
		widest := -1
		for i, c := range t.cols {
			if c.least > 0 && widths[i] > c.least && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	return widths
}

// sum is the width of a line; cut: with columns as narrow as they go.
func (t *table) sum(widths []int, cut bool) int {
	n := -2
	for i, w := range widths {
		if w < 0 {
			continue
		}
		if c := t.cols[i]; cut && c.least > 0 {
			w = min(w, c.least)
		}
		n += w + 2
	}
	return n
}

// now is the time that relative times count from.
func (a *App) now() time.Time {
	if a.Now != nil {
		return a.Now()
	}
	return time.Now()
}

// when is a time in milliseconds since 1970: relative for a reader, RFC 3339 in
// UTC for a program.
func (a *App) when(ms int64) cell {
	if ms == 0 {
		return cell{text: "-", paint: painter.dim}
	}
	return cell{text: relative(time.UnixMilli(ms).Sub(a.now())), plain: stamp(ms)}
}

// stamp is a time in milliseconds since 1970 in RFC 3339.
func stamp(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// relative is a distance from now: "5m ago", "in 2h".
func relative(d time.Duration) string {
	size := d.Abs()
	var s string
	switch {
	case size < time.Second:
		return "now"
	case size < time.Minute:
		s = strconv.Itoa(int(size/time.Second)) + "s"
	case size < time.Hour:
		s = strconv.Itoa(int(size/time.Minute)) + "m"
	case size < 24*time.Hour:
		s = strconv.Itoa(int(size/time.Hour)) + "h"
	default:
		s = strconv.Itoa(int(size/(24*time.Hour))) + "d"
	}
	if d > 0 {
		return "in " + s
	}
	return s + " ago"
}

// size is a number of bytes: with a unit for a reader, bare for a program.
func size(n int64) cell {
	c := cell{text: sizeText(n), plain: strconv.FormatInt(n, 10)}
	if n == 0 {
		c.paint = painter.dim
	}
	return c
}

func sizeText(n int64) string {
	f := float64(n)
	for _, unit := range []string{"B", "KiB", "MiB", "GiB"} {
		if f < 1000 || unit == "GiB" {
			if unit == "B" || f >= 100 {
				return strconv.FormatFloat(f, 'f', 0, 64) + " " + unit
			}
			return strconv.FormatFloat(f, 'f', 1, 64) + " " + unit
		}
		f /= 1024
	}
	return ""
}

// tookText is a duration in microseconds for a reader.
func tookText(us int64) string {
	switch f := float64(us); {
	case us < 1000:
		return strconv.FormatInt(us, 10) + " µs"
	case us < 100_000:
		return strconv.FormatFloat(f/1e3, 'f', 1, 64) + " ms"
	case us < 1_000_000:
		return strconv.FormatFloat(f/1e3, 'f', 0, 64) + " ms"
	default:
		return strconv.FormatFloat(f/1e6, 'f', 1, 64) + " s"
	}
}
