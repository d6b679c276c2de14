package engine

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/google/uuid"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// conn is an open connection: the engine's end, between a Peer and an actor. It
// outlives the actor's sleep, reload and moves. Its fields belong to the cell's mutex.
type conn struct {
	c     *cell
	peer  actor.Peer
	state actor.ConnState
	subs  map[string]bool
	// accepted is the number of the batch that stored the connection; 0: not accepted yet.
	accepted uint64
	since    time.Time
	sent     uint64 // messages to the client
	received uint64 // messages of the client
	told     bool   // the actor was told that the client has gone
	closed   bool
	// parted: onDisconnect ran on older code and nothing is stored of the
	// connection until newer code has started with it.
	parted bool
}

// subscribers are the connections that an event goes to.
type subscribers struct{ conns map[*conn]struct{} }

// Connect opens a connection; see server.Actors.
func (e *Engine) Connect(_ context.Context, spec actor.ConnectSpec, peer actor.Peer) (actor.Link, error) {
	id, create, err := e.target(spec.Query)
	if err != nil {
		return nil, err
	}
	var token [32]byte
	_, _ = rand.Read(token[:]) // never fails
	cn := &conn{peer: peer, subs: map[string]bool{}, since: e.clock.Now(), state: actor.ConnState{
		Token: base64.StdEncoding.EncodeToString(token[:]),
		ConnInfo: actor.ConnInfo{
			ID:     actor.ConnID(uuid.NewString()),
			Params: spec.Caller.Params, Auth: spec.Caller.Auth,
			Request: spec.Caller.Request, Transport: spec.Caller.Transport,
		},
	}}
	en := e.observed(actor.EntryConnect, "", nil, &spec.Caller)
	if en != nil {
		en.Conn = cn.state.ID
	}
	err = e.withCell(id, func(c *cell) {
		cn.c = c
		c.conns[cn.state.ID] = cn
		c.submit(&item{
			create: create, asked: spec.Query, entry: en,
			job: func(call actor.CallID) actor.Job {
				return actor.Connect{Call: call, Conn: cn.state.ConnInfo}
			},
			reply: func(_ value.Value, err error) {
				if err != nil {
					cn.told = true // it never came to be, or its failed onConnect ends it
					cn.end(1011, string(errs.CodeOf(err)), err)
				}
			},
		})
	})
	if err != nil {
		return nil, err
	}
	return cn, nil
}

func (cn *conn) ID() actor.ConnID  { return cn.state.ID }
func (cn *conn) ActorID() actor.ID { return cn.c.id }
func (cn *conn) Token() string     { return cn.state.Token }

// Act calls an action over the connection.
func (cn *conn) Act(action string, args []value.Value, reply func(value.Value, error)) {
	c := cn.c
	c.mu.Lock()
	defer c.unlock()
	if cn.closed {
		reply(nil, errs.New(errs.ConnectionLost, "The connection is closed."))
		return
	}
	cn.received++
	var en *actor.Entry
	if c.e.opts.Observer != nil {
		en = &actor.Entry{Kind: actor.EntryAction, Name: action, Args: args, Conn: cn.state.ID, Via: viaOf(cn.state.Transport)}
	}
	c.submit(&item{
		entry:  en,
		from:   cn,
		reply:  reply,
		counts: true, // but never refused: Room makes the client wait
		job: func(call actor.CallID) actor.Job {
			return actor.Act{Call: call, Conn: cn.state.ID, Action: action, Args: args}
		},
	})
}

// Subscribe starts or ends the delivery of an event.
func (cn *conn) Subscribe(event string, on bool) {
	c := cn.c
	c.mu.Lock()
	defer c.unlock()
	if cn.closed || cn.subs[event] == on {
		return
	}
	cn.received++
	if on {
		c.observeConn(actor.EntrySubscribe, cn, event)
		cn.subs[event] = true
		s := c.subs[event]
		if s == nil {
			s = &subscribers{conns: map[*conn]struct{}{}}
			c.subs[event] = s
		}
		s.conns[cn] = struct{}{}
	} else {
		c.observeConn(actor.EntryUnsubscribe, cn, event)
		c.unsubscribe(cn, event)
	}
	if c.inst != nil {
		c.inst.Post(actor.Subscribe{Conn: cn.state.ID, Event: event, On: on})
	}
}

func (c *cell) unsubscribe(cn *conn, event string) {
	delete(cn.subs, event)
	if s := c.subs[event]; s != nil {
		delete(s.conns, cn)
		if len(s.conns) == 0 {
			delete(c.subs, event)
		}
	}
}

// Close says that the client has gone.
func (cn *conn) Close() {
	cn.c.mu.Lock()
	defer cn.c.unlock()
	if cn.closed {
		return
	}
	cn.leave()
	cn.tellActor()
}

var hasRoom = func() chan struct{} { ch := make(chan struct{}); close(ch); return ch }()

// Room is closed when the actor takes further messages of this connection.
func (cn *conn) Room() <-chan struct{} {
	c := cn.c
	c.mu.Lock()
	defer c.unlock()
	if c.waiting < int(c.e.maxWaiting.Load()) || cn.closed {
		return hasRoom
	}
	if c.room == nil {
		c.room = make(chan struct{})
	}
	return c.room
}

// end closes the client's side; the cell is locked.
func (cn *conn) end(code int, reason string, err error) {
	if cn.closed {
		return
	}
	cn.leave()
	cn.peer.Close(code, reason, err)
}

// leave takes the connection out of the cell's books.
func (cn *conn) leave() {
	cn.closed = true
	if cn.accepted != 0 {
		cn.c.observeConn(actor.EntryDisconnect, cn, "")
	}
	for event := range cn.subs {
		cn.c.unsubscribe(cn, event)
	}
	delete(cn.c.conns, cn.state.ID)
}

// tellActor has onDisconnect run, once, waking the actor if need be.
func (cn *conn) tellActor() {
	if cn.told {
		return
	}
	cn.told = true
	id, c := cn.state.ID, cn.c
	if c.e.draining.Load() {
		return // its row stays: onDisconnect runs at the actor's next start
	}
	if cn.parted && c.phase != starting { // it left already, and nothing is stored of it
		c.unused()
		return
	}
	c.submit(&item{
		silent: true,
		reply:  func(value.Value, error) {},
		job:    func(actor.CallID) actor.Job { return actor.Disconnect{Conn: id} },
	})
	c.quiet()
}

// connChange puts a connection's change into the batch of its turn; false: it
// needs none.
func (c *cell) connChange(b *actor.Batch, ch actor.ConnChange) bool {
	cn := c.conns[ch.Conn]
	if ch.Removed || ch.Parted {
		b.ConnsRemoved = append(b.ConnsRemoved, ch.Conn)
		if cn != nil {
			cn.parted = ch.Parted
		}
		return true
	}
	if cn == nil {
		return false // its client left meanwhile; Disconnect is on its way
	}
	cn.state.HasState, cn.state.State = ch.HasState, ch.State
	if cn.parted {
		return false // joined stores it
	}
	if cn.accepted == 0 {
		cn.accepted = c.gate.Issued() + 1
	}
	b.Conns = append(b.Conns, cn.state)
	return true
}

// restored lists the connections that a new life starts with: those whose
// socket is open, with their durable state, those whose client went away while
// nobody could tell the actor, and those that parted from older code.
func (c *cell) restored(img *actor.Image) []actor.ConnState {
	var all []actor.ConnState
	for _, stored := range img.Conns {
		cn := c.conns[stored.ID]
		if cn == nil {
			stored.Gone = true
			all = append(all, stored)
			continue
		}
		st := cn.restored()
		st.HasState, st.State = stored.HasState, stored.State
		all = append(all, st)
	}
	for _, cn := range c.conns {
		if cn.parted {
			all = append(all, cn.restored())
		}
	}
	return all
}

func (cn *conn) restored() actor.ConnState {
	st := cn.state
	st.Parted = cn.parted
	st.Subscriptions = nil
	for event := range cn.subs {
		st.Subscriptions = append(st.Subscriptions, event)
	}
	return st
}

// joined stores the connections that parted from older code, now that newer
// code has started with them; it reports whether there were any.
func (c *cell) joined(b *actor.Batch) bool {
	found := false
	for _, cn := range c.conns {
		if cn.parted {
			cn.parted, found = false, true
			b.Conns = append(b.Conns, cn.state)
		}
	}
	return found
}

func (c *cell) broadcast(b actor.Broadcast) {
	s := c.subs[b.Event.Name]
	if s == nil {
		return
	}
next:
	for cn := range s.conns {
		for _, id := range b.Except {
			if id == cn.state.ID {
				continue next
			}
		}
		cn.sent++
		cn.peer.Event(b.Event)
	}
}
