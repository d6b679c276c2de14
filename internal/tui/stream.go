package tui

import (
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// maxLines is how many lines of a stream are kept; older ones are forgotten
// here, not on the server.
const maxLines = 5000

// stream is a list of entries or of log lines that grows at its end. It follows
// the end until the cursor leaves it; paused, what comes is held back.
type stream struct {
	ofLogs bool
	lines  []line
	held   []line // since it was paused
	paused bool
	missed int // held lines that were forgotten
	filter string
	bad    string // why the filter isn't one
	known  bool

	cursor int
	top    int
	follow bool
	height int
}

// line is an entry, a log line, or a gap.
type line struct {
	entry *inspect.Entry
	log   *inspect.Log
	gap   int // lines that were left out here
}

func newStream(logs bool) stream { return stream{ofLogs: logs, follow: true} }

// take appends what came.
func (s *stream) take(u *update) {
	if u.err != nil {
		s.bad = errs.As(u.err).Msg
		return
	}
	if u.fresh {
		s.lines, s.held, s.bad, s.missed, s.cursor, s.top = nil, nil, "", 0, 0, 0
	}
	s.known = true
	var add []line
	if u.dropped > 0 && !u.fresh {
		add = append(add, line{gap: u.dropped})
	}
	for i := range u.entries {
		add = append(add, line{entry: &u.entries[i]})
	}
	for i := range u.logs {
		add = append(add, line{log: &u.logs[i]})
	}
	if s.paused {
		s.held = append(s.held, add...)
		if n := len(s.held) - maxLines; n > 0 {
			s.held, s.missed = s.held[n:], s.missed+n
		}
		return
	}
	s.append(add)
}

func (s *stream) append(add []line) {
	s.lines = append(s.lines, add...)
	if n := len(s.lines) - maxLines; n > 0 {
		s.lines = append(s.lines[:0], s.lines[n:]...)
		s.cursor, s.top = s.cursor-n, s.top-n
	}
	if s.follow {
		s.cursor = len(s.lines) - 1
	}
	s.clamp()
}

// pause holds back what comes, or lets it in.
func (s *stream) pause() {
	if s.paused = !s.paused; s.paused {
		return
	}
	held := s.held
	if s.missed > 0 {
		held = append([]line{{gap: s.missed}}, held...)
	}
	s.held, s.missed = nil, 0
	s.append(held)
}

func (s *stream) clamp() {
	s.cursor = max(0, min(s.cursor, len(s.lines)-1))
	h := max(s.height, 1)
	s.top = min(s.top, s.cursor, max(0, len(s.lines)-h))
	s.top = max(s.top, s.cursor-h+1, 0)
}

func (s *stream) move(to int) {
	s.cursor = to
	s.clamp()
	s.follow = s.cursor >= len(s.lines)-1
}

func (s *stream) at() (line, bool) {
	if s.cursor >= len(s.lines) {
		return line{}, false
	}
	return s.lines[s.cursor], true
}

// status is what the stream's head says beside its name.
func (s *stream) status() string {
	var parts []string
	if s.filter != "" {
		parts = append(parts, plain(s.filter))
	}
	switch {
	case s.paused && len(s.held) > 0:
		parts = append(parts, "paused, "+strconv.Itoa(len(s.held)+s.missed)+" new")
	case s.paused:
		parts = append(parts, "paused")
	case !s.follow:
		parts = append(parts, "live, "+strconv.Itoa(len(s.lines)-1-s.cursor)+" below")
	}
	return strings.Join(parts, "  ")
}

// viewStream draws a stream; of one actor it doesn't name the actor.
func (m *model) viewStream(s *stream, w, h int, one, focused bool) []string {
	var out []string
	if st := s.status(); st != "" && one {
		out = append(out, m.muted.on(m.right(st, w)))
		h--
	}
	if s.bad != "" {
		return append(out, m.say(w, m.bad, plain(s.bad))...)
	}
	s.height = h
	s.clamp()
	if len(s.lines) == 0 {
		if !s.known {
			return out
		}
		what := "Nothing happened yet."
		if s.ofLogs {
			what = `Nothing was logged. In an actor: c.log.info("here")`
		}
		if s.filter != "" {
			what = "Nothing is like that. Esc shows all."
		}
		return append(out, m.say(w, m.muted, what)...)
	}
	for i := s.top; i < len(s.lines) && i < s.top+h; i++ {
		out = append(out, m.streamRow(s.lines[i], i == s.cursor, w, one, focused))
	}
	return out
}

func (m *model) streamRow(l line, selected bool, w int, one, focused bool) string {
	if l.gap > 0 {
		return m.warn.on(m.cell("  … "+strconv.Itoa(l.gap)+" left out, too fast to show", w))
	}
	at, mark, look, who, what, tail := m.lineParts(l, one)
	head := at + " "
	if w < 36 {
		head = ""
	}
	if who != "" {
		n := m.whoWidth(w)
		who = m.cell(who, n) + " "
	}
	if m.width(tail) > w/3 {
		tail = ""
	}
	room := w - m.width(head) - m.width(mark) - 1 - m.width(who) - m.width(tail)
	body := m.cell(what, room)
	if selected && focused {
		return m.sel.on(head + mark + " " + who + body + tail)
	}
	text := m.muted.on(head) + look.on(mark) + " " + m.accent.on(who) + body + m.muted.on(tail)
	if l.entry != nil && l.entry.Error != nil {
		text = m.muted.on(head) + m.bad.on(mark) + " " + m.accent.on(who) + m.bad.on(body) + m.muted.on(tail)
	}
	return text
}

// whoWidth is how much of w columns names get, as long as they are.
func (m *model) whoWidth(w int) int { return min(max(m.list.longest, 12), max(w/3, 12), 32) }

// lineParts are the parts of a line: when, its kind as a sign and a word, whose,
// what, and how long it took.
func (m *model) lineParts(l line, one bool) (at, mark string, look style, who, what, tail string) {
	if g := l.log; g != nil {
		mark, look = m.level(g.Level)
		if !one {
			who = "server"
			if g.Actor != "" {
				who = plain(name{g.Type, g.Key}.String())
			}
		}
		what = plain(g.Message)
		if g.Fields != nil && sizeOf(g.Fields.Tree) > 0 {
			what += "  " + preview(g.Fields.Tree, 200)
		}
		return m.stamp(g.At), mark, look, who, what, ""
	}
	e := l.entry
	mark, look = m.kind(e)
	if !one {
		who = plain(m.called(e.Actor, e.Type))
	}
	return m.stamp(e.At), mark, look, who, entryText(e), took(e)
}

// stamp is the time of a line.
func (m *model) stamp(ms int64) string {
	return time.UnixMilli(ms).In(m.o.Now().Location()).Format(time.TimeOnly)
}

// entryText says what happened.
func entryText(e *inspect.Entry) string {
	text := plain(e.Name)
	if x := e.Error; x != nil { // first, since there may be no room for all
		return strings.TrimLeft(text+"  "+plain(x.Code)+": "+plain(x.Message)+"  ("+arguments(e.Args)+")", " ")
	}
	switch e.Kind {
	case inspect.KindAction, inspect.KindSchedule:
		text += "(" + arguments(e.Args) + ")"
		if e.Output != nil && tagName(e.Output.Tree) != "$undef" {
			text += " → " + preview(e.Output.Tree, 120)
		}
	case inspect.KindEvent:
		text += " " + arguments(e.Args)
	case inspect.KindLog:
		text = plain(e.Message)
	case inspect.KindState:
		text = changes(e.Patch)
	default:
		if e.Conn != "" && text == "" {
			text = plain(e.Conn)
		}
	}
	return text
}

func arguments(a *inspect.Tagged) string {
	if a == nil {
		return ""
	}
	list, ok := a.Tree.(*value.Array)
	if !ok {
		return preview(a.Tree, 160)
	}
	var parts []string
	for _, v := range list.Items {
		parts = append(parts, preview(v, 120))
	}
	return strings.Join(parts, ", ")
}

func changes(p inspect.Patch) string {
	var parts []string
	for i, op := range p {
		if i == 3 {
			parts = append(parts, "…")
			break
		}
		text := op.Op + " " + plain(op.Path)
		if op.Op != "remove" {
			text += " " + preview(op.Value, 60)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func took(e *inspect.Entry) string {
	switch {
	case e.Us == 0:
		return ""
	case e.Us < 1000:
		return " " + strconv.FormatInt(e.Us, 10) + " µs"
	case e.Us < 1_000_000:
		return " " + strconv.FormatFloat(float64(e.Us)/1e3, 'f', 1, 64) + " ms"
	}
	return " " + strconv.FormatFloat(float64(e.Us)/1e6, 'f', 1, 64) + " s"
}

// kind is a kind of entry as a sign and a word.
func (m *model) kind(e *inspect.Entry) (string, style) {
	word, look := string(e.Kind), m.muted
	sign := "·"
	switch e.Kind {
	case inspect.KindAction:
		sign, look = "▸", m.accent
	case inspect.KindEvent:
		sign, look = "»", m.event
	case inspect.KindSchedule:
		sign, look, word = "◷", m.warn, "sched"
	case inspect.KindError:
		sign, look = "✗", m.bad
	case inspect.KindLog:
		sign, look = m.level(e.Name)
		return sign, look
	case inspect.KindCreate, inspect.KindStart:
		sign, look = "●", m.ok
	case inspect.KindSleep:
		sign = "○"
	case inspect.KindConnect:
		sign, look = "+", m.ok
	case inspect.KindDisconnect:
		sign, word = "-", "leave"
	case inspect.KindSubscribe:
		word = "sub"
	case inspect.KindUnsubscribe:
		word = "unsub"
	case inspect.KindState:
		sign = "~"
	}
	if e.Error != nil {
		sign, look = "✗", m.bad
	}
	return m.cell(sign+" "+word, 9), look
}

// level is a level as a sign and a word.
func (m *model) level(name string) (string, style) {
	sign, look := "·", m.muted
	switch strings.ToLower(name) {
	case "warn":
		sign, look = "!", m.warn
	case "error", "critical":
		sign, look = "✗", m.bad
	case "info":
		sign, look = "i", m.accent
	}
	return m.cell(sign+" "+plain(strings.ToLower(name)), 9), look
}

// activate opens the line under the cursor.
func (m *model) openLine(s *stream) tea.Cmd {
	l, ok := s.at()
	if !ok || l.gap > 0 {
		return nil
	}
	m.overlay = m.lineViewer(l)
	return nil
}
