package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// where says in which view a command's keys work.
type where uint16

const (
	inList where = 1 << iota
	inState
	inEvents // of one actor or of all
	inLogs
	inConns
	inSchedule
	inAbout
	inRepl
	inBuild // a failed build covers the detail pane

	inStreams  = inEvents | inLogs
	inDetail   = inState | inEvents | inLogs | inConns | inSchedule | inAbout
	everywhere = inList | inDetail | inBuild
)

// command is one thing that can be done. Keys, the bottom line, the palette and
// the help are made of the same list.
type command struct {
	keys  []string // as bubbletea names them; the first is shown
	label string   // on the bottom line; "": it isn't there
	help  string
	where where
	when  func(*model) bool // nil: always
	run   func(*model) tea.Cmd
}

// shown is the key as it is shown.
func (c *command) shown() string {
	if len(c.keys) == 0 {
		return ""
	}
	switch k := c.keys[0]; k {
	case "enter":
		return "⏎"
	case "up":
		return "↑"
	case "down":
		return "↓"
	case "left":
		return "←"
	case "right":
		return "→"
	case "pgup":
		return "PgUp"
	case "pgdown":
		return "PgDn"
	case "home", "end", "esc", "tab":
		return strings.ToUpper(k[:1]) + k[1:]
	default:
		if rest, ok := strings.CutPrefix(k, "shift+"); ok {
			return "⇧" + (&command{keys: []string{rest}}).shown()
		}
		if rest, ok := strings.CutPrefix(k, "ctrl+"); ok {
			return "^" + strings.ToUpper(rest)
		}
		return k
	}
}

// here is the view that has the focus.
func (m *model) here() where {
	switch m.focus {
	case onList:
		return inList
	case onSide:
		return []where{inLogs, inEvents, inSchedule}[m.side]
	}
	if m.broken() != nil {
		return inBuild
	}
	return []where{inState, inEvents, inConns, inLogs, inSchedule, inRepl, inAbout}[m.tab]
}

// possible reports whether a command can be done now.
func (m *model) possible(c *command) bool { return c.when == nil || c.when(m) }

// press takes a key.
func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	m.notice = notice{}
	if m.here() == inRepl && m.prompt == nil && !m.overlay.on() {
		return m.pressRepl(k)
	}
	if k.String() == "ctrl+c" {
		m.exit = Stopped
		return tea.Quit
	}
	if k.String() == "ctrl+z" {
		return tea.Suspend
	}
	if m.prompt != nil {
		return m.prompt.press(m, k)
	}
	if m.overlay.on() {
		return m.overlay.press(m, k)
	}
	here := m.here()
	for i := range m.keys {
		c := &m.keys[i]
		if c.where&here != 0 && slices.Contains(c.keys, k.String()) && m.possible(c) {
			return c.run(m)
		}
	}
	return nil
}

// hintOf is one key on the bottom line.
type hintOf struct {
	key, label string
	run        func(*model) tea.Cmd
}

// hints are the keys of what has the focus.
func (m *model) hints() []hintOf {
	if m.overlay.on() {
		return m.overlay.hints()
	}
	if m.here() == inRepl {
		key := func(k tea.KeyPressMsg) func(*model) tea.Cmd { return func(m *model) tea.Cmd { return m.press(k) } }
		return []hintOf{
			{"⏎", "run", key(tea.KeyPressMsg{Code: tea.KeyEnter})}, {"Tab", "complete", key(tea.KeyPressMsg{Code: tea.KeyTab})},
			{"↑", "recall", key(tea.KeyPressMsg{Code: tea.KeyUp})}, {"^R", "search", key(tea.KeyPressMsg{Code: 'r', Mod: tea.ModCtrl})},
			{"^C", "stop", key(tea.KeyPressMsg{Code: 'c', Mod: tea.ModCtrl})}, {"PgUp", "scroll", key(tea.KeyPressMsg{Code: tea.KeyPgUp})},
			{"Esc", "back", key(tea.KeyPressMsg{Code: tea.KeyEscape})},
		}
	}
	var out []hintOf
	here := m.here()
	for i := range m.keys {
		c := &m.keys[i]
		if c.label != "" && c.where&here != 0 && m.possible(c) {
			out = append(out, hintOf{c.shown(), c.label, c.run})
		}
	}
	return out
}

// commands is the registry.
func (m *model) commands() []command {
	readWrite := func(m *model) bool { return !m.meta.ReadOnly && m.lost.IsZero() }
	actor := func(m *model) bool { return m.detail.id != "" && m.detail.gone == "" }
	change := func(m *model) bool { return readWrite(m) && actor(m) }
	list := []command{
		{[]string{"/"}, "filter", "filter, such as status:awake conns:>0, kind:action took:>50ms", inList | inStreams, nil, (*model).startFilter},
		{[]string{"s"}, "sort", "sort the actors by the next column", inList, nil, (*model).nextSort},
		{[]string{"enter", "right", "l"}, "open", "open what is under the cursor", inList, nil, func(m *model) tea.Cmd { m.focus = onDetail; return nil }},
		{[]string{"enter", "space", "right", "l"}, "fold", "open or close the row, or fetch what was left out", inState, nil, (*model).toggleNode},
		{[]string{"left", "h"}, "", "close the row, or go to the one it is in", inState, nil, func(m *model) tea.Cmd { m.detail.tree.fold(); return nil }},
		{[]string{"enter"}, "details", "show all of the line", inStreams | inConns | inSchedule, nil, (*model).openRow},
		{[]string{"e"}, "edit", "edit the value: a short one here, others in your editor", inState, change, (*model).editValue},
		{[]string{"u"}, "undo", "undo the last edit of this actor's state", inState, func(m *model) bool { return change(m) && len(m.undo[m.detail.id]) > 0 }, (*model).undoEdit},
		{[]string{"p"}, "pause", "hold back what comes, or let it in", inStreams, nil, (*model).pauseStream},
		{[]string{"x"}, "disconnect", "close the connection under the cursor", inConns, change, (*model).closeConn},
		{[]string{"r"}, "run now", "run the scheduled action now", inSchedule, readWrite, (*model).runAlarm},
		{[]string{"R"}, "retry", "schedule a failed action anew", inSchedule, readWrite, (*model).retryAlarm},
		{[]string{"x"}, "cancel", "take the action off the schedule", inSchedule, readWrite, (*model).cancelAlarm},
		{[]string{"o"}, "editor", "open the place of the error in your editor", inBuild, nil, (*model).openProblem},
		{[]string{"o"}, "source", "open the source of it in your editor", inDetail &^ inBuild, nil, (*model).openSource},
		{[]string{"esc"}, "put aside", "put the failed build aside until the next one", inBuild, nil, func(m *model) tea.Cmd { m.hidden = m.build.At; return nil }},
		{[]string{"esc", "backspace"}, "back", "go back one level", inDetail, nil, (*model).back},
		{[]string{"esc"}, "", "show all actors", inList, func(m *model) bool { return m.list.filter != "" || m.list.bad != "" }, (*model).clearFilter},
		{[]string{"y"}, "copy", "copy as a rivet call", everywhere &^ inBuild, actor, (*model).copyCall},
		{[]string{"Y"}, "", "copy the value or the line as JSON", inState | inStreams | inConns | inSchedule, nil, (*model).copyValue},
		{[]string{"tab"}, "", "go to the next pane", everywhere, nil, (*model).nextPane},
		{[]string{"shift+tab"}, "", "go to the pane before", everywhere, nil, (*model).lastPane},
	}
	for i, t := range tabs() {
		list = append(list, command{[]string{t.key}, "", map[bool]string{true: "about the actor", false: strings.ToLower(t.label) + " of the actor"}[tab(i) == tabAbout], everywhere, nil, func(m *model) tea.Cmd {
			m.focus = onDetail
			return m.open(tab(i))
		}})
	}
	list = append(list,
		command{[]string{"E"}, "", "events of all actors", everywhere, nil, func(m *model) tea.Cmd { return m.openSide(globalEvents) }},
		command{[]string{"L"}, "", "logs of all actors", everywhere, nil, func(m *model) tea.Cmd { return m.openSide(globalLogs) }},
		command{[]string{"S"}, "", "schedule of all actors", everywhere, nil, func(m *model) tea.Cmd { return m.openSide(globalSchedule) }},
		command{nil, "", "call an action of the actor", everywhere, change, (*model).startCall},
		command{nil, "", "wake the actor", everywhere, change, (*model).wake},
		command{nil, "", "put the actor to sleep", everywhere, change, (*model).sleep},
		command{nil, "", "restart the actor from its durable state", everywhere, change, (*model).restart},
		command{nil, "", "destroy the actor and all that is stored of it", everywhere, change, (*model).destroy},
		command{[]string{":", "ctrl+k"}, "commands", "all commands", everywhere, nil, (*model).openPalette},
		command{[]string{"?"}, "help", "this help", everywhere, nil, (*model).openHelp},
		command{[]string{"q"}, m.quitLabel(), "leave", everywhere, nil, func(*model) tea.Cmd { return tea.Quit }},
	)
	if m.o.OpenURL != nil {
		list = append(list, command{[]string{"O"}, "", "open the Studio at this place", everywhere, nil, (*model).openStudio})
	}
	for _, v := range []struct {
		keys []string
		help string
		do   func(at, last, page int) int
	}{
		{[]string{"j", "down"}, "down", func(at, _, _ int) int { return at + 1 }},
		{[]string{"k", "up"}, "up", func(at, _, _ int) int { return at - 1 }},
		{[]string{"pgdown", "ctrl+f", "ctrl+d"}, "a page down", func(at, _, page int) int { return at + page }},
		{[]string{"pgup", "ctrl+b", "ctrl+u"}, "a page up", func(at, _, page int) int { return at - page }},
		{[]string{"home", "g"}, "to the first row", func(int, int, int) int { return 0 }},
		{[]string{"end", "G"}, "to the last row, and follow it", func(_, last, _ int) int { return last }},
	} {
		list = append(list, command{v.keys, "", v.help, everywhere, nil, func(m *model) tea.Cmd { return m.moveBy(m.focus, v.do) }})
	}
	return list
}

func (m *model) quitLabel() string {
	if m.o.InDev {
		return "plain output"
	}
	return "quit"
}

// moveBy moves the cursor of a pane.
func (m *model) moveBy(f focus, to func(at, last, page int) int) tea.Cmd {
	d := &m.detail
	switch {
	case f == onList:
		return m.moveList(to(m.list.cursor, m.list.rows.Total-1, m.list.height-1))
	case f == onSide && m.side == globalSchedule:
		m.alarms.move(to(m.alarms.cursor, len(m.alarms.rows)-1, m.alarms.height-1))
	case f == onSide:
		s := m.sideStream()
		s.move(to(s.cursor, len(s.lines)-1, s.height-1))
	case m.tab == tabState:
		d.tree.cursor = to(d.tree.cursor, len(d.tree.rows)-1, d.tree.height-1)
		d.tree.clamp()
	case m.tab == tabEvents:
		d.events.move(to(d.events.cursor, len(d.events.lines)-1, d.events.height-1))
	case m.tab == tabLogs:
		d.logs.move(to(d.logs.cursor, len(d.logs.lines)-1, d.logs.height-1))
	case m.tab == tabConns:
		d.conns.move(to(d.conns.cursor, len(d.conns.rows)-1, d.conns.height-1))
	case m.tab == tabSchedule:
		d.alarms.move(to(d.alarms.cursor, len(d.alarms.rows)-1, d.alarms.height-1))
	case m.tab == tabRepl:
		d := to(1<<20, 1<<21, 10) - 1<<20
		m.repl.up = max(0, m.repl.up-max(min(d, 100), -100))
	case m.tab == tabAbout:
		d.scroll = to(d.scroll, 1<<20, 10)
	}
	return nil
}

// back goes back one level.
func (m *model) back() tea.Cmd {
	if s := m.stream(); s != nil && (s.filter != "" || s.bad != "") {
		return m.clearFilter()
	}
	m.focus = onList
	return nil
}

func (m *model) nextPane() tea.Cmd { return m.turn(1) }
func (m *model) lastPane() tea.Cmd { return m.turn(-1) }

func (m *model) turn(by int) tea.Cmd {
	n := 2
	if m.wide() || m.focus == onSide {
		n = 3
	}
	m.focus = focus((int(m.focus) + by + n) % n)
	return m.watchSide()
}

// stream is the stream that has the focus, nil if none has.
func (m *model) stream() *stream {
	switch m.here() {
	case inEvents:
		if m.focus == onSide {
			return &m.events
		}
		return &m.detail.events
	case inLogs:
		if m.focus == onSide {
			return &m.logs
		}
		return &m.detail.logs
	}
	return nil
}

func (m *model) pauseStream() tea.Cmd {
	if s := m.stream(); s != nil {
		s.pause()
	}
	return nil
}

func (m *model) nextSort() tea.Cmd {
	m.list.sort = (m.list.sort + 1) % len(sorts())
	m.watchList()
	return nil
}
