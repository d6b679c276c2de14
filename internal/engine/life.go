package engine

import (
	"slices"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
)

// life hears one generation of an actor; see [actor.Sink].
type life struct {
	c   *cell
	gen uint64
}

// Turn commits what a turn changed and holds what it said until that is durable.
func (l *life) Turn(o *actor.Outcome) {
	for _, line := range o.Logs {
		l.c.e.opts.Lines(line)
	}
	c := l.c
	c.mu.Lock()
	defer c.unlock()
	if c.gen != l.gen || c.inst == nil {
		return
	}
	c.work = o.Work
	if size := max(o.StateSize, len(o.Patch), len(o.Snapshot)); size > int(c.e.maxState.Load()) {
		c.overgrown(tooLarge(size, int(c.e.maxState.Load())))
		return
	}
	c.commit(o)
	note := c.note(o)
	if o.Started {
		c.lived = true
		if c.phase == starting {
			c.started()
		}
	}
	if len(o.Effects) > 0 || note != nil {
		c.gate.Hold(said{c.gen, o.Effects, note})
	}
	if o.Stopped {
		c.stopped(o)
		return
	}
	c.quiet()
}

// commit hands the changes of a turn to the store as one batch, if there are any.
func (c *cell) commit(o *actor.Outcome) {
	b := &actor.Batch{Lease: c.lease, Snapshot: o.Snapshot}
	empty := o.Snapshot == nil && o.Patch == nil
	if o.Patch != nil {
		b.Patches = [][]byte{o.Patch}
	}
	for _, ch := range o.Conns {
		empty = !c.connChange(b, ch) && empty
	}
	for _, al := range o.Alarms {
		if al.At.IsZero() {
			b.AlarmsRemoved = append(b.AlarmsRemoved, al.ID)
		} else {
			b.Alarms = append(b.Alarms, actor.Alarm{ID: al.ID, Actor: c.id, At: al.At, Action: al.Action, Args: al.Args})
		}
		empty = false
	}
	for _, ef := range o.Effects {
		if r, ok := ef.(actor.Reply); ok {
			it := c.calls[r.Call]
			if it != nil && it.alarm != nil {
				c.e.alarms.ran(b, &c.ref, it.alarm, r.Err)
				empty = false
			}
		}
	}
	if o.Started && c.joined(b) {
		empty = false
	}
	if o.Started && !c.initialized {
		b.Initialized = true
		c.initialized = true
		empty = false
	}
	if !empty {
		if c.creates != nil {
			ref := c.creates.ref
			b.Create, b.Input = &ref, c.creates.input
			c.created = c.creating(c.creates.input)
			c.creates = nil
		}
		c.send(b)
	}
	for _, ef := range o.Effects {
		if r, ok := ef.(actor.Reply); ok {
			if it := c.calls[r.Call]; it != nil {
				it.rev = c.rev
			}
		}
	}
}

// send commits b behind the gate.
func (c *cell) send(b *actor.Batch) {
	alarms := len(b.Alarms) > 0
	c.count(b)
	seq, gen := c.gate.Issue(), c.gen
	c.e.store.Commit(b, func(err error) {
		c.mu.Lock()
		defer c.unlock()
		if err != nil {
			if c.gen == gen {
				c.abort(unavailable(err))
			}
			return
		}
		c.gate.Durable(seq)
		if alarms {
			c.later(c.e.alarms.poke)
		}
		if c.phase == flushing && c.gate.Drained() {
			c.sleepNow()
			return
		}
		c.quiet()
	})
}

// overgrown ends a life whose state became too large in a turn that is dropped
// for that: what earlier turns said still leaves, all who wait are told err.
func (c *cell) overgrown(err *errs.Error) {
	c.e.log.Error("an actor was dropped", "actor", c.describe(), "code", err.Code, "error", err)
	c.observeFailure("commit", err)
	c.inst.Kill()
	c.stopped(&actor.Outcome{Stopped: true, Err: err})
}

// count keeps revision and size with the batches that are handed in.
func (c *cell) count(b *actor.Batch) {
	c.rev++
	if b.Snapshot != nil {
		c.bytes = int64(len(b.Snapshot))
		c.stateRev = c.rev
	}
	for _, p := range b.Patches {
		c.bytes += int64(len(p))
		c.stateRev = c.rev
	}
}

// abort drops this life after a commit that failed: who waits is told, and the
// actor is read anew from its last durable state when it is next wanted.
func (c *cell) abort(err *errs.Error) {
	c.e.log.Error("an actor was dropped", "actor", c.describe(), "code", err.Code, "error", err)
	for _, cn := range c.conns {
		if !c.gate.Reached(cn.accepted) {
			cn.end(1011, string(err.Code), err)
		}
	}
	c.drop(err)
	c.observeFailure("commit", err)
	c.sleepNow()
}

// drop ends a life without a word to the actor: whoever waits is told err.
func (c *cell) drop(err error) {
	if c.inst != nil {
		c.inst.Kill()
	}
	c.inst = nil
	c.gen++
	for _, s := range c.gate.Drop() {
		c.undo(s, err)
	}
	for _, it := range c.inOrder() {
		c.answered(it, nil, err, nil)
		c.finish(it)
		it.reply(nil, err)
	}
	c.base, c.created = nil, nil
	c.busy()
}

// undo answers those whose reply was held when its commit failed.
func (c *cell) undo(s said, err error) {
	for _, ef := range s.effects {
		switch ef := ef.(type) {
		case actor.ClientConnect:
			c.later(func() { ef.Open(nil, err) })
		case actor.ClientFetch:
			c.later(func() { ef.Done(err) })
		case actor.ClientSocket:
			c.later(func() { ef.Done(err) })
		}
	}
}

// stopped ends a life: unanswered calls are failed or wait for the next one.
func (c *cell) stopped(o *actor.Outcome) {
	c.busy()
	c.inst = nil
	evacuated := o.Err == actor.ErrEvacuated
	failed := c.phase == starting && o.Err != nil && !evacuated
	if evacuated {
		c.restart = true
	}
	var err error = errs.Wrap(errs.Internal, o.Err, "the actor stopped before it answered")
	if failed || errs.Is(o.Err, errs.StateTooLarge) {
		err = o.Err
	}
	var again []*item
	for _, it := range c.inOrder() {
		delete(c.calls, it.call)
		if slices.Contains(o.Unstarted, it.call) {
			again = append(again, it)
			continue
		}
		c.uncount(it)
		held := it
		// What it said before is still held: fail it in order, after that.
		c.calls[held.call] = held
		c.gate.Hold(said{gen: c.gen, effects: []actor.Effect{actor.Reply{Call: held.call, Err: err}}})
	}
	c.pending = append(again, c.pending...)
	if failed {
		c.failPending(o.Err)
		c.restart = false
		c.observeFailure("start", o.Err)
	}
	c.phase = flushing
	if c.gate.Drained() {
		c.sleepNow()
	}
}

// inOrder lists the unanswered calls by age.
func (c *cell) inOrder() []*item {
	all := make([]*item, 0, len(c.calls))
	for _, it := range c.calls {
		all = append(all, it)
	}
	slices.SortFunc(all, func(a, b *item) int { return int(a.call) - int(b.call) })
	return all
}

// say lets the effects of a turn out; the gate calls it, the cell is locked.
func (c *cell) say(s said) {
	c.tellBefore(s.note)
	for _, ef := range s.effects {
		c.effect(s.gen, ef, s.note)
	}
	c.told(s.note)
}

func (c *cell) effect(gen uint64, ef actor.Effect, note *turnNote) {
	switch ef := ef.(type) {
	case actor.Reply:
		if it := c.calls[ef.Call]; it != nil {
			c.answered(it, ef.Output, ef.Err, note)
			c.finish(it)
			if it.from != nil {
				it.from.sent++
			}
			it.reply(ef.Output, ef.Err)
		}
	case actor.Broadcast:
		c.observeEvent(ef.Event, "", ef.Call)
		c.broadcast(ef)
	case actor.Send:
		if cn := c.conns[ef.Conn]; cn != nil {
			c.observeEvent(ef.Event, ef.Conn, ef.Call)
			cn.sent++
			cn.peer.Event(ef.Event)
		}
	case actor.Accepted:
		if cn := c.conns[ef.Conn]; cn != nil {
			cn.peer.Init(c.id, cn.state.ID, cn.state.Token)
		}
	case actor.CloseConn:
		if cn := c.conns[ef.Conn]; cn != nil {
			cn.end(ef.Code, ef.Reason, ef.Err)
			cn.tellActor()
		}
	case actor.Permit:
		if c.gen == gen && c.inst != nil {
			c.inst.Post(actor.Granted{Token: ef.Token})
		}
	case actor.ClientCall:
		c.clientCall(gen, ef)
	case actor.ClientConnect:
		c.later(func() { ef.Open(c.e.Connect(c.e.ctx, ef.Spec, ef.Peer)) })
	case actor.ClientResolve:
		c.clientResolve(gen, ef)
	case actor.ClientFetch:
		c.aside(func() { ef.Done(c.e.Fetch(ef.Context, ef.Query, ef.Caller, ef.Body, ef.Respond)) })
	case actor.ClientSocket:
		c.aside(func() { ef.Done(c.e.Socket(c.e.ctx, ef.Query, ef.Caller, ef.Socket)) })
	}
}
