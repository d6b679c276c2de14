package engine

import (
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// Observer hears what actors do, once it is durable. It is called with a cell
// locked: it must not block, call the engine, or do more than note the entry.
type Observer interface {
	// Seq is the number of an entry to come: 1, 2, 3 …
	Seq() uint64
	// Observe notes an entry, which it may keep; nobody changes it any more.
	Observe(e *actor.Entry)
}

// turnNote is what of a turn waits in the gate to be told.
type turnNote struct {
	patch []byte
	base  *actor.Base
	logs  []actor.Log
	start *actor.Entry // a start that ended
	made  *actor.Entry // that the actor was created
	took  time.Duration
	rev   uint64
	bytes int64
}

// via is a caller's way in, as entries name it.
func via(c *actor.Caller) string {
	if c.Via != "" {
		return c.Via
	}
	return viaOf(c.Transport)
}

func viaOf(t actor.Transport) string {
	switch t {
	case actor.WebSocket:
		return "ws"
	case actor.InProcess:
		return "actor"
	}
	return string(t)
}

// observed is the entry of an item that is about to be submitted; nil when nobody listens.
func (e *Engine) observed(kind actor.EntryKind, name string, args []value.Value, from *actor.Caller) *actor.Entry {
	if e.opts.Observer == nil {
		return nil
	}
	return &actor.Entry{Kind: kind, Name: name, Args: args, Via: via(from)}
}

// begun numbers an item's entry when the actor takes it up.
func (c *cell) begun(it *item) {
	if it.entry != nil && it.entry.Seq == 0 {
		it.entry.Seq = c.e.opts.Observer.Seq()
		it.entry.At = c.e.clock.Now()
		if it.entry.Trace == 0 {
			it.entry.Trace = it.entry.Seq
		}
	}
}

// observe tells an entry, completed from the cell, which is locked.
func (c *cell) observe(en *actor.Entry) {
	o := c.e.opts.Observer
	if o == nil {
		return
	}
	if en.Seq == 0 {
		en.Seq = o.Seq()
	}
	if en.Trace == 0 {
		en.Trace = en.Seq
	}
	if en.At.IsZero() {
		en.At = c.e.clock.Now()
	}
	if en.Rev == 0 {
		en.Rev, en.Bytes = c.rev, c.bytes
	}
	if en.Version == "" && c.version != nil {
		en.Version = c.version.Registry().Version
	}
	en.Actor = c.who()
	o.Observe(en)
}

// who is the actor's Ref, shared by its entries.
func (c *cell) who() *actor.Ref {
	if c.shared == nil || c.shared.Name == "" {
		ref := c.ref
		ref.ID = c.id
		c.shared = &ref
	}
	return c.shared
}

// answered tells of an item whose reply leaves; note is its turn's, if any.
func (c *cell) answered(it *item, out value.Value, err error, note *turnNote) {
	en := it.entry
	if en == nil {
		return
	}
	it.entry = nil
	if en.Seq == 0 { // it was never taken up
		en.Seq, en.At = c.e.opts.Observer.Seq(), c.e.clock.Now()
		en.Trace = max(en.Trace, en.Seq)
	}
	c.done[it.call%doneCalls] = doneCall{it.call, en.Seq, en.Trace}
	en.Output, en.Err = out, err
	en.Took = c.e.clock.Now().Sub(en.At)
	note.ride(en)
	c.observe(en)
}

// ride puts the turn's change of state onto an entry, once.
func (n *turnNote) ride(en *actor.Entry) {
	if n == nil {
		return
	}
	en.Patch, en.Base, en.Rev, en.Bytes = n.patch, n.base, n.rev, n.bytes
	n.patch, n.base = nil, nil
}

// causedBy makes an entry one that came from a running call.
func (c *cell) causedBy(en *actor.Entry, call actor.CallID) {
	if call == 0 {
		return
	}
	if it := c.calls[call]; it != nil && it.entry != nil {
		c.begun(it)
		en.Cause, en.Trace, en.Via = it.entry.Seq, it.entry.Trace, ""
	} else if d := c.done[call%doneCalls]; d.call == call {
		en.Cause, en.Trace, en.Via = d.seq, d.trace, ""
	}
}

const doneCalls = 4

// doneCall is a call that was answered a moment ago: what else its turn said
// still names it.
type doneCall struct {
	call       actor.CallID
	seq, trace uint64
}

// note is what of a turn's outcome is to be told; nil when nobody listens.
func (c *cell) note(o *actor.Outcome) *turnNote {
	if c.e.opts.Observer == nil {
		return nil
	}
	n := &turnNote{patch: o.Patch, logs: o.Logs, took: o.Took, rev: c.rev, bytes: c.bytes, made: c.created}
	c.created = nil
	if o.Snapshot != nil {
		n.base, n.patch = &actor.Base{Snapshot: o.Snapshot}, nil
	}
	if o.Started {
		kind := actor.EntryStart
		if c.reloaded {
			kind = actor.EntryReload
		}
		n.start = &actor.Entry{Kind: kind, Via: "start", Seq: c.startSeq, At: c.startAt, Took: c.e.clock.Now().Sub(c.startAt)}
		if n.base == nil {
			n.base = c.base
		}
		c.base = nil
	}
	if n.patch == nil && n.base == nil && n.start == nil && n.made == nil && len(n.logs) == 0 {
		return nil
	}
	return n
}

// told tells what a turn noted and no effect of it carried.
func (c *cell) told(n *turnNote) {
	if n == nil {
		return
	}
	if n.patch != nil || n.base != nil {
		en := &actor.Entry{Kind: actor.EntryState, Took: n.took}
		n.ride(en)
		c.observe(en)
	}
}

// tellBefore tells what of a turn comes before its effects.
func (c *cell) tellBefore(n *turnNote) {
	if n == nil {
		return
	}
	if n.made != nil {
		c.observe(n.made)
		n.made = nil
	}
	if n.start != nil {
		n.ride(n.start)
		c.observe(n.start)
		n.start = nil
	}
	for i := range n.logs {
		l := &n.logs[i]
		en := &actor.Entry{Kind: actor.EntryLog, At: l.Time, Log: l, Rev: n.rev, Bytes: n.bytes}
		c.causedBy(en, l.Call)
		c.observe(en)
	}
	n.logs = nil
}

// creating notes that a batch inserts the actor's row.
func (c *cell) creating(input value.Value) *actor.Entry {
	if c.e.opts.Observer == nil {
		return nil
	}
	en := &actor.Entry{Kind: actor.EntryCreate, Via: "start", Seq: c.madeSeq}
	if c.madeSeq != 0 {
		en.At, c.madeSeq = c.startAt, 0
	}
	if _, none := input.(value.Undefined); !none && input != nil {
		en.Args = []value.Value{input}
	}
	return en
}

// observeEvent tells of an event on its way to clients; conn "": to all that subscribed.
func (c *cell) observeEvent(ev *actor.Event, conn actor.ConnID, call actor.CallID) {
	if c.e.opts.Observer == nil {
		return
	}
	en := &actor.Entry{Kind: actor.EntryEvent, Name: ev.Name, Args: ev.Args, Conn: conn}
	c.causedBy(en, call)
	c.observe(en)
}

// observeConn tells of something about a connection.
func (c *cell) observeConn(kind actor.EntryKind, cn *conn, name string) {
	if c.e.opts.Observer != nil {
		c.observe(&actor.Entry{Kind: kind, Conn: cn.state.ID, Name: name, Via: viaOf(cn.state.Transport)})
	}
}

// observeFailure tells of a start or a commit that failed.
func (c *cell) observeFailure(what string, err error) {
	if c.e.opts.Observer != nil {
		c.observe(&actor.Entry{Kind: actor.EntryError, Name: what, Err: errs.As(err)})
	}
}
