package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// server is the inspector that the command would speak to, nil if there is none.
func (c *completer) server() *client.Inspector {
	if c.known == nil {
		var s serverOptions
		if f := c.cmd.Flags().Lookup("url"); f != nil {
			s.url = f.Value.String()
		}
		if f := c.cmd.Flags().Lookup("token"); f != nil {
			s.token = f.Value.String()
		}
		c.known, _ = c.a.inspect(c.ctx, s) // no server: nothing is proposed
	}
	return c.known
}

func (c *completer) typeList() []inspect.Type {
	in := c.server()
	if in == nil {
		return nil
	}
	list, err := in.Types(c.ctx)
	if err != nil {
		return nil
	}
	return list
}

func (c *completer) types() proposals {
	p := nothing(c)
	for _, t := range c.typeList() {
		c.prefixed(&p, t.Type, countText(t.Count, "actor"))
	}
	return p
}

func countText(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// actors are types, until one is typed; then the keys that there are, the most
// recently used first.
func (c *completer) actors() proposals {
	p := nothing(c)
	name, _, keyed := strings.Cut(c.typed, "/")
	if !keyed {
		p.then |= cobra.ShellCompDirectiveNoSpace
		for _, t := range c.typeList() {
			c.prefixed(&p, client.Target{Name: t.Type}.String()+"/", countText(t.Count, "actor"))
		}
		return p
	}
	p.then |= cobra.ShellCompDirectiveKeepOrder
	in := c.server()
	if in == nil {
		return p
	}
	page, err := in.Actors(c.ctx, client.ActorQuery{Type: name, Sort: "-activeAt", Limit: 500})
	if err != nil {
		return p
	}
	for _, a := range page.Items {
		c.prefixed(&p, client.Target{Name: a.Type, Key: a.Key}.String(), string(a.Status))
	}
	return p
}

// actor is what the command line names as ACTOR, by its id.
func (c *completer) actor() (inspect.Actor, bool) {
	in := c.server()
	if in == nil || len(c.args) == 0 {
		return inspect.Actor{}, false
	}
	t, err := client.ParseTarget(c.args[0])
	if err != nil {
		return inspect.Actor{}, false
	}
	a, err := in.Find(c.ctx, t)
	return a, err == nil
}

// actionList are the actions of the actor that is named.
func (c *completer) actionList() []inspect.Action {
	if len(c.args) == 0 {
		return nil
	}
	t, err := client.ParseTarget(c.args[0])
	if err != nil {
		return nil
	}
	name := t.Name
	if t.ID != "" {
		a, _ := c.actor()
		name = a.Type
	}
	for _, typ := range c.typeList() {
		if typ.Type == name {
			return typ.Actions
		}
	}
	return nil
}

func (c *completer) actions() proposals {
	p := nothing(c)
	for _, a := range c.actionList() {
		about := a.Signature
		if first, _, _ := strings.Cut(a.Doc, "\n"); first != "" {
			about = strings.TrimSpace(about + "  " + first)
		}
		c.prefixed(&p, a.Name, about)
	}
	return p
}

// arguments are the values of a parameter that takes few, or files after an @.
func (c *completer) arguments() proposals {
	p := nothing(c)
	if strings.HasPrefix(c.typed, "@") {
		return c.atFiles()
	}
	if len(c.args) < 2 || c.cmd.Name() == "emit" { // an event's arguments aren't known
		return p
	}
	list := c.actionList()
	i := slices.IndexFunc(list, func(a inspect.Action) bool { return a.Name == c.args[1] })
	if i < 0 || len(list[i].Params) == 0 {
		return p
	}
	params := list[i].Params
	at := len(c.args) - 2
	if at >= len(params) {
		if at = len(params) - 1; !params[at].Rest {
			return p
		}
	}
	var schema struct {
		Type string            `json:"type"`
		Enum []json.RawMessage `json:"enum"`
	}
	if json.Unmarshal(params[at].Schema, &schema) != nil {
		return p
	}
	about := params[at].Name + ": " + params[at].Type
	if schema.Type == "boolean" {
		c.prefixed(&p, "true", about)
		c.prefixed(&p, "false", about)
	}
	for _, v := range schema.Enum {
		var text string
		if json.Unmarshal(v, &text) != nil || json.Valid([]byte(text)) {
			text = string(v) // a string that reads as JSON is typed in quotes
		}
		c.prefixed(&p, text, about)
	}
	return p
}

func (c *completer) atFiles() proposals {
	p := proposals{then: cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp}
	dir, _ := filepath.Split(c.typed[1:])
	entries, err := os.ReadDir(c.a.path(cmp.Or(dir, ".")))
	if err != nil {
		return p
	}
	for _, e := range entries {
		name := "@" + dir + e.Name()
		if e.IsDir() {
			name += "/"
		}
		c.prefixed(&p, name, "")
	}
	return p
}

// events are those that the actor sent lately and those that somebody subscribed to.
func (c *completer) events() proposals {
	p := nothing(c)
	a, ok := c.actor()
	if !ok {
		return p
	}
	names := map[string]string{}
	if page, err := c.server().History(c.ctx, client.HistoryQuery{Actor: a.ID, Filter: "kind:event", Limit: 200}); err == nil {
		for _, e := range page.Items {
			names[e.Name] = "sent"
		}
	}
	if conns, err := c.server().Conns(c.ctx, a.ID); err == nil {
		for _, conn := range conns {
			for _, s := range conn.Subs {
				names[s] = "subscribed to"
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		c.prefixed(&p, name, names[name])
	}
	return p
}

func (c *completer) conns() proposals {
	p := nothing(c)
	if a, ok := c.actor(); ok {
		if conns, err := c.server().Conns(c.ctx, a.ID); err == nil {
			for _, conn := range conns {
				c.prefixed(&p, conn.ID, fmt.Sprintf("%s, %s", conn.Transport, strings.Join(conn.Subs, ", ")))
			}
		}
	}
	return p
}

// alarms are the ids of the schedule.
func (c *completer) alarms() proposals {
	p := nothing(c)
	if in := c.server(); in != nil {
		if list, err := in.Schedule(c.ctx, ""); err == nil {
			for _, s := range list {
				c.prefixed(&p, s.ID, s.Action+" "+c.a.when(s.Due).text)
			}
		}
	}
	return p
}

// pointers are the paths into the actor's state, one step at a time.
func (c *completer) pointers() proposals {
	p := nothing(c)
	p.then |= cobra.ShellCompDirectiveNoSpace
	a, ok := c.actor()
	if !ok {
		return p
	}
	parent := c.typed[:max(strings.LastIndexByte(c.typed, '/'), 0)]
	s, err := c.server().State(c.ctx, a.ID, parent, 1)
	if err != nil {
		return p
	}
	add := func(step string, v value.Value) {
		step = strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
		text, err := value.AppendJSON(nil, v)
		if err != nil || strings.HasPrefix(string(text), `{"$cut"`) {
			text = []byte("…")
		}
		c.prefixed(&p, parent+"/"+step, string(text))
	}
	switch v := s.Value.Tree.(type) {
	case *value.Object:
		for _, k := range v.Keys {
			if strings.HasPrefix(k, "$") {
				break
			}
			child, _ := v.Get(k)
			add(k, child)
		}
	case *value.Array:
		for i, child := range v.Items {
			add(strconv.Itoa(i), child)
		}
	}
	return p
}
