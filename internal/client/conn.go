package client

import (
	"context"
	"sync"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// Event is something that an actor told a connection.
type Event struct {
	Name string
	Args []value.Value
}

// Transport is how a connection travels.
type Transport string

// The transports.
const (
	WebSocket Transport = "websocket"
	SSE       Transport = "sse"
)

// ConnectOptions configure a connection.
type ConnectOptions struct {
	Params    value.Value // nil: the client's
	Transport Transport   // "": WebSocket
	// OnEvent is told of events in order, by the goroutine that also receives
	// replies: it must not wait for one. nil: events are dropped.
	OnEvent func(Event)
}

// wire carries messages; one goroutine receives, any may send.
type wire interface {
	// send sends a message of the client.
	send(ctx context.Context, msg *value.Object) error
	// receive calls deliver for each message, until an error ends the wire.
	receive(deliver func(value.Value) error) error
	// close ends the wire, so that receive returns.
	close()
}

// Conn is a connection to one actor. It doesn't come back once it is lost.
type Conn struct {
	wire    wire
	onEvent func(Event)

	actorID, id, token string
	opened             chan struct{} // closed after Init
	done               chan struct{} // closed when nothing more comes

	mu      sync.Mutex
	nextID  float64
	waiting map[float64]chan reply
	told    error // an error of the connection, told before it closed
	err     error // why it ended
	closing bool
}

type reply struct {
	out value.Value
	err error
}

// Connect opens a connection and returns once the actor has accepted it. ctx
// bounds the opening alone.
func (c *Client) Connect(ctx context.Context, q Query, o ConnectOptions) (*Conn, error) {
	open := c.openSocket
	if o.Transport == SSE {
		open = c.openStream
	}
	conn := &Conn{
		onEvent: o.OnEvent,
		opened:  make(chan struct{}),
		done:    make(chan struct{}),
		waiting: map[float64]chan reply{},
	}
	w, err := open(ctx, q, o.Params, conn)
	if err != nil {
		return nil, err
	}
	conn.wire = w
	go conn.run()
	select {
	case <-conn.opened:
		return conn, nil
	case <-conn.done:
		return nil, conn.Err()
	case <-ctx.Done():
		conn.Close()
		return nil, context.Cause(ctx)
	}
}

// ID names the connection.
func (c *Conn) ID() string { return c.id }

// ActorID names the actor.
func (c *Conn) ActorID() string { return c.actorID }

// Done is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err is why the connection ended, nil while it is open and after Close.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Act calls an action and waits for its output, Undefined for none. If the
// connection ends first, the error is connection_lost: it may have run.
func (c *Conn) Act(ctx context.Context, action string, args ...value.Value) (value.Value, error) {
	c.mu.Lock()
	c.nextID++
	id, answer := c.nextID, make(chan reply, 1)
	c.waiting[id] = answer
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
	}()
	msg := object("ar", object("i", id, "n", action, "a", &value.Array{Items: args}))
	if err := c.wire.send(ctx, msg); err != nil {
		return nil, err
	}
	select {
	case r := <-answer:
		return r.out, r.err
	case <-c.done:
		select {
		case r := <-answer: // it came just before the end
			return r.out, r.err
		default:
			return nil, errs.Wrap(errs.ConnectionLost, c.Err(), "the connection was lost; %s may have run", action)
		}
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// Subscribe asks for events of a name; Unsubscribe for no more of them.
func (c *Conn) Subscribe(ctx context.Context, event string) error {
	return c.wire.send(ctx, object("sr", object("e", event, "s", true)))
}

// Unsubscribe is the opposite of Subscribe.
func (c *Conn) Unsubscribe(ctx context.Context, event string) error {
	return c.wire.send(ctx, object("sr", object("e", event, "s", false)))
}

// Close ends the connection and waits for its goroutines. It is idempotent. It
// must not be called by OnEvent.
func (c *Conn) Close() {
	c.mu.Lock()
	c.closing = true
	c.mu.Unlock()
	c.wire.close()
	<-c.done
}

func (c *Conn) run() {
	err := c.wire.receive(c.deliver)
	c.wire.close()
	c.mu.Lock()
	if c.told != nil {
		err = c.told
	}
	if !c.closing {
		c.err = err
	}
	c.mu.Unlock()
	close(c.done)
}

// deliver takes in one message; an error ends the connection.
func (c *Conn) deliver(v value.Value) error {
	o, _ := v.(*value.Object)
	body := member(o, "b")
	if body == nil {
		return malformed("a message without a body")
	}
	if init := member(body, "i"); init != nil {
		return c.init(init)
	}
	if e := member(body, "e"); e != nil {
		return c.failed(e)
	}
	if ar := member(body, "ar"); ar != nil {
		id, _ := ar.Get("i")
		out, ok := ar.Get("o")
		if !ok {
			out = value.Undefined{}
		}
		c.answer(id, reply{out: out})
		return nil
	}
	if ev := member(body, "ev"); ev != nil {
		name, _ := text(ev, "n")
		args, _ := ev.Get("a")
		list, ok := args.(*value.Array)
		if !ok {
			return malformed("an event without arguments")
		}
		if c.onEvent != nil {
			c.onEvent(Event{Name: name, Args: list.Items})
		}
	}
	return nil // a kind of message that we don't know (a heartbeat)
}

func (c *Conn) init(init *value.Object) error {
	select {
	case <-c.opened:
		return malformed("a second greeting")
	default:
	}
	c.actorID, _ = text(init, "ai")
	c.id, _ = text(init, "ci")
	c.token, _ = text(init, "ct")
	close(c.opened)
	return nil
}

func (c *Conn) failed(e *value.Object) error {
	err := errorIn(e, 0)
	if err == nil {
		return malformed("an error without a code")
	}
	if id, ok := e.Get("ai"); ok && given(id) {
		c.answer(id, reply{err: err})
		return nil
	}
	c.mu.Lock()
	c.told = err
	c.mu.Unlock()
	return nil // the server closes
}

func (c *Conn) answer(id value.Value, r reply) {
	n, _ := id.(float64)
	c.mu.Lock()
	defer c.mu.Unlock()
	if w := c.waiting[n]; w != nil {
		w <- r
		delete(c.waiting, n)
	}
}
