package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func newStateEditCommand(a *App) *cobra.Command {
	var o writeOptions
	cmd := &cobra.Command{
		Use:   "edit ACTOR",
		Short: "Edit a state in your editor",
		Long: `Open an actor's state in $VISUAL or $EDITOR, as tagged JSON. What you save is
checked by the server, shown as a diff, and put in when you say so. If the state
has changed meanwhile at other places, both changes hold; at the same place, both
are shown and nothing is changed.`,
		Example: `  rivet state edit counter/my-counter
  rivet state edit counter/my-counter --dry-run`,
		Args: exactly(1, "the ACTOR whose state to edit"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.subject, err = parseSubject(args[0]); err != nil {
				return err
			}
			return a.withActor(cmd.Context(), o.server, o.subject, func(ctx context.Context, in *client.Inspector, x inspect.Actor) error {
				return runStateEdit(ctx, a, in, x, o)
			})
		},
	}
	o.register(cmd.Flags())
	return cmd
}

func runStateEdit(ctx context.Context, a *App, in *client.Inspector, x inspect.Actor, o writeOptions) error {
	if _, _, err := a.editor("", 1, 1); err != nil {
		return err
	}
	st, err := in.State(ctx, x.ID, "", 0)
	if err != nil {
		return err
	}
	base, rev := st.Value.Tree, st.Rev
	if o.rev != 0 {
		rev = o.rev
	}
	text, err := prettyTree(base)
	if err != nil {
		return err
	}
	file, err := keep("rivet-state-*.json", text)
	if err != nil {
		return err
	}
	patch, err := a.edited(ctx, in, x, o, base, file, text)
	if now, rerr := os.ReadFile(file); err != nil && rerr == nil && string(now) == string(text) {
		return errors.Join(err, os.Remove(file)) // nothing was written that could be lost
	}
	if errs.Is(err, declined) {
		a.note("what you wrote is kept in %s", file)
		return err
	}
	if err == nil && len(patch) == 0 {
		a.note("nothing was changed")
		return os.Remove(file)
	}
	if err == nil {
		err = a.saveEdit(ctx, in, x, o, base, rev, patch)
	}
	if err != nil && !errs.Is(err, declined) {
		a.note("what you wrote is kept in %s", file)
		return err
	}
	return errors.Join(err, os.Remove(file))
}

// prettyTree is a tree as indented JSON.
func prettyTree(tree value.Value) ([]byte, error) {
	text, err := value.AppendJSON(nil, tree)
	if err != nil {
		return nil, err
	}
	if text, err = indent(text); err != nil {
		return nil, err
	}
	return append(text, '\n'), nil
}

// edited lets the user edit file until what it has can be a state, and gives
// what was changed. Where nobody can be asked once more, a mistake is the error.
func (a *App) edited(ctx context.Context, in *client.Inspector, x inspect.Actor, o writeOptions, base value.Value, file string, text []byte) (inspect.Patch, error) {
	for {
		if err := a.runEditor(ctx, file); err != nil {
			return nil, err
		}
		now, err := os.ReadFile(file)
		if err != nil {
			return nil, errs.Wrap(errs.StorageUnavailable, err, "%s can't be read", file)
		}
		if string(now) == string(text) {
			return nil, nil
		}
		patch, err := check(ctx, in, x, base, now)
		if err == nil {
			return patch, nil
		}
		if !a.InTTY || !a.ErrTTY || o.yes {
			return nil, err
		}
		a.printError(err)
		if err := a.confirm(ctx, "Edit it once more?", "", false); err != nil {
			return nil, err
		}
	}
}

// check makes a patch of what was written, if the server would take it.
func check(ctx context.Context, in *client.Inspector, x inspect.Actor, base value.Value, text []byte) (inspect.Patch, error) {
	tree, err := value.ParseJSON(text)
	if err != nil {
		return nil, errs.New("invalid_state", "that is no JSON: %v", err)
	}
	if _, err := inspect.Untag(tree); err != nil {
		return nil, errs.New("invalid_state", "that is no tagged JSON: %v", err)
	}
	patch := inspect.Diff(base, tree)
	if len(patch) == 0 {
		return nil, nil
	}
	_, err = in.EditState(ctx, x.ID, inspect.Edit{Rev: x.Rev, Patch: patch, DryRun: true})
	var c *client.StateConflict
	if errors.As(err, &c) {
		return patch, nil // it is merged when it is saved
	}
	return patch, err
}

// runEditor opens a file in the user's editor and waits until that ends.
func (a *App) runEditor(ctx context.Context, file string) error {
	argv, _, err := a.editor(file, 1, 1)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Dir = a.In, a.Err, a.Err, a.Cwd
	if a.OutTTY {
		cmd.Stdout = a.Out
	}
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return errs.New("editor_failed", "the editor %s failed: %v; nothing was changed", argv[0], err)
	}
	return nil
}

// saveEdit shows the change, asks and sends it. If the state has changed
// meanwhile elsewhere, the change is made to the newer one.
func (a *App) saveEdit(ctx context.Context, in *client.Inspector, x inspect.Actor, o writeOptions, base value.Value, rev uint64, patch inspect.Patch) error {
	if !o.dry {
		if !o.yes && a.ErrTTY {
			fmt.Fprint(a.Err, a.diffText(painter(a.colorErr()), base, patch, a.width()))
		}
		if err := a.confirm(ctx, "Change the state of "+o.subject.typed+"?", "", o.yes); err != nil {
			return err
		}
	}
	for {
		ed, err := in.EditState(ctx, x.ID, inspect.Edit{Rev: rev, Patch: patch, DryRun: o.dry})
		var c *client.StateConflict
		if !errors.As(err, &c) {
			if err != nil {
				return err
			}
			return a.printEdited(ctx, o, base, patch, ed)
		}
		after, aerr := inspect.Apply(base, c.Patch)
		if aerr != nil || c.Rev <= rev { // it doesn't lead from what we read
			return a.explainWrite(o, base, patch, err)
		}
		theirs := inspect.Diff(base, after)
		now, ok := merge(base, patch, theirs)
		if !ok {
			c.Patch = theirs
			return a.explainWrite(o, base, patch, err)
		}
		a.note("the state has changed meanwhile, at other places: both changes hold")
		base, rev = now, c.Rev
	}
}
