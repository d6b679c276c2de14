package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// writeOptions are what every change of a state was asked for.
type writeOptions struct {
	subject  subject
	rev      uint64 // 0: that of the state as it is read
	yes, dry bool
	server   serverOptions
}

func (o *writeOptions) register(f *pflag.FlagSet) {
	f.Uint64Var(&o.rev, "rev", 0, "change the state of revision `N`, as rivet state --json told it; another is a conflict")
	f.BoolVarP(&o.yes, "yes", "y", false, "ask nothing")
	f.BoolVar(&o.dry, "dry-run", false, "only tell what would change; the server checks it")
	o.server.registerURL(f)
}

func newStateSetCommand(a *App) *cobra.Command {
	var o writeOptions
	var typed, str bool
	cmd := &cobra.Command{
		Use:   "set ACTOR PATH VALUE",
		Short: "Set one place of a state",
		Long: `Set the place at PATH, a JSON Pointer, of an actor's state. VALUE is JSON if it
parses as JSON, else a string; @file stands for a file's content, @- for standard
input's. /list/- stands for the end of a list. The PATH '' is the whole state:
that asks first, or needs --yes.`,
		Example: `  rivet state set counter/my-counter /count 5
  rivet state set counter/my-counter /count -5 --rev 12
  rivet state set chatRoom/lobby /messages/- '{"sender":"bob","text":"hi"}'
  rivet state set rich/a /at '{"$date":0}' --typed`,
		Args: exactly(3, "an ACTOR, a PATH and a VALUE"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			args = unmaskAll(args)
			if o.subject, err = parseSubject(args[0]); err != nil {
				return err
			}
			path, err := parsePath(args[1])
			if err != nil {
				return err
			}
			v := value.Value(args[2])
			if !str {
				if v, err = parseArg(a, args[2]); err != nil {
					return err
				}
			}
			tree := inspect.Tag(v)
			if typed {
				tree = v
				if _, err := inspect.Untag(tree); err != nil {
					return usage("the VALUE is no tagged JSON: %v", err).pointAt(args[2])
				}
			}
			return runWrite(cmd.Context(), a, o, func(base value.Value) (inspect.Patch, error) {
				return setPatch(base, path, tree)
			})
		},
	}
	f := cmd.Flags()
	f.BoolVar(&typed, "typed", false, "VALUE is tagged JSON")
	f.BoolVar(&str, "str", false, "take VALUE as a string, @ too")
	o.register(f)
	return cmd
}

// setPatch sets one place, whether something is there or not.
func setPatch(base value.Value, path string, v value.Value) (inspect.Patch, error) {
	if _, err := inspect.At(base, path); err == nil {
		return inspect.Patch{{Op: "replace", Path: path, Value: v}}, nil
	}
	p := inspect.Patch{{Op: "add", Path: path, Value: v}}
	if _, err := inspect.Apply(base, p); err != nil {
		return nil, (&failure{says: errs.New("not_found", "there is no place %s to set", path)}).pointAt(path).hint("%s", nearPath(base, path))
	}
	return p, nil
}

func newStatePatchCommand(a *App) *cobra.Command {
	var o writeOptions
	cmd := &cobra.Command{
		Use:   "patch ACTOR [FILE]",
		Short: "Change a state by a JSON Patch",
		Long: `Change an actor's state by a JSON Patch (RFC 6902) over tagged JSON: all of its
operations or none. It is read from FILE, or from standard input; a JSON array in
place of FILE is the patch itself.`,
		Example: `  rivet state patch counter/my-counter changes.json
  rivet state patch counter/my-counter '[{"op":"replace","path":"/count","value":5}]'
  rivet state patch counter/my-counter --dry-run changes.json`,
		Args: between(1, 2, "an ACTOR and perhaps a FILE"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.subject, err = parseSubject(args[0]); err != nil {
				return err
			}
			from := "-"
			if len(args) > 1 {
				from = args[1]
			}
			patch, err := readPatch(a, from)
			if err != nil {
				return err
			}
			return runWrite(cmd.Context(), a, o, func(value.Value) (inspect.Patch, error) { return patch, nil })
		},
	}
	o.register(cmd.Flags())
	return cmd
}

func readPatch(a *App, from string) (inspect.Patch, error) {
	text := []byte(from)
	if !strings.HasPrefix(strings.TrimSpace(from), "[") {
		var err error
		if text, err = a.readFile(from); err != nil {
			var f *failure
			if errors.As(err, &f) {
				return nil, f.pointAt(from)
			}
			return nil, err
		}
	}
	var patch inspect.Patch
	if err := json.Unmarshal(text, &patch); err != nil {
		return nil, usage("that is no JSON Patch: %s", notPatch(err)).pointAt(from).
			hint(`such as [{"op":"replace","path":"/count","value":5}]`)
	}
	return patch, nil
}

// notPatch words what is wrong with a patch that is JSON or isn't.
func notPatch(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		if wrong.Field != "" {
			return wrong.Field + " can't be a JSON " + wrong.Value
		}
		return "want a list of operations, got a JSON " + wrong.Value
	}
	return err.Error()
}

// runWrite reads the state, makes a patch of it and sends that.
func runWrite(ctx context.Context, a *App, o writeOptions, make func(base value.Value) (inspect.Patch, error)) error {
	return a.withActor(ctx, o.server, o.subject, func(ctx context.Context, in *client.Inspector, x inspect.Actor) error {
		st, err := in.State(ctx, x.ID, "", 0)
		if err != nil {
			return err
		}
		base := st.Value.Tree
		patch, err := make(base)
		if err != nil {
			return err
		}
		rev := st.Rev
		if o.rev != 0 {
			rev = o.rev
		}
		whole := slices.ContainsFunc(patch, func(op inspect.Op) bool { return op.Path == "" && op.Op != "test" })
		if whole && !o.dry {
			if !o.yes && a.ErrTTY {
				fmt.Fprint(a.Err, a.diffText(painter(a.colorErr()), base, patch, a.width()))
			}
			if err := a.confirm(ctx, "Replace the whole state of "+o.subject.typed+"?", "", o.yes); err != nil {
				return err
			}
		}
		ed, err := in.EditState(ctx, x.ID, inspect.Edit{Rev: rev, Patch: patch, DryRun: o.dry})
		if err != nil {
			if rev != st.Rev {
				base = unknown // what we read is newer than what the user did
			}
			return a.explainWrite(o, base, patch, err)
		}
		return a.printEdited(ctx, o, base, patch, ed)
	})
}

// explainWrite words a refusal; of a conflict it shows both sides.
func (a *App) explainWrite(o writeOptions, base value.Value, mine inspect.Patch, err error) error {
	var c *client.StateConflict
	if !errors.As(err, &c) {
		return err
	}
	c.Patch = brief(base, c.Patch)
	meta := &value.Object{}
	meta.Set("rev", float64(c.Rev))
	meta.Set("yours", patchValue(mine))
	meta.Set("theirs", patchValue(c.Patch))
	says := errs.New("state_conflict", "the state of %s has changed since; nothing was changed (it is at revision %d now)", o.subject.typed, c.Rev)
	says.Metadata = meta
	p := painter(a.colorErr())
	f := &failure{says: says, more: []string{"yours:"}}
	f.more = append(f.more, splitLines(a.diffText(p, base, mine, a.width()))...)
	f.more = append(f.more, "theirs:")
	f.more = append(f.more, splitLines(a.diffText(p, base, c.Patch, a.width()))...)
	return f.hint("rivet state %s shows it as it is", o.subject.typed)
}

// brief is a patch of base without what it changes more than once.
func brief(base value.Value, patch inspect.Patch) inspect.Patch {
	if after, err := inspect.Apply(base, patch); base != unknown && err == nil {
		return inspect.Diff(base, after)
	}
	var out inspect.Patch
	for i, o := range patch {
		again := slices.ContainsFunc(patch[i+1:], func(later inspect.Op) bool { return later.Op == "replace" && later.Path == o.Path })
		if o.Op != "replace" || !again {
			out = append(out, o)
		}
	}
	return out
}

func splitLines(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }

// patchValue is a patch as a value.
func patchValue(p inspect.Patch) value.Value {
	text, err := marshal(p)
	if err != nil {
		return nil
	}
	v, err := value.ParseJSON(text)
	if err != nil {
		return nil
	}
	return v
}

// printEdited tells what was changed, and how to take it back.
func (a *App) printEdited(ctx context.Context, o writeOptions, base value.Value, patch inspect.Patch, ed inspect.Edited) error {
	if a.global.json {
		return a.printJSON(ctx, ed)
	}
	if !a.OutTTY {
		if _, err := fmt.Fprintln(a.Out, ed.Rev); err != nil {
			return err
		}
	} else {
		p := painter(a.colorOut())
		line := fmt.Sprintf("revision %d", ed.Rev)
		if o.dry {
			line = "nothing was changed: --dry-run"
		}
		if _, err := fmt.Fprintf(a.Out, "%s%s\n", a.diffText(p, base, patch, a.width()), p.dim(line)); err != nil {
			return err
		}
	}
	if o.dry || a.global.quiet || len(ed.Undo) == 0 {
		return nil
	}
	undo, err := marshal(ed.Undo)
	if err != nil {
		return err
	}
	how := quoteArg(string(undo))
	if len(undo) > 1000 {
		if how, err = keep("rivet-undo-*.json", undo); err != nil {
			return err
		}
		how = quoteArg(how)
	}
	_, err = fmt.Fprintf(a.Err, "undo: rivet state patch %s %s\n", a.errText(quoteArg(o.subject.typed)), a.errText(how))
	return err
}

// keep writes text into a new temporary file that only the user may read.
func keep(pattern string, text []byte) (path string, err error) {
	f, err := os.CreateTemp("", pattern) // 0600
	if err != nil {
		return "", errs.Wrap(errs.StorageUnavailable, err, "a temporary file can't be made")
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return f.Name(), errs.Wrap(errs.StorageUnavailable, err, "%s can't be written", f.Name())
	}
	return f.Name(), nil
}
