package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

func newConnsCommand(a *App) *cobra.Command {
	var server serverOptions
	cmd := &cobra.Command{
		Use:   "conns ACTOR",
		Short: "List an actor's open connections, or close one",
		Long: `List an actor's open connections. In a pipe a line is: id, transport, encoding,
subscriptions, since when, messages sent, messages received, bytes that wait,
parameters.`,
		Example: `  rivet conns chatRoom/lobby
  rivet conns chatRoom/lobby --json --jq '.items[].subs'
  rivet conns close chatRoom/lobby 3f2a --reason 'see you'`,
		Args: exactly(1, "the ACTOR whose connections to list"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := parseSubject(args[0])
			if err != nil {
				return err
			}
			return a.withActor(cmd.Context(), server, s, func(ctx context.Context, in *client.Inspector, x inspect.Actor) error {
				return runConns(ctx, a, in, x)
			})
		},
	}
	server.registerURL(cmd.Flags())
	cmd.AddCommand(newConnsCloseCommand(a))
	return cmd
}

func runConns(ctx context.Context, a *App, in *client.Inspector, x inspect.Actor) error {
	list, err := in.Conns(ctx, x.ID)
	if err != nil {
		return err
	}
	if a.global.json {
		total := len(list)
		if list == nil {
			list = []inspect.Conn{}
		}
		return a.printJSON(ctx, inspect.List[inspect.Conn]{Items: list, Total: &total})
	}
	if len(list) == 0 && a.OutTTY {
		a.note("nobody is connected to %s", actorName(x.Type, x.Key))
	}
	return a.printTable(a.connTable(list))
}

func (a *App) connTable(list []inspect.Conn) *table {
	t := &table{cols: []column{
		{head: "ID"}, {head: "TRANSPORT"}, {head: "ENCODING", drop: 4}, {head: "SUBSCRIPTIONS", least: 13}, {head: "SINCE"},
		{head: "SENT", right: true}, {head: "RECEIVED", right: true, drop: 2}, {head: "QUEUE", right: true, drop: 3}, {head: "PARAMS", least: 10, drop: 5},
	}}
	for _, c := range list {
		params := ""
		if c.Params != nil {
			params = briefly(c.Params.Tree)
		}
		t.add(cell{text: short(c.ID), plain: c.ID}, word(c.Transport), word(c.Encoding), word(strings.Join(c.Subs, ",")), a.when(c.Since),
			number(c.Sent), number(c.Received), size(int64(c.QueueBytes)), word(params))
	}
	return t
}

func newConnsCloseCommand(a *App) *cobra.Command {
	var server serverOptions
	var reason string
	cmd := &cobra.Command{
		Use:   "close ACTOR CONN",
		Short: "Close a connection from the server's side",
		Long:  `Close a connection. CONN is its id, or as much of it as no other begins with.`,
		Example: `  rivet conns close chatRoom/lobby 3f2a
  rivet conns close chatRoom/lobby 3f2a --reason kicked`,
		Args: exactly(2, "an ACTOR and a CONN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := parseSubject(args[0])
			if err != nil {
				return err
			}
			if len(reason) > 123 {
				return usage("--reason has at most 123 bytes").pointAt(reason)
			}
			return a.withActor(cmd.Context(), server, s, func(ctx context.Context, in *client.Inspector, x inspect.Actor) error {
				return runConnsClose(ctx, a, in, x, args[1], reason)
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "the `TEXT` that the client is told")
	server.registerURL(cmd.Flags())
	return cmd
}

func runConnsClose(ctx context.Context, a *App, in *client.Inspector, x inspect.Actor, typed, reason string) error {
	c, err := findConn(ctx, in, x, typed)
	if err != nil {
		return err
	}
	if err := in.CloseConn(ctx, x.ID, c.ID, reason); err != nil {
		return err
	}
	if a.global.json {
		return a.printJSON(ctx, c)
	}
	return a.printDone("closed", c.ID)
}

// findConn is the connection whose id begins with typed.
func findConn(ctx context.Context, in *client.Inspector, x inspect.Actor, typed string) (inspect.Conn, error) {
	list, err := in.Conns(ctx, x.ID)
	if err != nil {
		return inspect.Conn{}, err
	}
	by := make(map[string]inspect.Conn, len(list))
	ids := make([]string, len(list))
	for i, c := range list {
		ids[i], by[c.ID] = c.ID, c
	}
	id, err := unique(typed, ids, "connection")
	return by[id], err
}

// printDone tells what was done to something: on a terminal with the word, in a
// pipe by its id alone.
func (a *App) printDone(done, id string) error {
	if !a.OutTTY {
		_, err := fmt.Fprintln(a.Out, id)
		return err
	}
	_, err := fmt.Fprintf(a.Out, "%s %s\n", done, a.outText(id))
	return err
}
