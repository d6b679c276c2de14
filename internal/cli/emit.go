package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func newEmitCommand(a *App) *cobra.Command {
	var server serverOptions
	var f callFlags
	var conn string
	cmd := &cobra.Command{
		Use:   "emit ACTOR EVENT [ARG…]",
		Short: "Broadcast a test event",
		Long: `Broadcast an event of an actor, as c.broadcast does, or send it to one connection.
Each ARG is JSON if it parses as JSON, else a string, as for rivet call.`,
		Example: `  rivet emit counter/my-counter newCount 5
  rivet emit chatRoom/lobby message '{"sender":"bob","text":"hi"}'
  rivet emit chatRoom/lobby kicked --conn 3f2a`,
		Args: between(2, -1, "an ACTOR and an EVENT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			args = unmaskAll(args)
			s, err := parseSubject(args[0])
			if err != nil {
				return err
			}
			if args[1] == "" {
				return usage("the EVENT has no name")
			}
			list, err := parseArgs(a, &f, args[2:])
			if err != nil {
				return err
			}
			return a.withActor(cmd.Context(), server, s, func(ctx context.Context, in *client.Inspector, x inspect.Actor) error {
				return runEmit(ctx, a, in, x, args[1], list, conn)
			})
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&conn, "conn", "", "send it to the connection `ID` alone, or as much of its id as no other begins with")
	fs.StringVar(&f.args, "args", "", "all arguments at once, as a JSON array")
	fs.BoolVar(&f.str, "str", false, "take every argument as a string, @ too")
	fs.BoolVar(&f.typed, "typed", false, "arguments are tagged JSON")
	server.registerURL(fs)
	return cmd
}

func runEmit(ctx context.Context, a *App, in *client.Inspector, x inspect.Actor, event string, args []value.Value, conn string) error {
	if conn != "" {
		c, err := findConn(ctx, in, x, conn)
		if err != nil {
			return err
		}
		conn = c.ID
	}
	sent, err := in.Emit(ctx, x.ID, event, args, conn)
	if err != nil {
		return err
	}
	if a.global.json {
		return a.printJSON(ctx, sent)
	}
	if a.OutTTY {
		to := plural(x.Conns, "connection") + " open"
		if conn != "" {
			to = "to connection " + short(conn)
		}
		a.note("%s was sent (%s)", event, to)
	}
	return nil
}
