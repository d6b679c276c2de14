package server

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// fakeActors are actors written in Go. The action decides what happens.
type fakeActors struct {
	mu     sync.Mutex
	links  map[*fakeLink]struct{}
	calls  []actor.CallSpec
	next   int
	block  chan struct{} // "block" waits for it
	room   chan struct{} // nil: there is always room
	raw    func(s actor.RawSocket) error
	fetch  func(c actor.Caller, body actor.BodyReader, respond func(int, map[string][]string) actor.BodyWriter) error
	closed atomic.Int64
}

func newFakeActors() *fakeActors {
	return &fakeActors{links: map[*fakeLink]struct{}{}, block: make(chan struct{})}
}

func (f *fakeActors) Lookup(_ context.Context, id actor.ID) (actor.Ref, error) {
	if id != "known" && id != "id-1" {
		return actor.Ref{}, v0.ActorNotFound(string(id))
	}
	return actor.Ref{ID: id, Name: "counter"}, nil
}

func (f *fakeActors) Resolve(_ context.Context, q actor.Query) (actor.Ref, error) {
	return actor.Ref{ID: actor.IDOf(q.Name, q.Key), Name: q.Name}, nil
}

func (f *fakeActors) Call(ctx context.Context, spec actor.CallSpec) (value.Value, error) {
	f.mu.Lock()
	f.calls = append(f.calls, spec)
	f.mu.Unlock()
	return f.run(ctx, spec.Action, spec.Args, spec.Caller)
}

func (f *fakeActors) run(ctx context.Context, action string, args []value.Value, c actor.Caller) (value.Value, error) {
	switch action {
	case "echo":
		return &value.Array{Items: args}, nil
	case "first":
		return args[0], nil
	case "nothing":
		return value.Undefined{}, nil
	case "auth":
		return c.Auth, nil
	case "params":
		return c.Params, nil
	case "bad":
		e := errs.New("bad_code", "bad thing")
		e.Metadata = &value.Object{Keys: []string{"x"}, Vals: []value.Value{1.0}}
		return nil, e
	case "hidden":
		return nil, errs.Wrap(errs.StateNotEnabled, io.EOF, "State not enabled.")
	case "panic":
		panic("a bug")
	case "block":
		select {
		case <-f.block:
			return "unblocked", nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, errs.New(errs.ActionNotFound, "Action '%s' not found. Validate the action exists on your actor.", action)
}

func (f *fakeActors) Connect(_ context.Context, spec actor.ConnectSpec, p actor.Peer) (actor.Link, error) {
	if spec.Query.Name == "missing" {
		return nil, v0.ActorNotFound("missing:[]")
	}
	f.mu.Lock()
	f.next++
	l := &fakeLink{f: f, peer: p, caller: spec.Caller, id: actor.ConnID(fmt.Sprintf("conn-%d", f.next)), subs: map[string]bool{}}
	f.links[l] = struct{}{}
	f.mu.Unlock()
	switch spec.Query.Name {
	case "refusing":
		p.Close(1011, "no_entry", errs.New("no_entry", "not you"))
	case "leaving":
		p.Init("id-1", l.id, "token")
		p.Close(1000, "`onConnect` failed", nil)
	default:
		p.Init("id-1", l.id, "token")
	}
	return l, nil
}

// broadcast sends to all who subscribed.
func (f *fakeActors) broadcast(e *actor.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.links {
		if l.subs[e.Name] {
			l.peer.Event(e)
		}
	}
}

func (f *fakeActors) subscribed(name string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.links {
		if l.subs[name] {
			n++
		}
	}
	return n
}

func (f *fakeActors) Fetch(_ context.Context, _ actor.Query, c actor.Caller, body actor.BodyReader, respond func(int, map[string][]string) actor.BodyWriter) error {
	if f.fetch == nil {
		return errs.New(errs.FetchNotDefined, "Raw HTTP handler not defined.")
	}
	return f.fetch(c, body, respond)
}

func (f *fakeActors) Socket(_ context.Context, _ actor.Query, _ actor.Caller, s actor.RawSocket) error {
	if f.raw == nil {
		return errs.New(errs.WebSocketNotDefined, "Raw WebSocket handler not defined.")
	}
	return f.raw(s)
}

type fakeLink struct {
	f      *fakeActors
	peer   actor.Peer
	caller actor.Caller
	id     actor.ConnID
	subs   map[string]bool
	once   sync.Once
}

func (l *fakeLink) ID() actor.ConnID  { return l.id }
func (l *fakeLink) ActorID() actor.ID { return "id-1" }
func (l *fakeLink) Token() string     { return "token" }

func (l *fakeLink) Act(action string, args []value.Value, reply func(value.Value, error)) {
	switch action {
	case "disconnect":
		l.peer.Close(1000, "bye", nil)
		reply(nil, errs.New(errs.ConnectionLost, "gone"))
		return
	case "event": // an event, then the reply
		l.peer.Event(&actor.Event{Name: "newCount", Args: args})
	case "block":
		go func() { reply(l.f.run(context.Background(), action, args, l.caller)) }()
		return
	}
	reply(l.f.run(context.Background(), action, args, l.caller))
}

func (l *fakeLink) Subscribe(event string, on bool) {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	l.subs[event] = on
}

func (l *fakeLink) Close() {
	l.once.Do(func() {
		l.f.mu.Lock()
		delete(l.f.links, l)
		l.f.mu.Unlock()
		l.f.closed.Add(1)
	})
}

var always = func() chan struct{} { ch := make(chan struct{}); close(ch); return ch }()

func (l *fakeLink) Room() <-chan struct{} {
	l.f.mu.Lock()
	defer l.f.mu.Unlock()
	if l.f.room != nil {
		return l.f.room
	}
	return always
}

// fakeGateway has four types: counter and others with onAuth, closed without.
type fakeGateway struct {
	reg   *actor.Registry
	app   *actor.App
	serve func(w http.ResponseWriter, r *http.Request, mount string) // nil: a teapot
	mu    sync.Mutex
	asked []actor.AuthRequest
}

func newFakeGateway() *fakeGateway {
	g := &fakeGateway{reg: &actor.Registry{Actors: map[string]*actor.Definition{}}}
	for _, n := range []string{"counter", "missing", "refusing", "leaving", "denying", "failing"} {
		g.reg.Actors[n] = &actor.Definition{Name: n, HasOnAuth: true}
	}
	g.reg.Actors["closed"] = &actor.Definition{Name: "closed"}
	return g
}

func (g *fakeGateway) Registry() *actor.Registry { return g.reg }

func (g *fakeGateway) Authorize(_ context.Context, a actor.AuthRequest) (value.Value, error) {
	g.mu.Lock()
	g.asked = append(g.asked, a)
	g.mu.Unlock()
	switch a.Name {
	case "denying":
		return nil, errs.New("missing_auth", "no")
	case "failing":
		return nil, errs.Wrap(errs.Internal, io.EOF, "secret")
	}
	return "auth of " + a.Name, nil
}

func (g *fakeGateway) AllowOrigin(_ context.Context, origin string, _ *actor.Request) (string, bool) {
	return origin, origin == "https://dynamic.example"
}

func (g *fakeGateway) App() *actor.App { return g.app }

func (g *fakeGateway) ServeApp(w http.ResponseWriter, r *http.Request, mount string) {
	if g.serve != nil {
		g.serve(w, r, mount)
		return
	}
	w.WriteHeader(http.StatusTeapot)
}
