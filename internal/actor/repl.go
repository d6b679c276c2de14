package actor

import (
	"time"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
)

// Line is one input of the REPL, compiled. Its script is a function of two
// scopes and of what locks constants: (base, vars, lock) => a function without
// parameters, asynchronous, whose result is the line's.
type Line struct {
	Source   string // as it was typed
	Script   Script
	Names    []LineName // that it declares
	Implicit []string   // that it assigns and nobody may have declared
	Value    bool       // it ends with an expression
	Via      string     // how entries of its calls name their way in
	// Log hears what the line writes to the console as it comes, on the goroutine
	// that evaluates; nil: it is in the result.
	Log func(Log)
}

// LineName is a variable that a line declares.
type LineName struct {
	Name string
	Keep bool // it keeps the value that it has (var without an initializer)
}

// LineScope is what lines see beside JavaScript's names and their own variables.
type LineScope struct {
	Types []string // actor types
	Used  *LineUsed
}

// LineUsed is the actor whose actions are plain functions.
type LineUsed struct {
	Name    string
	Key     Key
	ID      ID // "": named by key
	Actions []string
}

// LineHost is what lines reach outside their isolate. Its methods may be called
// from any goroutine.
type LineHost interface {
	// State is the used actor's state now; Undefined if there is none.
	State() (value.Value, error)
	// List are the actors of a type, as plain data.
	List(typ, filter string) (value.Value, error)
}

// LineResult is what came of a line.
type LineResult struct {
	Value value.Value // Undefined: nothing to print, or no data
	Parts []LinePart  // the value as Node prints it; nil: nothing to print
	Logs  []Log       // what it wrote to the console, and what came since the line before
	Err   *errs.Error
	// Thrown is Err for people: what was thrown and the stack below it.
	Thrown []LinePart
	Lost   bool // the variables are gone with the isolate
	Took   time.Duration
}

// LinePart is a piece of printed text in one style: number, bigint, string,
// boolean, null, undefined, symbol, date, regexp, special, name, muted, error, "".
type LinePart struct{ Style, Text string }

// LineWord is one proposal to complete an input.
type LineWord struct {
	Text   string
	Kind   string // variable, function, class, property, method, keyword
	Detail string
}

// LinePath is what precedes the word that is completed, evaluated without
// running code.
type LinePath struct {
	Words []LineWord
	Type  string // it is an actor of this type
}
