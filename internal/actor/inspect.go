package actor

import (
	"time"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// EntryKind is what an Entry tells of; see inspect.Kind for its words.
type EntryKind string

// The kinds of entries.
const (
	EntryCreate      EntryKind = "create"
	EntryDestroy     EntryKind = "destroy"
	EntryStart       EntryKind = "start"
	EntrySleep       EntryKind = "sleep"
	EntryReload      EntryKind = "reload"
	EntryConnect     EntryKind = "connect"
	EntryDisconnect  EntryKind = "disconnect"
	EntrySubscribe   EntryKind = "subscribe"
	EntryUnsubscribe EntryKind = "unsubscribe"
	EntryAction      EntryKind = "action"
	EntryEvent       EntryKind = "event"
	EntrySchedule    EntryKind = "schedule"
	EntryLog         EntryKind = "log"
	EntryError       EntryKind = "error" // a start or a commit that failed
	EntryState       EntryKind = "state" // a change of state that rides on no other entry
)

// Entry is one happening of an actor, told once it is durable. Nobody changes
// it or what it refers to, once it was told.
type Entry struct {
	Seq   uint64 // order of begin over all actors
	Kind  EntryKind
	Actor *Ref // nil: the server isolate
	At    time.Time
	Took  time.Duration
	Name  string // of the action or event
	Conn  ConnID

	Via   string // way in: ws, sse, http, actor, cli, studio, schedule, start; "": Cause says it
	Cause uint64 // Seq of the entry that this one came from; 0: none
	Trace uint64 // Seq of the first cause; 0: the entry itself

	Args   []value.Value
	Output value.Value
	Err    error
	Log    *Log // EntryLog

	// Patch is what this entry's turn changed in the state, or Base the state
	// as a whole from here on (of a start, and where there is no patch).
	Patch   []byte
	Base    *Base
	Rev     uint64
	Version string // of the code
	Bytes   int64  // stored size of the state after it
}

// Base is a whole state: a snapshot and patches that were applied to it.
type Base struct {
	Snapshot []byte
	Patches  [][]byte
}

// Live is what the engine knows of an actor that it holds.
type Live struct {
	Ref        Ref
	Status     string // awake, starting or sleeping
	Rev        uint64 // of the last batch that was handed to the store
	StateBytes int64
	Conns      int
	Queued     int // calls that wait or run
	Version    string
}

// ConnView is one open connection as tools see it.
type ConnView struct {
	ConnState
	Via            string
	Encoding       string
	Since          time.Time
	Sent, Received uint64
	QueueBytes     int
}

// PeerStats is what a Peer may tell beside its duty.
type PeerStats interface {
	// Stats are the encoding and the bytes that wait for the client.
	Stats() (encoding string, queueBytes int)
}

// Edited is what an edit of a state came to.
type Edited struct {
	Rev uint64
	Seq uint64
}

// Conflict is why an edit was refused: the state has changed since the
// revision that it was made from. Rev is the one that it has.
type Conflict struct{ Rev uint64 }

func (c *Conflict) Error() string { return "state_conflict: the state has changed meanwhile" }

// Unwrap gives it its code.
func (c *Conflict) Unwrap() error {
	return errs.New("state_conflict", "the state has changed meanwhile")
}

// Importing is one actor to be put into the store.
type Importing struct {
	Ref     Ref
	Input   value.Value
	State   []byte // value.Graph snapshot; nil: none
	Alarms  []Alarm
	Replace bool // an actor that exists
}

// Row is one actor as it is stored.
type Row struct {
	Ref        Ref
	Rev        uint64
	StateBytes int64
	Alarms     int
}

// Edit changes the state, or that of a connection, from outside the actor's
// code: Change gets it as of the last turn and gives what it is to be, an error
// leaves it. It is called on the isolate's goroutine while no JavaScript runs.
// Objects that stay where they are keep their identity for scripts. The Reply
// has no output.
type Edit struct {
	Call   CallID
	Conn   ConnID // "": the actor's state
	Change func(value.Value) (value.Value, error)
}

func (Edit) isJob() {}
