// Package server is the door: it reads requests and frames of protocol v0,
// decides who may pass, bounds what waits, and keeps the sockets. What lies
// behind it are [Actors], and the code before there is an actor, [Gateway].
//
// A [Server] starts no goroutine until there is a socket. Each socket has one
// goroutine that reads, and one that writes while there is something to write;
// [Server.Shutdown] ends and awaits them all.
package server

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// Options configure a Server; a zero field takes the default that it names.
type Options struct {
	Actors  Actors  // required
	Gateway Gateway // required

	BasePath  string      // served beside /registry; "" or "/": none
	AuthToken string      // makes its bearer a server-side caller; "": nobody is
	Dev       bool        // lets in every localhost origin if there is no CORS
	CORS      *actor.CORS // nil: the registry's own
	Limits    Limits
	Log       *slog.Logger // nil: discard

	// Studio serves /studio, and the inspectors under the registry; nil: 404.
	Studio http.Handler
	// Health tells whether calls work; nil: they do.
	Health func() bool
	// Metrics writes what /metrics answers; nil: there is no such path. It
	// answers this machine and who bears AuthToken, or everybody if MetricsPublic.
	Metrics       func(io.Writer)
	MetricsPublic bool
	// Version is named in the Server header; "": no such header.
	Version string

	// Heartbeat is how often sockets are pinged; one that was silent for two
	// of these is dropped. 0: 15 s.
	Heartbeat time.Duration
	// CloseWait bounds how long a closed socket waits for its client's answer. 0: 5 s.
	CloseWait time.Duration
}

// Server answers HTTP and keeps the sockets.
type Server struct {
	o     Options
	log   *slog.Logger
	mount []string // "/registry" and the base path

	bounds atomic.Pointer[Limits]
	cross  atomic.Pointer[actor.CORS] // nil: the registry's own

	ctx     context.Context // ends with Shutdown
	stop    context.CancelFunc
	waiting atomic.Int64 // calls that were begun and not answered
	sockets sockets
}

// New makes a server.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Heartbeat <= 0 {
		o.Heartbeat = 15 * time.Second
	}
	if o.CloseWait <= 0 {
		o.CloseWait = 5 * time.Second
	}
	s := &Server{o: o, log: o.Log, mount: []string{"/registry"}}
	if base := "/" + strings.Trim(o.BasePath, "/"); base != "/" && base != "/registry" {
		s.mount = append(s.mount, base)
	}
	s.SetLimits(o.Limits)
	s.SetCORS(o.CORS)
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.sockets.init(s)
	return s
}

// SetLimits sets the limits that hold from now on; what waits already may be
// above them, and a socket keeps what was read when it was opened.
func (s *Server) SetLimits(l Limits) {
	l = l.withDefaults()
	s.bounds.Store(&l)
}

func (s *Server) limits() *Limits { return s.bounds.Load() }

// SetCORS sets who may call from a browser; nil: whom the registry lets.
func (s *Server) SetCORS(c *actor.CORS) { s.cross.Store(c) }

// Handler answers everything.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }

// HTTPServer is an http.Server for h with time limits against clients that
// send slowly; there is none for responses, since streams last.
func HTTPServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

// Shutdown refuses new calls and connections with shutting_down, closes all
// sockets with 1001 and waits for them; when ctx ends first they are cut.
func (s *Server) Shutdown(ctx context.Context) error {
	s.stop()
	return s.sockets.shutdown(ctx)
}

// below is what follows the mount in an escaped path.
func (s *Server) below(path string) (rest string, ok bool) {
	for _, m := range s.mount {
		if rest, ok := strings.CutPrefix(path, m); ok && (rest == "" || rest[0] == '/') {
			return rest, true
		}
	}
	return "", false
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	t := &tracked{ResponseWriter: w}
	defer s.rescue(t, r)
	if s.o.Version != "" {
		w.Header()["Server"] = []string{s.o.Version}
	}
	path := r.URL.EscapedPath()
	rest, ok := s.below(path)
	if !ok {
		s.outside(t, r)
		return
	}
	if app := s.o.Gateway.App(); app != nil {
		if route, _ := v0.Match(rest); s.through(r, route, app) {
			s.app(t, r, path[:len(path)-len(rest)])
			return
		}
	}
	s.registry(t, r, rest)
}

// registry answers what is the registry's; rest is the path below its mount.
func (s *Server) registry(w http.ResponseWriter, r *http.Request, rest string) {
	route, arg := v0.Match(rest)
	if hasCORS(route) && s.cors(w, r, route) {
		return
	}
	s.route(w, r, route, arg)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, route v0.Route, arg string) {
	get := r.Method == http.MethodGet
	post := r.Method == http.MethodPost
	switch {
	case route == v0.RouteBanner && (get || r.Method == http.MethodHead):
		plain(w, http.StatusOK, v0.Banner)
	case route == v0.RouteHealth && (get || r.Method == http.MethodHead):
		s.health(w)
	case route == v0.RouteResolve && post:
		s.resolve(w, r)
	case route == v0.RouteAction && post:
		s.action(w, r, arg)
	case route == v0.RouteMessage && post:
		s.message(w, r)
	case route == v0.RouteSSE && get:
		s.sse(w, r)
	case route == v0.RouteWebSocket && get:
		s.websocket(w, r)
	case route == v0.RouteRawHTTP:
		s.rawHTTP(w, r, arg)
	case route == v0.RouteRawWebSocket && get:
		s.rawWebSocket(w, r, arg)
	case (route == v0.RouteInspect || route == v0.RouteInspectActor) && s.o.Studio != nil:
		s.o.Studio.ServeHTTP(w, r)
	default:
		plain(w, http.StatusNotFound, v0.NotFound)
	}
}

// outside answers what isn't the registry's.
func (s *Server) outside(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Path
	if s.o.Studio != nil && (p == "/studio" || strings.HasPrefix(p, "/studio/")) {
		s.o.Studio.ServeHTTP(w, r)
		return
	}
	app, probe := s.o.Gateway.App() != nil, s.probed(r)
	switch {
	case app && probe:
		s.appOrProbe(w, r)
	case app:
		s.app(w, r, "")
	case probe:
		s.probe(w, r)
	default:
		plain(w, http.StatusNotFound, v0.NotFoundOutside)
	}
}

func (s *Server) health(w http.ResponseWriter) {
	if s.ctx.Err() != nil || (s.o.Health != nil && !s.o.Health()) {
		plain(w, http.StatusServiceUnavailable, "not ready")
		return
	}
	plain(w, http.StatusOK, "ok")
}

// definition is the actor type called name, nil if there is none.
func (s *Server) definition(name string) *actor.Definition {
	reg := s.o.Gateway.Registry()
	if reg == nil {
		return nil
	}
	return reg.Actors[name]
}

// rescue keeps a panic from ending more than its request.
func (s *Server) rescue(w *tracked, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p) // the wish to break off a response
	}
	s.log.Error("panic while answering", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
	if w.wrote {
		panic(http.ErrAbortHandler)
	}
	s.fail(w, r, v0.JSON, errs.New(errs.Internal, "%s", v0.MaskedMessage), false)
}

// tracked knows whether a response was begun.
type tracked struct {
	http.ResponseWriter
	wrote bool
}

func (t *tracked) WriteHeader(status int) {
	t.wrote = true
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracked) Write(p []byte) (int, error) {
	t.wrote = true
	return t.ResponseWriter.Write(p)
}

func (t *tracked) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// Hijack is for handlers that ask for it by type.
func (t *tracked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	t.wrote = true
	return http.NewResponseController(t.ResponseWriter).Hijack()
}

// Flush lets handlers behind this one stream.
func (t *tracked) Flush() { _ = http.NewResponseController(t.ResponseWriter).Flush() }

// sockets are all that is open, WebSockets and streams.
type sockets struct {
	s  *Server
	wg sync.WaitGroup

	mu      sync.Mutex
	open    map[live]struct{}
	streams map[actor.ConnID]*stream
	ticking bool
	closed  bool
}

// live is something open that is pinged and can be ended.
type live interface {
	beat()                        // a heartbeat's worth of time has passed
	shut(code int, reason string) // say goodbye, then end
	cut()                         // end at once
}

func (l *sockets) init(s *Server) {
	l.s, l.open, l.streams = s, map[live]struct{}{}, map[actor.ConnID]*stream{}
}

// add counts k in; the caller owes a remove. It fails when the server is full or ends.
func (l *sockets) add(k live) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.refuse(); err != nil {
		return err
	}
	l.open[k] = struct{}{}
	l.wg.Add(1)
	if !l.ticking {
		l.ticking = true
		l.wg.Add(1)
		go l.tick()
	}
	return nil
}

// room reports whether one more may come.
func (l *sockets) room() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refuse()
}

func (l *sockets) refuse() error {
	if l.closed {
		return shuttingDown()
	}
	if n := l.s.limits().Connections; len(l.open) >= n {
		return errs.New(errs.ServerOverloaded, "Too many connections: the server keeps at most %d.", n)
	}
	return nil
}

func (l *sockets) remove(k live) {
	l.mu.Lock()
	delete(l.open, k)
	l.mu.Unlock()
	l.wg.Done()
}

// tick beats as long as anything is open.
func (l *sockets) tick() {
	defer l.wg.Done()
	t := time.NewTicker(l.s.o.Heartbeat)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-l.s.ctx.Done():
			return
		}
		if !l.beat() {
			return
		}
	}
}

// beat tells all; false: nothing is open, and the ticking has ended.
func (l *sockets) beat() bool {
	all := l.all()
	if len(all) == 0 {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.ticking = len(l.open) > 0
		return l.ticking
	}
	for _, k := range all {
		k.beat()
	}
	return true
}

func (l *sockets) all() []live {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]live, 0, len(l.open))
	for k := range l.open {
		all = append(all, k)
	}
	return all
}

func (l *sockets) shutdown(ctx context.Context) error {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	for _, k := range l.all() {
		k.shut(1001, "shutting down")
	}
	done := make(chan struct{})
	go func() {
		l.wg.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	for _, k := range l.all() {
		k.cut()
	}
	<-done
	return ctx.Err()
}
