// Package inspect is the JSON of the inspector API, /studio/api/v1: its bodies
// and socket frames as Go structs, values as tagged JSON, and changes of values
// as RFC 6902 patches over that form. The types of the Studio's TypeScript are
// generated from these.
//
// Tagged JSON writes every value of JavaScript so that it can be read back as
// it was: what JSON has is written plainly, all else as an object whose first
// key begins with "$":
//
//	{"$date":ms}  {"$big":"12"}  {"$num":"NaN"}  {"$undef":1}  {"$hole":count}
//	{"$map":[[k,v]]}  {"$set":[]}  {"$re":[source,flags]}
//	{"$bytes":"base64","type":"Uint8Array"}
//	{"$err":{"name","message","stack","fields"?}}
//	{"$obj":[[k,v]]}        a plain object that has a key with "$"
//	{"$obj":[[k,v]],"proto":null}   an object without a prototype
//	{"$ref":"/path"}        the object met before at that JSON Pointer
//	{"$cut":{kind,size,bytes}}      what was left out; it can't be read back
//
// Pointers and patches mean places of the tagged form. A tree of tagged JSON is
// a value.Value made of null, booleans, finite numbers, strings, arrays and
// objects only. The package is pure: no I/O, no goroutine.
package inspect

//go:generate go run ./tsgen . ../../../web/src/api/types.gen.ts
//go:generate go run ./genschemas ../../../docs/schemas

import "encoding/json"

// Protocol is the version of the inspector API.
const Protocol = 1

// Base is the path below which the API lies.
const Base = "/studio/api/v1"

// Subprotocol is that of the API's WebSocket.
const Subprotocol = "rivet.studio.v1"

// Hello is the body of GET /hello, which is open to all: tools tell by it
// whether a server file is about this server.
type Hello struct {
	Instance string `json:"instance"`
	Version  string `json:"version"`
	Protocol int    `json:"protocol"`
}

// SessionRequest is the body of POST /session: a token, or a code that works once.
type SessionRequest struct {
	Token    string `json:"token,omitempty"`
	Code     string `json:"code,omitempty"`
	ReadOnly bool   `json:"readOnly,omitempty"` // give up the right to change
}

// CodeRequest is the body of POST /code, which makes a code for POST /session.
type CodeRequest struct {
	ReadOnly bool `json:"readOnly,omitempty"` // its session changes nothing
}

// Code opens one session, within 30 seconds: PAGE#c=CODE is for a browser.
type Code struct {
	Code      string `json:"code"`
	ExpiresAt int64  `json:"expiresAt"` // epoch ms
	Page      string `json:"page"`      // of the web app; "": it is turned off
}

// Setting is a value that the project's code gave, of GET /config.
type Setting struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"` // a secret is "***"
}

// Session is a bearer token for a limited time.
type Session struct {
	Session   string `json:"session"`
	ExpiresAt int64  `json:"expiresAt"`
	ReadOnly  bool   `json:"readOnly"`
}

// Meta is the body of GET /meta.
type Meta struct {
	Instance string `json:"instance"`
	Version  string `json:"version"`
	Protocol int    `json:"protocol"`
	Project  string `json:"project"`
	Epoch    string `json:"epoch"` // of seq: it changes when the server restarts
	Code     string `json:"code"`  // version of the running code
	ReadOnly bool   `json:"readOnly"`
	Limits   Limits `json:"limits"`
	Endpoint string `json:"endpoint"` // of the registry
}

// Limits are what the server accepts.
type Limits struct {
	List           int `json:"list"`           // items of one page
	HistoryEntries int `json:"historyEntries"` // kept of one actor
	HistoryBytes   int `json:"historyBytes"`   // kept in all
	Body           int `json:"body"`           // bytes of a request
	Frame          int `json:"frame"`          // bytes of a frame to the server
	Subscriptions  int `json:"subscriptions"`  // of one socket
}

// Type is one actor type that the running code defines.
type Type struct {
	Type    string   `json:"type"`
	Actions []Action `json:"actions"`
	Has     []string `json:"has"` // members that the type has: state, vars, connState, onAuth …
	Count   int      `json:"count"`
	File    string   `json:"file,omitempty"`
	Line    int      `json:"line,omitempty"`
}

// Action is one action of a Type. What it takes is text of its TypeScript source;
// an action whose source wasn't found has its name alone.
type Action struct {
	Name      string  `json:"name"`
	Params    []Param `json:"params,omitempty"`    // without the context
	Returns   string  `json:"returns,omitempty"`   // the annotation of the result
	Signature string  `json:"signature,omitempty"` // "(n: number = 1): Promise<string>"
	Doc       string  `json:"doc,omitempty"`       // the comment above it
	File      string  `json:"file,omitempty"`
	Line      int     `json:"line,omitempty"`
}

// Param is one parameter of an Action.
type Param struct {
	Name     string          `json:"name"`
	Type     string          `json:"type,omitempty"`
	Default  string          `json:"default,omitempty"`
	Optional bool            `json:"optional,omitempty"`
	Rest     bool            `json:"rest,omitempty"`
	Schema   json.RawMessage `json:"schema,omitempty"` // of its value as JSON (of each, of a rest); absent: open
}

// Status is where an actor is in its life.
type Status string

// The states of an actor. Failed: its last start failed, and it isn't awake.
const (
	Awake    Status = "awake"
	Sleeping Status = "sleeping"
	Starting Status = "starting"
	Failed   Status = "failed"
)

// Actor is one actor of a list.
type Actor struct {
	ID         string   `json:"id"`
	Type       string   `json:"type"`
	Key        []string `json:"key"`
	Status     Status   `json:"status"`
	CreatedAt  int64    `json:"createdAt"`
	ActiveAt   int64    `json:"activeAt"` // of its last happening that is known, else createdAt
	Rev        uint64   `json:"rev"`      // number of changes committed
	StateBytes int64    `json:"stateBytes"`
	Conns      int      `json:"conns"`
	Queued     int      `json:"queued"` // calls that wait or run
	Errors     int      `json:"errors"` // of the kept history
	Version    string   `json:"version,omitempty"`
	Error      *Error   `json:"error,omitempty"` // why it failed to start
}

// List is a page of T.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"` // cursor of the next page; "": this is the last
	Total *int   `json:"total,omitempty"`
}

// CreateRequest is the body of POST /actors.
type CreateRequest struct {
	Type  string   `json:"type"`
	Key   []string `json:"key"`
	Input *Tagged  `json:"input,omitempty"`
}

// Kind is what a history entry tells of.
type Kind string

// The kinds. KindState is a change of state that rides on no other entry: by a
// timer, by background work, by a part of an action that goes on, or by an edit.
const (
	KindCreate      Kind = "create"
	KindStart       Kind = "start"
	KindSleep       Kind = "sleep"
	KindReload      Kind = "reload"
	KindConnect     Kind = "connect"
	KindDisconnect  Kind = "disconnect"
	KindSubscribe   Kind = "subscribe"
	KindUnsubscribe Kind = "unsubscribe"
	KindAction      Kind = "action"
	KindEvent       Kind = "event"
	KindSchedule    Kind = "schedule"
	KindLog         Kind = "log"
	KindError       Kind = "error"
	KindState       Kind = "state"
	KindDestroy     Kind = "destroy"
)

// Cause is what an entry came from: another entry, or a way in.
type Cause struct {
	Seq uint64 `json:"seq,omitempty"`
	Via string `json:"via,omitempty"` // ws, sse, http, actor, cli, studio, schedule, start
}

// Entry is one happening of an actor.
type Entry struct {
	Seq     uint64   `json:"seq"`
	Actor   string   `json:"actor"`
	Type    string   `json:"type,omitempty"`
	Key     []string `json:"key,omitempty"`
	At      int64    `json:"at"`
	Us      int64    `json:"us"`
	Kind    Kind     `json:"kind"`
	Name    string   `json:"name,omitempty"` // of the action or event; the level of a log line
	Conn    string   `json:"conn,omitempty"`
	Trace   string   `json:"trace"`
	Span    string   `json:"span"`
	Cause   *Cause   `json:"cause,omitempty"`
	Args    *Tagged  `json:"args,omitempty"` // an array; of a log line its fields, an object
	Output  *Tagged  `json:"output,omitempty"`
	Error   *Error   `json:"error,omitempty"`
	Patch   Patch    `json:"patch,omitempty"` // what it changed in the state
	Rev     uint64   `json:"rev"`
	Version string   `json:"version,omitempty"`
	Bytes   int      `json:"bytes"`
	Message string   `json:"message,omitempty"` // of a log line
	Source  string   `json:"source,omitempty"`  // of a log line: file:line:column
}

// Log is one line that an actor, or the server's own code, logged.
type Log struct {
	Seq     uint64   `json:"seq"`
	Actor   string   `json:"actor,omitempty"`
	Type    string   `json:"type,omitempty"`
	Key     []string `json:"key,omitempty"`
	At      int64    `json:"at"`
	Level   string   `json:"level"` // trace, debug, info, warn, error, critical
	Message string   `json:"message"`
	Fields  *Tagged  `json:"fields,omitempty"`
	Source  string   `json:"source,omitempty"` // file:line:column
}

// ErrorGroup is errors that look the same.
type ErrorGroup struct {
	FP      string   `json:"fp"`
	Code    string   `json:"code"`
	Message string   `json:"message"`
	Count   int      `json:"count"`
	First   int64    `json:"first"`
	Last    int64    `json:"last"`
	Seq     uint64   `json:"seq"`    // of the last occurrence
	Type    string   `json:"type"`   // actor type
	Name    string   `json:"name"`   // action, or kind of the entry
	Actors  []string `json:"actors"` // ids, at most 20
	At      *Place   `json:"at,omitempty"`
}

// Conn is one open connection.
type Conn struct {
	ID         string   `json:"id"`
	Transport  string   `json:"transport"`
	Encoding   string   `json:"encoding,omitempty"`
	Params     *Tagged  `json:"params,omitempty"`
	Auth       *Tagged  `json:"auth,omitempty"`
	State      *Tagged  `json:"state,omitempty"`
	Subs       []string `json:"subs"`
	Since      int64    `json:"since"`
	Sent       uint64   `json:"sent"`     // messages
	Received   uint64   `json:"received"` // messages
	QueueBytes int      `json:"queueBytes"`
}

// State is the body of GET …/state.
type State struct {
	Rev   uint64 `json:"rev"`
	Seq   uint64 `json:"seq"`
	Value Tagged `json:"value"`
	Bytes int64  `json:"bytes"` // of the stored form of the whole state
}

// Edit is the body of PATCH …/state and PATCH …/connections/:conn/state.
type Edit struct {
	Rev    uint64 `json:"rev"`
	Patch  Patch  `json:"patch"`
	DryRun bool   `json:"dryRun,omitempty"`
}

// Edited is the answer to an Edit.
type Edited struct {
	Rev  uint64 `json:"rev"`
	Seq  uint64 `json:"seq"`
	Undo Patch  `json:"undo"`
}

// StateChange is a line of `rivet state --watch --json`: what changed since the
// line before. The first line is a State.
type StateChange struct {
	Rev   uint64 `json:"rev"`
	Patch Patch  `json:"patch"`
}

// Emit is the body of POST …/events.
type Emit struct {
	Name string `json:"name"`
	Args Tagged `json:"args"`
	Conn string `json:"conn,omitempty"`
}

// Emitted is the answer to an Emit.
type Emitted struct {
	Seq uint64 `json:"seq"`
}

// Call is the body of POST …/actions/:name.
type Call struct {
	Args      Tagged  `json:"args"`
	Params    *Tagged `json:"params,omitempty"`
	TimeoutMs int64   `json:"timeoutMs,omitempty"`
}

// Called is the answer to a Call.
type Called struct {
	Output Tagged `json:"output"`
	Us     int64  `json:"us"`
	Seq    uint64 `json:"seq"`
	Trace  string `json:"trace"`
}

// AlarmStatus is where a scheduled action is.
type AlarmStatus string

// The states of an Alarm. Retrying: it failed and will be run again.
const (
	AlarmPending  AlarmStatus = "pending"
	AlarmRunning  AlarmStatus = "running"
	AlarmRetrying AlarmStatus = "retrying"
	AlarmFailed   AlarmStatus = "failed"
)

// Alarm is one scheduled action.
type Alarm struct {
	ID        string      `json:"id"`
	Actor     string      `json:"actor"`
	Type      string      `json:"type,omitempty"`
	Key       []string    `json:"key,omitempty"`
	Action    string      `json:"action"`
	Args      Tagged      `json:"args"`
	Due       int64       `json:"due"`
	Attempt   int         `json:"attempt"`
	Status    AlarmStatus `json:"status"`
	LastError string      `json:"lastError,omitempty"`
	SetBy     string      `json:"setBy,omitempty"`
}

// Build is the state of the code.
type Build struct {
	Status   string    `json:"status"` // ready, or failed: older code goes on serving
	Version  string    `json:"version"`
	Ms       float64   `json:"ms"`
	At       int64     `json:"at"`
	Problems []Problem `json:"problems"`
}

// Problem is one thing wrong with the user's code.
type Problem struct {
	Severity string   `json:"severity"` // error or warning
	File     string   `json:"file"`     // relative to the project, "" if it has no place
	Line     int      `json:"line"`
	Column   int      `json:"column"`
	Length   int      `json:"length"`
	Text     string   `json:"text"`
	LineText string   `json:"lineText"`
	Before   string   `json:"before,omitempty"`
	Notes    []string `json:"notes,omitempty"`
	Hint     string   `json:"hint,omitempty"`
}

// Source is lines of a file of the bundle around one of them.
type Source struct {
	File  string   `json:"file"`
	Line  int      `json:"line"`  // the one asked for, from 1; 0: none
	First int      `json:"first"` // number of the first of Lines
	Lines []string `json:"lines"`
	Total int      `json:"total"`
}

// OpenFile is the body of POST /editor.
type OpenFile struct {
	File   string `json:"file"` // of the bundle, relative to the project
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// Error is what went wrong, safe to show.
type Error struct {
	Code     string  `json:"code"`
	Message  string  `json:"message"`
	Hint     string  `json:"hint,omitempty"`
	Metadata *Tagged `json:"metadata,omitempty"`
	At       *Place  `json:"at,omitempty"`
}

// Place is a position in the user's code.
type Place struct {
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Column int      `json:"column"`
	Frame  []string `json:"frame,omitempty"` // lines around it
}

// Failure is the body of an answer that is an error. A state_conflict adds the
// revision that the state has and what changed since the one that was sent.
type Failure struct {
	Error Error  `json:"error"`
	Rev   uint64 `json:"rev,omitempty"`
	Patch Patch  `json:"patch,omitempty"`
}

// Exported is one line of GET /export, and of POST /import.
type Exported struct {
	Rivet     int             `json:"rivet"` // 1: version of the form
	Type      string          `json:"type"`
	Key       []string        `json:"key"`
	ID        string          `json:"id"`
	CreatedAt int64           `json:"createdAt"`
	Input     *Tagged         `json:"input,omitempty"`
	State     *Tagged         `json:"state,omitempty"`
	Schedule  []ExportedAlarm `json:"schedule"`
}

// ExportedAlarm is one scheduled action of an Exported.
type ExportedAlarm struct {
	Action string `json:"action"`
	Args   Tagged `json:"args"`
	At     int64  `json:"at"`
}

// Imported is one line of the answer to POST /import: what became of a line.
type Imported struct {
	Line   int      `json:"line"`
	Type   string   `json:"type,omitempty"`
	Key    []string `json:"key,omitempty"`
	ID     string   `json:"id,omitempty"`
	Result string   `json:"result"` // created, replaced, skipped (it exists) or failed
	Error  *Error   `json:"error,omitempty"`
}

// Benched is what `rivet bench` measured; times are microseconds.
type Benched struct {
	Actor      string        `json:"actor"`
	Action     string        `json:"action"`
	Transport  string        `json:"transport"` // http or websocket
	Clients    int           `json:"clients"`
	Seconds    float64       `json:"seconds"`          // that it called
	Wanted     float64       `json:"wanted,omitempty"` // calls a second that were asked for; absent: as many as possible
	Calls      int64         `json:"calls"`            // that were answered without an error
	Rate       float64       `json:"rate"`             // of these a second
	Unanswered int64         `json:"unanswered"`       // under way when it ended
	Latency    *BenchLatency `json:"latency,omitempty"`
	Errors     []BenchError  `json:"errors"`
	Histogram  []BenchBar    `json:"histogram"` // of the answers as they were seen
}

// BenchLatency is how long answers took; percentiles are corrected for
// coordinated omission, Mean and Max are as they were seen.
type BenchLatency struct {
	Mean int64 `json:"mean"`
	P50  int64 `json:"p50"`
	P90  int64 `json:"p90"`
	P99  int64 `json:"p99"`
	P999 int64 `json:"p99.9"`
	Max  int64 `json:"max"`
}

// BenchError is what calls failed with.
type BenchError struct {
	Code    string `json:"code"`
	Message string `json:"message"` // of the first
	Count   int64  `json:"count"`
}

// BenchBar is the answers that took longer than the bar before says, up to UpTo.
type BenchBar struct {
	UpTo  int64 `json:"upTo"`
	Count int64 `json:"count"`
}
