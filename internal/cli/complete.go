package cli

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/config"
	"github.com/rivetdev/rivet/internal/studio"
	"github.com/rivetdev/rivet/internal/tui/safe"
	"github.com/rivetdev/rivet/templates"
)

// completeTime bounds what a completion asks the server: who presses Tab waits.
const completeTime = 40 * time.Millisecond

// completer proposes what may stand where the cursor is. What the server would
// have to tell and doesn't in time is left out, in silence.
type completer struct {
	a     *App
	ctx   context.Context
	cmd   *cobra.Command
	args  []string // before the word that is completed
	typed string   // of that word
	known *client.Inspector
}

// proposals are words with their descriptions, and what the shell does with them.
type proposals struct {
	list []cobra.Completion
	then cobra.ShellCompDirective
}

func (p *proposals) add(word, about string) {
	if word == "" || safe.Text(word) != word || strings.ContainsAny(word, "\n\t") {
		return // it can't be typed
	}
	p.list = append(p.list, cobra.CompletionWithDesc(word, safe.Text(oneLine.Replace(about))))
}

// prefixed adds words that begin with what was typed.
func (c *completer) prefixed(p *proposals, word, about string) {
	if strings.HasPrefix(word, c.typed) {
		p.add(word, about)
	}
}

// words are those that a command's usage line says it takes.
var words = map[string]func(*completer) proposals{
	"ACTOR": (*completer).actors, "TYPE": (*completer).types, "ACTION": (*completer).actions, "ARG": (*completer).arguments,
	"EVENT": (*completer).events, "CONN": (*completer).conns, "ID": (*completer).alarms, "PATH": (*completer).pointers,
	"COMMAND": (*completer).commands, "TOPIC": (*completer).topics, "SHELL": (*completer).shells,
	"entry": sources, "FILES": sources, "FILE": anyFile, "dir": directories, "DIR": directories, "VALUE": nothing,
}

// flagWords are what flags take, by name; others take what can't be guessed.
var flagWords = map[string]func(*completer) proposals{
	"color":      oneOf("auto", "always", "never"),
	"log-level":  oneOf(config.Allowed("log.level")...),
	"log-format": oneOf(config.Allowed("log.format")...),
	"cwd":        directories, "data": directories,
	"template": (*completer).templates, "type": (*completer).types,
	"listen": (*completer).events, "conn": (*completer).conns,
	"filter": (*completer).filters, "sort": (*completer).sorts,
}

// completeAll gives every command the completion of the words in its usage line
// and of its flags.
func (a *App) completeAll(cmd *cobra.Command) {
	if cmd.ValidArgsFunction == nil && cmd.ValidArgs == nil {
		takes := strings.Fields(cmd.Use)[1:]
		cmd.ValidArgsFunction = a.completion(func(c *completer) proposals {
			if w := c.word(takes); w != nil {
				return w(c)
			}
			return nothing(c)
		})
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		w := flagWords[f.Name]
		if w == nil && f.Value.Type() != "bool" {
			w = nothing
		}
		if w != nil {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, a.completion(w)) // fails if the command has its own: that counts
		}
	})
	for _, sub := range cmd.Commands() {
		a.completeAll(sub)
	}
}

// word is what stands at the place of the word that is completed; the last one
// may repeat.
func (c *completer) word(takes []string) func(*completer) proposals {
	if len(takes) == 0 {
		return nil
	}
	at := len(c.args)
	if at >= len(takes) {
		if !strings.Contains(takes[len(takes)-1], "…") {
			return nil
		}
		at = len(takes) - 1
	}
	return words[strings.Trim(takes[at], "[]…")]
}

func (a *App) completion(f func(*completer) proposals) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completeTime)
		defer cancel()
		if a.enter() != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		p := f(&completer{a: a, ctx: ctx, cmd: cmd, args: unmaskAll(args), typed: unmask(typed)})
		return p.list, p.then
	}
}

func nothing(*completer) proposals { return proposals{then: cobra.ShellCompDirectiveNoFileComp} }
func anyFile(*completer) proposals { return proposals{then: cobra.ShellCompDirectiveDefault} }

func directories(*completer) proposals {
	return proposals{then: cobra.ShellCompDirectiveFilterDirs}
}

// sources are files that TypeScript or JavaScript may stand in.
func sources(*completer) proposals {
	return proposals{list: []string{"ts", "tsx", "mts", "js", "jsx", "mjs"}, then: cobra.ShellCompDirectiveFilterFileExt}
}

func oneOf(choices ...string) func(*completer) proposals {
	return func(c *completer) proposals {
		p := nothing(c)
		p.then |= cobra.ShellCompDirectiveKeepOrder
		for _, w := range choices {
			c.prefixed(&p, w, "")
		}
		return p
	}
}

func (c *completer) shells() proposals { return oneOf(shells...)(c) }

func (c *completer) commands() proposals {
	p := nothing(c)
	cmd := c.cmd.Root()
	for _, name := range c.args {
		i := slices.IndexFunc(cmd.Commands(), func(s *cobra.Command) bool { return s.Name() == name })
		if i < 0 {
			return p
		}
		cmd = cmd.Commands()[i]
	}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			c.prefixed(&p, sub.Name(), sub.Short)
		}
	}
	return p
}

func (c *completer) templates() proposals {
	p := nothing(c)
	for _, t := range templates.All() {
		c.prefixed(&p, t.Name, t.Title)
	}
	return p
}

// filters complete the last term of a filter.
func (c *completer) filters() proposals {
	p := nothing(c)
	p.then |= cobra.ShellCompDirectiveNoSpace
	before, term := "", c.typed
	if i := strings.LastIndexByte(term, ' '); i >= 0 {
		before, term = term[:i+1], term[i+1:]
	}
	if strings.HasPrefix(term, "-") {
		before, term = before+"-", term[1:]
	}
	fields, values := studio.EntryFields(), map[string][]string{"kind": studio.EntryKinds(), "level": config.Allowed("log.level")}
	if c.cmd.Name() == "ls" {
		fields, values = studio.ActorFields(), map[string][]string{"status": studio.ActorStatuses()}
	}
	name, _, valued := strings.Cut(term, ":")
	if !valued {
		for _, f := range fields {
			c.prefixed(&p, before+f+":", "")
		}
		return p
	}
	if name == "type" {
		for _, t := range c.typeList() {
			c.prefixed(&p, before+"type:"+t.Type, "")
		}
	}
	for _, v := range values[name] {
		c.prefixed(&p, before+name+":"+v, "")
	}
	return p
}

func (c *completer) sorts() proposals {
	p := nothing(c)
	for _, s := range studio.ActorSorts() {
		c.prefixed(&p, s, "rising")
		c.prefixed(&p, "-"+s, "falling")
	}
	return p
}

// unquoted takes the quotes off that mark a flag's value in its description:
// cobra does so in a help text, not when it completes.
type unquoted struct{ io.Writer }

func (u unquoted) Write(line []byte) (int, error) {
	if bytes.HasPrefix(line, []byte("-")) {
		if _, err := u.Writer.Write(bytes.ReplaceAll(line, []byte("`"), nil)); err != nil {
			return 0, err
		}
		return len(line), nil
	}
	return u.Writer.Write(line)
}
