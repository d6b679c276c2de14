package tui

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// then is what follows on something that went well.
type then = func(*model) tea.Cmd

// doing asks the server for a change and says so when it is done.
func (m *model) doing(said string, f func(context.Context, *client.Inspector) error) tea.Cmd {
	return m.ask(func(ctx context.Context, in *client.Inspector) (then, error) {
		return func(m *model) tea.Cmd { m.tell(said); return nil }, f(ctx, in)
	})
}

// wake, sleep and restart change an actor's life.
func (m *model) wake() tea.Cmd {
	id := m.detail.id
	return m.doing("awake", func(ctx context.Context, in *client.Inspector) error { _, err := in.Wake(ctx, id); return err })
}

func (m *model) sleep() tea.Cmd {
	id := m.detail.id
	return m.doing("asleep", func(ctx context.Context, in *client.Inspector) error { _, err := in.Sleep(ctx, id); return err })
}

func (m *model) restart() tea.Cmd {
	id := m.detail.id
	return m.doing("restarted", func(ctx context.Context, in *client.Inspector) error { _, err := in.Restart(ctx, id); return err })
}

// destroy asks for the actor's name to be typed, since nothing brings it back.
func (m *model) destroy() tea.Cmd {
	id, name := m.detail.id, m.detailName()
	return m.openPrompt(prompt{label: "type " + plain(name) + " to destroy it:", enter: func(m *model, text string) tea.Cmd {
		if text != name {
			m.tell("left as it is")
			return nil
		}
		return m.doing("destroyed "+name, func(ctx context.Context, in *client.Inspector) error { return in.Destroy(ctx, id) })
	}}, "")
}

// startCall asks for an action and its arguments, and calls it.
func (m *model) startCall() tea.Cmd { return m.promptCall("") }

func (m *model) promptCall(text string) tea.Cmd {
	id := m.detail.id
	return m.openPrompt(prompt{label: "call " + plain(m.detailName()), hint: "ACTION [ARG…], each JSON or a word", enter: func(m *model, text string) tea.Cmd {
		action, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
		if action == "" {
			return nil
		}
		args, err := parseArgs(rest)
		if err != nil {
			cmd := m.promptCall(text)
			m.prompt.bad = errs.As(err).Msg
			return cmd
		}
		return m.ask(func(ctx context.Context, in *client.Inspector) (then, error) {
			out, err := in.Call(ctx, id, action, args, 0)
			if err != nil {
				return nil, err
			}
			return func(m *model) tea.Cmd { m.tell(action + " → " + preview(out.Output.Tree, 400)); return nil }, nil
		})
	}}, text)
}

// parseArgs reads arguments: JSON where it is JSON, else words.
func parseArgs(text string) ([]value.Value, error) {
	var args []value.Value
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		n := argEnd(text)
		word := text[:n]
		text = text[n:]
		tree, err := value.ParseJSON([]byte(word))
		if err != nil {
			if strings.ContainsAny(word[:1], `{["`) {
				return nil, errs.New(errs.Usage, "%s is no JSON", word)
			}
			tree = word
		}
		args = append(args, tree)
	}
	return args, nil
}

// argEnd is where the first argument of text ends: at a space that is in no
// string and no brackets.
func argEnd(text string) int {
	depth, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ' ' && depth <= 0:
			return i
		}
	}
	return len(text)
}

// closeConn closes the connection under the cursor.
func (m *model) closeConn() tea.Cmd {
	c, ok := m.detail.conns.at()
	if !ok {
		return nil
	}
	id := m.detail.id
	return m.confirm("disconnect "+plain(c.ID)+"?", func(m *model) tea.Cmd {
		return m.doing("disconnected", func(ctx context.Context, in *client.Inspector) error {
			return in.CloseConn(ctx, id, c.ID, "closed by the terminal interface")
		})
	})
}

// alarm is the scheduled action under the cursor.
func (m *model) alarm() (inspect.Alarm, bool) {
	if m.focus == onSide {
		return m.alarms.at()
	}
	return m.detail.alarms.at()
}

func (m *model) runAlarm() tea.Cmd {
	a, ok := m.alarm()
	if !ok {
		return nil
	}
	return m.doing("ran "+a.Action, func(ctx context.Context, in *client.Inspector) error { return in.RunAlarm(ctx, a.ID) })
}

func (m *model) retryAlarm() tea.Cmd {
	a, ok := m.alarm()
	if !ok {
		return nil
	}
	return m.doing("scheduled "+a.Action+" anew", func(ctx context.Context, in *client.Inspector) error { return in.RetryAlarm(ctx, a.ID) })
}

func (m *model) cancelAlarm() tea.Cmd {
	a, ok := m.alarm()
	if !ok {
		return nil
	}
	return m.confirm("take "+plain(a.Action)+" off the schedule?", func(m *model) tea.Cmd {
		return m.doing("cancelled "+a.Action, func(ctx context.Context, in *client.Inspector) error { return in.CancelAlarm(ctx, a.ID) })
	})
}

// toggleNode opens or closes the row under the cursor; what the server left
// out is asked for.
func (m *model) toggleNode() tea.Cmd {
	t := &m.detail.tree
	if !t.toggle() {
		return nil
	}
	n, _ := t.at()
	id := m.detail.id
	return m.ask(func(ctx context.Context, in *client.Inspector) (then, error) {
		st, err := in.State(ctx, id, n.path, 0)
		if err != nil {
			return nil, err
		}
		return func(m *model) tea.Cmd {
			if m.detail.id == id {
				m.detail.tree.loaded[n.path] = st.Value.Tree
				m.detail.tree.open[n.path] = true
				m.detail.tree.build()
			}
			return nil
		}, nil
	})
}

// openRow shows all of the row under the cursor.
func (m *model) openRow() tea.Cmd {
	switch m.here() {
	case inEvents, inLogs:
		return m.openLine(m.stream())
	case inConns:
		if c, ok := m.detail.conns.at(); ok {
			o := overlay{title: "Connection " + plain(c.ID)}
			m.facts(&o, "transport", c.Transport, "encoding", c.Encoding, "since", m.stamp(c.Since), "received", plural(int(c.Received), "message"), "sent", plural(int(c.Sent), "message"), "waiting", size(int64(c.QueueBytes)), "hears", strings.Join(c.Subs, ", "))
			m.json(&o, "params", c.Params)
			m.json(&o, "auth", c.Auth)
			m.json(&o, "state", c.State)
			o.copy = jsonText(c)
			m.overlay = o
		}
	case inSchedule:
		if a, ok := m.alarm(); ok {
			o := overlay{title: "Scheduled " + plain(a.Action)}
			m.facts(&o, "actor", name{a.Type, a.Key}.String(), "due", m.due(a.Due), "status", string(a.Status), "attempt", strconv.Itoa(a.Attempt), "set by", a.SetBy, "last error", a.LastError, "id", a.ID)
			m.json(&o, "arguments", &a.Args)
			o.copy = jsonText(a)
			m.overlay = o
		}
	}
	return nil
}

// clip copies a text with OSC 52, which terminals understand, also from afar.
func (m *model) clip(text string) tea.Cmd {
	m.tell("copied " + text)
	return tea.SetClipboard(text)
}

// copyCall copies what is under the cursor as a rivet call.
func (m *model) copyCall() tea.Cmd {
	if l, ok := m.lineHere(); ok && l.entry != nil && l.entry.Kind == inspect.KindAction {
		if n, ok := m.names[l.entry.Actor]; ok {
			return m.clip(callText(client.Target{Name: n.typ, Key: n.key}, l.entry.Name, l.entry.Args))
		}
	}
	if a, ok := m.alarm(); ok && m.here() == inSchedule {
		return m.clip(callText(client.Target{Name: a.Type, Key: a.Key}, a.Action, &a.Args))
	}
	action := "ACTION"
	if t := m.typeOf(m.detail.actor.Type); t != nil && len(t.Actions) > 0 {
		action = t.Actions[0].Name
	}
	return m.clip(callText(m.target(), action, nil))
}

// lineHere is the line under the cursor, if a stream has the focus.
func (m *model) lineHere() (line, bool) {
	if s := m.stream(); s != nil {
		return s.at()
	}
	return line{}, false
}

// callText is a call as one would type it in a shell.
func callText(t client.Target, action string, args *inspect.Tagged) string {
	words := []string{"rivet", "call", shellWord(t.String()), shellWord(action)}
	if args == nil {
		return strings.Join(words, " ")
	}
	list, _ := args.Tree.(*value.Array)
	if list == nil {
		return strings.Join(words, " ")
	}
	typed := false
	for _, v := range list.Items {
		b, err := value.AppendJSON(nil, v)
		if err != nil {
			continue
		}
		word := string(b)
		typed = typed || strings.Contains(word, `"$`)
		if s, ok := v.(string); ok && bareWord(s) {
			word = s
		}
		words = append(words, shellWord(word))
	}
	if typed {
		words = append(words, "--typed")
	}
	return strings.Join(words, " ")
}

// bareWord reports whether call reads s as the string that it is.
func bareWord(s string) bool {
	if s == "" || s[0] == '-' || s[0] == '@' {
		return false
	}
	_, err := value.ParseJSON([]byte(s))
	return err != nil
}

// shellWord is s as one word of a POSIX shell.
func shellWord(s string) string {
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:@%+,=", r) || r >= 0xa0)
	}) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// copyValue copies what is under the cursor as JSON.
func (m *model) copyValue() tea.Cmd {
	switch m.here() {
	case inState:
		if n, ok := m.detail.tree.at(); ok {
			return m.clip(jsonText(inspect.Tagged{Tree: n.value}))
		}
	case inConns:
		if c, ok := m.detail.conns.at(); ok {
			return m.clip(jsonText(c))
		}
	case inSchedule:
		if a, ok := m.alarm(); ok {
			return m.clip(jsonText(a))
		}
	default:
		if l, ok := m.lineHere(); ok && l.entry != nil {
			return m.clip(jsonText(l.entry))
		} else if ok && l.log != nil {
			return m.clip(jsonText(l.log))
		}
	}
	return nil
}

// openStudio opens the Studio where the terminal is.
func (m *model) openStudio() tea.Cmd {
	path := "/actors"
	id := url.PathEscape(m.detail.id)
	sub := map[where]string{inState: "state", inEvents: "events", inConns: "connections", inLogs: "logs", inSchedule: "schedule", inAbout: "about"}
	switch here := m.here(); {
	case m.focus == onSide:
		path = "/" + sub[here]
	case m.detail.id == "":
	case here == inList || here == inBuild:
		path += "?sel=" + url.QueryEscape(m.detail.id)
	default:
		path += "/" + id + "/" + sub[here]
	}
	open := m.o.OpenURL
	return m.ask(func(ctx context.Context, in *client.Inspector) (then, error) {
		if err := open(ctx, in, path); err != nil {
			return nil, err
		}
		return func(m *model) tea.Cmd { m.tell("opened the Studio in your browser"); return nil }, nil
	})
}

func num(n uint64) string { return strconv.FormatUint(n, 10) }

func place(p *inspect.Place) string {
	return plain(p.File) + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}
