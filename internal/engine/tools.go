package engine

import (
	"context"
	"slices"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// Live is what the engine holds of an actor; ok is false if it holds nothing:
// then the actor sleeps without connections, or doesn't exist.
func (e *Engine) Live(id actor.ID) (l actor.Live, ok bool) {
	e.mu.RLock()
	c := e.cells[id]
	e.mu.RUnlock()
	if c == nil {
		return l, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.live(), !c.evicted && c.ref.Name != ""
}

// Lives is what the engine holds of all actors, in no order.
func (e *Engine) Lives() []actor.Live {
	var all []actor.Live
	for _, c := range e.snapshot() {
		c.mu.Lock()
		if !c.evicted && c.ref.Name != "" {
			all = append(all, c.live())
		}
		c.mu.Unlock()
	}
	return all
}

func (c *cell) live() actor.Live {
	l := actor.Live{Ref: c.ref, Status: "sleeping", Rev: c.rev, StateBytes: c.bytes, Conns: len(c.conns), Queued: len(c.pending) + len(c.calls)}
	switch c.phase {
	case acquiring, starting:
		l.Status = "starting"
	case awake, stopping:
		l.Status = "awake"
	}
	if c.version != nil {
		l.Version = c.version.Registry().Version
	}
	return l
}

// Conns lists an actor's open connections, oldest first.
func (e *Engine) Conns(id actor.ID) []actor.ConnView {
	e.mu.RLock()
	c := e.cells[id]
	e.mu.RUnlock()
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]actor.ConnView, 0, len(c.conns))
	for _, cn := range c.conns {
		v := actor.ConnView{ConnState: cn.state, Via: viaOf(cn.state.Transport), Since: cn.since, Sent: cn.sent, Received: cn.received}
		v.Subscriptions = make([]string, 0, len(cn.subs))
		for name := range cn.subs {
			v.Subscriptions = append(v.Subscriptions, name)
		}
		slices.Sort(v.Subscriptions)
		if p, ok := cn.peer.(actor.PeerStats); ok {
			v.Encoding, v.QueueBytes = p.Stats()
		}
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b actor.ConnView) int {
		if d := a.Since.Compare(b.Since); d != 0 {
			return d
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return all
}

// Image is what is stored of an actor once all is durable that it has done up
// to now. It does not wake it.
func (e *Engine) Image(ctx context.Context, id actor.ID) (*actor.Image, error) {
	if err := e.durable(ctx, id); err != nil {
		return nil, err
	}
	img, err := e.store.ReadImage(ctx, id)
	if err != nil {
		return nil, unavailable(err)
	}
	if img == nil {
		return nil, notFound(string(id))
	}
	return img, nil
}

// durable waits until what an actor handed to the store is written.
func (e *Engine) durable(ctx context.Context, id actor.ID) error {
	e.mu.RLock()
	c := e.cells[id]
	e.mu.RUnlock()
	if c == nil {
		return nil
	}
	ch := make(chan answer, 1)
	c.mu.Lock()
	if c.evicted || c.gate.Drained() {
		c.unlock()
		return nil
	}
	c.lastCall++
	it := &item{call: c.lastCall, reply: func(_ value.Value, err error) { ch <- answer{err: err} }}
	c.calls[it.call] = it
	c.gate.Hold(said{gen: c.gen, effects: []actor.Effect{actor.Reply{Call: it.call}}})
	c.unlock()
	return wait(ctx, ch)
}

// wait is what an answer's error is, or the end of ctx.
func wait(ctx context.Context, ch <-chan answer) error {
	select {
	case a := <-ch:
		return a.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// exists fails with actor_not_found if there is no such actor.
func (e *Engine) exists(ctx context.Context, id actor.ID) error {
	_, err := e.Lookup(ctx, id)
	return err
}

// Sleep puts an actor to sleep: running actions finish within the reload
// grace. What comes meanwhile wakes it again.
func (e *Engine) Sleep(ctx context.Context, id actor.ID) error {
	if err := e.exists(ctx, id); err != nil {
		return err
	}
	e.mu.RLock()
	c := e.cells[id]
	e.mu.RUnlock()
	if c == nil {
		return nil
	}
	c.mu.Lock()
	if c.phase == awake || c.phase == starting {
		c.stop(e.opts.ReloadGrace)
	}
	c.unlock()
	return c.await(ctx)
}

// await waits until the cell has left the life that it is in.
func (c *cell) await(ctx context.Context) error {
	select {
	case <-c.settled():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Wake starts an actor and returns when it is awake, or why it can't be.
func (e *Engine) Wake(ctx context.Context, id actor.ID) error { return e.rise(ctx, id, false) }

// Restart stops an actor as Sleep does and starts it from its durable state.
func (e *Engine) Restart(ctx context.Context, id actor.ID) error { return e.rise(ctx, id, true) }

func (e *Engine) rise(ctx context.Context, id actor.ID, anew bool) error {
	ch := make(chan answer, 1)
	err := e.withCell(id, func(c *cell) {
		if c.phase != awake && c.phase != starting {
			c.restart = true
		} else if anew {
			c.restart = true
			c.stop(e.opts.ReloadGrace)
		}
		c.submit(&item{reply: func(_ value.Value, err error) { ch <- answer{err: err} }})
	})
	if err != nil {
		return err
	}
	return wait(ctx, ch)
}

// Destroy removes an actor and all that is stored of it. Its connections are
// closed, who waits for it is told that it doesn't exist; no hook runs.
func (e *Engine) Destroy(ctx context.Context, id actor.ID) error {
	ref, err := e.Lookup(ctx, id)
	if err != nil {
		return err
	}
	ch := make(chan error, 1)
	err = e.alone(ctx, id, func(c *cell) {
		gone := notFound(identifier(ref.Name, ref.Key))
		c.ref = ref
		c.drop(gone)
		for _, cn := range c.conns {
			cn.told = true
			cn.end(1000, "destroyed", nil)
		}
		c.phase = flushing
		c.e.bg.Add(1)
		go func() {
			defer c.e.bg.Done()
			err := e.store.Destroy(e.ctx, id)
			c.mu.Lock()
			defer c.unlock()
			if err == nil && e.opts.Observer != nil {
				c.observe(&actor.Entry{Kind: actor.EntryDestroy, Via: "studio"})
			}
			c.lived = false
			c.sleepNow()
			ch <- err
		}()
	})
	if err != nil {
		return err
	}
	select {
	case err := <-ch:
		if err != nil {
			return unavailable(err)
		}
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// alone runs f on the locked cell of id once nothing of it is on its way from
// or to the store: it is asleep, or awake or starting.
func (e *Engine) alone(ctx context.Context, id actor.ID, f func(*cell)) error {
	for {
		var busy <-chan struct{}
		err := e.withCell(id, func(c *cell) {
			if c.phase == acquiring || c.phase == stopping || c.phase == flushing {
				m := make(chan struct{})
				c.moved = append(c.moved, m)
				busy = m
				return
			}
			f(c)
			c.leaveIfIdle()
		})
		if err != nil || busy == nil {
			return err
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// CloseConn closes a connection from the server's side; onDisconnect runs.
func (e *Engine) CloseConn(id actor.ID, conn actor.ConnID, reason string) error {
	found := false
	err := e.withCell(id, func(c *cell) {
		if cn := c.conns[conn]; cn != nil {
			found = true
			cn.end(1000, reason, nil)
			cn.tellActor()
		}
		c.leaveIfIdle()
	})
	if err == nil && !found {
		err = errs.New(errs.ConnNotFound, "There is no connection %s to this actor.", conn)
	}
	return err
}

// leaveIfIdle forgets a cell that was made for a look.
func (c *cell) leaveIfIdle() {
	if c.phase == asleep && len(c.conns) == 0 && len(c.calls) == 0 && len(c.pending) == 0 && !c.evicted {
		c.e.evict(c)
	}
}

// Emit sends an event to all connections that subscribed to it, or to one. It
// doesn't wake the actor.
func (e *Engine) Emit(ctx context.Context, id actor.ID, ev *actor.Event, conn actor.ConnID) (seq uint64, err error) {
	ref, err := e.Lookup(ctx, id)
	if err != nil {
		return 0, err
	}
	missing := false
	err = e.withCell(id, func(c *cell) {
		defer c.leaveIfIdle()
		if c.ref.Name == "" {
			c.ref = ref
		}
		cn := c.conns[conn]
		if missing = conn != "" && cn == nil; missing {
			return
		}
		en := &actor.Entry{Kind: actor.EntryEvent, Name: ev.Name, Args: ev.Args, Conn: conn, Via: "studio"}
		c.observe(en)
		seq = en.Seq
		if cn != nil {
			cn.sent++
			cn.peer.Event(ev)
		} else {
			c.broadcast(actor.Broadcast{Event: ev})
		}
	})
	if missing {
		err = errs.New(errs.ConnNotFound, "There is no connection %s to this actor.", conn)
	}
	return seq, err
}

// CallTraced is Call that also gives the entry of the call; nil if nobody observes.
func (e *Engine) CallTraced(ctx context.Context, spec actor.CallSpec) (out value.Value, en *actor.Entry, err error) {
	en = e.observed(actor.EntryAction, spec.Action, spec.Args, &spec.Caller)
	ch := make(chan answer, 1)
	if err := e.call(spec, en, func(out value.Value, err error) { ch <- answer{out, err} }); err != nil {
		return nil, nil, err
	}
	select {
	case a := <-ch:
		return a.out, en, a.err
	case <-ctx.Done():
		return nil, nil, context.Cause(ctx)
	}
}
