package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// answer is what a caller waits for.
type answer struct {
	out value.Value
	err error
}

// Call runs one stateless action. When ctx ends the caller is told so; the
// action goes on.
func (e *Engine) Call(ctx context.Context, spec actor.CallSpec) (value.Value, error) {
	ch := make(chan answer, 1)
	en := e.observed(actor.EntryAction, spec.Action, spec.Args, &spec.Caller)
	if err := e.call(spec, en, func(out value.Value, err error) { ch <- answer{out, err} }); err != nil {
		return nil, err
	}
	select {
	case a := <-ch:
		return a.out, a.err
	case <-ctx.Done():
		return nil, fmt.Errorf("call %s: %w", spec.Action, ctx.Err())
	}
}

// call is Call without waiting: reply is called once, unless an error is returned.
func (e *Engine) call(spec actor.CallSpec, en *actor.Entry, reply func(value.Value, error)) error {
	id, create, err := e.target(spec.Query)
	if err != nil {
		return err
	}
	info := actor.ConnInfo{
		Params: spec.Caller.Params, Auth: spec.Caller.Auth,
		Request: spec.Caller.Request, Transport: spec.Caller.Transport,
	}
	return e.withCell(id, func(c *cell) {
		c.submit(&item{
			create: create, asked: spec.Query, reply: reply, entry: en,
			counts: !spec.Caller.Server, limited: !spec.Caller.Server,
			job: func(call actor.CallID) actor.Job {
				return actor.Invoke{Call: call, Conn: info, Action: spec.Action, Args: spec.Args}
			},
		})
	})
}

// Lookup finds an actor by id.
func (e *Engine) Lookup(ctx context.Context, id actor.ID) (actor.Ref, error) {
	e.mu.RLock()
	c := e.cells[id]
	e.mu.RUnlock()
	if c != nil {
		c.mu.Lock()
		ref, known := c.ref, c.phase == awake && c.creates == nil
		c.mu.Unlock()
		if known {
			return ref, nil
		}
	}
	ref, ok, err := e.store.Lookup(ctx, id)
	if err != nil {
		return actor.Ref{}, unavailable(err)
	}
	if !ok {
		return actor.Ref{}, notFound(string(id))
	}
	return ref, nil
}

// Resolve finds an actor, or creates it if the query says so, without starting it.
func (e *Engine) Resolve(ctx context.Context, q actor.Query) (actor.Ref, error) {
	id, create, err := e.target(q)
	if err != nil {
		return actor.Ref{}, err
	}
	if create == nil {
		ref, err := e.Lookup(ctx, id)
		if errs.Is(err, errs.ActorNotFound) && q.Kind == actor.GetForKey {
			err = notFound(identifier(q.Name, q.Key))
		}
		return ref, err
	}
	ch := make(chan answer, 1)
	err = e.withCell(id, func(c *cell) {
		c.submit(&item{create: create, reply: func(out value.Value, err error) { ch <- answer{out, err} }})
	})
	if err != nil {
		return actor.Ref{}, err
	}
	select {
	case a := <-ch:
		if a.err != nil {
			return actor.Ref{}, a.err
		}
		return a.out.(actor.Ref), nil
	case <-ctx.Done():
		return actor.Ref{}, fmt.Errorf("resolve: %w", ctx.Err())
	}
}

// target is the id that a query means, and how to create the actor, if it may be.
func (e *Engine) target(q actor.Query) (actor.ID, *creation, error) {
	if q.Kind == actor.GetForID {
		return q.ID, nil, nil
	}
	if _, err := e.definition(q.Name); err != nil {
		return "", nil, err
	}
	for i, part := range q.Key {
		if n := utf16Len(part); n > actor.MaxKeyPart {
			return "", nil, errs.New(errs.InvalidRequest,
				"Invalid request: part %d of the key is %d characters long, at most %d are allowed", i+1, n, actor.MaxKeyPart)
		}
	}
	id := actor.IDOf(q.Name, q.Key)
	if q.Kind == actor.GetForKey {
		return id, nil, nil
	}
	region := q.Region
	if region == "" {
		region = "local"
	}
	return id, &creation{
		ref:       actor.Ref{ID: id, Name: q.Name, Key: q.Key, Region: region, CreatedAt: e.clock.Now()},
		input:     q.Input,
		exclusive: q.Kind == actor.Create,
	}, nil
}

// clientCall lets an actor call another; the answer comes back as a job. The
// reply runs with the other cell locked, so it must not take this one's lock.
func (c *cell) clientCall(gen uint64, ef actor.ClientCall) {
	inst := c.inst
	if inst == nil || c.gen != gen {
		inst = nobody{} // its life ended meanwhile: the call goes out, nobody hears the answer
	}
	reply := func(out value.Value, err error) { inst.Post(actor.Result{Token: ef.Token, Value: out, Err: err}) }
	en := c.e.observed(actor.EntryAction, ef.Spec.Action, ef.Spec.Args, &ef.Spec.Caller)
	if en != nil {
		c.causedBy(en, ef.Call)
	}
	c.later(func() {
		if err := c.e.call(ef.Spec, en, reply); err != nil {
			reply(nil, err)
		}
	})
}

func (c *cell) clientResolve(gen uint64, ef actor.ClientResolve) {
	inst := c.inst
	if inst == nil || c.gen != gen {
		inst = nobody{}
	}
	c.aside(func() {
		ref, err := c.e.Resolve(c.e.ctx, ef.Query)
		inst.Post(actor.Result{Token: ef.Token, Value: string(ref.ID), Err: err})
	})
}

// aside runs f, which may wait for another cell, in a goroutine of the engine's.
func (c *cell) aside(f func()) {
	c.e.bg.Add(1)
	go func() {
		defer c.e.bg.Done()
		f()
	}()
}

// nobody is an instance that has ended.
type nobody struct{}

func (nobody) Post(actor.Job)     {}
func (nobody) Stop(time.Duration) {}
func (nobody) Kill()              {}

// identifier names an actor in errors: name:["k"].
func identifier(name string, key actor.Key) string {
	items := make([]value.Value, len(key))
	for i, k := range key {
		items[i] = k
	}
	text, _ := value.AppendJSON(nil, &value.Array{Items: items}) // strings always encode
	return name + ":" + string(text)
}

func alreadyExists(ref actor.Ref) *errs.Error {
	_, key, _ := strings.Cut(identifier("", ref.Key), ":")
	return errs.New(errs.ActorAlreadyExists, "Actor already exists with name '%s' and key '%s' (https://www.rivet.gg/docs/actors/clients/#actor-client)", ref.Name, key)
}

// utf16Len is a string's length as JavaScript counts it.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}
