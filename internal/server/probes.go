package server

import (
	"net"
	"net/http"
)

// probes are what orchestrators and monitors ask at the root: /health (the
// process answers), /ready (calls work, and it isn't stopping) and /metrics. The
// app's own routes win over them.
func (s *Server) probe(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/health":
		plain(w, http.StatusOK, "ok")
	case "/ready":
		s.health(w)
	case "/metrics":
		s.metrics(w, r)
	}
}

// probed reports whether a request is one for probe.
func (s *Server) probed(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	p := r.URL.Path
	return p == "/health" || p == "/ready" || p == "/metrics" && s.o.Metrics != nil
}

// metrics answers this machine and who bears the server's token, or everybody.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	if !s.o.MetricsPublic && !s.trusted(r) && !local(r) {
		plain(w, http.StatusForbidden, "/metrics answers this machine and who bears auth.token; metrics.public opens it to everybody")
		return
	}
	h := w.Header()
	h["Content-Type"] = []string{"text/plain; version=0.0.4; charset=utf-8"}
	h["Cache-Control"] = []string{"no-store"}
	if r.Method == http.MethodGet {
		s.o.Metrics(w)
	}
}

// local reports whether a request comes from this machine. One that a proxy on
// it hands on may come from anywhere.
func local(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if len(r.Header[name]) > 0 {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(host)
	return err == nil && ip != nil && ip.IsLoopback()
}

// Waiting is how many calls were begun and not answered.
func (s *Server) Waiting() int { return int(s.waiting.Load()) }

// Sockets is how many WebSockets and streams are open.
func (s *Server) Sockets() int {
	s.sockets.mu.Lock()
	defer s.sockets.mu.Unlock()
	return len(s.sockets.open)
}

// unlessMissing lets the app answer a request that is ours if the app has
// nothing there.
type unlessMissing struct {
	http.ResponseWriter
	missing bool
}

// appOrProbe answers a request of probe.
func (s *Server) appOrProbe(w http.ResponseWriter, r *http.Request) {
	a := &unlessMissing{ResponseWriter: w}
	s.app(a, r, "")
	if a.missing {
		clear(w.Header())
		s.probe(w, r)
	}
}

// WriteHeader begins the response, unless it is a 404.
func (u *unlessMissing) WriteHeader(status int) {
	if status == http.StatusNotFound {
		u.missing = true
		return
	}
	u.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body.
func (u *unlessMissing) Write(p []byte) (int, error) {
	if u.missing {
		return len(p), nil
	}
	return u.ResponseWriter.Write(p)
}

// Flush lets streams through.
func (u *unlessMissing) Flush() {
	if !u.missing {
		_ = http.NewResponseController(u.ResponseWriter).Flush()
	}
}

// Unwrap is for http.ResponseController.
func (u *unlessMissing) Unwrap() http.ResponseWriter { return u.ResponseWriter }
