// Package errs is the one form in which rivet says that something went wrong:
// a code that programs match, a sentence that says what and where, and a hint
// that says what to do. Codes are those of the wire protocol; docs/errors.md
// lists them. The package imports nothing of rivet, so every room can use it.
package errs

import (
	"errors"
	"fmt"
)

// Code is a stable, lower snake case name for a kind of failure.
type Code string

// The codes of the wire protocol (protocol v0, section 10) and of rivet's own limits.
const (
	Internal             Code = "internal_error"
	StateNotEnabled      Code = "state_not_enabled"
	ConnStateNotEnabled  Code = "conn_state_not_enabled"
	VarsNotEnabled       Code = "vars_not_enabled"
	DatabaseNotEnabled   Code = "database_not_enabled"
	InvalidStateType     Code = "invalid_state_type"
	Unsupported          Code = "unsupported"
	ActionTimedOut       Code = "action_timed_out"
	ActionNotFound       Code = "action_not_found"
	InvalidEncoding      Code = "invalid_encoding"
	ConnNotFound         Code = "conn_not_found"
	IncorrectConnToken   Code = "incorrect_conn_token"
	MessageTooLong       Code = "message_too_long"
	MalformedMessage     Code = "malformed_message"
	User                 Code = "user_error"
	InvalidQueryJSON     Code = "invalid_query_json"
	InvalidRequest       Code = "invalid_request"
	ActorNotFound        Code = "actor_not_found"
	ActorAlreadyExists   Code = "actor_already_exists"
	ProxyError           Code = "proxy_error"
	InvalidActionRequest Code = "invalid_action_request"
	InvalidParams        Code = "invalid_params"
	Unauthorized         Code = "unauthorized"
	Forbidden            Code = "forbidden"
	FetchNotDefined      Code = "fetch_handler_not_defined"
	WebSocketNotDefined  Code = "websocket_handler_not_defined"
	InvalidFetchResponse Code = "invalid_fetch_response"

	ActorNotReady      Code = "actor_not_ready"
	ActorOverloaded    Code = "actor_overloaded"
	ServerOverloaded   Code = "server_overloaded"
	StateTooLarge      Code = "state_too_large"
	StorageUnavailable Code = "storage_unavailable"
	OutOfMemory        Code = "out_of_memory"
	ConnectionLost     Code = "connection_lost"
	ShuttingDown       Code = "shutting_down"

	// Codes that only a command line or a start of the server reports.
	Usage         Code = "usage"
	ConfigInvalid Code = "config_invalid"
	NoServer      Code = "no_server"
	BuildFailed   Code = "build_failed"
	DataLocked    Code = "data_locked"
	DataCorrupt   Code = "data_corrupt"
	DataTooNew    Code = "data_too_new"
	PortTaken     Code = "port_taken"
	BundleDamaged Code = "bundle_damaged"
	BundleTooNew  Code = "bundle_too_new"
)

// Error is safe to show: Msg says what and where, Hint what to do next.
// Err is the cause; it is for logs and never crosses the wire.
type Error struct {
	Code Code
	Msg  string
	Hint string

	// Public errors reach a public client with their code, message and
	// metadata; all others are masked as internal_error.
	Public bool

	// Metadata goes to the client with a public error (a value.Value), nil: none.
	Metadata any

	// Status overrides the HTTP status that the code has by default; 0: default.
	Status int

	// At is the TypeScript position of an error thrown by an actor, "file:line:col".
	At string

	// Class names what an actor threw, if it is more than an Error, for logs.
	Class string

	// Stack is the TypeScript stack for the server's log.
	Stack string

	// Causes are the errors below it that an actor told, with their stacks, for
	// the server's log.
	Causes []string

	// Logged tells that a line of the log has it already, where it was thrown.
	Logged bool

	Err error
}

// New makes a public error; fmt.Sprintf(format, args...) is its message.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Msg: fmt.Sprintf(format, args...), Public: true}
}

// Wrap makes an error that is masked on the wire, with err as its cause.
func Wrap(code Code, err error, format string, args ...any) *Error {
	return &Error{Code: code, Msg: fmt.Sprintf(format, args...), Err: err}
}

// WithHint sets what to do next and returns e.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Msg
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// CodeOf is err's code, Internal for an error that has none, "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Is reports whether err carries code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }

// As is err as an *Error; a foreign error becomes a masked internal one.
func As(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: Internal, Msg: err.Error(), Err: err}
}
