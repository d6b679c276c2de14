package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func newCreateCommand(a *App) *cobra.Command {
	var server serverOptions
	var input string
	cmd := &cobra.Command{
		Use:   "create ACTOR",
		Short: "Create an actor",
		Long: `Create an actor. It starts when it is first needed. One that exists is left as
it is, and that is an error.`,
		Example: `  rivet create counter/my-counter
  rivet create room/lobby --input '{"topic":"news"}'
  rivet create room/lobby --input @input.json --json`,
		Args: exactly(1, "the ACTOR to create"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := parseSubject(args[0])
			if err != nil {
				return err
			}
			if s.ID != "" {
				return usage("an id can't be chosen: name the actor TYPE/KEY").pointAt(s.typed)
			}
			in, err := parseFlagJSON(a, "--input", input)
			if err != nil {
				return err
			}
			return runCreate(cmd.Context(), a, server, s, in)
		},
	}
	cmd.Flags().StringVar(&input, "input", "", "what createState and onCreate get, as `JSON`")
	server.registerURL(cmd.Flags())
	return cmd
}

func runCreate(ctx context.Context, a *App, server serverOptions, s subject, input value.Value) error {
	in, err := a.inspect(ctx, server)
	if err != nil {
		return err
	}
	made, err := in.Create(ctx, s.Name, s.Key, inspect.TaggedPtr(input))
	switch {
	case errs.Is(err, "already_exists"):
		return (&failure{says: errs.New("already_exists", "there is an actor %s already", s.typed)}).pointAt(s.typed).
			hint("rivet destroy %s removes it", s.typed)
	case err != nil:
		return explainSubject(ctx, in, s, err)
	}
	return a.printActor(ctx, "created", made)
}

// printActor tells what was done to an actor.
func (a *App) printActor(ctx context.Context, done string, x inspect.Actor) error {
	if a.global.json {
		return a.printJSON(ctx, x)
	}
	name := actorName(x.Type, x.Key)
	if !a.OutTTY {
		_, err := fmt.Fprintf(a.Out, "%s\t%s\n", oneLine.Replace(name), x.ID)
		return err
	}
	p := painter(a.colorOut())
	_, err := fmt.Fprintf(a.Out, "%s %s  %s\n", done, p.bold(a.outText(oneLine.Replace(name))), p.dim(a.outText(x.ID)))
	return err
}

func newRestartCommand(a *App) *cobra.Command {
	var server serverOptions
	cmd := &cobra.Command{
		Use:   "restart ACTOR",
		Short: "Stop an actor and start it from its durable state",
		Example: `  rivet restart counter/my-counter
  rivet restart counter/my-counter --json`,
		Args: exactly(1, "the ACTOR to restart"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := parseSubject(args[0])
			if err != nil {
				return err
			}
			return a.withActor(cmd.Context(), server, s, func(ctx context.Context, in *client.Inspector, x inspect.Actor) error {
				if x, err = in.Restart(ctx, x.ID); err != nil {
					return err
				}
				return a.printActor(ctx, "restarted", x)
			})
		},
	}
	server.registerURL(cmd.Flags())
	return cmd
}

// withActor calls f with the actor that s names.
func (a *App) withActor(ctx context.Context, server serverOptions, s subject, f func(context.Context, *client.Inspector, inspect.Actor) error) error {
	in, err := a.inspect(ctx, server)
	if err != nil {
		return err
	}
	x, err := a.find(ctx, in, s)
	if err != nil {
		return err
	}
	return f(ctx, in, x)
}

func newDestroyCommand(a *App) *cobra.Command {
	var server serverOptions
	var yes, dry bool
	cmd := &cobra.Command{
		Use:   "destroy ACTOR",
		Short: "Remove an actor and all that is stored of it",
		Long: `Remove an actor: its state, its connections, its scheduled actions. On a
terminal the actor must be typed as it is named. To keep a copy, export it first.`,
		Example: `  rivet destroy counter/my-counter
  rivet destroy counter/my-counter --dry-run
  rivet destroy counter/my-counter --yes`,
		Args: exactly(1, "the ACTOR to remove"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := parseSubject(args[0])
			if err != nil {
				return err
			}
			return a.withActor(cmd.Context(), server, s, func(ctx context.Context, in *client.Inspector, x inspect.Actor) error {
				return runDestroy(ctx, a, in, x, yes, dry)
			})
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "ask nothing")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "only tell what would be removed")
	server.registerURL(cmd.Flags())
	return cmd
}

func runDestroy(ctx context.Context, a *App, in *client.Inspector, x inspect.Actor, yes, dry bool) error {
	name := actorName(x.Type, x.Key)
	alarms, err := in.Schedule(ctx, x.ID)
	if err != nil {
		return err
	}
	what := []string{sizeText(x.StateBytes) + " of state"}
	if x.Conns > 0 {
		what = append(what, plural(x.Conns, "connection"))
	}
	if len(alarms) > 0 {
		what = append(what, plural(len(alarms), "scheduled action"))
	}
	if dry {
		return a.printActor(ctx, "would destroy ("+strings.Join(what, ", ")+")", x)
	}
	keep := "rivet export " + quoteArg(name) + " > " + quoteArg(strings.ReplaceAll(name, "/", "-")+".jsonl")
	if !yes {
		if a.ErrTTY && a.InTTY {
			fmt.Fprintf(a.Err, "%s goes with %s, for good. To be able to undo it, first: %s\n",
				a.errText(name), strings.Join(what, ", "), a.errText(keep))
		}
		if err := a.confirm(ctx, "Destroy "+name+"?", name, false); err != nil {
			return err
		}
	}
	if err := in.Destroy(ctx, x.ID); err != nil {
		return err
	}
	return a.printActor(ctx, "destroyed", x)
}
