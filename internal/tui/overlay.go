package tui

import (
	"encoding/json"
	"strings"

	tea "charm.land/bubbletea/v2"

	"charm.land/bubbles/v2/textinput"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// overlay is what lies over the panes: a text to be read, or the palette.
type overlay struct {
	title string
	lines []styled
	copy  string // what y copies; "": nothing
	top   int
	h     int
	enter func(*model) tea.Cmd // nil: nothing
	label string               // of enter

	palette *palette1
}

// styled is a plain line with its look.
type styled struct {
	text string
	look style
}

// palette1 is the list of commands, narrowed by what is typed.
type palette1 struct {
	input  textinput.Model
	items  []command
	cursor int
}

func (o *overlay) on() bool { return o.title != "" }

func (o *overlay) hints() []hintOf {
	shut := func(m *model) tea.Cmd { m.overlay = overlay{}; return nil }
	if o.palette != nil {
		return []hintOf{{"⏎", "do it", func(m *model) tea.Cmd { return m.overlay.choose(m) }}, {"↑ ↓", "choose", func(*model) tea.Cmd { return nil }}, {"Esc", "close", shut}}
	}
	var out []hintOf
	if o.enter != nil {
		out = append(out, hintOf{"⏎", o.label, o.enter})
	}
	if o.copy != "" {
		out = append(out, hintOf{"y", "copy", func(m *model) tea.Cmd { return m.clip(m.overlay.copy) }})
	}
	return append(out, hintOf{"j k", "scroll", func(*model) tea.Cmd { return nil }}, hintOf{"Esc", "close", shut})
}

func (o *overlay) press(m *model, k tea.KeyPressMsg) tea.Cmd {
	if o.palette != nil {
		return o.pressPalette(m, k)
	}
	switch k.String() {
	case "esc", "q", "?":
		m.overlay = overlay{}
	case "enter":
		if o.enter != nil {
			return o.enter(m)
		}
		m.overlay = overlay{}
	case "y":
		if o.copy != "" {
			return m.clip(o.copy)
		}
	case "j", "down":
		o.top++
	case "k", "up":
		o.top--
	case "pgdown", "space", "ctrl+f", "ctrl+d":
		o.top += o.h - 1
	case "pgup", "ctrl+b", "ctrl+u":
		o.top -= o.h - 1
	case "home", "g":
		o.top = 0
	case "end", "G":
		o.top = len(o.lines)
	}
	return nil
}

// cover draws the overlay over the lines of the panes.
func (m *model) cover(lines []string, w, h int) {
	o := &m.overlay
	boxW := min(w-4, 100)
	if w < twoPanes {
		boxW = w
	}
	inner := boxW - 4
	var body []string
	if o.palette != nil {
		body = m.paletteLines(inner, max(h-8, 3))
	} else {
		for _, l := range o.lines {
			for _, part := range m.paper.wrap(l.text, inner) {
				body = append(body, l.look.on(part))
			}
		}
	}
	o.h = max(min(len(body), h-4), 1)
	o.top = max(0, min(o.top, len(body)-o.h))
	x, y := (w-boxW)/2, 1
	if w >= twoPanes {
		y = max(1, (h-o.h-2)/3)
	}
	edge := func(l, r, title string) string {
		t := m.cut(title, boxW-6)
		if t == "" {
			return m.line.on(l + repeat("─", boxW-2) + r)
		}
		return m.line.on(l+"─ ") + m.title.on(t) + m.line.on(" "+repeat("─", boxW-m.width(t)-5)+r)
	}
	m.lay(lines, x, y, w, edge("╭", "╮", o.title))
	for i := range o.h {
		m.lay(lines, x, y+1+i, w, m.line.on("│")+" "+m.fit(body[o.top+i], inner)+" "+m.line.on("│"))
	}
	foot := ""
	if len(body) > o.h {
		foot = "more: j k"
	}
	m.lay(lines, x, y+1+o.h, w, edge("╰", "╯", foot))
}

// lay puts a piece into a line.
func (m *model) lay(lines []string, x, y, w int, piece string) {
	if y >= len(lines) {
		return
	}
	n := m.method.StringWidth(piece)
	left := m.fit(m.truncate(lines[y], x, ""), x)
	right := m.fit(m.method.TruncateLeft(lines[y], x+n, ""), w-x-n)
	lines[y] = left + "\x1b[m" + piece + "\x1b[m" + right + "\x1b[m"
}

// openHelp lists the keys, as the registry has them.
func (m *model) openHelp() tea.Cmd {
	const allViews = inState | inEvents | inConns | inLogs | inSchedule
	groups := []struct {
		title string
		has   func(where) bool
	}{
		{"Everywhere", func(w where) bool { return w&^inBuild == everywhere&^inBuild }},
		{"Views of an actor, and of all", func(w where) bool { return w&allViews == allViews && w&inList == 0 }},
		{"Actors", func(w where) bool { return w&inList != 0 }},
		{"State", func(w where) bool { return w&inState != 0 }},
		{"Events and logs", func(w where) bool { return w&inStreams != 0 }},
		{"Connections", func(w where) bool { return w&inConns != 0 }},
		{"Schedule", func(w where) bool { return w&inSchedule != 0 }},
		{"A failed build", func(w where) bool { return w&inBuild != 0 }},
	}
	o := overlay{title: "Keys"}
	for i, g := range groups {
		head := false
		for j := range m.keys {
			c := &m.keys[j]
			if len(c.keys) == 0 || !g.has(c.where) || i > 0 && groups[0].has(c.where) || i > 1 && groups[1].has(c.where) {
				continue
			}
			if !head {
				if len(o.lines) > 0 {
					o.lines = append(o.lines, styled{})
				}
				o.lines, head = append(o.lines, styled{g.title, m.title}), true
			}
			o.lines = append(o.lines, styled{"  " + m.cell(keyNames(c), 14) + c.help, ""})
		}
	}
	o.lines = append(o.lines, styled{}, styled{"Mouse", m.title}, styled{"  click, wheel  choose, open, scroll; tabs and keys can be clicked", ""})
	m.overlay = o
	return nil
}

// keyNames are all keys of a command.
func keyNames(c *command) string {
	names := make([]string, len(c.keys))
	for i := range c.keys {
		names[i] = (&command{keys: c.keys[i:]}).shown()
	}
	return strings.Join(names, " ")
}

// lineViewer shows all of a line.
func (m *model) lineViewer(l line) overlay {
	if g := l.log; g != nil {
		o := overlay{title: "Log line"}
		m.facts(&o, "level", g.Level, "actor", m.called(g.Actor, g.Type), "at", m.stamp(g.At), "source", g.Source)
		m.text(&o, "message", g.Message)
		m.json(&o, "fields", g.Fields)
		o.copy = jsonText(g)
		return o
	}
	e := l.entry
	title := string(e.Kind)
	if e.Name != "" {
		title += " " + plain(e.Name)
	}
	o := overlay{title: title}
	cause := ""
	if e.Cause != nil {
		cause = e.Cause.Via
		if e.Cause.Seq != 0 {
			cause = strings.TrimSpace(cause + " of entry " + num(e.Cause.Seq))
		}
	}
	m.facts(&o, "actor", m.called(e.Actor, e.Type), "at", m.stamp(e.At), "took", strings.TrimSpace(took(e)), "entry", num(e.Seq), "by", cause, "connection", e.Conn, "trace", e.Trace, "code", e.Version, "source", e.Source)
	m.text(&o, "message", e.Message)
	m.json(&o, "arguments", e.Args)
	m.json(&o, "result", e.Output)
	if x := e.Error; x != nil {
		o.lines = append(o.lines, styled{}, styled{"error", m.bad}, styled{plain(x.Code) + ": " + plain(x.Message), ""})
		if x.Hint != "" {
			o.lines = append(o.lines, styled{plain(x.Hint), m.muted})
		}
		if x.At != nil {
			o.lines = append(o.lines, styled{place(x.At), m.accent})
			for _, f := range x.At.Frame {
				o.lines = append(o.lines, styled{detab(f), ""})
			}
		}
	}
	if len(e.Patch) > 0 {
		o.lines = append(o.lines, styled{}, styled{"changed", m.title})
		for _, op := range e.Patch {
			text := op.Op + " " + plain(op.Path)
			if op.Op != "remove" {
				text += "  " + preview(op.Value, 2000)
			}
			o.lines = append(o.lines, styled{text, ""})
		}
	}
	o.copy = jsonText(e)
	return o
}

func (m *model) facts(o *overlay, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		if v := pairs[i+1]; v != "" {
			o.lines = append(o.lines, styled{m.cell(pairs[i], 12) + plain(v), ""})
		}
	}
}

func (m *model) text(o *overlay, label, text string) {
	if text == "" {
		return
	}
	o.lines = append(o.lines, styled{}, styled{label, m.title})
	for _, l := range strings.Split(text, "\n") {
		o.lines = append(o.lines, styled{detab(l), ""})
	}
}

// json shows a value, indented.
func (m *model) json(o *overlay, label string, v *inspect.Tagged) {
	if v == nil {
		return
	}
	o.lines = append(o.lines, styled{}, styled{label, m.title})
	for _, l := range strings.Split(pretty(*v), "\n") {
		o.lines = append(o.lines, styled{detab(l), ""})
	}
}

// pretty is a value as indented tagged JSON.
func pretty(v inspect.Tagged) string {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// openPalette shows what can be done, to be found by a few letters.
func (m *model) openPalette() tea.Cmd {
	p := &palette1{input: textinput.New()}
	p.input.Prompt = ""
	p.input.SetVirtualCursor(false)
	m.overlay = overlay{title: "Commands", palette: p}
	m.match()
	return p.input.Focus()
}

// match finds the commands that have the letters that were typed.
func (m *model) match() {
	p := m.overlay.palette
	here := m.here()
	want := strings.ToLower(p.input.Value())
	p.items = p.items[:0]
	var loose []command
	add := func(c command) {
		switch text := strings.ToLower(c.help); {
		case strings.Contains(text, want):
			p.items = append(p.items, c)
		case subsequence(text, want):
			loose = append(loose, c)
		}
	}
	if t := m.typeOf(m.detail.actor.Type); t != nil && !m.meta.ReadOnly && m.lost.IsZero() && m.detail.gone == "" {
		for _, a := range t.Actions {
			add(command{help: "call " + plain(a.Name) + " of " + plain(m.detailName()), run: func(m *model) tea.Cmd { return m.promptCall(a.Name + " ") }})
		}
	}
	for _, c := range m.keys {
		if c.where&here != 0 && m.possible(&c) {
			add(c)
		}
	}
	p.items = append(p.items, loose...)
	p.cursor = max(0, min(p.cursor, len(p.items)-1))
}

// subsequence reports whether the letters of want stand in text in this order.
func subsequence(text, want string) bool {
	for _, r := range want {
		i := strings.IndexRune(text, r)
		if i < 0 {
			return false
		}
		text = text[i+len(string(r)):]
	}
	return true
}

func (o *overlay) pressPalette(m *model, k tea.KeyPressMsg) tea.Cmd {
	p := o.palette
	switch k.String() {
	case "esc":
		m.overlay = overlay{}
		return nil
	case "enter":
		return o.choose(m)
	case "down", "ctrl+n", "tab":
		p.cursor = min(p.cursor+1, max(len(p.items)-1, 0))
		return nil
	case "up", "ctrl+p", "shift+tab":
		p.cursor = max(p.cursor-1, 0)
		return nil
	}
	var cmd tea.Cmd
	p.input, cmd = p.input.Update(k)
	p.cursor = 0
	m.match()
	return cmd
}

func (o *overlay) choose(m *model) tea.Cmd {
	p := o.palette
	m.overlay = overlay{}
	if p == nil || p.cursor >= len(p.items) {
		return nil
	}
	return p.items[p.cursor].run(m)
}

func (m *model) paletteLines(w, h int) []string {
	p := m.overlay.palette
	out := []string{m.accent.on("› ") + plain(p.input.Value()) + m.theme.sel.on(" ")}
	if len(p.items) == 0 {
		return append(out, m.muted.on("nothing is called so"))
	}
	from := max(0, p.cursor-h+2)
	for i := from; i < len(p.items) && i < from+h-1; i++ {
		c := &p.items[i]
		key := m.cell(c.shown(), 6)
		if i == p.cursor {
			out = append(out, m.sel.on(m.cell(key+c.help, w)))
		} else {
			out = append(out, m.bold.on(key)+c.help)
		}
	}
	return out
}

// target names the actor that is shown.
func (m *model) target() client.Target {
	return client.Target{Name: m.detail.actor.Type, Key: m.detail.actor.Key}
}
