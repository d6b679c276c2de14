package engine

import (
	"context"
	"fmt"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// Fetch hands a raw HTTP request to an actor's onFetch. It returns when the
// response has been written whole, or with an error if none was begun.
func (e *Engine) Fetch(ctx context.Context, q actor.Query, caller actor.Caller, body actor.BodyReader, respond func(int, map[string][]string) actor.BodyWriter) error {
	return e.raw(ctx, q, caller, "onFetch", func(call actor.CallID) actor.Job {
		return actor.FetchJob{Call: call, Request: caller.Request, Auth: caller.Auth, Body: body, Respond: respond}
	})
}

// Socket hands a raw WebSocket to an actor's onWebSocket. It returns once the
// handler has taken it, or with an error if it was not taken.
func (e *Engine) Socket(ctx context.Context, q actor.Query, caller actor.Caller, s actor.RawSocket) error {
	return e.raw(ctx, q, caller, "onWebSocket", func(call actor.CallID) actor.Job {
		return actor.SocketJob{Call: call, Request: caller.Request, Auth: caller.Auth, Socket: s}
	})
}

func (e *Engine) raw(ctx context.Context, q actor.Query, caller actor.Caller, name string, job func(actor.CallID) actor.Job) error {
	id, create, err := e.target(q)
	if err != nil {
		return err
	}
	ch := make(chan error, 1)
	err = e.withCell(id, func(c *cell) {
		c.submit(&item{
			create: create, asked: q, job: job,
			entry:  e.observed(actor.EntryAction, name, nil, &caller),
			counts: !caller.Server, limited: !caller.Server,
			reply: func(_ value.Value, err error) { ch <- err },
		})
	})
	if err != nil {
		return err
	}
	select {
	case err := <-ch:
		return err
	case <-ctx.Done():
		return fmt.Errorf("raw request: %w", ctx.Err())
	}
}
