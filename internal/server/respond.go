package server

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

var (
	typePlain = []string{"text/plain;charset=UTF-8"}
	typeJSON  = []string{"application/json"}
	typeCBOR  = []string{"application/octet-stream"}
)

// plain answers with a text.
func plain(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h["Content-Type"] = typePlain
	h["Content-Length"] = []string{strconv.Itoa(len(text))}
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}

// answer writes a whole response. That the client may have gone is no error.
func answer(w http.ResponseWriter, status int, contentType []string, body []byte) {
	h := w.Header()
	h["Content-Type"] = contentType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// fail answers with an error in the encoding of the request.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, enc v0.Encoding, err error, server bool) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		panic(http.ErrAbortHandler) // the caller has gone: nobody to answer
	}
	body, status := v0.Mask(err, server)
	if status == http.StatusServiceUnavailable {
		w.Header()["Retry-After"] = []string{"1"}
	}
	s.logMasked(err, r.Method, r.URL.Path)
	buf := getBuffer()
	defer putBuffer(buf)
	*buf = v0.AppendErrorBody(*buf, enc, body)
	answer(w, status, typePlain, *buf)
}

// logMasked logs an error whose cause the client isn't told. What actors throw
// was logged where it was thrown.
func (s *Server) logMasked(err error, method, path string) {
	e := errs.As(err)
	if e.Public || e.Logged {
		return
	}
	s.log.Error("call failed", "method", method, "path", path, "code", string(e.Code), "error", err.Error())
}

// header is a request header as text, and whether it was sent.
func header(r *http.Request, canonical string) (string, bool) {
	if v := r.Header[canonical]; len(v) > 0 {
		return v0.Text(v[0]), true
	}
	return "", false
}

// queryHeader is the actor query by either of its names.
func queryHeader(r *http.Request) (string, bool) {
	if q, ok := header(r, v0.HeaderQuery); ok {
		return q, true
	}
	return header(r, v0.HeaderActorQuery)
}

// encodingOf is the encoding that a request names; JSON, for errors, if it names none.
func encodingOf(r *http.Request) (enc v0.Encoding, name string, ok bool) {
	name, _ = header(r, v0.HeaderEncoding)
	enc, ok = v0.ParseEncoding(name)
	return enc, name, ok
}

// lacks answers a request without the headers that its route requires.
func lacks(w http.ResponseWriter, r *http.Request, required ...string) bool {
	var missing []string
	for _, name := range required {
		_, ok := header(r, http.CanonicalHeaderKey(name))
		if name == v0.NameQuery {
			_, ok = queryHeader(r)
		}
		if !ok {
			missing = append(missing, name)
		}
	}
	if missing == nil {
		return false
	}
	answer(w, http.StatusBadRequest, typeJSON, v0.MissingHeaders(missing...))
	return true
}
