package isolate

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"strconv"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/web"
)

// door(request, path) hands a Request to the registry, as if it had come over
// the network for that path below /registry; it is a promise of the Response.
func (r *isolate) door(c goja.FunctionCall) goja.Value {
	p, resolve, reject := r.vm.NewPromise()
	if !r.server && r.cur != nil && r.cur.inst != nil {
		r.throw(errs.New(errs.Unsupported, "Unsupported feature: handler() in an actor; use c.client()"))
	}
	if !r.server || r.v.rt.o.Door == nil {
		return r.vm.ToValue(p)
	}
	task := r.Task(web.FetchTask)
	ctx, cancel := context.WithCancel(task.Context())
	req, body := r.sent(c.Argument(0))
	q, err := doorRequest(ctx, req, body, text(c.Argument(1)))
	if err != nil {
		cancel()
		task.Done()
		r.throw(errs.New(errs.InvalidRequest, "Invalid request: %v", err))
	}
	pipe := newBodyPipe()
	pipe.onClose = cancel // who reads it has gone
	w := &doorWriter{header: http.Header{}, pipe: pipe}
	w.begin = func(status int, header http.Header) {
		task.Run(func() {
			v, err := web.NewResponse(r, web.Response{Status: status, Header: header, Reader: pipe})
			if err != nil {
				r.noteErr(reject(r.throwable(errs.Wrap(errs.Internal, err, "read the response"))))
			} else {
				r.noteErr(resolve(v))
			}
			task.Done()
		})
	}
	r.outward(func() {
		defer cancel()
		_ = pipe.CloseWithError(w.serve(r.v.rt.o.Door, q))
	})
	return r.vm.ToValue(p)
}

func doorRequest(ctx context.Context, req *actor.Request, body actor.BodyReader, path string) (*http.Request, error) {
	q, err := http.NewRequestWithContext(ctx, req.Method, req.URL, nil)
	if err != nil {
		return nil, err
	}
	at, err := q.URL.Parse("/registry" + path)
	if err != nil {
		return nil, err
	}
	q.URL.Path, q.URL.RawPath = at.Path, at.RawPath
	q.Header = req.Header
	if h := q.Header.Get("Host"); h != "" {
		q.Host = h
	}
	if q.URL.Scheme == "https" {
		q.TLS = &tls.ConnectionState{}
	}
	q.URL.Scheme, q.URL.Host = "", "" // as a server reads it
	q.RequestURI = q.URL.RequestURI()
	if body == nil {
		q.Body = http.NoBody
		return q, nil
	}
	q.Body, q.ContentLength = body, -1
	if n, err := strconv.ParseInt(q.Header.Get("Content-Length"), 10, 64); err == nil {
		q.ContentLength = n
	}
	return q, nil
}

// doorWriter is the http.ResponseWriter of a request that never left the process.
type doorWriter struct {
	header http.Header
	pipe   *bodyPipe
	begin  func(status int, header http.Header)
	wrote  bool
}

var errNoAnswer = errors.New("the response broke off")

// serve has h answer; a response that breaks off is an error.
func (w *doorWriter) serve(h http.Handler, q *http.Request) (err error) {
	defer func() {
		if p := recover(); p != nil { // the handler has logged what it is not for it to say
			err = errNoAnswer
			if !w.wrote {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}
	}()
	h.ServeHTTP(w, q)
	if !w.wrote {
		w.WriteHeader(http.StatusOK)
	}
	return nil
}

// Header is http.ResponseWriter's.
func (w *doorWriter) Header() http.Header { return w.header }

// WriteHeader begins the response.
func (w *doorWriter) WriteHeader(status int) {
	if !w.wrote && status >= http.StatusOK {
		w.wrote = true
		w.begin(status, w.header.Clone())
	}
}

// Write writes a part of the body.
func (w *doorWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.pipe.Write(p)
}

// Flush does nothing: what is written has left.
func (w *doorWriter) Flush() {}
