// Package daemon is one running rivet: it opens the rooms in order (isolates,
// storage, engine, server), puts new code in with Swap, and closes them in
// reverse.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/engine"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/server"
	"github.com/rivetdev/rivet/internal/studio"
	"github.com/rivetdev/rivet/internal/studio/ring"
	"github.com/rivetdev/rivet/internal/value"
)

// Options configure a Daemon; they hold before any code was loaded.
type Options struct {
	Version   string // of rivet
	Project   string // its name, for tools
	AuthToken string // server-side callers bear it; "" opens nothing
	Dev       bool
	Isolates  int               // 0: twice the cores, at least 4
	Memory    int64             // bytes of heap the process may use; 0: without bound
	Env       map[string]string // process.env
	SDK       actor.Script
	// FetchAllow is where scripts' fetch may go: host names, ranges, "*".
	FetchAllow []string

	// Settle completes the options with what the code asked for; it is called
	// once, when the first code has been loaded.
	Settle func(actor.RunConfig) (Settled, error)

	Log   *slog.Logger    // of rivet itself; nil: discard
	Lines func(actor.Log) // what actors log; must not block
	// Entries hears what actors did, once it is durable; must not block, and
	// must not call the daemon. nil: nobody does.
	Entries func(*actor.Entry)

	History History // what is kept for tools

	// Embedded opens no port and runs no schedule: what there is is reached with
	// [Daemon.HTTPClient] alone.
	Embedded bool
}

// Settled are the options that the user's code has a say in.
type Settled struct {
	Host      string
	Port      int
	PortAsked bool   // somebody asked for Port: take no other
	BasePath  string // beside /registry

	Data   string // directory of the database
	Memory bool   // keep nothing
	Sync   string // "normal" or "full"

	Limits          server.Limits
	WaitingPerActor int
	MaxState        int
	CORS            *actor.CORS
	Redact          []string // see History; for Apply

	Studio Studio

	MetricsPublic bool // /metrics answers everybody
}

// Daemon is a running rivet. New makes it, the first Swap (or Put) opens storage and
// the port, Serve answers, Close ends it.
type Daemon struct {
	o        Options
	s        Settled
	instance string
	isolates *isolate.Runtime
	gateway  gateway
	ring     *ring.Ring
	counters counters
	studio   atomic.Pointer[studio.Studio]
	pipe     *pipe // nil: not embedded
	reading  bool  // storage is open for reading alone
	build    atomic.Pointer[studio.Build]
	bundle   atomic.Pointer[actor.Bundle] // that serves
	// running is nil until the first code is loaded.
	running atomic.Pointer[running]

	stopping  atomic.Bool // no new connections come in
	swapping  sync.Mutex
	closing   sync.WaitGroup // old code on its way out
	listeners []net.Listener
	port      int
	server    *server.Server
	http      *http.Server
	fresh     fresh

	// The Studio's own address, if it has one.
	studioListeners []net.Listener
	studioHTTP      *http.Server
	studioPort      int
}

// running is what needs storage.
type running struct {
	store  keeper
	engine *engine.Engine
}

// Moved says what a swap moved to the new code.
type Moved = engine.Swapped

// New makes a Daemon; it opens nothing yet.
func New(o Options) *Daemon {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lines == nil {
		o.Lines = func(actor.Log) {}
	}
	d := &Daemon{o: o, instance: uuid.NewString()}
	d.counters.began = time.Now()
	if o.Embedded {
		d.pipe = newPipe()
	}
	d.ring = ring.New(ring.Options{Entries: o.History.Entries, Bytes: o.History.Bytes, Redact: o.History.Redact})
	d.isolates = isolate.New(isolate.Options{
		SDK: o.SDK, Size: o.Isolates, Env: o.Env,
		Log: o.Log, ServerLog: func(l actor.Log) { o.Lines(l); d.ring.Log(l) }, Actors: d,
		Door:       http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { d.server.Door().ServeHTTP(w, r) }),
		HTTPClient: fetchClient(o.FetchAllow),
		Memory:     o.Memory, Pressure: d.pressure,
	})
	if o.Memory > 0 {
		isolate.LimitMemory(o.Memory)
	}
	return d
}

// pressure makes room when memory is nearly used up.
func (d *Daemon) pressure() {
	if r := d.running.Load(); r != nil {
		if n := r.engine.SleepIdle(); n > 0 {
			d.o.Log.Warn("memory is short: idle actors were put to sleep", "actors", n)
		}
		if s := d.studio.Load(); s != nil {
			d.closing.Go(s.Relieve)
		}
	}
}

// Swap loads b and moves every actor to it; see Load.
func (d *Daemon) Swap(ctx context.Context, b *actor.Bundle) (Moved, error) {
	l, err := d.Load(ctx, b)
	if err != nil {
		return Moved{}, err
	}
	return l.Put(ctx)
}

// Loaded is code that was loaded and doesn't serve yet; it must be Put.
type Loaded struct {
	d *Daemon
	b *actor.Bundle
	v *isolate.Version
}

// Load evaluates b beside the code that serves, which goes on. It gives up when
// ctx ends.
func (d *Daemon) Load(ctx context.Context, b *actor.Bundle) (*Loaded, error) {
	v, err := d.isolates.Load(ctx, b)
	if err != nil {
		return nil, err
	}
	return &Loaded{d, b, v}, nil
}

// Put moves every actor to the code. The first Put opens storage and listens.
func (l *Loaded) Put(ctx context.Context) (Moved, error) {
	d, b, v := l.d, l.b, l.v
	d.swapping.Lock()
	defer d.swapping.Unlock()
	r := d.running.Load()
	if r == nil {
		var err error
		if r, err = d.open(ctx, v.Registry().Config); err != nil {
			v.Close()
			return Moved{}, err
		}
	}
	old := d.gateway.version.Swap(v)
	d.bundle.Store(b)
	if old != nil {
		old.Retire()
	}
	moved, err := r.engine.Swap(ctx, v)
	v.Serve()
	if old != nil {
		d.closing.Go(old.Close)
	}
	if err != nil {
		return moved, fmt.Errorf("swap: %w", err)
	}
	return moved, nil
}

// open opens the port and the storage, now that code has had its say.
func (d *Daemon) open(ctx context.Context, code actor.RunConfig) (*running, error) {
	s, err := d.o.Settle(code)
	if err != nil {
		return nil, err
	}
	d.s = s
	st, err := openStore(ctx, d.s, d.reading, d.o.Log)
	if err != nil {
		return nil, err
	}
	e := engine.New(engine.Options{
		Store: st, Log: d.o.Log, Lines: d.o.Lines, Observer: d.observer(),
		WaitingPerActor: d.s.WaitingPerActor, MaxState: d.s.MaxState, NoSchedule: d.o.Embedded,
	})
	if err := d.listen(ctx, e, st); err != nil {
		e.Close(0)
		return nil, errors.Join(err, st.Close())
	}
	r := &running{st, e}
	d.running.Store(r)
	return r, nil
}

func (d *Daemon) listen(ctx context.Context, e *engine.Engine, st keeper) (err error) {
	if d.pipe != nil {
		d.listeners = []net.Listener{d.pipe}
	} else if d.listeners, d.port, err = listen(ctx, d.s.Host, d.s.Port, d.s.PortAsked); err != nil {
		return err
	}
	inspector, err := d.openStudio(ctx, e, st)
	if err != nil {
		d.stopListening()
		return err
	}
	tools, err := d.listenStudio(ctx, inspector)
	if err != nil {
		d.stopListening()
		return err
	}
	d.server = server.New(server.Options{
		Actors: e, Gateway: &d.gateway,
		BasePath: d.s.BasePath, AuthToken: d.o.AuthToken, Dev: d.o.Dev,
		CORS: d.s.CORS, Limits: d.s.Limits, Log: d.o.Log,
		Studio:  tools,
		Health:  func() bool { return d.gateway.version.Load() != nil && !d.stopping.Load() },
		Metrics: d.metricsText, MetricsPublic: d.s.MetricsPublic,
	})
	d.http = server.HTTPServer(d.server.Handler())
	d.http.ConnState = d.fresh.track
	return nil
}

// Apply takes up what of new settings can hold while the server runs: limits, who
// may call from a browser, and what the history leaves out. The first Swap must
// have succeeded.
func (d *Daemon) Apply(s Settled) {
	r := d.running.Load()
	r.engine.SetLimits(s.WaitingPerActor, s.MaxState)
	d.server.SetLimits(s.Limits)
	d.server.SetCORS(s.CORS)
	d.ring.Redact(s.Redact)
}

// SetEnv sets process.env for the code that is loaded next.
func (d *Daemon) SetEnv(env map[string]string) { d.isolates.SetEnv(env) }

// Registry is what the running code defines.
func (d *Daemon) Registry() *actor.Registry { return d.gateway.Registry() }

// Instance names this run of the server.
func (d *Daemon) Instance() string { return d.instance }

// Port is where the daemon listens, once the first Swap has succeeded.
func (d *Daemon) Port() int { return d.port }

// Settled are the options that hold, once the first Swap has succeeded.
func (d *Daemon) Settled() Settled { return d.s }

// Serve answers requests until ctx ends or a listener fails. The first Swap
// must have succeeded.
func (d *Daemon) Serve(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	serve := func(h *http.Server, ls []net.Listener) {
		for _, l := range ls {
			g.Go(func() error {
				err := h.Serve(l)
				if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
					return nil
				}
				return fmt.Errorf("serve %s: %w", l.Addr(), err)
			})
		}
	}
	serve(d.http, d.listeners)
	serve(d.studioHTTP, d.studioListeners)
	g.Go(func() error {
		<-ctx.Done()
		d.stopListening()
		return nil
	})
	return g.Wait()
}

// stopListening refuses new connections; those that are open go on until Close.
func (d *Daemon) stopListening() {
	d.stopping.Store(true)
	for _, l := range slices.Concat(d.listeners, d.studioListeners) {
		_ = l.Close() // closing twice is no loss
	}
}

// Close lets running actions finish for at most grace, saves everything, closes
// the sockets and then the storage.
func (d *Daemon) Close(grace time.Duration) error {
	d.swapping.Lock()
	defer d.swapping.Unlock()
	d.stopListening()
	r := d.running.Load()
	if r != nil {
		r.engine.Close(grace)
	}
	if s := d.studio.Load(); s != nil {
		s.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err error
	if d.server != nil {
		d.server.Shutdown(ctx)
		d.fresh.close()
		err = d.http.Shutdown(ctx)
		if d.studioHTTP != nil {
			err = errors.Join(err, d.studioHTTP.Shutdown(ctx))
		}
	}
	if v := d.gateway.version.Load(); v != nil {
		v.Close()
	}
	d.closing.Wait()
	if r != nil {
		err = errors.Join(err, r.store.Close())
	}
	return err
}

// Call, Connect and Resolve let code of the server isolate reach actors.
func (d *Daemon) Call(ctx context.Context, spec actor.CallSpec) (value.Value, error) {
	r := d.running.Load()
	if r == nil {
		return nil, notReady()
	}
	return r.engine.Call(ctx, spec)
}

// Connect opens a connection; see Call.
func (d *Daemon) Connect(ctx context.Context, spec actor.ConnectSpec, peer actor.Peer) (actor.Link, error) {
	r := d.running.Load()
	if r == nil {
		return nil, notReady()
	}
	return r.engine.Connect(ctx, spec, peer)
}

// Resolve finds or creates an actor; see Call.
func (d *Daemon) Resolve(ctx context.Context, q actor.Query) (actor.Ref, error) {
	r := d.running.Load()
	if r == nil {
		return actor.Ref{}, notReady()
	}
	return r.engine.Resolve(ctx, q)
}

// Fetch hands a raw request to an actor; see Call.
func (d *Daemon) Fetch(ctx context.Context, q actor.Query, c actor.Caller, body actor.BodyReader, respond func(int, map[string][]string) actor.BodyWriter) error {
	r := d.running.Load()
	if r == nil {
		return notReady()
	}
	return r.engine.Fetch(ctx, q, c, body, respond)
}

// Socket hands a raw WebSocket to an actor; see Call.
func (d *Daemon) Socket(ctx context.Context, q actor.Query, c actor.Caller, s actor.RawSocket) error {
	r := d.running.Load()
	if r == nil {
		return notReady()
	}
	return r.engine.Socket(ctx, q, c, s)
}

func notReady() error {
	return errs.New(errs.ActorNotReady, "The server has not started yet.")
}
