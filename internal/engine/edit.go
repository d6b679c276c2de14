package engine

import (
	"context"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// EditState changes the state of an actor that is as of revision rev, or that
// of one of its connections. An actor that is awake changes it in a turn of its
// own; one that sleeps is not woken. change gets the state and gives the new
// one, from another goroutine, perhaps more than once.
func (e *Engine) EditState(ctx context.Context, id actor.ID, conn actor.ConnID, rev uint64, change func(value.Value) (value.Value, error)) (actor.Edited, error) {
	if err := e.exists(ctx, id); err != nil {
		return actor.Edited{}, err
	}
	type result struct {
		actor.Edited
		err error
	}
	ch := make(chan result, 1)
	err := e.alone(ctx, id, func(c *cell) {
		if c.phase == asleep {
			c.editAsleep(conn, rev, change, func(ed actor.Edited, err error) { ch <- result{ed, err} })
			return
		}
		en := e.observed(actor.EntryState, "", nil, &actor.Caller{Via: "studio"})
		it := &item{entry: en}
		it.job = func(call actor.CallID) actor.Job {
			return actor.Edit{Call: call, Conn: conn, Change: c.checked(conn, rev, change)}
		}
		it.reply = func(_ value.Value, err error) {
			ed := actor.Edited{Rev: it.rev}
			if en != nil {
				ed.Seq = en.Seq
			}
			ch <- result{ed, err}
		}
		c.submit(it)
	})
	if err != nil {
		return actor.Edited{}, err
	}
	select {
	case r := <-ch:
		return r.Edited, r.err
	case <-ctx.Done():
		return actor.Edited{}, context.Cause(ctx)
	}
}

// checked is change after a look at the revision. It runs between two turns,
// when all turns before it have been heard of.
func (c *cell) checked(conn actor.ConnID, rev uint64, change func(value.Value) (value.Value, error)) func(value.Value) (value.Value, error) {
	return func(old value.Value) (value.Value, error) {
		c.mu.Lock()
		now := c.stateRev
		if conn != "" {
			now = c.rev
		}
		at := c.rev
		c.unlock()
		if now > rev {
			return nil, &actor.Conflict{Rev: at}
		}
		return c.e.bounded(change(old))
	}
}

// bounded refuses a state that is too large.
func (e *Engine) bounded(v value.Value, err error) (value.Value, error) {
	if err != nil {
		return nil, err
	}
	if size := value.GraphOf(v).Size(); size > int(e.maxState.Load()) {
		return nil, tooLarge(size, int(e.maxState.Load()))
	}
	return v, nil
}

// editAsleep changes what is stored; the cell is locked and asleep.
func (c *cell) editAsleep(conn actor.ConnID, rev uint64, change func(value.Value) (value.Value, error), done func(actor.Edited, error)) {
	en := &actor.Entry{Kind: actor.EntryState, Via: "studio"}
	c.amend(func(img *actor.Image) (*actor.Batch, error) {
		if img.Rev > rev {
			return nil, &actor.Conflict{Rev: img.Rev}
		}
		if conn != "" {
			return editConn(img, conn, change, c.e)
		}
		if img.Snapshot == nil {
			return nil, errs.New(errs.StateNotEnabled, "This actor has no state that could be edited.")
		}
		g, err := value.DecodeGraph(img.Snapshot, img.Patches...)
		if err != nil {
			return nil, errs.Wrap(errs.DataCorrupt, err, "the stored state can't be read")
		}
		v, err := c.e.bounded(change(g.Value()))
		if err != nil {
			return nil, err
		}
		b := &actor.Batch{Snapshot: value.GraphOf(v).Encode()}
		en.Base = &actor.Base{Snapshot: b.Snapshot}
		return b, nil
	}, func(err error) {
		ed := actor.Edited{Rev: c.rev}
		if err == nil && c.e.opts.Observer != nil {
			en.Rev, en.Bytes = c.rev, c.bytes
			c.observe(en)
			ed.Seq = en.Seq
		}
		done(ed, err)
	})
}

func editConn(img *actor.Image, id actor.ConnID, change func(value.Value) (value.Value, error), e *Engine) (*actor.Batch, error) {
	for _, st := range img.Conns {
		if st.ID != id {
			continue
		}
		if !st.HasState {
			return nil, errs.New(errs.ConnStateNotEnabled, "This connection has no state.")
		}
		g, err := value.DecodeGraph(st.State)
		if err != nil {
			return nil, errs.Wrap(errs.DataCorrupt, err, "the connection's stored state can't be read")
		}
		v, err := e.bounded(change(g.Value()))
		if err != nil {
			return nil, err
		}
		st.State = value.GraphOf(v).Encode()
		return &actor.Batch{Conns: []actor.ConnState{st}}, nil
	}
	return nil, errs.New(errs.ConnNotFound, "There is no connection %s to this actor.", id)
}

// amend changes what is stored of an actor that sleeps, and leaves it asleep:
// make gets its image, nil if it doesn't exist, and gives the batch. done is
// called with the cell locked. The cell is locked and asleep.
func (c *cell) amend(make func(*actor.Image) (*actor.Batch, error), done func(error)) {
	c.phase = acquiring
	c.e.bg.Add(1)
	go func() {
		defer c.e.bg.Done()
		img, lease, err := c.e.store.Acquire(c.e.ctx, c.id)
		var b *actor.Batch
		if err != nil {
			err = unavailable(err)
		} else {
			b, err = make(img)
		}
		c.mu.Lock()
		defer c.unlock()
		if err != nil || b == nil {
			done(err)
			c.sleepNow()
			return
		}
		c.lease = lease
		b.Lease = lease
		if img != nil {
			c.ref = img.Ref
			c.read(img)
		} else {
			c.ref = *b.Create
			c.rev, c.stateRev, c.bytes = 0, 0, 0
		}
		c.count(b)
		c.phase = flushing
		for _, st := range b.Conns {
			if cn := c.conns[st.ID]; cn != nil {
				cn.state.HasState, cn.state.State = st.HasState, st.State
			}
		}
		alarms := len(b.Alarms) > 0
		c.e.store.Commit(b, func(err error) {
			c.mu.Lock()
			defer c.unlock()
			if err != nil {
				err = unavailable(err)
			} else if alarms {
				c.later(c.e.alarms.poke)
			}
			done(err)
			c.sleepNow()
		})
	}()
}
