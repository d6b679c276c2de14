// Package isolate runs actors' JavaScript: goja runtimes, each with the one
// goroutine that enters it, and in them the user's bundle.
//
// A [Runtime] loads bundles. A [Version] is one load: a server isolate, in which
// top-level server code and onAuth run, and a pool of isolates that host the
// awake actors. Version.Start begins a life of an actor and gives an
// actor.Instance; what its code does comes back as one actor.Outcome a turn.
//
// Rules. Only an isolate's goroutine touches its goja runtime. While JavaScript
// is on the stack nothing calls the engine: host functions note what a script
// asks for, and the end of the turn hands it over. Whose turn it is, goja's
// async context tells (see context.go), so that a continuation that another
// actor's turn happens to run is still its own actor's. An instance that has
// stopped is not heard any more: host functions ignore it.
package isolate

import (
	"log/slog"
	"maps"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dlclark/regexp2/v2"
	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
)

// Options configure a Runtime; a zero field takes the default it names.
type Options struct {
	// SDK is the program that bundle.BuildSDK made of the embedded SDK. Required.
	SDK actor.Script
	// Size is how many isolates host the actors of a version; 0: twice the cores, at least 4.
	Size int
	// Clock times what actors wait for; nil: the machine's. The watchdog uses real time always.
	Clock actor.Clock
	// Log hears of the runtime's own troubles; nil: discard.
	Log *slog.Logger
	// ServerLog hears the lines of the server isolate; nil: discard. Any goroutine may call it.
	ServerLog func(actor.Log)
	// Env is process.env.
	Env map[string]string
	// HTTPClient is what fetch goes through; nil: http.DefaultClient.
	HTTPClient *http.Client
	// Actors is how code of the server isolate reaches actors; nil: its calls never settle.
	Actors Actors
	// Door answers what code of the server isolate hands to the registry, by
	// handler(request); nil: that never settles.
	Door http.Handler
	// StuckAfter is how long an isolate may be away from its loop before its other
	// actors are moved; 0: 50 ms.
	StuckAfter time.Duration
	// LoadTimeout bounds the evaluation of a bundle; 0: 60 s.
	LoadTimeout time.Duration
	// Memory is how many bytes of heap the process may use; 0: without bound.
	Memory int64
	// Pressure asks that idle actors sleep, near that bound; nil: nothing. It must not block.
	Pressure func()
	// DriverContext is the second argument of createVars; nil: {}.
	DriverContext func() any
}

// Runtime loads bundles. It holds compiled programs and starts nothing itself.
type Runtime struct {
	o   Options
	env atomic.Pointer[map[string]string]

	mu       sync.Mutex
	programs map[string]*goja.Program // by hash; those of the last loads
}

// New makes a Runtime.
func New(o Options) *Runtime {
	if o.Size <= 0 {
		o.Size = max(4, 2*runtime.GOMAXPROCS(0))
	}
	if o.Clock == nil {
		o.Clock = actor.SystemClock{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.ServerLog == nil {
		o.ServerLog = func(actor.Log) {}
	}
	if o.HTTPClient == nil {
		o.HTTPClient = http.DefaultClient
	}
	if o.StuckAfter == 0 {
		o.StuckAfter = 50 * time.Millisecond
	}
	if o.LoadTimeout == 0 {
		o.LoadTimeout = time.Minute
	}
	if o.Pressure == nil {
		o.Pressure = func() {}
	}
	rt := &Runtime{o: o, programs: map[string]*goja.Program{}}
	rt.SetEnv(o.Env)
	return rt
}

// SetEnv sets process.env of the isolates that are made from now on: load the
// code anew for all to see it.
func (rt *Runtime) SetEnv(env map[string]string) {
	env = maps.Clone(env)
	rt.env.Store(&env)
}

// maxMatch bounds a RegExp that backtracks without end, in which no interrupt is
// seen. goja takes a match that ran out of time for none, so this only has to
// free the thread of an isolate that was given up long before.
const maxMatch = time.Minute

func init() { regexp2.DefaultMatchTimeout = maxMatch }

// Stack limits, set before the first line of user code.
const (
	// goja can't tell a frame of a script from one that a getter, a Proxy, a
	// constructor or valueOf brought about. The latter cost Go stack, and to undo
	// n of them takes a time that grows with n²: 10,000 take seconds, 3,000 a
	// quarter of one. A script alone would do with more.
	maxFrames = 3_000
	// maxJobs is how deep promise jobs may run within promise jobs, which happens
	// where a function of the host is one (p.then(structuredClone)).
	maxJobs = 5_000
)
