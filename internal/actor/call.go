package actor

import (
	"github.com/rivetdev/rivet/internal/value"
)

// QueryKind tells how a caller names an actor.
type QueryKind uint8

// The four ways of the wire protocol.
const (
	GetForID QueryKind = iota
	GetForKey
	GetOrCreate
	Create
)

// Query names the actor a caller means, and whether it may be created.
type Query struct {
	Kind   QueryKind
	ID     ID     // GetForID
	Name   string // all others
	Key    Key
	Input  value.Value // Undefined when absent
	Region string
}

// Intent is what a public caller is about to do; onAuth sees the set.
type Intent string

// The intents, in the order in which they are shown.
const (
	IntentGet     Intent = "get"
	IntentCreate  Intent = "create"
	IntentConnect Intent = "connect"
	IntentAction  Intent = "action"
)

// Request is the HTTP request behind a call or connection, as hooks see it.
type Request struct {
	Method string
	URL    string
	Header map[string][]string // canonical names
}

// AuthRequest asks a type's onAuth about a public caller.
type AuthRequest struct {
	Name    string
	Request *Request
	Intents []Intent
	Params  value.Value // Undefined when absent
}

// Transport tells how a connection came.
type Transport string

// The transports.
const (
	WebSocket Transport = "websocket"
	SSE       Transport = "sse"
	HTTP      Transport = "http"
	InProcess Transport = "inprocess"
)

// Caller is who calls, after authorization.
type Caller struct {
	Params    value.Value // Undefined when absent
	Auth      value.Value // what onAuth gave; Undefined for server-side callers
	Request   *Request    // nil for in-process callers
	Transport Transport
	Server    bool   // server-side: sees whole errors, has the larger limits
	Via       string // how entries name the way in; "": by Transport
}

// CallSpec is one stateless action call.
type CallSpec struct {
	Query  Query
	Action string
	Args   []value.Value
	Caller Caller
}

// ConnectSpec opens a connection.
type ConnectSpec struct {
	Query  Query
	Caller Caller
}

// Peer is the client's end of a connection. The engine calls it in the order in
// which the actor spoke, one call at a time; no method blocks or calls back.
type Peer interface {
	// Init tells the client that it is connected; it comes before anything else.
	Init(id ID, conn ConnID, token string)
	// Event delivers an event. The same *Event goes to many peers.
	Event(e *Event)
	// Close ends the connection with a WebSocket close code. code 1000 is
	// normal; err, if not nil, is told to the client first.
	Close(code int, reason string, err error)
}

// Link is the engine's end of a connection, used by whoever owns the Peer.
type Link interface {
	ID() ConnID
	ActorID() ID
	Token() string
	// Act calls an action; reply is called once, in order with Peer's calls.
	Act(action string, args []value.Value, reply func(out value.Value, err error))
	// Subscribe starts or ends the delivery of an event.
	Subscribe(event string, on bool)
	// Close tells the actor that the client has gone. Idempotent.
	Close()
	// Room waits until the actor takes further messages of this connection;
	// its channel is closed when it does.
	Room() <-chan struct{}
}
