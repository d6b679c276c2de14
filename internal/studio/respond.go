package studio

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/inspect"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// Codes of the inspector API beside the protocol's.
const (
	codeNotFound   errs.Code = "not_found"
	codeReadOnly   errs.Code = "read_only"
	codeOrigin     errs.Code = "origin_not_allowed"
	codeHost       errs.Code = "host_not_allowed"
	codeConflict   errs.Code = "state_conflict"
	codeExists     errs.Code = "already_exists"
	codeState      errs.Code = "invalid_state"
	codeRate       errs.Code = "rate_limited"
	codeEvicted    errs.Code = "history_evicted"
	codeEditor     errs.Code = "editor_unavailable"
	codeNotEnabled errs.Code = errs.StateNotEnabled
)

// request is one request and who asks.
type request struct {
	http.ResponseWriter
	*http.Request
	access access
}

func cut(pattern string) (method, path string, ok bool) { return strings.Cut(pattern, " ") }

func coded(status int, code errs.Code, format string, args ...any) *errs.Error {
	e := errs.New(code, format, args...)
	e.Status = status
	return e
}

func notFound(format string, args ...any) *errs.Error {
	return coded(http.StatusNotFound, codeNotFound, format, args...)
}

func invalid(format string, args ...any) *errs.Error {
	return coded(http.StatusBadRequest, errs.InvalidRequest, format, args...)
}

func readOnly() *errs.Error {
	return coded(http.StatusForbidden, codeReadOnly, "This is a read-only view of the server.")
}

// json answers with a body.
func (q *request) json(status int, body any) error {
	writeJSON(q.ResponseWriter, status, body)
	return nil
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	b, err := encode(body)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"error":{"code":"internal_error","message":"The answer has no JSON form."}}`)
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(b)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the client has gone if this fails
}

// encode is a body as JSON, with < and > as they are: they stand in type names.
func encode(body any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}

// read reads the body.
func (q *request) read(into any) error {
	b, err := io.ReadAll(http.MaxBytesReader(q.ResponseWriter, q.Body, maxBody))
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return coded(http.StatusRequestEntityTooLarge, errs.MessageTooLong, "The body is longer than %d bytes.", maxBody)
		}
		return invalid("The body can't be read: %v.", err)
	}
	if err := decode(b, into); err != nil {
		return err
	}
	return nil
}

func decode(b []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid("The body isn't what this route takes: %v.", strings.TrimPrefix(err.Error(), "json: "))
	}
	if d.More() {
		return invalid("There is text after the body.")
	}
	return nil
}

// int is a query parameter that is a number.
func (q *request) int(name string, otherwise, least, most int) (int, error) {
	s := q.URL.Query().Get(name)
	if s == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < least {
		return 0, invalid("%s=%s: want a number from %d to %d.", name, s, least, most)
	}
	return min(n, most), nil
}

func (q *request) seq(name string) (uint64, error) {
	s := q.URL.Query().Get(name)
	if s == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, invalid("%s=%s: want the number of an entry.", name, s)
	}
	return n, nil
}

// fail answers with an error.
func (s *Studio) fail(w http.ResponseWriter, err error) {
	status, body := s.failure(err)
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="rivet"`)
	}
	if status == http.StatusInternalServerError && errs.As(err).Err != nil {
		s.o.Log.Error("a request to the inspector failed", "error", err)
	}
	writeJSON(w, status, body)
}

func (s *Studio) failure(err error) (int, inspect.Failure) {
	var c *actor.Conflict
	if errors.As(err, &c) {
		err = &conflict{rev: c.Rev}
	}
	var k *conflict
	if errors.As(err, &k) {
		e := coded(http.StatusConflict, codeConflict, "The state has changed since revision that was sent; nothing was changed.").
			WithHint("Read it again, or merge the patch that comes with this answer.")
		return http.StatusConflict, inspect.Failure{Error: *s.errorOf(e), Rev: k.rev, Patch: k.patch}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		err = coded(http.StatusGatewayTimeout, errs.ActionTimedOut, "There was no answer in time; what was asked goes on.")
	}
	e := errs.As(err)
	return statusOf(e), inspect.Failure{Error: *s.errorOf(e)}
}

// conflict is a Conflict with what changed since.
type conflict struct {
	rev   uint64
	patch inspect.Patch
}

func (c *conflict) Error() string { return string(codeConflict) }

func statusOf(e *errs.Error) int {
	switch e.Code {
	case errs.ActorNotFound, errs.ActionNotFound, errs.ConnNotFound:
		if e.Status == 0 {
			return http.StatusNotFound
		}
	case codeNotEnabled, errs.ConnStateNotEnabled, errs.InvalidStateType:
		return http.StatusUnprocessableEntity
	case errs.StateTooLarge:
		return http.StatusRequestEntityTooLarge
	}
	return v0.Status(e)
}

// errorOf is an error as the API tells it. Whoever asks is server-side: it is whole.
func (s *Studio) errorOf(err error) *inspect.Error {
	if err == nil {
		return nil
	}
	e := errs.As(err)
	out := &inspect.Error{Code: string(e.Code), Message: e.Msg, Hint: e.Hint, At: s.place(e.At)}
	if e.Metadata != nil {
		out.Metadata = inspect.TaggedPtr(value.Value(e.Metadata))
	}
	return out
}

// place reads "file:line:column", and the lines around it from the bundle.
func (s *Studio) place(at string) *inspect.Place {
	if at == "" {
		return nil
	}
	p := &inspect.Place{File: at}
	if rest, col, ok := cutLast(at); ok {
		if file, line, ok := cutLast(rest); ok {
			p.File, p.Line, p.Column = file, line, col
		} else {
			p.File, p.Line = rest, col
		}
	}
	if text, ok := s.o.Source(p.File); ok && p.Line > 0 {
		p.Frame = linesAround(string(text), p.Line, 2).Lines
	}
	return p
}

func cutLast(s string) (before string, n int, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return s, 0, false
	}
	n, err := strconv.Atoi(s[i+1:])
	return s[:i], n, err == nil
}

// linesAround are the lines of a text near one of them.
func linesAround(text string, line, context int) inspect.Source {
	all := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	out := inspect.Source{Line: line, Total: len(all), First: 1}
	if line > 0 {
		out.First = max(1, min(line-context, len(all)))
		all = all[out.First-1 : min(len(all), max(line+context, out.First))]
	}
	for _, l := range all {
		out.Lines = append(out.Lines, strings.TrimSuffix(l, "\r"))
	}
	return out
}
