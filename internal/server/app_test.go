package server

import (
	"net/http"
	"testing"

	"github.com/rivetdev/rivet/internal/actor"
)

func TestRequestsPassThroughTheApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *Options) { o.Dev = true })
	w.gateway.app = &actor.App{Routes: []string{"/registry/*"}}
	mounts := make(chan string, 10)
	var app func(w http.ResponseWriter, r *http.Request)
	w.gateway.serve = func(rw http.ResponseWriter, r *http.Request, mount string) {
		mounts <- mount
		app(rw, r)
	}
	app = func(rw http.ResponseWriter, r *http.Request) {
		for name, values := range r.Header { // an app that echoes
			rw.Header()[name] = values
		}
		w.s.Door().ServeHTTP(rw, r)
	}
	const origin = "http://localhost:3000"
	headers := jsonHeaders(counterA, "Origin", origin, "X-Rivet-Door", "/registry", "X-Rivet-Door-Access-Control-Max-Age", "7")
	got := w.do("POST", "/registry/actors/actions/first", headers, `{"a":[1]}`)
	if got.status != 200 || got.body != `{"o":1}` || <-mounts != "/registry" {
		t.Errorf("an action: %+v", got)
	}
	if a := got.header.Values("Access-Control-Allow-Origin"); len(a) != 1 || a[0] != origin {
		t.Errorf("it allows %q", a)
	}
	for _, name := range []string{"X-Rivet-Door", "X-Rivet-Door-Access-Control-Max-Age", "Access-Control-Max-Age"} {
		if v := got.header.Values(name); len(v) > 0 {
			t.Errorf("%s: %q", name, v)
		}
	}
	if got := w.do("GET", "/other", nil, ""); <-mounts != "" || got.status == 0 {
		t.Errorf("outside: %+v", got)
	}
	server := jsonHeaders(counterA, "Authorization", "Bearer s3cret")
	if got := w.do("POST", "/registry/actors/actions/first", server, `{"a":[2]}`); got.body != `{"o":2}` || len(mounts) != 0 {
		t.Errorf("a server-side caller: %+v, %d by the app", got, len(mounts))
	}
}
