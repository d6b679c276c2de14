package cli

import (
	"context"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
)

// benchOptions are what `rivet bench` was asked for.
type benchOptions struct {
	call    callOptions // actor, action, arguments, over what
	clients int
	during  time.Duration
	rate    float64 // calls a second in all; 0: as fast as it goes
}

// maxClients bounds -c: each is a connection.
const maxClients = 10_000

func newBenchCommand(a *App) *cobra.Command {
	var o benchOptions
	var f callFlags
	var during string
	cmd := &cobra.Command{
		Use:   "bench ACTOR ACTION [ARG…]",
		Short: "Measure how often and how fast an action answers",
		Long: `Call one action again and again for a time, from several clients at once, and
print how many calls a second were answered, how long the answers took, and what
failed. It calls the real actor: what the action changes is changed.

With --rate calls are due at fixed times, and their times count from when they
were due. Without, each client calls as soon as it is answered; calls that a slow
one kept from being made are added to the percentiles, as HdrHistogram does, by
the mean time of a call.`,
		Example: `  rivet bench counter/bench increment 1
  rivet bench counter/bench get -c 128 -d 10s --ws
  rivet bench counter/bench increment 1 --rate 1000 --json`,
		Args: between(2, -1, "an ACTOR and an ACTION"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.call.repeat = 1
			if err := o.call.parse(a, &f, unmaskAll(args)); err != nil {
				return err
			}
			var err error
			if o.during, err = parseTime("--duration", during); err != nil {
				return err
			}
			switch {
			case o.during <= 0:
				return usage("--duration takes a time such as 10s")
			case o.clients < 1 || o.clients > maxClients:
				return usage("--clients takes a number from 1 to %d", maxClients)
			case o.rate < 0 || o.rate > 10e6:
				return usage("--rate takes the calls a second, up to 10 million")
			}
			return runBench(cmd.Context(), a, o)
		},
	}
	fs := cmd.Flags()
	fs.IntVarP(&o.clients, "clients", "c", 32, "call from `N` clients at once")
	fs.StringVarP(&during, "duration", "d", "5s", "measure for `TIME`")
	fs.Float64Var(&o.rate, "rate", 0, "make `N` calls a second in all, not as many as possible")
	fs.BoolVar(&o.call.socket, "ws", false, "call over a WebSocket a client, not over HTTP")
	fs.StringVar(&f.args, "args", "", "all arguments at once, as a JSON array")
	fs.BoolVar(&f.str, "str", false, "take every argument as a string, @ too")
	fs.BoolVar(&o.call.get, "get", false, "call an actor that exists; create none")
	fs.StringVar(&f.input, "input", "", "the input of the actor's creation, as `JSON`")
	fs.StringVar(&f.params, "params", "", "connection parameters, as `JSON`")
	fs.StringVar(&f.timeout, "timeout", "60s", "wait for no answer longer than `TIME`")
	o.call.server.register(fs)
	return cmd
}

func runBench(ctx context.Context, a *App, o benchOptions) error {
	c, err := a.connectMany(ctx, o.call.server, o.clients)
	if err != nil {
		return err
	}
	if err := o.tryOnce(ctx, a, c); err != nil {
		return err
	}
	a.note("this calls the real %s: what %s changes is changed", o.call.actor, o.call.action)
	b := newMeasuring(o, c)
	stop := a.showProgress(b)
	err = b.run(ctx)
	stop()
	if err != nil {
		return err
	}
	r := b.result()
	if err := a.printBench(ctx, r); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case r.Calls == 0 && len(r.Errors) > 0:
		return errs.New(errs.Code(r.Errors[0].Code), "every call failed: %s", r.Errors[0].Message)
	}
	return nil
}

// tryOnce creates the actor and finds out what is wrong before anything is measured.
func (o *benchOptions) tryOnce(ctx context.Context, a *App, c *client.Client) error {
	bound, cancel := o.call.bound(ctx)
	defer cancel()
	_, _, err := o.call.call(bound, a, c)
	switch errs.CodeOf(err) {
	case errs.ActionNotFound, errs.ActorNotFound, errs.Forbidden, errs.Unauthorized, errs.NoServer, errs.InvalidRequest, errs.InvalidParams:
		return o.call.explain(ctx, a, c, err)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil // what else an action fails with is measured
}

// connectMany makes a client that keeps a connection for each of n callers.
func (a *App) connectMany(ctx context.Context, s serverOptions, n int) (*client.Client, error) {
	url, token, err := a.locate(ctx, s)
	if err != nil {
		return nil, err
	}
	if s.asClient {
		token = ""
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns, t.MaxIdleConnsPerHost = n, n
	c, err := client.New(client.Options{Encoding: client.JSON, URL: url, Token: token, HTTPClient: &http.Client{Transport: t}})
	return c, a.blame(s, err)
}
