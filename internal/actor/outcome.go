package actor

import (
	"context"
	"time"

	"github.com/rivetdev/rivet/internal/value"
)

// Outcome is what one turn of an actor did: plain data. State, connection and
// alarm changes are one batch; effects leave, in order, once it is durable.
type Outcome struct {
	// Snapshot is the whole state (at creation), or Patch the change of this
	// turn; both nil: the state did not change.
	Snapshot []byte
	Patch    []byte
	// StateSize is how many bytes the whole state is encoded, set when it changed.
	StateSize int

	Conns   []ConnChange
	Alarms  []AlarmChange
	Effects []Effect
	Logs    []Log

	// Started is set in the outcome that ends a start: onStart has run.
	Started bool
	// Stopped is set in the last outcome of an instance; Err says why it ended
	// by itself (a failed start, a stack overflow …), nil: it was asked to.
	Stopped bool
	Err     error
	// Unstarted are, with Stopped, the calls that were posted but never begun;
	// they can be run by another instance.
	Unstarted []CallID

	// Work is what keeps the actor awake, after this turn.
	Work Work

	Took time.Duration // time that JavaScript ran
}

// Work counts what keeps an actor from sleeping.
type Work struct {
	Actions    int // running actions and hooks
	Background int // runInBackground promises
	Timers     int // armed timers that are not unref'ed
	Sockets    int // raw sockets and raw requests
	Clients    int // connections to other actors that this one opened
}

// None reports whether nothing keeps the actor awake.
func (w Work) None() bool { return w == Work{} }

// ConnChange is a connection that was accepted, changed its state, was removed,
// or parted: onDisconnect ran since newer code takes over, while its client stays.
type ConnChange struct {
	Conn     ConnID
	Removed  bool
	Parted   bool
	HasState bool
	State    []byte // value.Graph snapshot, with HasState
}

// AlarmChange sets (At not zero) or removes a scheduled action.
type AlarmChange struct {
	ID     AlarmID
	At     time.Time
	Action string
	Args   []value.Value
}

// Effect is something that leaves the actor.
type Effect interface{ isEffect() }

type (
	// Reply answers a call: Invoke, Connect, Act, Run, FetchJob, SocketJob.
	Reply struct {
		Call   CallID
		Output value.Value
		Err    error
	}

	// Accepted says that a connection is open: Init goes to its client.
	Accepted struct{ Conn ConnID }

	// Broadcast sends an event to every connection that subscribed to it, but
	// those in Except.
	Broadcast struct {
		Event  *Event
		Except []ConnID
		Call   CallID // that it came from; 0: unknown
	}

	// Send sends an event to one connection, subscribed or not.
	Send struct {
		Conn  ConnID
		Event *Event
		Call  CallID // that it came from; 0: unknown
	}

	// CloseConn closes a connection from the actor's side. Code 1000: a wish of
	// the actor; 1011: a failure, and Err is told.
	CloseConn struct {
		Conn   ConnID
		Code   int
		Reason string
		Err    error
	}

	// Permit asks for Granted once all before it is durable: for saveState,
	// and for what the host itself lets out (fetch, raw sockets, streams).
	Permit struct{ Token Token }

	// ClientCall calls another actor (or this one); Result answers it.
	ClientCall struct {
		Token Token
		Spec  CallSpec
		Call  CallID // that it came from; 0: unknown
	}

	// ClientConnect opens a connection to another actor; Open is called, once
	// all before is durable, with the engine's way to make one.
	ClientConnect struct {
		Spec ConnectSpec
		Peer Peer
		Open func(Link, error)
	}

	// ClientFetch sends a raw HTTP request to another actor's onFetch. Respond
	// begins the response and gives what its body is written to; Done is called
	// once, with an error if no response was begun or it broke off.
	ClientFetch struct {
		Context context.Context // of the request; its end gives it up
		Query   Query
		Caller  Caller // with the Request
		Body    BodyReader
		Respond func(status int, header map[string][]string) BodyWriter
		Done    func(error)
	}

	// ClientSocket hands another actor's onWebSocket the far end of a raw
	// WebSocket; Done is called once, with an error if it was not taken.
	ClientSocket struct {
		Query  Query
		Caller Caller
		Socket RawSocket
		Done   func(error)
	}

	// ClientResolve finds an actor's id; Result answers with it, a string.
	ClientResolve struct {
		Token Token
		Query Query
	}
)

func (Reply) isEffect()         {}
func (Accepted) isEffect()      {}
func (Broadcast) isEffect()     {}
func (Send) isEffect()          {}
func (CloseConn) isEffect()     {}
func (Permit) isEffect()        {}
func (ClientCall) isEffect()    {}
func (ClientConnect) isEffect() {}
func (ClientResolve) isEffect() {}
func (ClientFetch) isEffect()   {}
func (ClientSocket) isEffect()  {}

// LogLevel is one of the six levels of c.log.
type LogLevel int8

// The levels, by rising weight.
const (
	LogTrace LogLevel = iota
	LogDebug
	LogInfo
	LogWarn
	LogError
	LogCritical
)

// Log is one line that an actor (or the runtime on its behalf) logged.
type Log struct {
	Time   time.Time
	Level  LogLevel
	Msg    string
	Fields []LogField
	At     string // TypeScript position, "file:line:col"; may be empty
	Actor  *Ref   // nil: the server isolate
	Call   CallID // that it came from; 0: unknown
}

// LogField is one key=value of a log line.
type LogField struct {
	Key   string
	Value value.Value
}
