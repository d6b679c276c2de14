package tui

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// What the interface makes use of, however large the terminal is.
const (
	maxWidth, maxHeight = 240, 60
	twoPanes            = 80
	threePanes          = 140
)

// rect is a part of the screen.
type rect struct{ x, y, w, h int }

func (r rect) has(x, y int) bool { return x >= r.x && x < r.x+r.w && y >= r.y && y < r.y+r.h }

// hit is a part of the screen that can be clicked; do gets the place within it.
type hit struct {
	x, y, w, h int
	do         func(m *model, x, y int, again bool) tea.Cmd
}

// panes are where the panes are; those of no width aren't shown.
type panes struct{ list, detail, side rect }

// size is what is used of the terminal.
func (m *model) size() (w, h int) { return min(m.w, maxWidth), min(m.h, maxHeight) }

func (m *model) narrow() bool { w, _ := m.size(); return w < twoPanes }
func (m *model) wide() bool   { w, _ := m.size(); return w >= threePanes }

func (m *model) panes() panes {
	w, h := m.size()
	y, h := 1, max(h-2, 0)
	all, inset := rect{0, y, w, h}, rect{1, y, w - 1, h}
	switch {
	case m.wide():
		list := min(max(w*27/100, 40), 72)
		side := w * 32 / 100
		return panes{
			list:   rect{0, y, list, h},
			detail: rect{list + 2, y, w - list - side - 4, h},
			side:   rect{w - side, y, side, h},
		}
	case m.focus == onSide:
		return panes{side: inset}
	case m.narrow() && m.focus == onList:
		return panes{list: all}
	case m.narrow():
		return panes{detail: inset}
	}
	list := min(max(w*3/8, 30), 52)
	return panes{list: rect{0, y, list, h}, detail: rect{list + 2, y, w - list - 2, h}}
}

// View draws the screen.
func (m *model) View() tea.View {
	m.hits, m.cursor = m.hits[:0], nil
	lines, cursor := m.frame()
	v := tea.NewView(strings.Join(lines, "\n"))
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.Cursor = cursor
	if m.meta.Project != "" {
		v.WindowTitle = "rivet " + plain(m.meta.Project)
	}
	return v
}

// frame is the screen as lines.
func (m *model) frame() ([]string, *tea.Cursor) {
	w, h := m.size()
	if w < 20 || h < 5 {
		return []string{m.cut("rivet: too small", w)}, nil
	}
	p := m.panes()
	var cols [][]string
	left := 0 // of the last pane
	for _, c := range []struct {
		rect
		draw func(rect) []string
	}{
		{p.list, func(r rect) []string { return m.viewList(r.w, r.h) }},
		{p.detail, func(r rect) []string { return m.viewDetail(r.x, r.y, r.w, r.h) }},
		{p.side, func(r rect) []string { return m.viewSide(r.x, r.y, r.w, r.h) }},
	} {
		if c.w > 0 {
			left = c.x
			cols = append(cols, m.pane(c.draw(c.rect), c.w, c.h))
		}
	}
	lines := make([]string, 0, h)
	lines = append(lines, m.topLine(w))
	sep := m.line.on("│") + " "
	var b strings.Builder
	for i := range h - 2 {
		b.Reset()
		if len(cols) == 1 {
			b.WriteString(spaces(left))
		}
		for j, col := range cols {
			if j > 0 {
				b.WriteString(sep)
			}
			b.WriteString(col[i])
		}
		lines = append(lines, b.String())
	}
	if !m.lost.IsZero() {
		m.dim(lines[1:])
	}
	if m.overlay.on() {
		m.cover(lines, w, h)
	}
	bottom, cursor := m.bottomLine(w)
	if cursor == nil {
		return append(lines, bottom), m.cursor
	}
	cursor.Y = h - 1
	return append(lines, bottom), cursor
}

// pane is lines in exactly w columns and h rows.
func (m *model) pane(lines []string, w, h int) []string {
	out := make([]string, h)
	for i := range out {
		if i < len(lines) {
			out[i] = m.fit(lines[i], w)
		} else {
			out[i] = spaces(w)
		}
	}
	return out
}

// dim takes the colours out of what isn't current.
func (m *model) dim(lines []string) {
	for i, l := range lines {
		lines[i] = m.faint.on(ansi.Strip(l))
	}
}

// topLine says which server this is and how it is.
func (m *model) topLine(w int) string {
	right, look := "… connecting", m.muted
	switch {
	case !m.lost.IsZero():
		look = m.warn
		right = "⚠ no server"
		if m.connected {
			right = "⚠ server gone, data " + age(m.o.Now().Sub(m.lost)) + " old, retrying"
		}
	case m.build.Status == "failed":
		right, look = "✗ build failed", m.bad
	case m.connected:
		right, look = "✓ ready", m.ok
		if m.build.Ms > 0 && w >= twoPanes {
			right = "✓ built in " + strconv.FormatFloat(m.build.Ms, 'f', 0, 64) + " ms"
		}
	}
	conns := strconv.Itoa(m.conns)
	if m.more {
		conns += "+"
	}
	url := m.url
	short := url[strings.Index(url, "://")+1:]
	short = strings.TrimPrefix(short, "//")
	facts := [][]string{
		{m.meta.Project, url, strconv.Itoa(m.awake) + "/" + strconv.Itoa(m.total()) + " awake", conns + " conns", rateText(m.rate.now(m.o.Now())) + " actions/s"},
		{m.meta.Project, short, strconv.Itoa(m.awake) + "/" + strconv.Itoa(m.total()) + " awake", conns + " conns", rateText(m.rate.now(m.o.Now())) + "/s"},
		{m.meta.Project, short, strconv.Itoa(m.awake) + "/" + strconv.Itoa(m.total()), conns + " conn", rateText(m.rate.now(m.o.Now())) + "/s"},
		{m.meta.Project, strconv.Itoa(m.awake) + "/" + strconv.Itoa(m.total()), conns + " conn", rateText(m.rate.now(m.o.Now())) + "/s"},
		{m.meta.Project},
		{},
	}
	room := w - m.width(right) - 3
	for _, f := range facts {
		f = nonEmpty(f)
		left := " " + plain(strings.Join(f, "  "))
		if m.width(left) <= room || len(f) == 0 {
			gap := spaces(w - m.width(left) - m.width(right) - 1)
			if len(f) == 0 {
				return m.bar.on(m.cell(" "+right, w))
			}
			head := plain(f[0])
			rest := strings.TrimPrefix(left, " "+head)
			return m.bar.on(" ") + (m.bar + m.bold).on(head) + m.bar.on(rest+gap) + (m.bar + look).on(right) + m.bar.on(" ")
		}
	}
	return ""
}

func nonEmpty(list []string) []string {
	var out []string
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func rateText(r float64) string {
	if r >= 100 || r == float64(int(r)) {
		return strconv.FormatFloat(r, 'f', 0, 64)
	}
	return strconv.FormatFloat(r, 'f', 1, 64)
}

// age is a time span in one or two units.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + " min"
	}
	return strconv.Itoa(int(d.Hours())) + " h"
}

// bottomLine is the line that is typed, else what there is to say, else the
// keys of what has the focus.
func (m *model) bottomLine(w int) (string, *tea.Cursor) {
	if m.prompt != nil {
		return m.prompt.view(m, w)
	}
	if m.notice.text != "" {
		look, mark := m.ok, " ✓ "
		if m.notice.bad {
			look, mark = m.bad, " ✗ "
		}
		return look.on(m.cell(mark+plain(m.notice.text), w)), nil
	}
	out, at := " ", 1
	for _, c := range m.fitting(m.hints(), w-1) {
		n := m.width(c.key+" "+c.label) + 2
		m.hits = append(m.hits, hit{x: at, y: m.bottomRow(), w: n - 2, h: 1, do: func(m *model, _, _ int, _ bool) tea.Cmd { return c.run(m) }})
		if at > 1 {
			out += "  "
		}
		out += m.bold.on(c.key) + " " + m.muted.on(c.label)
		at += n
	}
	return m.fit(out, w), nil
}

// fitting leaves out hints until the others fit: those of the view from its
// end, since those that are everywhere lead to all others.
func (m *model) fitting(hints []hintOf, w int) []hintOf {
	total := -2
	for _, c := range hints {
		total += m.width(c.key+" "+c.label) + 2
	}
	for i := len(hints) - 1; i >= 0 && total > w; i-- {
		if always := strings.Contains(":?q", hints[i].key); always && i > 2 {
			continue
		}
		total -= m.width(hints[i].key+" "+hints[i].label) + 2
		hints = append(hints[:i:i], hints[i+1:]...)
	}
	return hints
}

func (m *model) bottomRow() int { _, h := m.size(); return h - 1 }

// viewSide draws what is across all actors: logs, events or the schedule.
func (m *model) viewSide(x, y, w, h int) []string {
	labels := []string{"Logs", "Events", "Schedule"}
	keys := []string{"L", "E", "S"}
	head, at := "", 0
	for i := range labels {
		text := keys[i] + " " + labels[i]
		look := m.muted
		if global(i) == m.side {
			look = m.theme.tab
		}
		m.hits = append(m.hits, hit{x: x + at, y: y, w: len(text), h: 1, do: func(m *model, _, _ int, _ bool) tea.Cmd { return m.openSide(global(i)) }})
		head += look.on(text) + "  "
		at += len(text) + 2
	}
	status := ""
	if s := m.sideStream(); s != nil {
		status = s.status()
	}
	if room := w - at; room > 12 && status != "" {
		head += m.muted.on(m.right(status, room))
	}
	out := []string{head, m.line.on(repeat("─", w))}
	focused := m.focus == onSide
	if s := m.sideStream(); s != nil {
		return append(out, m.viewStream(s, w, h-2, false, focused)...)
	}
	return append(out, m.viewAlarms(&m.alarms, w, h-2, false, focused)...)
}

// sideStream is the stream that the third pane shows, nil for the schedule.
func (m *model) sideStream() *stream {
	switch m.side {
	case globalLogs:
		return &m.logs
	case globalEvents:
		return &m.events
	}
	return nil
}

// openSide goes to a view across all actors.
func (m *model) openSide(g global) tea.Cmd {
	m.side, m.focus = g, onSide
	return m.watchSide()
}

// watchSide subscribes to what the third pane shows, if it can be seen.
func (m *model) watchSide() tea.Cmd {
	if !m.wide() && m.focus != onSide {
		return nil
	}
	switch m.side {
	case globalLogs:
		if _, on := m.started[slotLogs]; !on {
			m.watchStream(&m.logs)
		}
	case globalSchedule:
		if _, on := m.started[slotAlarms]; !on {
			m.watchAlarms()
		}
	}
	return nil
}
