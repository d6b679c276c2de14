package server

import (
	"io"
	"net/http"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
)

func TestProbesAtTheRoot(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		public  bool
		path    string
		headers []string
		status  int
		body    string
	}{
		"health":                               {false, "/health", nil, 200, "ok"},
		"ready":                                {false, "/ready", nil, 200, "ok"},
		"metrics, of this machine":             {false, "/metrics", nil, 200, "rivet_up 1\n"},
		"metrics, through a proxy":             {false, "/metrics", []string{"X-Forwarded-For", "203.0.113.9"}, 403, "/metrics answers this machine and who bears auth.token; metrics.public opens it to everybody"},
		"metrics, with the token":              {false, "/metrics", []string{"X-Forwarded-For", "203.0.113.9", "Authorization", "Bearer s3cret"}, 200, "rivet_up 1\n"},
		"metrics, with a wrong one":            {false, "/metrics", []string{"X-Forwarded-For", "203.0.113.9", "Authorization", "Bearer nope"}, 403, "/metrics answers this machine and who bears auth.token; metrics.public opens it to everybody"},
		"metrics, public":                      {true, "/metrics", []string{"X-Forwarded-For", "203.0.113.9"}, 200, "rivet_up 1\n"},
		"another path is nobody's":             {false, "/healthy", nil, 404, "Not Found (RivetKit)"},
		"a path below one of them is nobody's": {false, "/health/x", nil, 404, "Not Found (RivetKit)"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *Options) {
				o.Metrics = func(w io.Writer) { _, _ = io.WriteString(w, "rivet_up 1\n") }
				o.MetricsPublic = tt.public
			})
			h := http.Header{}
			for i := 0; i < len(tt.headers); i += 2 {
				h.Set(tt.headers[i], tt.headers[i+1])
			}
			if got := w.do("GET", tt.path, h, ""); got.status != tt.status || tt.status != 404 && got.body != tt.body {
				t.Errorf("%d %q, want %d %q", got.status, got.body, tt.status, tt.body)
			}
		})
	}
}

func TestTheAppsOwnRoutesWinOverProbes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.gateway.app = &actor.App{}
	w.gateway.serve = func(rw http.ResponseWriter, r *http.Request, _ string) {
		if r.URL.Path == "/health" {
			rw.WriteHeader(http.StatusTeapot)
			return
		}
		rw.Header().Set("X-App", "1")
		rw.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(rw, "the app has no such page")
	}
	if got := w.do("GET", "/health", nil, ""); got.status != http.StatusTeapot {
		t.Errorf("/health: %+v", got)
	}
	if got := w.do("GET", "/ready", nil, ""); got.status != 200 || got.body != "ok" || got.header.Get("X-App") != "" {
		t.Errorf("/ready: %+v", got)
	}
	if got := w.do("GET", "/else", nil, ""); got.status != 404 || got.body != "the app has no such page" {
		t.Errorf("/else: %+v", got)
	}
}
