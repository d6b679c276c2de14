package tui

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// tab is a view of one actor; its number is its key.
type tab uint8

const (
	tabState tab = iota
	tabEvents
	tabConns
	tabLogs
	tabSchedule
	tabRepl
	tabAbout
)

// tabs are in the order of their keys.
func tabs() []struct {
	key, label, short string
} {
	return []struct{ key, label, short string }{
		{"1", "State", "State"}, {"2", "Events", "Evts"}, {"3", "Connections", "Conn"}, {"4", "Logs", "Logs"}, {"5", "Schedule", "Sch"}, {"6", "REPL", "REPL"}, {"7", "About", "Info"},
	}
}

// settleAfter is how long the cursor rests on an actor before the server is
// asked for it, so that a held key doesn't ask for hundreds.
const settleAfter = 50 * time.Millisecond

// detail is one actor, as it is shown.
type detail struct {
	id    string // "": none
	actor inspect.Actor
	gone  string // why it can't be shown any more

	tree   tree
	conns  table[inspect.Conn]
	events stream
	logs   stream
	alarms table[inspect.Alarm]
	scroll int // of about
}

func newDetail() detail {
	return detail{events: newStream(false), logs: newStream(true)}
}

// settled says that the cursor has rested on an actor.
type settled struct{ id string }

// show shows an actor; what it holds is asked for when the cursor rests.
func (m *model) show(a inspect.Actor) tea.Cmd {
	if m.detail.id == a.ID {
		return nil
	}
	m.detail = newDetail()
	m.detail.id, m.detail.actor = a.ID, a
	m.know(&a)
	for _, s := range []slot{slotActor, slotState, slotActorConns, slotActorEvents, slotActorLogs, slotActorAlarms} {
		m.unsubscribe(s)
	}
	return tea.Tick(settleAfter, func(time.Time) tea.Msg { return settled{a.ID} })
}

func (m *model) settle(s settled) tea.Cmd {
	if s.id == m.detail.id {
		m.subscribe(slotActor, spec{topic: inspect.TopicActor, query: inspect.Query{Actor: s.id}})
		return m.watchTab()
	}
	return nil
}

// open opens a tab.
func (m *model) open(t tab) tea.Cmd {
	m.tab = t
	if _, on := m.started[slotActor]; on { // else it is watched when the cursor rests
		return m.watchTab()
	}
	return nil
}

// watchTab subscribes to what the open tab shows, once an actor.
func (m *model) watchTab() tea.Cmd {
	q := inspect.Query{Actor: m.detail.id}
	var s slot
	var topic string
	switch m.tab {
	case tabState:
		s, topic = slotState, inspect.TopicState
	case tabEvents:
		s, topic = slotActorEvents, inspect.TopicHistory
		q.Last, q.Filter = 500, m.detail.events.filter
	case tabConns:
		s, topic = slotActorConns, inspect.TopicConnections
	case tabLogs:
		s, topic = slotActorLogs, inspect.TopicLogs
		q.Last, q.Filter = 500, m.detail.logs.filter
	case tabSchedule:
		s, topic = slotActorAlarms, inspect.TopicSchedule
	case tabRepl:
		return m.watchRepl()
	default:
		return nil
	}
	if _, on := m.started[s]; !on {
		m.subscribe(s, spec{topic: topic, query: q})
	}
	return nil
}

func (m *model) takeDetail(s slot, u *update) {
	d := &m.detail
	if u.err != nil && s != slotActorEvents && s != slotActorLogs {
		d.gone = errs.As(u.err).Msg
		return
	}
	switch s {
	case slotActor:
		if a, ok := u.picture.(inspect.Actor); ok {
			d.actor = a
		}
	case slotState:
		if st, ok := u.picture.(stateData); ok {
			d.tree.set(st, u.fresh, u.changed, m.o.Now())
		}
	case slotActorConns:
		if l, ok := u.picture.([]inspect.Conn); ok {
			d.conns.set(l, func(c inspect.Conn) string { return c.ID })
		}
	case slotActorEvents:
		d.events.take(u)
	case slotActorLogs:
		d.logs.take(u)
	case slotActorAlarms:
		if l, ok := u.picture.([]inspect.Alarm); ok {
			d.alarms.set(l, func(a inspect.Alarm) string { return a.ID })
		}
	}
}

// viewDetail draws the actor into w columns and h rows; x and y are where.
func (m *model) viewDetail(x, y, w, h int) []string {
	d := &m.detail
	if p := m.broken(); p != nil {
		return m.viewBuild(w, h)
	}
	if d.id == "" {
		return m.say(w, m.muted, "Nothing to show yet.")
	}
	out := []string{m.detailHead(w), m.tabLine(x, y+1, w), m.line.on(repeat("─", w))}
	if d.gone != "" {
		return append(append(out, m.say(w, m.warn, plain(d.gone))...), m.say(w, m.muted, "What was known of it is not shown any more.")...)
	}
	h -= len(out)
	switch m.tab {
	case tabState:
		out = append(out, m.viewTree(w, h)...)
	case tabEvents:
		out = append(out, m.viewStream(&d.events, w, h, true, m.focus == onDetail)...)
	case tabConns:
		out = append(out, m.viewConns(w, h)...)
	case tabLogs:
		out = append(out, m.viewStream(&d.logs, w, h, true, m.focus == onDetail)...)
	case tabSchedule:
		out = append(out, m.viewAlarms(&d.alarms, w, h, true, m.focus == onDetail)...)
	case tabRepl:
		out = append(out, m.viewRepl(x, y+len(out), w, h)...)
	case tabAbout:
		out = append(out, m.viewAbout(w, h)...)
	}
	return out
}

// detailHead names the actor and says how it is.
func (m *model) detailHead(w int) string {
	a := &m.detail.actor
	status := sign(a.Status) + " " + string(a.Status)
	facts := ""
	if a.Errors > 0 {
		facts += plural(a.Errors, "error") + "  "
	}
	facts += plural(a.Conns, "conn") + "  " + size(a.StateBytes) + "  "
	room := w - m.width(status) - 2
	if m.width(facts) > room-16 {
		facts = ""
	}
	title := m.cell(plain(name{a.Type, a.Key}.String()), max(room-m.width(facts), 0))
	look := m.title
	if m.focus == onDetail {
		look = m.title + m.accent
	}
	return look.on(title) + "  " + m.muted.on(facts) + m.statusStyle(a.Status).on(status)
}

// tabLine names the tabs and their keys; each can be clicked.
func (m *model) tabLine(x, y, w int) string {
	gap := 2
	label := func(i int) string { return tabs()[i].key + " " + tabs()[i].label }
	if m.tabsWidth(label, gap) > w {
		gap = 1
		label = func(i int) string { return tabs()[i].key + " " + tabs()[i].short }
	}
	out, at := "", 0
	for i := range tabs() {
		text := label(i)
		n := m.width(text)
		if at+n > w {
			break
		}
		look := m.muted
		if tab(i) == m.tab {
			look = m.theme.tab
		}
		m.hits = append(m.hits, hit{x: x + at, y: y, w: n, h: 1, do: func(m *model, _, _ int, _ bool) tea.Cmd {
			m.focus = onDetail
			return m.open(tab(i))
		}})
		if i > 0 {
			out += spaces(gap)
		}
		out += look.on(text)
		at += n + gap
	}
	return m.fit(out, w)
}

func (m *model) tabsWidth(label func(int) string, gap int) int {
	n := -gap
	for i := range tabs() {
		n += m.width(label(i)) + gap
	}
	return n
}

// plural is n of something.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// size is a number of bytes for a person.
func size(n int64) string {
	switch {
	case n < 1<<10:
		return strconv.FormatInt(n, 10) + " B"
	case n < 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<10), 'f', 1, 64) + " KiB"
	}
	return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MiB"
}
