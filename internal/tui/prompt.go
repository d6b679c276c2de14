package tui

import (
	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/textinput"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// prompt is a line that is being typed at the bottom of the screen.
type prompt struct {
	label  string
	hint   string // after the line, while there is room
	bad    string // what is wrong with the line
	input  textinput.Model
	change func(m *model, text string) tea.Cmd // after each key; nil: nothing
	enter  func(m *model, text string) tea.Cmd // the prompt is closed before; it may open another
	escape func(m *model) tea.Cmd              // nil: nothing
}

// ask1 opens a prompt with a text in it.
func (m *model) openPrompt(p prompt, text string) tea.Cmd {
	p.input = textinput.New()
	p.input.Prompt = ""
	p.input.SetVirtualCursor(false)
	p.input.SetValue(text)
	p.input.CursorEnd()
	m.prompt = &p
	return p.input.Focus()
}

func (p *prompt) press(m *model, k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		m.prompt = nil
		if p.escape != nil {
			return p.escape(m)
		}
		return nil
	case "enter":
		m.prompt = nil
		return p.enter(m, p.input.Value())
	}
	return p.update(m, k)
}

func (p *prompt) paste(m *model, msg tea.PasteMsg) tea.Cmd { return p.update(m, msg) }

func (p *prompt) update(m *model, msg tea.Msg) tea.Cmd {
	before := p.input.Value()
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(msg)
	p.bad = ""
	if text := p.input.Value(); text != before && p.change != nil {
		return tea.Batch(cmd, p.change(m, text))
	}
	return cmd
}

// view draws the prompt and says where the cursor is.
func (p *prompt) view(m *model, w int) (string, *tea.Cursor) {
	label := " " + p.label + " "
	room := max(w-m.width(label)-1, 1)
	runes := []rune(p.input.Value())
	at := min(p.input.Position(), len(runes))
	from := 0
	for from < at && m.width(plain(string(runes[from:at]))) >= room {
		from++
	}
	before := plain(string(runes[from:at]))
	text := m.cut(plain(string(runes[from:])), room)
	x := m.width(label) + m.width(before)
	tail, look := p.hint, m.muted
	if p.bad != "" {
		tail, look = plain(p.bad), m.bad
	}
	line := m.accent.on(label) + text
	if rest := w - m.width(label) - m.width(text) - 2; rest > 8 {
		line += "  " + look.on(m.cut(tail, rest))
	}
	return m.fit(line, w), tea.NewCursor(min(x, w-1), 0)
}

// confirm asks before something that can't be undone.
func (m *model) confirm(question string, yes func(*model) tea.Cmd) tea.Cmd {
	return m.openPrompt(prompt{label: question + " y/N", enter: func(m *model, text string) tea.Cmd {
		if text == "y" || text == "Y" || text == "yes" {
			return yes(m)
		}
		m.tell("left as it is")
		return nil
	}}, "")
}

// startFilter filters the list, or the stream that has the focus, as one types.
func (m *model) startFilter() tea.Cmd {
	if m.focus == onList {
		old := m.list.filter
		return m.openPrompt(prompt{
			label: "/", hint: "status:awake conns:>0 errors:>0 size:>1MiB key:my* or a word",
			change: func(m *model, text string) tea.Cmd { m.filterList(text); return nil },
			enter:  func(m *model, text string) tea.Cmd { m.filterList(text); return nil },
			escape: func(m *model) tea.Cmd { m.filterList(old); return nil },
		}, old)
	}
	s := m.stream()
	if s == nil {
		return nil
	}
	return m.openPrompt(prompt{
		label: "/", hint: `kind:action name:inc* took:>50ms level:warn error "text" -kind:log`,
		enter: func(m *model, text string) tea.Cmd { m.filterStream(s, text); return nil },
	}, s.filter)
}

func (m *model) filterList(text string) {
	l := &m.list
	if l.filter == text {
		return
	}
	l.filter, l.bad = text, ""
	l.cursor, l.top, l.id = 0, 0, ""
	l.asked = window{0, 100}
	m.watchList()
}

func (m *model) filterStream(s *stream, text string) {
	s.filter, s.bad = text, ""
	m.watchStream(s)
}

// watchStream subscribes a stream anew, as it is filtered.
func (m *model) watchStream(s *stream) {
	q := inspect.Query{Last: 500, Filter: s.filter}
	topic := inspect.TopicHistory
	if s.ofLogs {
		topic = inspect.TopicLogs
	}
	switch s {
	case &m.events:
		m.subscribe(slotEvents, spec{topic: topic, query: q})
	case &m.logs:
		m.subscribe(slotLogs, spec{topic: topic, query: q})
	case &m.detail.events:
		q.Actor = m.detail.id
		m.subscribe(slotActorEvents, spec{topic: topic, query: q})
	case &m.detail.logs:
		q.Actor = m.detail.id
		m.subscribe(slotActorLogs, spec{topic: topic, query: q})
	}
}

func (m *model) watchAlarms() { m.subscribe(slotAlarms, spec{topic: inspect.TopicSchedule}) }

// clearFilter shows all again.
func (m *model) clearFilter() tea.Cmd {
	if m.focus == onList {
		m.filterList("")
	} else if s := m.stream(); s != nil {
		m.filterStream(s, "")
	}
	return nil
}
