package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/client/repl"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/tui/console"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	maxOutput    = 2000 // lines of output that are kept
	completeTime = 300 * time.Millisecond
)

// talk is the REPL in its tab: one session, which uses the actor that is shown.
// Output stays when another actor is shown, and so do variables.
type talk struct {
	session *repl.Session
	in      *client.Inspector // that the session speaks to
	use     string            // the actor in use
	edit    console.Editor
	out     []segments // lines, as wide as they are
	up      int        // rows scrolled up from the end
	height  int

	cancel context.CancelFunc // of the input that runs; nil: none
	queue  []string           // inputs that were typed while one ran
	asking bool               // for words to complete
	typed  []tea.KeyPressMsg  // meanwhile: keys keep their order
}

// segments are pieces of one line with their looks.
type segments []styled

// noticed is what the session tells by itself.
type noticed repl.Notice

// watchRepl has the session use the actor that is shown.
func (m *model) watchRepl() tea.Cmd {
	in := m.feed.inspector()
	if in == nil || m.detail.id == "" {
		return nil
	}
	t := &m.repl
	if t.in != in { // the first, or another server
		m.closeRepl()
		send := m.feed.send
		t.in, t.use = in, ""
		t.session = repl.New(repl.Options{Inspector: in, Dir: m.o.Dir, Keep: true, Tell: func(n repl.Notice) { send(noticed(n)) }})
	}
	use := m.detailName()
	if t.use == use {
		return nil
	}
	first := t.use == ""
	t.use = use
	s, ctx, entered := t.session, m.ctx, t.edit.Entered()
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
		defer cancel()
		if !first {
			err := s.Eval(ctx, ".use "+use, func(inspect.ReplAnswer) {})
			return done{func(m *model) tea.Cmd { return m.replFailed(err) }}
		}
		_, err := s.Open(ctx, use)
		if err == nil {
			err = s.Watch(m.ctx)
		}
		items, _ := s.History(ctx) // without it Up recalls what is typed here
		return done{func(m *model) tea.Cmd {
			m.repl.edit.SetHistory(items, entered)
			return m.replFailed(err)
		}}
	}
}

func (m *model) replFailed(err error) tea.Cmd {
	if err != nil {
		m.repl.print(segments{{errs.As(err).Msg, m.bad}})
	}
	return nil
}

// closeRepl ends the session.
func (m *model) closeRepl() {
	t := &m.repl
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
	if t.session != nil {
		t.session.Close()
		t.session = nil
	}
}

// print adds a line of output.
func (t *talk) print(line segments) {
	t.out = append(t.out, line)
	if n := len(t.out) - maxOutput; n > 0 {
		t.out = append(t.out[:0], t.out[n:]...)
	}
	t.up = 0
}

// parts adds styled text of any number of lines.
func (t *talk) parts(m *model, parts []inspect.ReplPart) {
	var line segments
	for _, p := range parts {
		look := m.partStyle(p.Style)
		for i, text := range strings.Split(p.Text, "\n") {
			if i > 0 {
				t.print(line)
				line = nil
			}
			if text != "" {
				line = append(line, styled{plain(text), look})
			}
		}
	}
	if line != nil {
		t.print(line)
	}
}

func (m *model) partStyle(name string) style {
	switch name {
	case "number", "bigint", "boolean":
		return m.warn
	case "string", "symbol":
		return m.ok
	case "undefined", "null", "muted":
		return m.muted
	case "date", "special":
		return m.event
	case "regexp", "name":
		return m.accent
	case "error":
		return m.bad
	case "strong":
		return m.bold
	}
	return ""
}

// answered prints what came of an input.
func (t *talk) answered(m *model, a inspect.ReplAnswer) {
	for _, n := range a.Notes {
		if n.Kind != "reload" { // that was told when it was
			t.parts(m, []inspect.ReplPart{{Style: "muted", Text: n.Text}})
		}
	}
	for _, l := range a.Logs {
		t.parts(m, []inspect.ReplPart{{Style: map[string]string{"error": "error", "warn": "number"}[l.Level], Text: l.Message}})
	}
	if a.Output != nil && a.Output.Text != "" {
		t.parts(m, a.Output.Parts)
	}
	if a.Error != nil {
		t.parts(m, a.Error.Parts)
	}
}

// pressRepl takes a key of the REPL; all but Esc is its own.
func (m *model) pressRepl(k tea.KeyPressMsg) tea.Cmd {
	t := &m.repl
	switch k.String() {
	case "esc":
		if !t.edit.Open() {
			m.focus = onList
			return nil
		}
	case "pgup":
		t.up += max(t.height-1, 1)
		return nil
	case "pgdown":
		t.up = max(0, t.up-max(t.height-1, 1))
		return nil
	}
	if t.asking {
		t.typed = append(t.typed, k)
		return nil
	}
	t.up = 0
	switch t.edit.Press(k) {
	case console.Submit:
		return m.submit()
	case console.Interrupt:
		switch {
		case t.cancel != nil:
			t.cancel()
			t.queue = nil
		case t.edit.Text() == "":
			m.tell("Esc goes back; there Ctrl-C ends")
		}
		t.edit.Set("")
	case console.End:
		m.focus = onList
	case console.Complete:
		return m.complete()
	case console.Clear:
		t.out = nil
	case console.Suspend:
		return tea.Suspend
	}
	return nil
}

// submit takes the input; while another runs it waits.
func (m *model) submit() tea.Cmd {
	t := &m.repl
	text := t.edit.Text()
	t.edit.Set("")
	if strings.TrimSpace(text) == "" || t.session == nil {
		return nil
	}
	t.edit.Remember(text)
	if t.cancel != nil {
		t.queue = append(t.queue, text)
		return nil
	}
	return m.evaluate(text)
}

func (m *model) evaluate(text string) tea.Cmd {
	t := &m.repl
	for i, l := range strings.Split(text, "\n") {
		prompt := t.session.Prompt()
		if i > 0 {
			prompt = "... "
		}
		t.print(segments{{plain(prompt), m.accent}, {plain(l), m.bold}})
	}
	ctx, cancel := context.WithCancel(m.ctx)
	t.cancel = cancel
	s := t.session
	return func() tea.Msg {
		defer cancel()
		var answers []inspect.ReplAnswer
		err := s.Eval(ctx, text, func(a inspect.ReplAnswer) { answers = append(answers, a) })
		return done{func(m *model) tea.Cmd { return m.evaluated(s, answers, err) }}
	}
}

// evaluated prints what came of an input, and goes on with the next.
func (m *model) evaluated(s *repl.Session, answers []inspect.ReplAnswer, err error) tea.Cmd {
	t := &m.repl
	if t.session != s {
		return nil
	}
	t.cancel = nil
	for _, a := range answers {
		t.answered(m, a)
	}
	if u := s.Use(); u != "" {
		t.use = u
	}
	switch {
	case errors.Is(err, repl.ErrExit):
		m.focus = onList
		return nil
	case errors.Is(err, repl.ErrClear):
		t.out = nil
	case err != nil && !errors.Is(err, context.Canceled):
		_ = m.replFailed(err)
	}
	if len(t.queue) > 0 {
		next := t.queue[0]
		t.queue = t.queue[1:]
		return m.evaluate(next)
	}
	return nil
}

// complete asks for words; keys wait for them for a moment.
func (m *model) complete() tea.Cmd {
	t := &m.repl
	if t.session == nil {
		return nil
	}
	text, at, s := t.edit.Text(), t.edit.Cursor(), t.session
	t.asking = true
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.ctx, completeTime)
		defer cancel()
		from, options, err := s.Complete(ctx, text, at)
		if err != nil {
			options = nil
		}
		return done{func(m *model) tea.Cmd {
			t := &m.repl
			t.asking = false
			t.edit.Offer(text, at, from, options)
			keys := t.typed
			t.typed = nil
			var cmds []tea.Cmd
			for _, k := range keys {
				cmds = append(cmds, m.press(k))
			}
			return tea.Sequence(cmds...)
		}}
	}
}

// viewRepl draws the output with the input below it; x and y are where.
func (m *model) viewRepl(x, y, w, h int) []string {
	t := &m.repl
	var input []string
	cx, cy := 0, 0
	if t.session != nil && (t.cancel == nil || t.edit.Text() != "") {
		look := console.Look{Prompt: m.accent.on, Muted: m.muted.on, Chosen: m.sel.on, Safe: plainLines}
		input, cx, cy = t.edit.View(t.session.Prompt(), w, max(h/2, 1), look)
	} else if t.cancel != nil {
		input = []string{m.muted.on("running; Ctrl-C stops it")}
	}
	var rows []string
	for _, line := range t.out {
		rows = append(rows, m.rowsOfLine(line, w)...)
	}
	if len(rows) == 0 {
		rows = append(m.say(w, m.muted, "TypeScript, evaluated on the server. The actor's actions are functions, state is its state. .help helps."), "")
	}
	t.height = max(h-len(input), 0)
	t.up = max(0, min(t.up, len(rows)-t.height))
	end := len(rows) - t.up
	out := append([]string{}, rows[max(0, end-t.height):end]...)
	if m.here() == inRepl && t.cancel == nil && m.prompt == nil && !m.overlay.on() {
		m.cursor = tea.NewCursor(x+cx, y+len(out)+cy)
	}
	return append(out, input...)
}

// plainLines is plain for text of several lines.
func plainLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = plain(l)
	}
	return strings.Join(lines, "\n")
}

// rowsOfLine breaks a line of output into rows of w columns.
func (m *model) rowsOfLine(line segments, w int) []string {
	var rows []string
	row, at := "", 0
	for _, s := range line {
		for text := s.text; text != ""; {
			part := m.truncate(text, w-at, "")
			if part == "" && at == 0 {
				break // no room for a single column
			}
			row += s.look.on(part)
			at += m.width(part)
			if text = text[len(part):]; text != "" {
				rows = append(rows, row)
				row, at = "", 0
			}
		}
	}
	return append(rows, row)
}
