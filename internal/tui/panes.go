package tui

import (
	"strconv"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// viewConns draws the actor's connections.
func (m *model) viewConns(w, h int) []string {
	t := &m.detail.conns
	if !t.known {
		return nil
	}
	if len(t.rows) == 0 {
		return m.say(w, m.muted, "Nobody is connected. "+"rivet call "+plain(m.detailName())+" … --listen EVENT connects.")
	}
	t.height = h - 1
	t.clamp()
	idW, viaW, numW := 10, 11, 7
	room := w - 2 - idW - viaW - 2*numW
	out := []string{m.muted.on(m.cell("  "+m.cell("ID", idW)+m.cell("VIA", viaW)+m.right("IN", numW)+m.right("OUT", numW)+"  STATE, PARAMS", w))}
	for i := t.top; i < len(t.rows) && i < t.top+t.height; i++ {
		c := t.rows[i]
		via := c.Transport
		if c.Encoding != "" {
			via += " " + c.Encoding
		}
		text := "  " + m.cell(plain(c.ID), idW-1) + " " + m.cell(plain(via), viaW) +
			m.right(strconv.FormatUint(c.Received, 10), numW) + m.right(strconv.FormatUint(c.Sent, 10), numW) + m.cell("  "+connText(&c), room)
		if i == t.cursor && m.focus == onDetail {
			text = m.sel.on(text)
		}
		out = append(out, text)
	}
	return out
}

func connText(c *inspect.Conn) string {
	var parts []string
	if c.State != nil {
		parts = append(parts, preview(c.State.Tree, 100))
	}
	if c.Params != nil {
		parts = append(parts, preview(c.Params.Tree, 100))
	}
	if len(c.Subs) > 0 {
		parts = append(parts, "hears "+plain(strings.Join(c.Subs, ", ")))
	}
	return strings.Join(parts, "  ")
}

// viewAlarms draws scheduled actions, of one actor or of all.
func (m *model) viewAlarms(t *table[inspect.Alarm], w, h int, one, focused bool) []string {
	if !t.known {
		return nil
	}
	if len(t.rows) == 0 {
		return m.say(w, m.muted, `Nothing is scheduled. In an actor: c.schedule.after(60_000, "remind")`)
	}
	t.height = h
	t.clamp()
	var out []string
	for i := t.top; i < len(t.rows) && i < t.top+h; i++ {
		a := &t.rows[i]
		mark, look := "◷ "+string(a.Status), m.muted
		switch a.Status {
		case inspect.AlarmFailed:
			mark, look = "✗ failed", m.bad
		case inspect.AlarmRunning:
			mark, look = "▸ running", m.ok
		case inspect.AlarmRetrying:
			mark, look = "! retry "+strconv.Itoa(a.Attempt), m.warn
		}
		mark = m.cell(mark, 11)
		due := m.cell(m.due(a.Due), 16)
		who := ""
		if !one {
			who = m.cell(plain(name{a.Type, a.Key}.String()), m.whoWidth(w)) + " "
		}
		what := plain(a.Action) + "(" + arguments(&a.Args) + ")"
		if a.LastError != "" {
			what += "  " + plain(a.LastError)
		}
		body := m.cell(what, w-m.width(mark)-m.width(due)-m.width(who))
		if i == t.cursor && focused {
			out = append(out, m.sel.on(mark+due+who+body))
		} else {
			out = append(out, look.on(mark)+m.muted.on(due)+m.accent.on(who)+body)
		}
	}
	return out
}

// due is when an alarm rings: the time today, else the day too.
func (m *model) due(ms int64) string {
	now := m.o.Now()
	t := time.UnixMilli(ms).In(now.Location())
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format(time.TimeOnly)
	}
	if t.Year() == now.Year() {
		return t.Format("02 Jan 15:04:05")
	}
	return t.Format("02 Jan 2006")
}

func (m *model) detailName() string {
	return name{m.detail.actor.Type, m.detail.actor.Key}.String()
}

// viewAbout draws what is known of the actor and its type.
func (m *model) viewAbout(w, h int) []string {
	a := &m.detail.actor
	var out []string
	row := func(label, text string) {
		if text != "" {
			for i, l := range m.paper.wrap(text, max(w-13, 10)) {
				if i > 0 {
					label = ""
				}
				out = append(out, m.muted.on(m.cell(label, 13))+l)
			}
		}
	}
	when := func(ms int64) string {
		return time.UnixMilli(ms).In(m.o.Now().Location()).Format("2006-01-02 15:04:05")
	}
	row("type", plain(a.Type))
	row("key", keyText(a.Key))
	row("id", plain(a.ID))
	row("status", sign(a.Status)+" "+string(a.Status))
	if a.Error != nil {
		row("failed", plain(a.Error.Message)+" ["+plain(a.Error.Code)+"]")
	}
	row("created", when(a.CreatedAt))
	row("last active", when(a.ActiveAt))
	row("state", size(a.StateBytes)+", "+plural(int(a.Rev), "change"))
	row("connections", strconv.Itoa(a.Conns))
	row("waiting", plural(a.Queued, "call"))
	row("errors", strconv.Itoa(a.Errors)+" in the kept history")
	row("code", plain(a.Version))
	if t := m.typeOf(a.Type); t != nil {
		var names []string
		for _, act := range t.Actions {
			names = append(names, act.Name)
		}
		row("actions", plain(strings.Join(names, ", ")))
		row("has", plain(strings.Join(t.Has, ", ")))
		if t.File != "" {
			row("defined at", plain(t.File)+":"+strconv.Itoa(t.Line))
		}
	}
	d := &m.detail
	d.scroll = max(0, min(d.scroll, len(out)-h))
	return out[d.scroll:min(len(out), d.scroll+h)]
}

func keyText(key []string) string {
	parts := make([]string, len(key))
	for i, k := range key {
		parts[i] = quoted(k)
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (m *model) typeOf(typ string) *inspect.Type {
	for i := range m.types {
		if m.types[i].Type == typ {
			return &m.types[i]
		}
	}
	return nil
}

// broken is the failed build that the detail pane must show, nil if there is none.
func (m *model) broken() *inspect.Build {
	if m.build.Status != "failed" || m.build.At == m.hidden {
		return nil
	}
	return &m.build
}

// viewBuild draws what is wrong with the code, with its frames.
func (m *model) viewBuild(w, h int) []string {
	out := []string{m.bad.on(m.cell("✗ build failed", w)), m.muted.on(m.cell("The old code goes on serving. This goes when it is mended.", w)), m.line.on(repeat("─", w))}
	for _, p := range m.build.Problems {
		out = append(out, "")
		out = append(out, m.problem(p, w)...)
	}
	return out[:min(len(out), h)]
}

func (m *model) problem(p inspect.Problem, w int) []string {
	var out []string
	look, word := m.bad, "error: "
	if p.Severity == "warning" {
		look, word = m.warn, "warning: "
	}
	for _, l := range m.paper.words(word+plain(p.Text), w) {
		out = append(out, look.on(l))
	}
	if p.File != "" {
		out = append(out, m.accent.on(m.cut(plain(p.File)+":"+strconv.Itoa(p.Line)+":"+strconv.Itoa(p.Column), w)), "")
		gutter := len(strconv.Itoa(p.Line)) + 1
		if p.Before != "" {
			out = append(out, m.codeLine(p.Line-1, p.Before, gutter, w))
		}
		out = append(out, m.codeLine(p.Line, p.LineText, gutter, w))
		head := []rune(p.LineText)
		before := m.width(detab(string(head[:max(0, min(p.Column-1, len(head)))])))
		out = append(out, m.muted.on(spaces(gutter)+"│ ")+look.on(m.cut(spaces(before)+repeat("^", max(p.Length, 1)), w-gutter-2)))
	}
	for _, n := range p.Notes {
		for _, l := range m.paper.words("note: "+plain(n), w) {
			out = append(out, m.muted.on(l))
		}
	}
	if p.Hint != "" {
		for _, l := range m.paper.words(plain(p.Hint), w) {
			out = append(out, m.ok.on(l))
		}
	}
	return out
}

func (m *model) codeLine(n int, text string, gutter, w int) string {
	return m.muted.on(m.right(strconv.Itoa(n), gutter-1)+" │ ") + m.cut(detab(text), w-gutter-2)
}

// detab is a line of code as it is shown.
func detab(s string) string { return plain(strings.ReplaceAll(s, "\t", "    ")) }

func repeat(s string, n int) string { return strings.Repeat(s, max(n, 0)) }
