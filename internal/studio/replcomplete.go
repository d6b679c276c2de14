package studio

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/rivetdev/rivet/internal/wire/inspect"
)

const (
	// keysTime is how long a completion may look for live keys.
	keysTime     = 50 * time.Millisecond
	completeTime = time.Second
	maxOptions   = 200
)

var (
	wordAtEnd = regexp.MustCompile(`[\p{L}\p{Nl}$_][\p{L}\p{Nl}\p{Nd}\p{Mn}\p{Mc}$_]*$`)
	// keyAtEnd is a key that is being typed: counter("my, actors.counter.get(["a.
	keyAtEnd = regexp.MustCompile("(?:^|[^\\w$.])(?:actors\\.|client\\.)?([\\p{L}$_][\\p{L}\\p{Nd}$_]*)(?:\\.(?:get|getOrCreate))?\\(\\s*\\[?\\s*([\"'`])([^\"'`\\\\]*)$")
	// actorAtEnd is an actor: counter("my"). client.counter.get(["a"]).
	actorAtEnd = regexp.MustCompile(`(?:^|[^\w$.])(?:await\s+)?(?:actors\.|client\.)?([\p{L}$_][\p{L}\p{Nd}$_]*)(?:\.(?:get|getOrCreate|getForId))?$`)
	pathAtEnd  = regexp.MustCompile(`[\p{L}$_][\p{L}\p{Nd}$_]*(?:\??\.[\p{L}$_][\p{L}\p{Nd}$_]*)*$`)
)

var keywords = strings.Fields("async await break case catch class const continue delete do else enum false finally for function if in instanceof interface let new null of return switch this throw true try type typeof undefined var void while yield")

// completeRepl is POST /repl/complete.
func (s *Studio) completeRepl(q *request) error {
	var in inspect.ReplCompleteRequest
	if err := q.read(&in); err != nil {
		return err
	}
	units := utf16.Encode([]rune(in.Code))
	if in.Pos < 0 || in.Pos > len(units) {
		return invalid("pos=%d: want a place in the code, from 0 to %d.", in.Pos, len(units))
	}
	x, _, err := s.repls.enter(in.Session)
	if err != nil {
		return err
	}
	defer s.repls.leave(x)
	ctx, cancel := context.WithTimeout(q.Context(), completeTime)
	defer cancel()
	select {
	case x.turn <- struct{}{}:
		defer func() { <-x.turn }()
	case <-ctx.Done(): // a line runs: there is nothing to propose
		return q.json(http.StatusOK, inspect.ReplCompletions{From: in.Pos, Options: []inspect.ReplOption{}})
	}
	if x.code == "" {
		x.code = s.o.Registry().Version
		if err := x.scope(ctx); err != nil {
			return err
		}
	}
	before := string(utf16.Decode(units[:in.Pos]))
	c := completing{x: x, ctx: ctx, before: before}
	c.find()
	slices.SortStableFunc(c.options, func(a, b inspect.ReplOption) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), strings.Compare(a.Text, b.Text))
	})
	out := inspect.ReplCompletions{From: len(utf16.Encode([]rune(before[:len(before)-len(c.word)]))), Options: c.options}
	if len(out.Options) > maxOptions {
		out.Options = out.Options[:maxOptions]
	}
	if out.Options == nil {
		out.Options = []inspect.ReplOption{}
	}
	return q.json(http.StatusOK, out)
}

func rank(kind string) int {
	return slices.Index([]string{"key", "action", "type", "variable", "name", "function", "property", "method", "command", "keyword", "global"}, kind)
}

// completing is a completion on its way.
type completing struct {
	x       *replSession
	ctx     context.Context
	before  string // the input up to the cursor
	word    string // its end, which the options replace
	options []inspect.ReplOption
}

// add proposes a word that begins as what was typed does.
func (c *completing) add(text, kind, detail string) {
	if strings.HasPrefix(text, c.word) && !slices.ContainsFunc(c.options, func(o inspect.ReplOption) bool { return o.Text == text }) {
		c.options = append(c.options, inspect.ReplOption{Text: text, Kind: kind, Detail: detail})
	}
}

func (c *completing) find() {
	if name, rest, ok := strings.Cut(strings.TrimLeft(c.before, " "), " "); strings.HasPrefix(name, ".") {
		if c.command(name, rest, ok) {
			return
		}
	}
	if m := keyAtEnd.FindStringSubmatch(c.before); m != nil && c.isType(m[1]) {
		c.word = m[3]
		c.keys(m[1], m[2])
		return
	}
	c.word = wordAtEnd.FindString(c.before)
	stem := strings.TrimSuffix(c.before, c.word)
	if of, ok := strings.CutSuffix(stem, "."); ok {
		c.member(strings.TrimSuffix(of, "?"))
		return
	}
	c.names()
}

func (c *completing) isType(name string) bool { return c.x.s.o.Registry().Actors[name] != nil }

// command completes dot-commands and their actors; it reports whether it did.
func (c *completing) command(name, rest string, behind bool) bool {
	if !behind {
		c.word = name
		for _, k := range replCommands() {
			c.add(k.name, "command", strings.TrimSpace(k.args+"  "+k.short))
		}
		return true
	}
	switch name {
	case ".use", ".call":
		if strings.Contains(rest, " ") {
			return true
		}
		c.word = rest
		if typ, _, ok := strings.Cut(rest, "/"); ok {
			c.targets(typ)
			return true
		}
		for typ := range c.x.s.o.Registry().Actors {
			c.add(typ+"/", "type", "")
		}
		return true
	case ".help":
		c.word = rest
		for _, k := range replCommands() {
			c.add(strings.TrimPrefix(k.name, "."), "command", k.short)
		}
		return true
	case ".time", ".set":
		return false
	}
	return true
}

// live are the actors of a type, if they are at hand at once.
func (c *completing) live(typ string) []inspect.Actor {
	ctx, cancel := context.WithTimeout(c.ctx, keysTime)
	defer cancel()
	type list []inspect.Actor
	found := make(chan list, 1)
	c.x.s.repls.ending.Go(func() { // a store that hangs is not waited for here
		items, _, err := c.x.s.dir.list(ctx, listing{typ: typ, sort: "-activeAt", to: maxOptions})
		if err == nil {
			found <- items
		}
	})
	select {
	case items := <-found:
		return items
	case <-ctx.Done():
		return nil
	}
}

func (c *completing) targets(typ string) {
	for _, a := range c.live(typ) {
		c.add(inspect.FormatTarget(a.Type, a.Key), "key", string(a.Status))
	}
}

// keys completes the first part of a key inside a string.
func (c *completing) keys(typ, quote string) {
	for _, a := range c.live(typ) {
		if len(a.Key) == 0 {
			continue
		}
		b, err := json.Marshal(a.Key[0])
		if err != nil {
			continue
		}
		text := string(b[1 : len(b)-1])
		if quote == `"` || !strings.ContainsAny(text, "\\'`$") {
			c.add(text, "key", string(a.Status))
		}
	}
}

// member completes what follows a dot.
func (c *completing) member(of string) {
	if typ, ok := c.actorBefore(of); ok {
		c.actions(typ)
		return
	}
	path := pathAtEnd.FindString(of)
	switch {
	case path == "" && strings.HasSuffix(of, "]"):
		path = "Array.prototype"
	case path == "" && (strings.HasSuffix(of, `"`) || strings.HasSuffix(of, "'") || strings.HasSuffix(of, "`")):
		path = "String.prototype"
	case path == "" || strings.HasSuffix(strings.TrimSuffix(of, path), "."): // behind a call, or an index
		return
	}
	parts := strings.Split(strings.ReplaceAll(path, "?.", "."), ".")
	if parts[0] == "client" {
		c.client(parts[1:])
		return
	}
	found, err := c.x.isolate().Complete(c.ctx, parts)
	if err != nil {
		return
	}
	if found.Type != "" {
		c.actions(found.Type)
		return
	}
	for _, w := range found.Words {
		c.add(w.Text, w.Kind, "")
	}
}

// client completes the typed client.
func (c *completing) client(path []string) {
	switch len(path) {
	case 0:
		for typ := range c.x.s.o.Registry().Actors {
			c.add(typ, "type", "")
		}
	case 1:
		for _, m := range []string{"get(key)", "getOrCreate(key)", "getForId(id)", "create(key, { input })"} {
			name, _, _ := strings.Cut(m, "(")
			c.add(name, "method", strings.TrimPrefix(m, name))
		}
	}
}

// actorBefore reports whether a text ends with a call that gives an actor.
func (c *completing) actorBefore(of string) (typ string, ok bool) {
	of = strings.TrimRight(of, " \n\t")
	if !strings.HasSuffix(of, ")") {
		return "", false
	}
	depth := 0
	for i := len(of) - 1; i >= 0; i-- {
		switch of[i] {
		case '"', '\'', '`':
			if i = strings.LastIndexByte(of[:i], of[i]); i < 0 {
				return "", false
			}
		case ')', ']', '}':
			depth++
		case '(', '[', '{':
			depth--
		}
		if depth == 0 {
			m := actorAtEnd.FindStringSubmatch(of[:i])
			if m == nil || !c.isType(m[1]) {
				return "", false
			}
			return m[1], true
		}
	}
	return "", false
}

// actions completes an actor's actions, and what every handle has.
func (c *completing) actions(typ string) {
	for _, a := range c.x.actions(c.ctx, typ) {
		c.add(a.Name, "action", signatureOf(a))
	}
	for _, m := range []string{"connect()", "on(event, callback)", "once(event, callback)", "resolve()", "fetch(path)", "websocket(path)"} {
		name, _, _ := strings.Cut(m, "(")
		c.add(name, "method", strings.TrimPrefix(m, name))
	}
}

// names completes what stands at the beginning.
func (c *completing) names() {
	if u := c.x.using(); u != nil {
		for _, a := range c.x.actions(c.ctx, u.name) {
			c.add(a.Name, "action", signatureOf(a))
		}
	}
	for _, typ := range slices.Sorted(maps.Keys(c.x.s.o.Registry().Actors)) {
		c.add(typ, "type", "(key)")
	}
	if found, err := c.x.isolate().Complete(c.ctx, nil); err == nil {
		for _, w := range found.Words {
			c.add(w.Text, w.Kind, "")
		}
	}
	if c.word != "" {
		for _, k := range keywords {
			c.add(k, "keyword", "")
		}
	}
}
