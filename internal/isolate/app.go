package isolate

import (
	"context"
	"io"
	"net/http"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/isolate/web"
	"github.com/rivetdev/rivet/internal/value"
)

// learnApp takes note of what serve(app) was given; in the server isolate.
func (r *isolate) learnApp() {
	v, err := jsvalue.ToValue(r.vm, r.call(r.js.app), jsvalue.Options{})
	o, _ := v.(*value.Object)
	if err != nil || o == nil {
		r.noteErr(err)
		return
	}
	f := fields{o}
	r.v.app.Store(&actor.App{Routes: f.strs("routes"), Whole: f.yes("whole")})
}

// App is what serve(app) was given; see server.Gateway.
func (v *Version) App() *actor.App { return v.app.Load() }

// ServeApp answers by the app given to serve(app), 404 without one; see server.Gateway.
func (v *Version) ServeApp(w http.ResponseWriter, q *http.Request, mount string) {
	if v.App() == nil {
		http.NotFound(w, q)
		return
	}
	type answer struct {
		res *web.Response
		err *errs.Error
	}
	r, ch := v.server, make(chan answer, 1)
	posted := r.post(nil, func() {
		req, err := web.NewRequest(r, web.RequestInit{Method: q.Method, URL: urlOf(q), Header: q.Header, Reader: bodyOf(q), Context: q.Context()})
		if err != nil {
			r.uncatchable(err)
			ch <- answer{err: errs.New(errs.InvalidRequest, "Invalid request: %v", err)}
			return
		}
		ok, bad := r.callbacks(func(v goja.Value) {
			res, err := r.response(v)
			ch <- answer{res, err}
		}, func(e *errs.Error) {
			r.logFor(nil, actor.Log{Level: actor.LogError, Msg: "serve(app): " + e.Msg, At: e.At, Fields: stackField(e)})
			ch <- answer{err: e}
		})
		r.call(r.js.serveFetch, req, r.vm.ToValue(mount), ok, bad)
		if r.crash != nil && len(ch) == 0 {
			ch <- answer{err: r.errorFrom(r.crash)}
		}
	})
	if !posted {
		http.Error(w, "reloading", http.StatusServiceUnavailable)
		return
	}
	select {
	case a := <-ch:
		if a.err != nil {
			http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			return
		}
		send(w, q, a.res)
	case <-q.Context().Done():
	case <-r.done:
		http.Error(w, "reloading", http.StatusServiceUnavailable)
	}
}

// send writes an app's response, chunk by chunk if it streams.
func send(w http.ResponseWriter, q *http.Request, res *web.Response) {
	h := w.Header()
	for k, vs := range res.Header {
		h[k] = append(h[k], vs...)
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = nil // none, instead of a guess
	}
	w.WriteHeader(res.Status)
	if res.Reader == nil {
		_, _ = w.Write(res.Body)
		return
	}
	stop := context.AfterFunc(q.Context(), func() { _ = res.Reader.Close() })
	defer stop()
	defer func() { _ = res.Reader.Close() }()
	out, buf := http.NewResponseController(w), make([]byte, 32<<10)
	for {
		n, err := res.Reader.Read(buf)
		if n > 0 {
			if _, werr := w.Write(buf[:n]); werr != nil {
				return
			}
			_ = out.Flush()
		}
		if err == io.EOF {
			return
		} else if err != nil {
			panic(http.ErrAbortHandler) // the client must see that it is not whole
		}
	}
}

func bodyOf(q *http.Request) io.ReadCloser {
	if q.Body == nil || q.Body == http.NoBody {
		return nil
	}
	return q.Body
}

func urlOf(q *http.Request) string {
	scheme := "http"
	if q.TLS != nil {
		scheme = "https"
	}
	host := q.Host
	if host == "" {
		host = "localhost"
	}
	return scheme + "://" + host + q.URL.RequestURI()
}
