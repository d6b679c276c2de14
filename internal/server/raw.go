package server

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/value"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// rawHTTP hands a request to an actor's onFetch; path is what the actor sees.
func (s *Server) rawHTTP(w http.ResponseWriter, r *http.Request, path string) {
	enc, _, _ := encodingOf(r)
	server := s.identify(r)
	if err := s.begin(); err != nil {
		s.fail(w, r, enc, err, server)
		return
	}
	defer s.end()
	resp := &rawResponse{w: w, head: r.Method == http.MethodHead, rc: http.NewResponseController(w)}
	err := s.fetch(r, path, server, resp)
	begun, broken := resp.finish()
	switch {
	case !begun && err == nil:
		err = errs.New(errs.InvalidFetchResponse, "Actor's onFetch handler must return a Response object.")
		fallthrough
	case !begun:
		s.fail(w, r, enc, err, server)
	case broken || err != nil:
		panic(http.ErrAbortHandler) // the client must not take half a response for a whole one
	}
	if resp.leave != nil {
		resp.leave()
	}
}

func (s *Server) fetch(r *http.Request, path string, server bool, resp *rawResponse) error {
	query, params, err := s.addressed(r, "Raw HTTP request")
	if err != nil {
		return err
	}
	caller, err := s.admit(r.Context(), r, visit{query: query, params: params, server: server, intent: actor.IntentAction})
	if err != nil {
		return err
	}
	caller.Transport = actor.HTTP
	caller.Request = rawRequest(r, path, caller)
	if r.ContentLength > s.limits().RawBody {
		return errBodyTooLarge
	}
	var body actor.BodyReader
	var counted *meter
	if r.Body != nil && r.Body != http.NoBody {
		counted = &meter{ReadCloser: r.Body, left: s.limits().RawBody}
		body = counted
		resp.leave = duplex(resp.w, r)
	}
	err = s.o.Actors.Fetch(r.Context(), query, caller, body, resp.respond)
	if err != nil && counted != nil && counted.over.Load() {
		return errBodyTooLarge
	}
	return err
}

// rawRequest is the request as onFetch and onWebSocket see it.
func rawRequest(r *http.Request, path string, c actor.Caller) *actor.Request {
	url := "http://actor" + path
	if r.URL.RawQuery != "" {
		url += "?" + r.URL.RawQuery
	}
	h := r.Header.Clone()
	if text, err := value.AppendJSON(nil, c.Auth); err == nil && plainASCII(text) {
		h[v0.HeaderAuthData] = []string{string(text)}
	}
	if r.Host != "" && h["Host"] == nil {
		h["Host"] = []string{r.Host}
	}
	return &actor.Request{Method: r.Method, URL: url, Header: h}
}

func plainASCII(b []byte) bool {
	for _, c := range b {
		if c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}

// rawResponse writes what onFetch gives. The actor may go on writing after the
// request has ended; that is refused.
type rawResponse struct {
	w    http.ResponseWriter
	rc   *http.ResponseController
	head bool

	leave func() // the request's body; nil: it has none

	mu     sync.Mutex
	begun  bool
	broken bool
	ended  bool
}

var errRequestEnded = errors.New("the request has ended")

// respond begins the response.
func (b *rawResponse) respond(status int, header map[string][]string) actor.BodyWriter {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended || b.begun {
		return b
	}
	if status < 200 || status > 599 {
		return b // reported as invalid_fetch_response
	}
	b.begun = true
	h := b.w.Header()
	for name, values := range header {
		switch name = http.CanonicalHeaderKey(name); name {
		case "Connection", "Transfer-Encoding", "Upgrade", "Keep-Alive", "Trailer":
			continue // of the connection, not of the response
		case "Vary":
			h[name] = append(h[name], values...)
			continue
		}
		h[name] = values
	}
	if has(header, headerAllow) { // the actor's own rules replace ours as a whole
		for _, name := range []string{"Access-Control-Allow-Credentials", "Access-Control-Expose-Headers"} {
			if !has(header, name) {
				delete(h, name)
			}
		}
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = nil // none, instead of a guess
	}
	b.w.WriteHeader(status)
	return b
}

// has reports whether a header, in whatever spelling, has the canonical name.
func has(header map[string][]string, name string) bool {
	for n := range header {
		if http.CanonicalHeaderKey(n) == name {
			return true
		}
	}
	return false
}

// Write sends a chunk at once.
func (b *rawResponse) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended || b.broken || !b.begun {
		return 0, errRequestEnded
	}
	n, err := b.w.Write(p)
	if errors.Is(err, http.ErrBodyNotAllowed) {
		return len(p), nil
	}
	if err == nil && !b.head {
		err = b.rc.Flush()
	}
	return n, err
}

// CloseWithError ends the response, with an error it breaks it off.
func (b *rawResponse) CloseWithError(err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.broken = b.broken || (err != nil && !b.ended)
	return nil
}

func (b *rawResponse) finish() (begun, broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	return b.begun, b.broken
}

// rawSetup admits a raw WebSocket and hands it to its actor.
func (s *Server) rawSetup(ctx context.Context, r *http.Request, path string, offer v0.Offer, server bool, k *rawSocket) error {
	if !offer.HasQuery {
		return v0.InvalidRequest("Missing query in WebSocket protocols")
	}
	query, err := v0.ParseQuery(offer.Query)
	if err != nil {
		return err
	}
	params, err := v0.ParseParams(offer.Params, offer.HasParams)
	if err != nil {
		return err
	}
	q := queryOf(query)
	caller, err := s.admit(ctx, r, visit{query: q, params: params, server: server, intent: actor.IntentAction})
	if err != nil {
		return err
	}
	caller.Transport = actor.WebSocket
	caller.Request = rawRequest(r, path, caller)
	return s.o.Actors.Socket(ctx, q, caller, k)
}
