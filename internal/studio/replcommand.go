package studio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/studio/filter"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// replCommand is one dot-command.
type replCommand struct {
	name, args, short string
	long              string
	// run is nil for what the program at the terminal does itself.
	run func(c *commanding) error
}

// commanding is a dot-command on its way.
type commanding struct {
	x     *replSession
	q     *request
	rest  string // behind the command's name
	limit time.Duration
	live  func(actor.Log)
	out   *inspect.ReplAnswer
}

// replCommands are the dot-commands, in the order of .help.
func replCommands() []replCommand {
	return []replCommand{
		{".use", "[ACTOR]", "use an actor, or none", "Its actions become functions, and state is its state.\nACTOR is TYPE/KEY, as in .use counter/my-counter, or id:ID.\nIts first action creates it.", (*commanding).use},
		{".state", "[/path]", "its state, or a part of it", "The path is a JSON Pointer: .state /users/0/name.\nA sleeping actor isn't woken.", (*commanding).state},
		{".set", "/path EXPR", "change its state", "EXPR is TypeScript: .set /count state.count + 1", (*commanding).set},
		{".call", "[ACTOR] ACTION [ARG…]", "call as `rivet call` does", "Each ARG is JSON if it parses as JSON, else a string:\n.call counter/a increment 5", (*commanding).call},
		{".on", "EVENT", "print its events as they come", "They print above the line that is being typed.", nil},
		{".off", "[EVENT]", "stop printing events", "", nil},
		{".conns", "", "its connections", "", (*commanding).conns},
		{".events", "[FILTER]", "its last happenings, or all", "As in .events kind:action name:inc* took:>50ms error", (*commanding).events},
		{".logs", "[FILTER]", "its last log lines, or all", "As in .logs level:error \"text\"", (*commanding).logs},
		{".schedule", "", "its scheduled actions, or all", "", (*commanding).schedule},
		{".ls", "[FILTER]", "list actors", "As in .ls type:counter key:my* status:awake errors:>0", (*commanding).ls},
		{".time", "EXPR", "evaluate, and tell how long", "", (*commanding).time},
		{".load", "FILE", "run the lines of a file", "", nil},
		{".save", "FILE", "write this session's lines", "", nil},
		{".clear", "", "clear the screen", "", nil},
		{".help", "[TOPIC]", "this list, or one command", "", (*commanding).help},
		{".exit", "", "end, as Ctrl-D does", "", nil},
	}
}

// dotCommand takes ".name rest" apart; ".5" and "...x" are no commands.
func dotCommand(code string) (name, rest string, ok bool) {
	code = strings.TrimSpace(code)
	if len(code) < 2 || code[0] != '.' || (code[1]|0x20 < 'a' || code[1]|0x20 > 'z') {
		return "", "", false
	}
	name, rest, _ = strings.Cut(code, " ")
	if i := strings.IndexAny(name, "\n\t"); i >= 0 {
		name, rest = code[:i], code[i:]
	}
	return name, strings.TrimSpace(rest), true
}

// command runs a dot-command.
func (x *replSession) command(with *commanding, name string) error {
	var names []string
	for _, c := range replCommands() {
		if c.name != name {
			names = append(names, c.name)
			continue
		}
		if c.run == nil {
			return errs.New(errs.Unsupported, "%s is a command of the program at the terminal, not of the server.", name)
		}
		return c.run(with)
	}
	e := errs.New(errs.InvalidRequest, "There is no command %s.", name)
	if near := errs.Closest(name, names); near != "" {
		return e.WithHint("Did you mean %s?", near)
	}
	return e.WithHint(".help lists them.")
}

func (c *commanding) ctx() context.Context { return c.q.Context() }

// text answers with text, and data beside it.
func (c *commanding) text(parts []actor.LinePart, data any) error {
	v, err := plainOf(data)
	if err != nil {
		return err
	}
	c.out.Output = &inspect.ReplOutput{Value: inspect.Tagged{Tree: v}}
	c.out.Output.Text, c.out.Output.Parts = joined(parts)
	return nil
}

func (c *commanding) say(style, format string, args ...any) error {
	return c.text([]actor.LinePart{{Style: style, Text: fmt.Sprintf(format, args...)}}, nil)
}

// used is the actor in use; without one the command is refused.
func (c *commanding) used() (*usedActor, error) {
	u := c.x.using()
	if u == nil {
		return nil, errs.New(errs.InvalidRequest, "No actor is in use.").WithHint("Name one: .use counter/my-counter")
	}
	return u, nil
}

func (c *commanding) use() error {
	var u *usedActor
	if c.rest != "" {
		id, name, key, err := inspect.ParseTarget(c.rest)
		if err != nil {
			return errs.New(errs.InvalidRequest, "%q names no actor: %v.", c.rest, err).WithHint("Name it TYPE/KEY, such as counter/my-counter, or id:ID.")
		}
		u = &usedActor{id: id, name: name, key: key}
		if id != "" {
			ref, err := c.x.s.o.Engine.Lookup(c.ctx(), actor.ID(id))
			if err != nil {
				return err
			}
			u.name, u.key = ref.Name, ref.Key
		}
		if types := slices.Collect(maps.Keys(c.x.s.o.Registry().Actors)); !slices.Contains(types, u.name) {
			e := errs.New(errs.ActorNotFound, "There is no actor type %q.", u.name)
			if near := errs.Closest(u.name, types); near != "" {
				return e.WithHint("Did you mean %q?", near)
			}
			slices.Sort(types)
			return e.WithHint("The types are: %s.", strings.Join(types, ", "))
		}
	}
	c.x.mu.Lock()
	c.x.used = u
	c.x.mu.Unlock()
	if err := c.x.scope(c.ctx()); err != nil {
		return err
	}
	if u == nil {
		return c.say("muted", "no actor is in use")
	}
	return c.say("muted", "%s", strings.Join(c.x.signatures(c.ctx(), u.name), "  "))
}

func (c *commanding) state() error {
	u, err := c.used()
	if err != nil {
		return err
	}
	st, err := c.x.s.stateOf(c.ctx(), u.actorID(), c.rest, 0)
	if err != nil {
		return err
	}
	v, err := st.Value.Value()
	if err != nil {
		return errs.Wrap(errs.Internal, err, "read the state")
	}
	parts, err := c.x.isolate().Show(c.ctx(), v)
	if err != nil {
		return err
	}
	c.out.Output = output(parts, v)
	return nil
}

func (c *commanding) set() error {
	u, err := c.used()
	if err != nil {
		return err
	}
	path, expr, _ := strings.Cut(c.rest, " ")
	if expr = strings.TrimSpace(expr); expr == "" || path != "" && path[0] != '/' {
		return errs.New(errs.InvalidRequest, "A path and a value are needed.").WithHint("As in: .set /count 5")
	}
	v := c.x.eval(c.q, "("+expr+"\n)", c.limit, c.live, c.out)
	c.out.Output = nil
	if c.out.Error != nil {
		return nil
	}
	change := func(old value.Value) (value.Value, error) {
		before := inspect.Tag(old)
		op := inspect.Op{Op: "replace", Path: path, Value: inspect.Tag(v)}
		if _, err := inspect.At(before, path); err != nil {
			op.Op = "add"
		}
		after, err := inspect.Apply(before, inspect.Patch{op})
		if err != nil {
			return nil, errs.New(codeState, "The state has no place %s: %v.", path, err)
		}
		return inspect.Untag(after)
	}
	for {
		img, err := c.x.s.o.Engine.Image(c.ctx(), u.actorID())
		if err != nil {
			return err
		}
		ed, err := c.x.s.o.Engine.EditState(c.ctx(), u.actorID(), "", img.Rev, change)
		var conflict *actor.Conflict
		if errors.As(err, &conflict) && c.ctx().Err() == nil {
			continue // somebody was quicker; only this one path is ours
		}
		if err != nil {
			return err
		}
		return c.text([]actor.LinePart{{Style: "muted", Text: fmt.Sprintf("%s is set, revision %d", c.shownPath(path), ed.Rev)}}, map[string]any{"rev": ed.Rev, "seq": ed.Seq})
	}
}

func (c *commanding) shownPath(path string) string {
	if path == "" {
		return "the state"
	}
	return path
}

func (c *commanding) call() error {
	words := splitWords(c.rest)
	if len(words) == 0 {
		return errs.New(errs.InvalidRequest, "Which action?").WithHint("As in: .call counter/my-counter increment 5")
	}
	u := c.x.using()
	_, typ, _, perr := inspect.ParseTarget(words[0])
	if known := c.x.s.o.Registry().Actors[typ] != nil; perr == nil && (known && (u == nil || len(words) > 1) || strings.HasPrefix(words[0], "id:")) {
		id, name, key, _ := inspect.ParseTarget(words[0])
		u, words = &usedActor{id: id, name: name, key: key}, words[1:]
	}
	if u == nil || len(words) == 0 {
		return errs.New(errs.InvalidRequest, "An actor and an action are needed.").WithHint("As in: .call counter/my-counter increment 5")
	}
	spec := actor.CallSpec{
		Query:  actor.Query{Kind: actor.GetOrCreate, Name: u.name, Key: u.key, Input: value.Undefined{}},
		Action: words[0],
		Caller: actor.Caller{Params: value.Undefined{}, Auth: value.Undefined{}, Transport: actor.InProcess, Server: true, Via: c.q.via()},
	}
	if u.id != "" {
		spec.Query = actor.Query{Kind: actor.GetForID, ID: actor.ID(u.id)}
	}
	for _, w := range words[1:] {
		v, err := value.ParseJSON([]byte(w))
		if err != nil {
			v = w
		}
		spec.Args = append(spec.Args, v)
	}
	ctx, cancel := context.WithTimeout(c.ctx(), c.limit)
	defer cancel()
	v, _, err := c.x.s.o.Engine.CallTraced(ctx, spec)
	if err != nil {
		return err
	}
	v = given(v)
	if _, none := v.(value.Undefined); none {
		return nil
	}
	parts, err := c.x.isolate().Show(c.ctx(), v)
	if err != nil {
		return err
	}
	c.out.Output = output(parts, v)
	return nil
}

// splitWords splits at blanks outside of quotes and brackets.
func splitWords(s string) (words []string) {
	var b strings.Builder
	depth, quote := 0, byte(0)
	for i := 0; i < len(s); i++ {
		ch := s[i]
		switch {
		case quote != 0:
			if ch == '\\' && i+1 < len(s) {
				b.WriteByte(ch)
				i++
				ch = s[i]
			} else if ch == quote {
				quote = 0
			}
		case ch == '"' || ch == '\'':
			quote = ch
		case ch == '{' || ch == '[':
			depth++
		case ch == '}' || ch == ']':
			depth--
		case (ch == ' ' || ch == '\t' || ch == '\n') && depth <= 0:
			if b.Len() > 0 {
				words = append(words, unquoted(b.String()))
				b.Reset()
			}
			continue
		}
		b.WriteByte(ch)
	}
	if b.Len() > 0 {
		words = append(words, unquoted(b.String()))
	}
	return words
}

// unquoted is a word in single quotes without them, as a shell has it.
func unquoted(w string) string {
	if n := len(w); n > 1 && w[0] == '\'' && w[n-1] == '\'' {
		return w[1 : n-1]
	}
	return w
}

func (c *commanding) conns() error {
	u, err := c.used()
	if err != nil {
		return err
	}
	if _, err := c.x.s.o.Engine.Lookup(c.ctx(), u.actorID()); err != nil {
		return err
	}
	list := c.x.s.connsOf(u.actorID())
	rows := [][]string{{"ID", "TRANSPORT", "SINCE", "SENT", "RECEIVED", "SUBSCRIPTIONS"}}
	for _, k := range list {
		rows = append(rows, []string{k.ID, k.Transport, ago(k.Since), strconv.FormatUint(k.Sent, 10), strconv.FormatUint(k.Received, 10), strings.Join(k.Subs, ", ")})
	}
	return c.text(table(rows, "no connections"), list)
}

// search reads the filter, of the actor in use or of all.
func (c *commanding) search(logs bool) (search, error) {
	w := search{logs: logs}
	if u := c.x.using(); u != nil {
		w.actor = u.actorID()
	}
	var err error
	w.expr, err = filter.Parse(c.rest, entryFields)
	return w, err
}

// lastEntries is how many entries .events and .logs show.
const lastEntries = 20

func (c *commanding) last(logs bool) ([]*record, error) {
	w, err := c.search(logs)
	if err != nil {
		return nil, err
	}
	recs := c.x.s.find(c.ctx(), w)
	return recs[max(0, len(recs)-lastEntries):], nil
}

func (c *commanding) events() error {
	recs, err := c.last(false)
	if err != nil {
		return err
	}
	var parts []actor.LinePart
	items := make([]inspect.Entry, 0, len(recs))
	for _, r := range recs {
		e := c.x.s.entryOf(c.ctx(), r, false)
		items = append(items, e)
		parts = append(parts, c.entryLine(r, &e)...)
	}
	return c.text(trimmed(parts, "nothing has happened"), items)
}

func (c *commanding) entryLine(r *record, e *inspect.Entry) []actor.LinePart {
	parts := []actor.LinePart{{Style: "muted", Text: clock(e.At)}, {Text: " "}}
	if c.x.using() == nil && r.Actor != nil {
		parts = append(parts, actor.LinePart{Style: "name", Text: name(r.Actor)}, actor.LinePart{Text: " "})
	}
	parts = append(parts, actor.LinePart{Style: "special", Text: string(e.Kind)})
	if e.Kind == inspect.KindLog {
		parts = append(parts, actor.LinePart{Text: " " + e.Name + " " + e.Message})
	} else if e.Name != "" {
		parts = append(parts, actor.LinePart{Text: " " + e.Name + argsText(e.Args)})
	}
	if e.Output != nil {
		parts = append(parts, actor.LinePart{Text: " → " + short(*e.Output)})
	}
	if e.Error != nil {
		parts = append(parts, actor.LinePart{Style: "error", Text: " " + e.Error.Message + " [" + e.Error.Code + "]"})
	}
	for _, op := range e.Patch {
		parts = append(parts, actor.LinePart{Style: "muted", Text: " " + op.Path})
	}
	if e.Us > 0 {
		parts = append(parts, actor.LinePart{Style: "muted", Text: " " + time.Duration(e.Us*1000).String()})
	}
	return append(parts, actor.LinePart{Text: "\n"})
}

func argsText(args *inspect.Tagged) string {
	if args == nil {
		return "()"
	}
	text := short(*args)
	return "(" + strings.TrimSuffix(strings.TrimPrefix(text, "["), "]") + ")"
}

// short is a value on at most 80 characters.
func short(t inspect.Tagged) string {
	b, err := json.Marshal(t)
	if err != nil {
		return "…"
	}
	if text := string(b); utf8.RuneCountInString(text) > 80 {
		return string([]rune(text)[:79]) + "…"
	}
	return string(b)
}

func (c *commanding) logs() error {
	recs, err := c.last(true)
	if err != nil {
		return err
	}
	var parts []actor.LinePart
	items := make([]inspect.Log, 0, len(recs))
	for _, r := range recs {
		l := logOf(r)
		items = append(items, l)
		style := ""
		if r.Log.Level >= actor.LogError {
			style = "error"
		}
		parts = append(parts, actor.LinePart{Style: "muted", Text: clock(l.At) + " "}, actor.LinePart{Style: style, Text: l.Level + " " + l.Message})
		if c.x.using() == nil && r.Actor != nil {
			parts = append(parts, actor.LinePart{Style: "name", Text: " " + name(r.Actor)})
		}
		if l.Fields != nil {
			parts = append(parts, actor.LinePart{Text: " " + short(*l.Fields)})
		}
		parts = append(parts, actor.LinePart{Style: "muted", Text: " " + l.Source + "\n"})
	}
	return c.text(trimmed(parts, "nothing was logged"), items)
}

// trimmed are parts without the last newline, or what is said for none.
func trimmed(parts []actor.LinePart, none string) []actor.LinePart {
	if len(parts) == 0 {
		return []actor.LinePart{{Style: "muted", Text: none}}
	}
	last := &parts[len(parts)-1]
	last.Text = strings.TrimSuffix(last.Text, "\n")
	return parts
}

func (c *commanding) schedule() error {
	var id actor.ID
	if u := c.x.using(); u != nil {
		id = u.actorID()
	}
	list, err := c.x.s.alarms(c.ctx(), id)
	if err != nil {
		return err
	}
	rows := [][]string{{"ID", "ACTOR", "ACTION", "DUE", "STATUS", "ATTEMPT"}}
	for _, a := range list[:min(len(list), 100)] {
		rows = append(rows, []string{a.ID, inspect.FormatTarget(a.Type, a.Key), a.Action + argsText(&a.Args), due(a.Due), string(a.Status), strconv.Itoa(a.Attempt)})
	}
	return c.text(table(rows, "nothing is scheduled"), list)
}

func (c *commanding) ls() error {
	items, total, err := c.x.s.dir.list(c.ctx(), listing{q: c.rest, to: 50})
	if err != nil {
		return err
	}
	rows := [][]string{{"ACTOR", "STATUS", "CONNS", "STATE", "ERRORS"}}
	for _, a := range items {
		rows = append(rows, []string{inspect.FormatTarget(a.Type, a.Key), string(a.Status), strconv.Itoa(a.Conns), size(a.StateBytes), strconv.Itoa(a.Errors)})
	}
	parts := table(rows, "no actors")
	if total > len(items) {
		parts = append(parts, actor.LinePart{Style: "muted", Text: fmt.Sprintf("\n… and %d more; .ls FILTER narrows", total-len(items))})
	}
	return c.text(parts, items)
}

func (c *commanding) time() error {
	if c.rest == "" {
		return errs.New(errs.InvalidRequest, "What is to be timed?").WithHint("As in: .time counter(\"a\").increment(1)")
	}
	began := time.Now()
	c.x.eval(c.q, c.rest, c.limit, c.live, c.out)
	took := actor.LinePart{Style: "muted", Text: time.Since(began).Round(time.Microsecond).String()}
	if c.out.Output == nil {
		c.out.Output = &inspect.ReplOutput{Value: inspect.TaggedOf(value.Undefined{})}
	} else {
		took.Text = "\n" + took.Text
	}
	c.out.Output.Text += took.Text
	c.out.Output.Parts = append(c.out.Output.Parts, inspect.ReplPart(took))
	return nil
}

func (c *commanding) help() error {
	var parts []actor.LinePart
	topic := "." + strings.TrimPrefix(c.rest, ".")
	for _, k := range replCommands() {
		usage := strings.TrimSpace(k.name + " " + k.args)
		if c.rest == "" {
			parts = append(parts, actor.LinePart{Style: "special", Text: fmt.Sprintf("%-29s", usage)}, actor.LinePart{Text: k.short + "\n"})
		} else if k.name == topic {
			parts = append(parts, actor.LinePart{Style: "special", Text: usage}, actor.LinePart{Text: "\n" + k.short + "\n"})
			if k.long != "" {
				parts = append(parts, actor.LinePart{Style: "muted", Text: k.long + "\n"})
			}
		}
	}
	if c.rest == "" {
		types := slices.Sorted(maps.Keys(c.x.s.o.Registry().Actors))
		example := "counter"
		if len(types) > 0 {
			example = types[0]
		}
		about := "\nLines are TypeScript. Each actor type is a function, as in\n" + example +
			"(\"my-key\"); client is the typed client, _ the last\nresult, _error the last error.\n"
		parts = append(parts, actor.LinePart{Text: about})
	}
	if parts == nil {
		return errs.New(errs.InvalidRequest, "There is no help on %q.", c.rest).WithHint(".help lists the commands.")
	}
	return c.text(trimmed(parts, ""), nil)
}

// signatures are the actions of a type as one calls them.
func (x *replSession) signatures(ctx context.Context, typ string) (out []string) {
	for _, a := range x.actions(ctx, typ) {
		out = append(out, a.Name+signatureOf(a))
	}
	return out
}

// actions of a type, with what is known of their parameters.
func (x *replSession) actions(ctx context.Context, typ string) []inspect.Action {
	list, err := x.s.typeList(ctx)
	if err != nil {
		return nil
	}
	for _, t := range list {
		if t.Type == typ {
			return t.Actions
		}
	}
	return nil
}

func signatureOf(a inspect.Action) string {
	params := make([]string, len(a.Params))
	for i, p := range a.Params {
		params[i] = p.Name
		if p.Optional {
			params[i] += "?"
		}
		if p.Type != "" {
			params[i] += ": " + p.Type
		}
	}
	return "(" + strings.Join(params, ", ") + ")"
}
