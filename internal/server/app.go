package server

import (
	"bufio"
	"net"
	"net/http"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// A Hono app that was given to serve(app) has the registry mounted in it, after
// its own routes: requests of the registry pass through its middleware, and come
// back by Door. What comes back carries two kinds of headers that only leave
// through appResponse: headerDoor, the wish to become a WebSocket, and the
// registry's own CORS headers, since the app's win.
const (
	headerDoor   = "X-Rivet-Door"
	hiddenPrefix = "X-Rivet-Door-"
)

// through reports whether the app sees a request of the registry.
func (s *Server) through(r *http.Request, route v0.Route, app *actor.App) bool {
	if app == nil || route == v0.RouteInspect || route == v0.RouteInspectActor || s.trusted(r) {
		return false
	}
	return app.Whole || app.Matches(r.URL.Path)
}

// app has the app answer; mount is where the registry is in it, "" for a
// request that isn't the registry's.
func (s *Server) app(w http.ResponseWriter, r *http.Request, mount string) {
	leave := duplex(w, r)
	for name := range r.Header { // an app that echoes headers must not speak for the door
		if strings.HasPrefix(name, headerDoor) {
			delete(r.Header, name)
		}
	}
	a := &appResponse{ResponseWriter: w, upgrade: upgradeAsked(r)}
	s.o.Gateway.ServeApp(a, r, mount)
	if a.door == "" {
		leave()
		return
	}
	clear(w.Header())
	rest, _ := s.below(a.door)
	route, arg := v0.Match(rest)
	s.route(w, r, route, arg)
}

// Door answers requests that the app hands back, and those of whoever calls
// handler(request): paths below /registry.
func (s *Server) Door() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tracked{ResponseWriter: &doorResponse{ResponseWriter: w}}
		defer s.rescue(t, r)
		if upgradeAsked(r) {
			w.Header()[headerDoor] = []string{r.URL.EscapedPath()}
			w.WriteHeader(http.StatusNoContent)
			return
		}
		rest, _ := s.below(r.URL.EscapedPath())
		s.registry(t, r, rest)
	})
}

// doorResponse hides the registry's CORS headers on their way through the app.
type doorResponse struct{ http.ResponseWriter }

// WriteHeader begins the response.
func (d *doorResponse) WriteHeader(status int) {
	h := d.Header()
	delete(h, headerDoor)
	for name, values := range h {
		if strings.HasPrefix(name, "Access-Control-") {
			h[hiddenPrefix+name] = values
			delete(h, name)
		}
	}
	d.ResponseWriter.WriteHeader(status)
}

// Flush lets streams through.
func (d *doorResponse) Flush() { _ = http.NewResponseController(d.ResponseWriter).Flush() }

// appResponse is what the app answers, on its way to the client.
type appResponse struct {
	http.ResponseWriter
	upgrade bool
	door    string // the registry's path, if the request is to become a WebSocket there
}

// WriteHeader begins the response.
func (a *appResponse) WriteHeader(status int) {
	h := a.Header()
	if door := h.Get(headerDoor); a.upgrade && door != "" && status == http.StatusNoContent {
		a.door = door
		return
	}
	delete(h, headerDoor)
	own := len(h[headerAllow]) > 0
	for name, values := range h {
		shown, hidden := strings.CutPrefix(name, hiddenPrefix)
		if !hidden {
			continue
		}
		delete(h, name)
		if !own {
			h[shown] = values
		}
	}
	if !own && len(h[headerAllow]) > 0 && !hasToken(h["Vary"], "Origin") {
		h.Add("Vary", "Origin")
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body.
func (a *appResponse) Write(p []byte) (int, error) {
	if a.door != "" {
		return len(p), nil
	}
	return a.ResponseWriter.Write(p)
}

// Flush lets streams through.
func (a *appResponse) Flush() {
	if a.door == "" {
		_ = http.NewResponseController(a.ResponseWriter).Flush()
	}
}

// Hijack is for the app's own WebSockets.
func (a *appResponse) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(a.ResponseWriter).Hijack()
}
