package server

import (
	"net/http"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// action answers POST /actors/actions/{name}: one stateless call.
func (s *Server) action(w http.ResponseWriter, r *http.Request, name string) {
	enc, encName, encOK := encodingOf(r)
	server := s.identify(r)
	if lacks(w, r, v0.NameQuery, v0.NameEncoding) {
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
	out, err := s.call(r, enc, name, server)
	if err != nil {
		s.fail(w, r, enc, err, server)
		return
	}
	buf := getBuffer()
	defer putBuffer(buf)
	if *buf, err = v0.AppendActionResponse(*buf, enc, out); err != nil {
		s.fail(w, r, enc, errs.Wrap(errs.Internal, err, "the output of %s can't be sent as %s", name, enc), server)
		return
	}
	contentType := typeJSON
	if enc == v0.CBOR {
		contentType = typeCBOR
	}
	answer(w, http.StatusOK, contentType, *buf)
}

func (s *Server) call(r *http.Request, enc v0.Encoding, name string, server bool) (value.Value, error) {
	query, params, err := s.addressed(r, "Action call")
	if err != nil {
		return nil, err
	}
	caller, err := s.admit(r.Context(), r, visit{query: query, params: params, server: server, intent: actor.IntentAction})
	if err != nil {
		return nil, err
	}
	buf := getBuffer()
	*buf, err = readBody(*buf, r, s.limits().message(server))
	var args []value.Value
	if err == nil {
		args, err = v0.ParseActionRequest(enc, *buf) // keeps nothing of buf
	}
	putBuffer(buf)
	if err != nil {
		return nil, err
	}
	caller.Transport = actor.HTTP
	return s.o.Actors.Call(r.Context(), actor.CallSpec{Query: query, Action: name, Args: args, Caller: caller})
}

// addressed reads whom a request means, and its connection parameters; op is
// how errors call what it tries.
func (s *Server) addressed(r *http.Request, op string) (actor.Query, value.Value, error) {
	text, ok := queryHeader(r)
	if !ok {
		return actor.Query{}, nil, v0.InvalidRequest("Missing actor query header")
	}
	q, err := v0.ParseQuery(text)
	if err != nil {
		return actor.Query{}, nil, err
	}
	text, ok = header(r, v0.HeaderParams)
	params, err := v0.ParseParams(text, ok)
	if err != nil {
		return actor.Query{}, nil, v0.ProxyError(op, paramsCause{err})
	}
	return queryOf(q), params, nil
}

// paramsCause is an invalid_params error as another error quotes it.
type paramsCause struct{ error }

func (c paramsCause) Error() string {
	const prefix = "Invalid params JSON: "
	return errs.As(c.error).Msg[len(prefix):]
}
