package inspect

import "encoding/json"

// The topics of the socket.
const (
	TopicMeta        = "meta"
	TopicBuild       = "build"
	TopicTypes       = "types"
	TopicActors      = "actors" // a window on a sorted, filtered list
	TopicActor       = "actor"
	TopicState       = "state"
	TopicConnections = "connections"
	TopicHistory     = "history"
	TopicLogs        = "logs"
	TopicSchedule    = "schedule"
	TopicErrors      = "errors"
)

// ToServer is a frame from a client; T names the fields that count.
//
//	hello {session, resume?}   first, within 2 s
//	sub   {id, topic, query, window?}
//	window{id, from, to}
//	unsub {id}
//	ack   {n}                  every 32 frames or 200 ms
//	rate  {hz}                 flushes a second at most
type ToServer struct {
	T       string  `json:"t"`
	Session string  `json:"session,omitempty"`
	Resume  *Resume `json:"resume,omitempty"`
	ID      int     `json:"id,omitempty"`
	Topic   string  `json:"topic,omitempty"`
	Query   *Query  `json:"query,omitempty"`
	Window  *Window `json:"window,omitempty"`
	From    int     `json:"from,omitempty"`
	To      int     `json:"to,omitempty"`
	N       uint64  `json:"n,omitempty"`
	Hz      float64 `json:"hz,omitempty"`
}

// Resume names the last frame that a client has.
type Resume struct {
	Epoch string `json:"epoch"`
	N     uint64 `json:"n"`
}

// Query is what a subscription is about; each topic reads some of it.
type Query struct {
	Actor  string `json:"actor,omitempty"`  // actor, state, connections; limits history, logs, schedule
	Type   string `json:"type,omitempty"`   // actors
	Q      string `json:"q,omitempty"`      // actors
	Status string `json:"status,omitempty"` // actors
	Sort   string `json:"sort,omitempty"`   // actors
	Filter string `json:"filter,omitempty"` // history, logs
	Last   int    `json:"last,omitempty"`   // history, logs: entries to begin with; 0: 100, -1: none
	Path   string `json:"path,omitempty"`   // state
	Depth  int    `json:"depth,omitempty"`  // state
}

// Window is a range of rows, To not included.
type Window struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// ToClient is a frame from the server. N counts frames from 1 within an epoch;
// ID is the subscription's.
//
//	welcome{epoch, n, meta}    n: the frame before the next one
//	snap   {id, rev, data, total}
//	patch  {id, from, rev, ops}       over the last snap's data
//	items  {id, items, dropped?}
//	error  {id, error}         the subscription has ended
//	bye    {reason}
type ToClient struct {
	N       uint64          `json:"n"`
	T       string          `json:"t"`
	Epoch   string          `json:"epoch,omitempty"`
	Resumed bool            `json:"resumed,omitempty"` // of welcome: subscriptions go on
	Meta    *Meta           `json:"meta,omitempty"`
	ID      int             `json:"id,omitempty"`
	From    uint64          `json:"from,omitempty"`
	Rev     uint64          `json:"rev,omitempty"`
	Data    json.RawMessage `json:"data,omitempty"`
	Total   *int            `json:"total,omitempty"`
	Ops     Patch           `json:"ops,omitempty"`
	Items   json.RawMessage `json:"items,omitempty"`
	Dropped *Dropped        `json:"dropped,omitempty"`
	Error   *Error          `json:"error,omitempty"`
	Reason  string          `json:"reason,omitempty"`
}

// Dropped says which items of a stream were left out; GET /history has them.
type Dropped struct {
	From  uint64 `json:"from"` // seq
	To    uint64 `json:"to"`
	Count int    `json:"count"`
}

// Frames in flight and limits of a socket.
const (
	MaxInFlightFrames = 64
	MaxInFlightBytes  = 1 << 20
	MaxFrameIn        = 64 << 10
	MaxSubscriptions  = 64
	MaxSockets        = 32
	AckEvery          = 32
)
