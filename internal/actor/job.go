package actor

import (
	"errors"
	"time"

	"github.com/rivetdev/rivet/internal/value"
)

// ErrEvacuated is the Err of an instance that was stopped because its isolate
// got stuck with another actor's code; it is to be started again elsewhere.
var ErrEvacuated = errors.New("moved away from a stuck isolate")

// Job is one thing that the engine asks an instance to do. Jobs are taken up in
// the order in which they were posted; each begins a turn.
type Job interface{ isJob() }

// ConnInfo is a connection as its actor sees it.
type ConnInfo struct {
	ID        ConnID
	Params    value.Value // Undefined when absent
	Auth      value.Value // Undefined when absent
	Request   *Request    // nil for in-process callers and after a restore
	Transport Transport
}

// Start is what an instance is started with.
type Start struct {
	Ref        Ref
	New        bool        // run createState and onCreate
	Input      value.Value // Undefined when absent; of the creation
	Snapshot   []byte      // the stored state, a value.Graph; nil: none yet
	Patches    [][]byte    // later changes, oldest first
	Conns      []ConnState // connections that outlived the last instance
	Generation uint64
	// Reload: the code is another than that of the last instance.
	Reload bool
}

// ConnState is a connection to be restored or stored: with its own state and subscriptions.
type ConnState struct {
	ConnInfo
	Token         string
	HasState      bool
	State         []byte // value.Graph snapshot
	Subscriptions []string
	// Gone: the client went away while no server ran; the instance runs
	// onDisconnect for it and removes it.
	Gone bool
	// Parted: the last life ran onDisconnect for it, to make way for this one's
	// onConnect. Never stored.
	Parted bool
}

type (
	// Invoke is a stateless call: a connection that lives for one action.
	// It runs onBeforeConnect, createConnState, onConnect, the action,
	// onDisconnect, and answers with Reply.
	Invoke struct {
		Call   CallID
		Conn   ConnInfo
		Action string
		Args   []value.Value
	}

	// Connect runs onBeforeConnect and createConnState (a failure is the
	// Reply), says Accepted, runs onConnect, then answers Call with Undefined.
	// Acts of this connection wait until onConnect has ended.
	Connect struct {
		Call CallID
		Conn ConnInfo
	}

	// Act is an action over an open connection.
	Act struct {
		Call   CallID
		Conn   ConnID
		Action string
		Args   []value.Value
	}

	// Disconnect says that a connection's client has gone. onDisconnect runs
	// exactly once for each accepted connection.
	Disconnect struct{ Conn ConnID }

	// Subscribe keeps conn.subscriptions current.
	Subscribe struct {
		Conn  ConnID
		Event string
		On    bool
	}

	// Run is a scheduled action; its Reply says whether it succeeded. The
	// engine removes the alarm in the same batch as the run's last changes.
	Run struct {
		Call   CallID
		Alarm  AlarmID
		Action string
		Args   []value.Value
	}

	// Granted says that everything that the actor did up to the Permit effect
	// with this token is durable (Err nil), or never will be.
	Granted struct {
		Token Token
		Err   error
	}

	// Result is the outcome of an effect that has one (ClientCall).
	Result struct {
		Token Token
		Value value.Value
		Err   error
	}

	// FetchJob is a raw HTTP request for onFetch. Body is nil for none; the
	// instance reads it from a goroutine of its own. Respond is called once,
	// then writes to the writer that it returns stream the body; the instance
	// asks for a Permit before each.
	FetchJob struct {
		Call    CallID
		Request *Request
		Auth    value.Value
		Body    BodyReader
		Respond func(status int, header map[string][]string) BodyWriter
	}

	// SocketJob is a raw WebSocket for onWebSocket.
	SocketJob struct {
		Call    CallID
		Request *Request
		Auth    value.Value
		Socket  RawSocket
	}
)

// BodyReader reads a request's body as it comes.
type BodyReader interface {
	Read(p []byte) (int, error)
	Close() error
}

// BodyWriter writes a response's body as it is made; Close ends it, with an
// error it breaks it off.
type BodyWriter interface {
	Write(p []byte) (int, error)
	CloseWithError(err error) error
}

// RawSocket is the network's end of a raw WebSocket. Send and Close never
// block; Receive is told of what comes in, in order, by one goroutine.
type RawSocket interface {
	Send(data []byte, binary bool) error
	Close(code int, reason string)
	Receive(message func(data []byte, binary bool), closed func(code int, reason string))
	Protocol() string
}

func (Invoke) isJob()     {}
func (Connect) isJob()    {}
func (Act) isJob()        {}
func (Disconnect) isJob() {}
func (Subscribe) isJob()  {}
func (Run) isJob()        {}
func (Granted) isJob()    {}
func (Result) isJob()     {}
func (FetchJob) isJob()   {}
func (SocketJob) isJob()  {}

// Instance is one life of an actor in an isolate. Its methods may be called
// from any goroutine and never block.
type Instance interface {
	// Post hands over a job. After Stop only Granted, Result and Disconnect are
	// still taken, since running actions may wait for them; after Kill nothing is.
	Post(job Job)
	// Stop lets running actions and background promises finish for at most
	// grace (0: does not wait), then interrupts them; the last outcome is
	// Stopped. Nothing of this instance is heard after it.
	Stop(grace time.Duration)
	// Kill drops the instance: nothing of it is heard any more, from the moment
	// that Kill returns.
	Kill()
}

// Sink hears what an instance did, one turn after another, on the goroutine of
// its isolate while no JavaScript is on the stack. It must not block.
type Sink interface {
	Turn(o *Outcome)
}
