package server

import (
	"errors"
	"net/http"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// resolve answers POST /actors/resolve: a query's actor id. It may create the
// actor, but doesn't start it.
func (s *Server) resolve(w http.ResponseWriter, r *http.Request) {
	enc, encName, encOK := encodingOf(r)
	server := s.identify(r)
	if lacks(w, r, v0.NameQuery) {
		return
	}
	if !encOK {
		s.fail(w, r, enc, v0.InvalidEncoding(encName), server)
		return
	}
	if err := s.begin(); err != nil {
		s.fail(w, r, enc, err, server)
		return
	}
	defer s.end()
	ref, err := s.resolved(r, server)
	if err != nil {
		s.fail(w, r, enc, err, server)
		return
	}
	answer(w, http.StatusOK, typePlain, v0.AppendResolved(nil, enc, string(ref.ID)))
}

func (s *Server) resolved(r *http.Request, server bool) (actor.Ref, error) {
	query, params, err := s.addressed(r, "")
	if errs.Is(err, errs.ProxyError) { // nothing is handed on here
		return actor.Ref{}, errs.Wrap(errs.Internal, errors.Unwrap(err), "connection parameters are not JSON")
	}
	if err != nil {
		return actor.Ref{}, err
	}
	if _, err := s.admit(r.Context(), r, visit{query: query, params: params, server: server}); err != nil {
		return actor.Ref{}, err
	}
	return s.o.Actors.Resolve(r.Context(), query)
}
