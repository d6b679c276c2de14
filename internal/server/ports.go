package server

import (
	"context"
	"net/http"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
)

// Actors is what the door needs of what lies behind it: the local engine, or a
// router to another node. Callers are authorized before they come here. Errors
// are *errs.Error.
type Actors interface {
	// Lookup finds an actor by id; actor_not_found if there is none.
	Lookup(ctx context.Context, id actor.ID) (actor.Ref, error)
	// Resolve finds, or creates if the query says so, an actor, without starting it.
	Resolve(ctx context.Context, q actor.Query) (actor.Ref, error)
	// Call runs one stateless action. When ctx ends the caller has gone; the action goes on.
	Call(ctx context.Context, spec actor.CallSpec) (value.Value, error)
	// Connect opens a connection. It returns at once with the Link, or with an
	// error if the actor can't be found; whether the actor accepts is told to
	// the Peer: Init, or Close. What the client sends before Init is queued.
	Connect(ctx context.Context, spec actor.ConnectSpec, peer actor.Peer) (actor.Link, error)
	// Fetch hands a raw HTTP request to onFetch. It returns when the response
	// has been written whole, or with an error if none was begun.
	Fetch(ctx context.Context, q actor.Query, c actor.Caller, body actor.BodyReader, respond func(status int, header map[string][]string) actor.BodyWriter) error
	// Socket hands a raw WebSocket to onWebSocket; an error means that it was not taken.
	Socket(ctx context.Context, q actor.Query, c actor.Caller, s actor.RawSocket) error
}

// Gateway is what the door needs of JavaScript before there is an actor; the
// server isolate implements it.
type Gateway interface {
	// Registry is what the running code defines. It changes with a reload.
	Registry() *actor.Registry
	// Authorize runs a type's onAuth; a type without one is forbidden.
	Authorize(ctx context.Context, r actor.AuthRequest) (auth value.Value, err error)
	// AllowOrigin asks the entry's cors.origin function about the origin of a
	// request; ok is false to refuse.
	AllowOrigin(ctx context.Context, origin string, r *actor.Request) (allow string, ok bool)
	// App is what was given to serve(app); nil: nothing.
	App() *actor.App
	// ServeApp answers by the app. mount is the path at which the registry is
	// mounted in it, after its own routes; "": it isn't. What the app hands on to
	// the registry comes back by Server.Door.
	ServeApp(w http.ResponseWriter, r *http.Request, mount string)
}
