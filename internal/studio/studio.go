// Package studio serves what people and tools look into a running rivet with:
// the inspector API under /studio/api/v1 and the web app. The command line, the
// REPL and the terminal views use the same API (internal/client).
//
// It sees the engine by [Engine] and what happened by a ring of entries, and
// never slows an actor: readers do their work on their own goroutines, and one
// that reads too slowly is sent less.
package studio

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/studio/ring"
	"github.com/rivetdev/rivet/internal/wire/inspect"
)

// Options configure a Studio; a zero field means what it says.
type Options struct {
	Instance string // names this run of the server
	Version  string // of rivet
	Project  string // its name
	Endpoint string // of the registry, as clients reach it

	AuthToken   string // opens the API; "" opens nothing
	StudioToken string // opens the API; "" opens nothing
	// Key signs sessions: those of an earlier run with the same key hold. nil: a new one.
	Key      []byte
	ReadOnly bool // refuse every change
	// Page is where the web app is, as people on this machine write it.
	Page    string
	Bound   string   // host that the server listens on
	Listen  string   // host of an address of the Studio's own; "": it has none
	Hosts   []string // further names under which it answers
	Origins []string // from which browsers may use the API beside its own

	Engine   Engine // nil: only hello and types work
	Store    Store
	Ring     *ring.Ring // what happened; nil: an empty one
	Registry func() *actor.Registry
	// Source reads a file of the bundle, named relative to the project; ok is
	// false for every other file. nil: there are none.
	Source func(file string) (text []byte, ok bool)
	// Locate is the path of a file that Source reads. nil: no file has one.
	Locate func(file string) (path string, ok bool)
	// Editor is the command that opens a file at a place, in a window of its own. nil: there is none.
	Editor func(path string, line, column int) (argv []string, err error)
	App    bool // serve the web app
	REPL   REPL // its zero: no routes of a REPL
	// Places are the positions "file:line:col" at which a function of the running
	// code may be written, by its text in the program; nil: none are known.
	Places func(body string) []string
	Limits inspect.Limits // of the history, for GET /meta
	Log    *slog.Logger   // nil: discard
}

// Limits of requests.
const (
	maxList   = 500
	maxBody   = 20 << 20
	maxImport = 1 << 30
)

// Studio is the handler of everything under /studio/.
type Studio struct {
	o      Options
	mux    *http.ServeMux
	app    *app // nil: there is no web app
	dir    directory
	door   door
	hub    hub
	repls  repls
	signed signed

	mu    sync.Mutex
	build inspect.Build
}

// New makes a Studio. Close ends its sockets.
func New(o Options) *Studio {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Ring == nil {
		o.Ring = ring.New(ring.Options{})
	}
	if o.Registry == nil {
		o.Registry = func() *actor.Registry { return &actor.Registry{} }
	}
	if o.Source == nil {
		o.Source = func(string) ([]byte, bool) { return nil, false }
	}
	if o.Key == nil {
		o.Key = make([]byte, 32)
		_, _ = rand.Read(o.Key) // never fails
	}
	if o.Editor == nil {
		o.Editor = func(string, int, int) ([]string, error) { return nil, noEditor("There is no editor.") }
	}
	if o.Locate == nil {
		o.Locate = func(string) (string, bool) { return "", false }
	}
	s := &Studio{o: o, mux: http.NewServeMux()}
	if o.App {
		s.app = newApp()
	}
	s.build = inspect.Build{Status: "ready", Problems: []inspect.Problem{}}
	s.dir.init(s)
	s.door.init(&s.o)
	s.hub.init(s)
	s.repls.init(s)
	s.routes()
	return s
}

// Close ends every socket and REPL, and waits for their goroutines.
func (s *Studio) Close() {
	s.repls.close()
	s.hub.close()
}

// SetBuild says how the last build went; whoever watches is told.
func (s *Studio) SetBuild(b inspect.Build) {
	if b.Problems == nil {
		b.Problems = []inspect.Problem{}
	}
	if b.At == 0 {
		b.At = time.Now().UnixMilli()
	}
	s.mu.Lock()
	s.build = b
	s.mu.Unlock()
	s.hub.poke()
}

func (s *Studio) routes() {
	open := func(pattern string, h func(*Studio, *request) error) { s.route(pattern, h, false, false) }
	read := func(pattern string, h func(*Studio, *request) error) { s.route(pattern, h, true, false) }
	write := func(pattern string, h func(*Studio, *request) error) { s.route(pattern, h, true, true) }

	open("GET /hello", (*Studio).hello)
	open("POST /session", (*Studio).newSession)
	read("DELETE /session", (*Studio).endSession)
	read("POST /code", (*Studio).newCode)
	read("GET /types", (*Studio).types)
	read("GET /config", (*Studio).config)
	if s.o.Engine != nil {
		read("GET /meta", (*Studio).meta)
		read("GET /build", (*Studio).getBuild)
		read("GET /source", (*Studio).source)
		read("GET /resolve", (*Studio).resolve)
		read("GET /actors", (*Studio).actors)
		write("POST /actors", (*Studio).create)
		read("GET /actors/{id}", (*Studio).actor)
		write("DELETE /actors/{id}", (*Studio).destroy)
		write("POST /actors/{id}/sleep", (*Studio).sleep)
		write("POST /actors/{id}/wake", (*Studio).wake)
		write("POST /actors/{id}/restart", (*Studio).restart)
		read("GET /actors/{id}/state", (*Studio).state)
		write("PATCH /actors/{id}/state", (*Studio).edit)
		read("GET /actors/{id}/connections", (*Studio).conns)
		write("DELETE /actors/{id}/connections/{conn}", (*Studio).closeConn)
		write("PATCH /actors/{id}/connections/{conn}/state", (*Studio).editConn)
		write("POST /actors/{id}/events", (*Studio).emit)
		write("POST /actors/{id}/actions/{name}", (*Studio).call)
		read("GET /history", (*Studio).history)
		write("DELETE /history", (*Studio).clearHistory)
		read("GET /history/{seq}", (*Studio).entry)
		read("GET /logs", (*Studio).logs)
		read("GET /errors", (*Studio).errors)
		read("GET /schedule", (*Studio).schedule)
		write("POST /schedule/{alarm}/run", (*Studio).runAlarm)
		write("POST /schedule/{alarm}/retry", (*Studio).retryAlarm)
		write("DELETE /schedule/{alarm}", (*Studio).cancelAlarm)
		write("POST /editor", (*Studio).editor)
		read("GET /export", (*Studio).export)
		write("POST /import", (*Studio).imports)
		if s.o.REPL.New != nil {
			write("POST /repl", (*Studio).repl)
			write("DELETE /repl/{id}", (*Studio).interruptRepl)
			write("POST /repl/complete", (*Studio).completeRepl)
			read("GET /repl/history", (*Studio).replHistory)
			write("POST /repl/history", (*Studio).keepReplHistory)
		}
		open("GET /ws", (*Studio).socket) // its first frame has the session
	}
	s.mux.HandleFunc(inspect.Base+"/", func(w http.ResponseWriter, r *http.Request) {
		s.fail(w, notFound("There is nothing at %s.", r.URL.Path))
	})
}

// route registers a handler behind the checks of the door.
func (s *Studio) route(pattern string, h func(*Studio, *request) error, guarded, writes bool) {
	method, path, _ := cut(pattern)
	s.mux.HandleFunc(method+" "+inspect.Base+path, func(w http.ResponseWriter, r *http.Request) {
		q := &request{ResponseWriter: w, Request: r}
		err := s.door.admit(q, guarded)
		if err == nil && writes && q.access.readOnly {
			err = readOnly()
		}
		if err == nil {
			err = h(s, q)
		}
		if err != nil {
			s.fail(w, err)
		}
	})
}

// secure sets what every answer says to browsers.
func (s *Studio) secure(h http.Header) {
	h["Cache-Control"] = []string{"no-store"}
	h["Content-Security-Policy"] = []string{policy}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h["Referrer-Policy"] = []string{"no-referrer"}
	h["Cross-Origin-Opener-Policy"] = []string{"same-origin"}
	h["Cross-Origin-Resource-Policy"] = []string{"same-origin"}
}

// ServeHTTP answers a request under /studio/.
func (s *Studio) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.secure(w.Header())
	if err := s.door.place(w, r); err != nil {
		s.fail(w, err)
		return
	}
	switch {
	case r.Method == http.MethodOptions:
		w.WriteHeader(http.StatusNoContent)
	case strings.HasPrefix(r.URL.Path, inspect.Base+"/"):
		s.mux.ServeHTTP(w, r)
	default:
		s.page(w, r)
	}
}
