package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/client"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// runListen connects, subscribes, calls the action if there is one, and prints
// events, a line each, until --count, --for, Ctrl-C or the end of the connection.
func runListen(ctx context.Context, a *App, c *client.Client, o callOptions) error {
	events := make(chan client.Event)
	stop := make(chan struct{})
	free := sync.OnceFunc(func() { close(stop) })
	defer free()
	opening, cancel := o.bound(ctx)
	defer cancel()
	conn, err := c.Connect(opening, o.query(), client.ConnectOptions{
		Params: o.params,
		OnEvent: func(e client.Event) {
			select {
			case events <- e:
			case <-stop:
			}
		},
	})
	if err != nil {
		return o.explain(ctx, a, c, err)
	}
	defer func() {
		free() // Close waits for OnEvent
		conn.Close()
	}()
	for _, name := range o.listen {
		if err := conn.Subscribe(opening, name); err != nil {
			return err
		}
	}
	answers := make(chan answer, 1)
	waiting := o.action != ""
	if waiting {
		go func() {
			out, err := conn.Act(opening, o.action, o.args...)
			answers <- answer{out, err}
		}()
	}
	var late <-chan time.Time
	if o.forTime > 0 {
		timer := time.NewTimer(o.forTime)
		defer timer.Stop()
		late = timer.C
	}
	for seen := 0; waiting || o.count == 0 || seen < o.count; {
		select {
		case e := <-events:
			seen++
			if err := a.printEvent(ctx, o, e); err != nil {
				return err
			}
		case r := <-answers:
			waiting = false
			if r.err != nil {
				return o.explain(ctx, a, c, r.err)
			}
			if err := a.printAnswer(ctx, o.form(r.out)); err != nil {
				return err
			}
		case <-late:
			return nil
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), ErrInterrupted) {
				return nil // Ctrl-C is how listening ends
			}
			return context.Cause(ctx)
		case <-conn.Done():
			if waiting {
				if r := <-answers; r.err != nil {
					return o.explain(ctx, a, c, r.err)
				} else if err := a.printAnswer(ctx, o.form(r.out)); err != nil {
					return err
				}
			}
			return lost(conn)
		}
	}
	return nil
}

type answer struct {
	out value.Value
	err error
}

func lost(conn *client.Conn) error {
	if err := conn.Err(); err != nil && errs.CodeOf(err) != errs.Internal {
		return err
	}
	return errs.Wrap(errs.ConnectionLost, conn.Err(), "the server closed the connection")
}

func (a *App) printEvent(ctx context.Context, o callOptions, e client.Event) error {
	line := &value.Object{}
	line.Set("event", e.Name)
	line.Set("args", o.form(&value.Array{Items: e.Args}))
	return a.printLine(ctx, line)
}

func (a *App) printAnswer(ctx context.Context, out value.Value) error {
	line := &value.Object{}
	if _, undefined := out.(value.Undefined); !undefined {
		line.Set("output", out)
	}
	return a.printLine(ctx, line)
}

// printLine prints one document of many: always on one line.
func (a *App) printLine(ctx context.Context, v value.Value) error {
	text, err := value.AppendJSON(nil, v)
	if err != nil {
		return errs.Wrap(errs.MalformedMessage, err, "print an event")
	}
	return a.printRaw(ctx, text, true)
}
