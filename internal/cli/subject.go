package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// subject is the actor that a command line names.
type subject struct {
	client.Target
	typed string // as it was typed
}

// parseSubject reads an argument that names an actor.
func parseSubject(typed string) (subject, error) {
	t, err := client.ParseTarget(typed)
	if err != nil {
		return subject{}, (&failure{says: errs.As(err)}).pointAt(typed)
	}
	return subject{Target: t, typed: typed}, nil
}

// nameOf is an actor of a list as a command line names it.
func actorName(typ string, key []string) string { return client.Target{Name: typ, Key: key}.String() }

// find is the actor that s names, or an error that points at it and suggests
// the nearest one there is.
func (a *App) find(ctx context.Context, in *client.Inspector, s subject) (inspect.Actor, error) {
	found, err := in.Find(ctx, s.Target)
	if err != nil {
		return found, explainSubject(ctx, in, s, err)
	}
	return found, nil
}

// explainSubject words an error about an actor that isn't there.
func explainSubject(ctx context.Context, in *client.Inspector, s subject, err error) error {
	if !errs.Is(err, errs.ActorNotFound) {
		return err
	}
	f := &failure{says: errs.New(errs.ActorNotFound, "there is no actor %s", s.typed), arg: s.typed}
	if s.ID != "" {
		return f.hint("rivet ls --json has the ids")
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	types, terr := in.Types(ctx)
	if terr != nil {
		return f
	}
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = t.Type
	}
	if len(names) == 0 { // no code is loaded
		return f.hint("rivet ls lists those there are")
	}
	if !slices.Contains(names, s.Name) {
		f.says = errs.New(errs.ActorNotFound, "unknown actor type %q", s.Name)
		return f.hint("%s", suggestion(s.Name, names, "there are: "+strings.Join(names, ", ")))
	}
	if near := nearActor(ctx, in, s.Target); near != "" {
		return f.hint("did you mean %q?", near)
	}
	return f.hint("rivet ls %s lists those there are", s.Name)
}

// nearActor is the name of an actor of the same type that is like t's, "" if
// there is none among those that did something last.
func nearActor(ctx context.Context, in *client.Inspector, t client.Target) string {
	page, err := in.Actors(ctx, client.ActorQuery{Type: t.Name, Sort: "-activeAt", Limit: maxPage})
	if err != nil {
		return ""
	}
	names := make([]string, len(page.Items))
	for i, x := range page.Items {
		names[i] = actorName(x.Type, x.Key)
	}
	return errs.Closest(t.String(), names)
}

// exactly and between say how many arguments a command takes; what says which.
func exactly(n int, what string) cobra.PositionalArgs { return between(n, n, what) }

func between(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < least {
			e := usage("%s needs %s", cmd.CommandPath(), what)
			first, _, _ := strings.Cut(strings.TrimSpace(cmd.Example), "\n")
			return e.hint("such as: %s", first)
		}
		if most >= 0 && len(args) > most {
			if near := errs.Closest(args[0], subcommands(cmd)); near != "" {
				return usage("unknown command %q", args[0]).pointAt(args[0]).hint("did you mean %q?", near)
			}
			return usage("%s takes %s", cmd.CommandPath(), what).pointAt(unmask(args[most])).hint("this is one too many")
		}
		return nil
	}
}

func subcommands(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// short is an id as a list on a terminal shows it; [unique] finds it by that.
func short(id string) string {
	if len(id) > 8 {
		return id[:8]
	}
	return id
}

// unique finds the one of ids that begins with typed.
func unique(typed string, ids []string, what string) (string, error) {
	var found []string
	for _, id := range ids {
		if id == typed {
			return id, nil
		}
		if typed != "" && strings.HasPrefix(id, typed) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		f := (&failure{says: errs.New("not_found", "there is no %s %s", what, typed)}).pointAt(typed)
		return "", f.hint("%s", suggestion(typed, ids, "of "+plural(len(ids), what)+" none begins so"))
	}
	return "", usage("%d ids begin with %s", len(found), typed).pointAt(typed).hint("type more of it: %s", strings.Join(found[:2], ", "))
}
