package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// identify tells whether a request comes from a server-side caller. What a
// client may not say of itself is taken out of the headers, and so is our token.
//
// A bearer token that isn't ours may be the application's own, for its onAuth
// to read: the request comes in by the public door. Where no onAuth could read
// it, it can only be a wrong token, and admit says so.
func (s *Server) identify(r *http.Request) (server bool) {
	delete(r.Header, v0.HeaderAuthData)
	delete(r.Header, v0.HeaderExpose)
	if !s.trusted(r) {
		return false
	}
	delete(r.Header, "Authorization")
	return true
}

// trusted reports whether a request bears our token.
func (s *Server) trusted(r *http.Request) bool {
	token, ok := s.bearer(r)
	if !ok {
		return false
	}
	want, got := sha256.Sum256([]byte(s.o.AuthToken)), sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(want[:], got[:]) == 1
}

// bearer is the bearer token of a request to a server that has one of its own.
func (s *Server) bearer(r *http.Request) (token string, ok bool) {
	if s.o.AuthToken == "" {
		return "", false
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "Bearer")
}

// visit is a request that wants something of an actor.
type visit struct {
	query  actor.Query
	params value.Value
	server bool
	intent actor.Intent // besides those of the query; "": none
}

// admit decides whether a visit may go on, before any actor is looked up by
// key or created, and gives what onAuth said.
func (s *Server) admit(ctx context.Context, r *http.Request, v visit) (actor.Caller, error) {
	c := actor.Caller{Params: v.params, Auth: value.Undefined{}, Server: v.server, Request: requestOf(r)}
	if v.server && r.Header.Get("X-Rivet-Via") == "cli" {
		c.Via = "cli" // entries of the history name the command line
	}
	name := v.query.Name
	if v.query.Kind == actor.GetForID {
		ref, err := s.o.Actors.Lookup(ctx, v.query.ID)
		if err != nil {
			return c, err
		}
		name = ref.Name
	}
	def := s.definition(name)
	if def == nil {
		return c, v0.ActorNotFound(name)
	}
	if v.server {
		return c, nil
	}
	if !def.HasOnAuth {
		if _, wrong := s.bearer(r); wrong {
			return c, v0.Unauthorized()
		}
		return c, v0.NoAuth()
	}
	if def.Open {
		return c, nil
	}
	auth, err := s.o.Gateway.Authorize(ctx, actor.AuthRequest{
		Name: name, Request: c.Request, Params: v.params, Intents: intents(v.query.Kind, v.intent),
	})
	if err != nil {
		return c, err
	}
	c.Auth = auth
	return c, nil
}

func intents(k actor.QueryKind, own actor.Intent) []actor.Intent {
	all := make([]actor.Intent, 0, 3)
	if k != actor.Create {
		all = append(all, actor.IntentGet)
	}
	if k == actor.GetOrCreate || k == actor.Create {
		all = append(all, actor.IntentCreate)
	}
	if own != "" {
		all = append(all, own)
	}
	return all
}

// requestOf is the request as hooks see it.
func requestOf(r *http.Request) *actor.Request {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return &actor.Request{Method: r.Method, URL: scheme + r.Host + r.URL.RequestURI(), Header: r.Header}
}

// queryOf makes a query of the protocol one of ours.
func queryOf(q v0.Query) actor.Query {
	kinds := [...]actor.QueryKind{v0.GetForID: actor.GetForID, v0.GetForKey: actor.GetForKey, v0.GetOrCreate: actor.GetOrCreate, v0.Create: actor.Create}
	return actor.Query{Kind: kinds[q.Kind], ID: actor.ID(q.ActorID), Name: q.Name, Key: q.Key, Input: q.Input, Region: q.Region}
}
