package tui

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// window is a range of rows, the end not included.
type window struct{ from, to int }

// actorList is the list of actors: a window of it, asked for as it is scrolled.
type actorList struct {
	rows   actorRows
	all    int // of the last list without a filter
	asked  window
	filter string
	bad    string // why the filter isn't one
	sort   int    // of sorts

	cursor int    // row of all
	top    int    // first row that is shown
	id     string // of the actor under the cursor
	height int    // rows that the last frame had room for

	last map[string]lastAction

	longest int // columns of the longest name that was seen, so that columns stay where they are
}

// lastAction is what an actor did last.
type lastAction struct {
	at   int64
	name string
}

// sorts are the orders that s goes through.
func sorts() []struct{ by, label string } {
	return []struct{ by, label string }{
		{"", "name"}, {"-activeAt", "last active"}, {"status", "status"}, {"-conns", "connections"}, {"-queued", "queue"}, {"-errors", "errors"}, {"-stateBytes", "size"}, {"-createdAt", "newest"},
	}
}

// watchList subscribes to the list as it is filtered and sorted.
func (m *model) watchList() {
	l := &m.list
	m.subscribe(slotActors, spec{
		topic:  inspect.TopicActors,
		query:  inspect.Query{Q: l.filter, Sort: sorts()[l.sort].by},
		window: &inspect.Window{From: l.asked.from, To: l.asked.to},
	})
}

// takeActors takes a window of the list. The cursor stays with its actor, if
// that is still in sight, and its row where it is otherwise.
func (m *model) takeActors(u *update) tea.Cmd {
	l := &m.list
	if u.err != nil {
		l.bad = errs.As(u.err).Msg
		l.rows = actorRows{}
		return nil
	}
	r, ok := u.picture.(actorRows)
	if !ok {
		return nil
	}
	l.bad, l.rows = "", r
	if l.filter == "" {
		l.all = r.Total
	}
	for i := range r.Items {
		m.know(&r.Items[i])
		if n := m.width(plain(name{r.Items[i].Type, r.Items[i].Key}.String())); n > l.longest {
			l.longest = n
		}
		if r.Items[i].ID == l.id && r.From+i != l.cursor {
			l.top += r.From + i - l.cursor
			l.cursor = r.From + i
		}
	}
	l.clamp()
	m.askWindow()
	return m.follow()
}

func (l *actorList) clamp() {
	l.cursor = max(0, min(l.cursor, l.rows.Total-1))
	h := max(l.height, 1)
	l.top = min(l.top, l.cursor, max(0, l.rows.Total-h))
	l.top = max(l.top, l.cursor-h+1, 0)
}

// at is the actor in a row, nil if that row hasn't come yet.
func (l *actorList) at(row int) *inspect.Actor {
	if i := row - l.rows.From; i >= 0 && i < len(l.rows.Items) {
		return &l.rows.Items[i]
	}
	return nil
}

// did notes an action, for the list's last column.
func (l *actorList) did(e *inspect.Entry) {
	if e.Kind != inspect.KindAction && e.Kind != inspect.KindSchedule {
		return
	}
	if l.last == nil || len(l.last) > 50_000 {
		l.last = map[string]lastAction{}
	}
	if e.At >= l.last[e.Actor].at {
		l.last[e.Actor] = lastAction{e.At, e.Name}
	}
}

// go1 moves the cursor.
func (m *model) moveList(to int) tea.Cmd {
	l := &m.list
	l.cursor = to
	l.clamp()
	l.id = ""
	m.askWindow()
	return m.follow()
}

// askWindow asks for the rows around those that are shown, if they aren't here.
func (m *model) askWindow() {
	l := &m.list
	h := max(l.height, 20)
	need := window{l.top, min(l.top+h, max(l.rows.Total, l.top+h))}
	if need.from >= l.asked.from && need.to <= l.asked.to {
		return
	}
	l.asked = window{max(0, l.top-2*h), l.top + 3*h}
	m.feed.move(slotActors, l.asked.from, l.asked.to)
}

// follow shows the actor under the cursor.
func (m *model) follow() tea.Cmd {
	a := m.list.at(m.list.cursor)
	if a == nil || a.ID == m.list.id && m.detail.id == a.ID {
		return nil
	}
	if m.list.id == "" || m.detail.id == "" {
		m.list.id = a.ID
		return m.show(*a)
	}
	return nil
}

// viewList draws the list into w columns and h rows.
func (m *model) viewList(w, h int) []string {
	l := &m.list
	l.height = h - 1
	l.clamp()
	c := columnsFor(w, l.longest)
	out := make([]string, 0, h)
	out = append(out, m.listHead(w, c))
	if l.rows.Total == 0 {
		return append(out, m.noActors(w)...)
	}
	for i := range l.height {
		row := l.top + i
		if row >= l.rows.Total {
			break
		}
		out = append(out, m.listRow(l.at(row), row == l.cursor, w, c))
	}
	return out
}

// columns are the widths of the list's columns, 0 for one there is no room for.
type columns struct{ name, conns, queue, last, action int }

// columnsFor gives room to names first, as long as they are, then to the others.
func columnsFor(w, longest int) columns {
	name := min(max(longest, 14), 40)
	c := columns{conns: 5}
	room := w - 2 - c.conns - name
	if room >= 9 {
		c.last = 9
		room -= 9
	}
	if room >= 5 {
		c.queue = 5
		room -= 5
	}
	if room >= 12 {
		c.action = min(room, 22)
	}
	c.name = w - 2 - c.conns - c.queue - c.last - c.action
	return c
}

func (m *model) listHead(w int, c columns) string {
	l := &m.list
	label := "ACTORS"
	if l.filter != "" {
		label = strconv.Itoa(l.rows.Total) + " FOR " + plain(l.filter)
	}
	if l.sort != 0 {
		label += " by " + sorts()[l.sort].label
	}
	head := "  " + m.cell(label, c.name) + m.right("CONN", c.conns)
	if c.queue > 0 {
		head += m.right("WAIT", c.queue)
	}
	if c.last > 0 {
		head += m.right("LAST", c.last)
	}
	if c.action > 0 {
		head += m.cell(" ACTION", c.action)
	}
	if m.focus == onList {
		return m.title.on(head)
	}
	return m.muted.on(head)
}

// sign is an actor's status as a shape.
func sign(s inspect.Status) string {
	switch s {
	case inspect.Awake:
		return "●"
	case inspect.Starting:
		return "◐"
	case inspect.Failed:
		return "✗"
	}
	return "○"
}

func (m *model) statusStyle(s inspect.Status) style {
	switch s {
	case inspect.Awake:
		return m.ok
	case inspect.Starting:
		return m.warn
	case inspect.Failed:
		return m.bad
	}
	return m.faint
}

func (m *model) listRow(a *inspect.Actor, selected bool, w int, c columns) string {
	if a == nil {
		return m.faint.on(m.cell("  …", w))
	}
	name := m.cell(plain(name{a.Type, a.Key}.String()), c.name)
	rest := m.right(count(a.Conns), c.conns)
	if c.queue > 0 {
		rest += m.right(count(a.Queued), c.queue)
	}
	if c.last > 0 {
		rest += m.right(m.clockTime(a.ActiveAt), c.last)
	}
	if c.action > 0 {
		rest += m.cell(" "+plain(m.list.last[a.ID].name), c.action)
	}
	switch {
	case selected && m.focus == onList:
		return m.sel.on(sign(a.Status) + "›" + name + rest)
	case selected:
		return m.selIdle.on(sign(a.Status) + "›" + name + rest)
	}
	look := style("")
	if a.Status == inspect.Sleeping {
		look = m.muted
	}
	return m.statusStyle(a.Status).on(sign(a.Status)) + " " + look.on(name) + m.muted.on(rest)
}

// count is n, and nothing for none.
func count(n int) string {
	if n == 0 {
		return "·"
	}
	return strconv.Itoa(n)
}

// clockTime is when something was: the time today, else the day.
func (m *model) clockTime(ms int64) string {
	if ms == 0 {
		return "·"
	}
	now := m.o.Now()
	t := time.UnixMilli(ms).In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format(time.TimeOnly)
	}
	return t.Format("02 Jan")
}

// noActors is the list when there is nothing in it.
func (m *model) noActors(w int) []string {
	l := &m.list
	switch {
	case l.bad != "":
		return m.say(w, m.bad, plain(l.bad))
	case l.filter != "":
		return m.say(w, m.muted, "No actor is like that. Esc shows all.")
	case !m.connected:
		return m.say(w, m.muted, "Looking for the server …")
	}
	lines := m.say(w, m.muted, "No actors yet. A first call makes one:")
	for _, t := range m.types {
		if len(t.Actions) > 0 {
			try := "rivet call " + name{t.Type, []string{"my-" + t.Type}}.String() + " " + t.Actions[0].Name
			return append(lines, m.say(w, m.accent, plain(try))...)
		}
	}
	return lines
}

// say is a text in some lines, with a blank one before it.
func (m *model) say(w int, s style, text string) []string {
	out := []string{""}
	for _, l := range m.paper.words(text, w-2) {
		out = append(out, "  "+s.on(l))
	}
	return out
}
