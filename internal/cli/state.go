package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// stateOptions are what `rivet state` was asked for.
type stateOptions struct {
	subject subject
	path    string
	typed   bool
	depth   int
	watch   bool
	server  serverOptions
}

func newStateCommand(a *App) *cobra.Command {
	var o stateOptions
	cmd := &cobra.Command{
		Use:   "state ACTOR [PATH]",
		Short: "Print an actor's state, or change it",
		Long: `Print an actor's state, or the part at PATH, a JSON Pointer such as /users/0/name.
A sleeping actor isn't woken.

It is printed as JSON; what JSON has no form for, such as a Map, needs --typed:
tagged JSON, which is exact and can be read back.`,
		Example: `  rivet state counter/my-counter
  rivet state chatRoom/lobby /messages/0 --typed
  rivet state counter/my-counter --watch
  rivet state set counter/my-counter /count 5`,
		Args: between(1, 2, "an ACTOR and perhaps a PATH"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.subject, err = parseSubject(args[0]); err != nil {
				return err
			}
			if len(args) > 1 {
				if near := errs.Closest(args[0], subcommands(cmd)); near != "" && !strings.HasPrefix(args[1], "/") {
					return unknownCommand(cmd, args[0])
				}
				if o.path, err = parsePath(args[1]); err != nil {
					return err
				}
			}
			if o.depth < 0 {
				return usage("--depth takes a number from 1 up")
			}
			if o.watch && o.server.embedded {
				return usage("--embedded starts nothing, so there is nothing to --watch").pointAt("--embedded")
			}
			if o.watch {
				return watchState(cmd.Context(), a, o)
			}
			return runState(cmd.Context(), a, o)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.typed, "typed", false, "print tagged JSON")
	f.IntVar(&o.depth, "depth", 0, "print `N` levels, as tagged JSON in which $cut stands for the rest")
	f.BoolVarP(&o.watch, "watch", "w", false, "go on, and print what changes")
	o.server.registerURL(f)
	o.server.registerEmbedded(f)
	cmd.AddCommand(newStateSetCommand(a), newStatePatchCommand(a), newStateEditCommand(a))
	return cmd
}

// parsePath reads a JSON Pointer.
func parsePath(text string) (string, error) {
	if _, err := inspect.ParsePointer(text); err != nil {
		hint := "such as /users/0/name; ~1 stands for a slash in a key, ~0 for ~"
		if !strings.HasPrefix(text, "/") {
			hint = "did you mean /" + strings.ReplaceAll(text, ".", "/") + "?"
		}
		return "", usage("%v", err).pointAt(text).hint("%s", hint)
	}
	return text, nil
}

func runState(ctx context.Context, a *App, o stateOptions) error {
	return a.withActor(ctx, o.server, o.subject, func(ctx context.Context, in *client.Inspector, x inspect.Actor) error {
		st, err := in.State(ctx, x.ID, o.path, o.depth)
		if err != nil {
			return explainPath(ctx, in, x.ID, o.path, err)
		}
		if a.global.json {
			return a.printJSON(ctx, st)
		}
		return a.printState(ctx, st.Value, o)
	})
}

// explainPath points at a path that leads nowhere, with the nearest that doesn't.
func explainPath(ctx context.Context, in *client.Inspector, id, path string, err error) error {
	if !errs.Is(err, "not_found") || path == "" {
		return err
	}
	f := (&failure{says: errs.New("not_found", "there is nothing at %s", path)}).pointAt(path)
	st, serr := in.State(ctx, id, "", 0)
	if serr != nil {
		return f
	}
	return f.hint("%s", nearPath(st.Value.Tree, path))
}

// nearPath is a hint about what is there instead of path.
func nearPath(tree value.Value, path string) string {
	parts, err := inspect.ParsePointer(path)
	if err != nil {
		return err.Error()
	}
	at := ""
	for _, part := range parts {
		next, err := inspect.At(tree, "/"+inspect.EscapePointer(part))
		if err == nil {
			tree, at = next, at+"/"+inspect.EscapePointer(part)
			continue
		}
		where := at
		if where == "" {
			where = "the root"
		}
		switch t := tree.(type) {
		case *value.Object:
			if len(t.Keys) > 12 {
				return suggestion(part, t.Keys, fmt.Sprintf("%s has %d other keys", where, len(t.Keys)))
			}
			if near := errs.Closest(part, t.Keys); near != "" {
				return "did you mean " + at + "/" + inspect.EscapePointer(near) + "?"
			}
			return where + " has: " + strings.Join(t.Keys, ", ")
		case *value.Array:
			return fmt.Sprintf("%s is an array of %d", where, len(t.Items))
		}
		return where + " is no object: " + ansiCut(briefly(tree), 40)
	}
	return ""
}

// printState prints a state for people: as JSON if it has such a form.
func (a *App) printState(ctx context.Context, st inspect.Tagged, o stateOptions) error {
	tree := st.Tree
	if !o.typed && o.depth == 0 {
		v, err := st.Value()
		if err != nil { // of a part, which refers to another
			a.note("this needs --typed: %v", err)
		} else if _, none := v.(value.Undefined); none {
			if a.OutTTY {
				a.note("%s has no state yet", o.subject.typed)
			}
			return nil
		} else if text, err := value.AppendJSON(nil, v); err == nil {
			return a.printRaw(ctx, text, false)
		} else if errors.Is(err, value.ErrBigInt) || errors.Is(err, value.ErrDepth) {
			a.note("JSON has no form for this, so it is tagged JSON, as with --typed: %v", err)
		} else {
			return err
		}
	}
	text, err := value.AppendJSON(nil, tree)
	if err != nil {
		return err
	}
	return a.printRaw(ctx, text, false)
}

// watchState prints the state, then each change: on a terminal what was and is,
// in a pipe a line an operation, with --json a line a change.
func watchState(ctx context.Context, a *App, o stateOptions) error {
	in, err := a.inspect(ctx, o.server)
	if err != nil {
		return err
	}
	x, err := a.find(ctx, in, o.subject)
	if err != nil {
		return err
	}
	if _, err := in.State(ctx, x.ID, o.path, 1); err != nil {
		return explainPath(ctx, in, x.ID, o.path, err)
	}
	var last *inspect.State
	return a.follow(ctx, o.server, topic{
		name: inspect.TopicState, query: inspect.Query{Actor: x.ID, Path: o.path, Depth: o.depth},
		told: func(_ *client.Inspector, _ string, u client.Update) error {
			st := &inspect.State{}
			if err := u.Decode(st); err != nil {
				return err
			}
			before := last
			last = st
			if before == nil {
				if a.global.json {
					return a.printJSONLine(ctx, st)
				}
				return a.printState(ctx, st.Value, o)
			}
			patch := inspect.Diff(before.Value.Tree, st.Value.Tree)
			if len(patch) == 0 {
				return nil
			}
			return a.printChange(ctx, before.Value.Tree, inspect.StateChange{Rev: st.Rev, Patch: patch})
		},
	})
}

func (a *App) printChange(ctx context.Context, before value.Value, c inspect.StateChange) error {
	if a.global.json {
		return a.printJSONLine(ctx, c)
	}
	ms := a.now().UnixMilli()
	if !a.OutTTY {
		t := &table{}
		for _, o := range c.Patch {
			what := ""
			if o.Op != "remove" {
				what = briefly(o.Value)
			}
			t.add(word(stamp(ms)), number(c.Rev), word(o.Op), word(o.Path), word(what))
		}
		return a.printTable(t)
	}
	p := painter(a.colorOut())
	_, err := fmt.Fprintf(a.Out, "%s %s\n%s", p.dim(a.clock(ms)), p.dim(fmt.Sprintf("revision %d", c.Rev)), a.diffText(p, before, c.Patch, a.width()))
	return err
}
