// Package web is the web platform inside an isolate: timers, console, URL,
// encoding, streams, fetch, crypto and their kin, a file an API. It knows a
// goja runtime and, of its isolate, no more than a [Host].
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
)

// Host is what the web platform needs of the isolate that it is installed in.
// Its methods are called on the isolate's goroutine, but for those of Task.
type Host interface {
	Runtime() *goja.Runtime
	// Task captures whose code is running (actor, turn) for work that ends
	// later: a timer, a fetch, a stream. kind counts what keeps the actor awake.
	Task(kind TaskKind) Task
	// Permit calls f on the isolate's goroutine, in the context of the code that
	// runs now, once all that the actor did so far is durable (err nil): nothing
	// leaves an actor before. In the server isolate f runs soon.
	Permit(f func(err error))
	// Log hands over a line of console.* for the running actor.
	Log(level actor.LogLevel, msg string, fields []actor.LogField)
	Now() time.Time
	// AfterFunc calls f from any goroutine after d.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
	// HTTPClient is what fetch goes through; it enforces runtime.fetch.allow.
	HTTPClient() *http.Client
	// Env is process.env.
	Env() map[string]string
	// ReportUnhandled logs an exception that no code caught (in a timer or listener).
	ReportUnhandled(err error)
}

// TaskKind says what kind of work a task is.
type TaskKind uint8

// The kinds of tasks.
const (
	TimerTask TaskKind = iota // armed timer; keeps the actor awake
	UnrefTask                 // does not keep it awake
	FetchTask                 // outgoing request
	SocketTask
)

// Task is captured work. Its methods may be called from any goroutine.
type Task interface {
	// Run enqueues f: a turn of the captured actor. f is dropped if that actor
	// was stopped. Run may be called any number of times until Done.
	Run(f func())
	// Done says that nothing more comes; idempotent.
	Done()
	// Context ends when the actor is stopped.
	Context() context.Context
}
