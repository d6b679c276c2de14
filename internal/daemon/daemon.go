// Package daemon is one running rivet: it opens the rooms in order (storage,
// engine, isolates, server), puts new code in with Swap, and closes them in
// reverse. dev, serve and test all use it.
package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/engine"
	"github.com/rivetdev/rivet/internal/isolate"
	"github.com/rivetdev/rivet/internal/server"
	"github.com/rivetdev/rivet/internal/studio"
)

// Options configure a Daemon; config resolves them.
type Options struct {
	Host      string
	Port      int
	PortAsked bool   // somebody asked for Port: take no other
	BasePath  string // beside /registry
	Version   string // of rivet
	AuthToken string // server-side callers bear it; "" opens nothing
	Dev       bool

	Data   string // directory of the database
	Memory bool   // keep nothing
	Sync   string // "normal" or "full"

	Isolates int               // 0: twice the cores, at least 4
	Env      map[string]string // process.env
	SDK      actor.Script

	Limits          server.Limits
	WaitingPerActor int
	MaxState        int
	CORS            *actor.CORS

	Log   *slog.Logger    // of rivet itself
	Lines func(actor.Log) // what actors log; must not block
}

// Daemon is a running rivet. Open makes it, Serve runs it, Close ends it.
type Daemon struct {
	o        Options
	instance string
	store    store
	engine   *engine.Engine
	isolates *isolate.Runtime
	gateway  gateway

	swapping  sync.Mutex
	listeners []net.Listener
	port      int
	server    *server.Server
	http      *http.Server
}

// Moved says what a swap moved to the new code.
type Moved = engine.Swapped

// Open opens storage and makes everything ready for code. It does not listen yet.
func Open(ctx context.Context, o Options) (*Daemon, error) {
	st, err := openStore(ctx, o)
	if err != nil {
		return nil, err
	}
	d := &Daemon{o: o, store: st, instance: uuid.NewString()}
	d.engine = engine.New(engine.Options{
		Store: st, Log: o.Log, Lines: o.Lines,
		WaitingPerActor: o.WaitingPerActor, MaxState: o.MaxState,
	})
	d.isolates, err = isolate.New(isolate.Options{
		SDK: o.SDK, Isolates: o.Isolates, Env: o.Env, Lines: o.Lines,
	})
	if err != nil {
		d.engine.Close(0)
		return nil, errors.Join(err, st.Close())
	}
	return d, nil
}

// Swap loads b and moves every actor to it. If b can't be loaded, the code that
// serves goes on.
func (d *Daemon) Swap(ctx context.Context, b *actor.Bundle) (Moved, error) {
	d.swapping.Lock()
	defer d.swapping.Unlock()
	v, err := d.isolates.Load(ctx, b)
	if err != nil {
		return Moved{}, err
	}
	old := d.gateway.version.Swap(v)
	moved, err := d.engine.Swap(ctx, v)
	if old != nil {
		old.Retire()
	}
	if err != nil {
		return moved, fmt.Errorf("swap: %w", err)
	}
	return moved, nil
}

// Registry is what the running code defines.
func (d *Daemon) Registry() *actor.Registry { return d.gateway.Registry() }

// Instance names this run of the server.
func (d *Daemon) Instance() string { return d.instance }

// Engine is the directory of actors, for tools that look into it.
func (d *Daemon) Engine() *engine.Engine { return d.engine }

// Listen opens the port and returns it. Requests are answered once Serve runs.
func (d *Daemon) Listen(ctx context.Context) (port int, err error) {
	d.listeners, d.port, err = listen(ctx, d.o.Host, d.o.Port, d.o.PortAsked)
	if err != nil {
		return 0, err
	}
	d.server = server.New(server.Options{
		Actors: d.engine, Gateway: &d.gateway,
		BasePath: d.o.BasePath, AuthToken: d.o.AuthToken, Dev: d.o.Dev,
		CORS: d.o.CORS, Limits: d.o.Limits, Log: d.o.Log,
		Studio: studio.New(studio.Options{Instance: d.instance, Version: d.o.Version}),
		Health: func() bool { return d.gateway.version.Load() != nil },
	})
	d.http = server.HTTPServer(d.server.Handler())
	return d.port, nil
}

// Serve answers requests until ctx ends or a listener fails.
func (d *Daemon) Serve(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, l := range d.listeners {
		g.Go(func() error {
			if err := d.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("serve %s: %w", l.Addr(), err)
			}
			return nil
		})
	}
	g.Go(func() error {
		<-ctx.Done()
		return d.stopListening()
	})
	return g.Wait()
}

// stopListening refuses new connections; those that are open go on until Close.
func (d *Daemon) stopListening() error {
	for _, l := range d.listeners {
		_ = l.Close() // a second close is no loss
	}
	return nil
}

// Close lets running actions finish for at most grace, saves everything, closes
// the sockets and then the storage.
func (d *Daemon) Close(grace time.Duration) error {
	_ = d.stopListening()
	d.engine.Close(grace)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var err error
	if d.server != nil {
		d.server.Shutdown(ctx)
		err = d.http.Shutdown(ctx)
	}
	if v := d.gateway.version.Load(); v != nil {
		v.Retire()
	}
	d.isolates.Close()
	return errors.Join(err, d.store.Close())
}
