package server

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/wire/v0"
)

// hasCORS tells the routes that answer web pages of other origins. Sockets are
// not among them: browsers don't ask for those, onAuth decides.
func hasCORS(r v0.Route) bool {
	switch r {
	case v0.RouteWebSocket, v0.RouteRawWebSocket, v0.RouteInspect, v0.RouteInspectActor:
		return false
	}
	return true
}

const (
	allowMethods   = "GET,POST,PUT,PATCH,DELETE,OPTIONS"
	defaultMaxAge  = 3600
	moreHeaders    = "Authorization,X-RivetKit-Actor-Query,last-event-id"
	headerAllow    = "Access-Control-Allow-Origin"
	headerAskedFor = "Access-Control-Request-Method"
)

var allowHeaders = strings.Join(v0.PublicHeaders, ",") + "," + moreHeaders

// cors sets the response's CORS headers. It answers preflights itself: true.
func (s *Server) cors(w http.ResponseWriter, r *http.Request, route v0.Route) (done bool) {
	h := w.Header()
	c := s.corsConfig()
	origin := r.Header.Get("Origin")
	allow := s.allowOrigin(r, c, origin)
	if c != nil || s.o.Dev || origin != "" {
		h.Add("Vary", "Origin")
	}
	preflight := r.Method == http.MethodOptions && (route != v0.RouteRawHTTP || r.Header.Get(headerAskedFor) != "")
	if allow != "" {
		h.Set(headerAllow, allow)
		if allow != "*" && (c == nil || c.Credentials) {
			h.Set("Access-Control-Allow-Credentials", "true")
		}
		if c != nil && len(c.ExposeHeaders) > 0 {
			h.Set("Access-Control-Expose-Headers", strings.Join(c.ExposeHeaders, ","))
		}
		if preflight {
			preflightHeaders(h, c)
		}
	}
	if preflight {
		h.Add("Vary", "Access-Control-Request-Headers")
		w.WriteHeader(http.StatusNoContent)
	}
	return preflight
}

func preflightHeaders(h http.Header, c *actor.CORS) {
	methods, headers, age := allowMethods, allowHeaders, defaultMaxAge
	if c != nil {
		if len(c.AllowMethods) > 0 {
			methods = strings.Join(c.AllowMethods, ",")
		}
		if len(c.AllowHeaders) > 0 {
			headers = strings.Join(c.AllowHeaders, ",") + "," + headers
		}
		if c.MaxAge != 0 {
			age = c.MaxAge
		}
	}
	h.Set("Access-Control-Allow-Methods", methods)
	h.Set("Access-Control-Allow-Headers", headers)
	h.Set("Access-Control-Max-Age", strconv.Itoa(age))
}

func (s *Server) corsConfig() *actor.CORS {
	if c := s.cross.Load(); c != nil {
		return c
	}
	if reg := s.o.Gateway.Registry(); reg != nil {
		return reg.Config.CORS
	}
	return nil
}

// allowOrigin is the origin to let in, "" for none. The protocol's clients send
// credentials, which "*" would forbid: so everyone means whoever asks.
func (s *Server) allowOrigin(r *http.Request, c *actor.CORS, origin string) string {
	switch {
	case c == nil:
		if s.o.Dev && isLocalhost(origin) {
			return origin
		}
		return ""
	case c.Dynamic:
		if origin == "" {
			return ""
		}
		if allow, ok := s.o.Gateway.AllowOrigin(r.Context(), origin, requestOf(r)); ok {
			return allow
		}
		return ""
	case slices.Contains(c.Origins, "*"):
		if origin == "" {
			return "*"
		}
		return origin
	case len(c.Origins) == 1: // a single origin is told to everyone
		return c.Origins[0]
	case slices.Contains(c.Origins, origin):
		return origin
	}
	return ""
}

// isLocalhost reports whether an origin is a page on this machine.
func isLocalhost(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return false
	}
	host := u.Hostname()
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || (ip != nil && ip.IsLoopback())
}
