package isolate

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/web"
)

// rawFetch is handle.fetch() of code in this process: a request that goes to an
// onFetch, and the promise of its response.
type rawFetch struct {
	r    *isolate
	task web.Task
	ef   actor.ClientFetch

	resolve, reject func(any) error
	settled         bool // isolate's goroutine only

	mu   sync.Mutex
	body *bodyPipe // of the response, once it was begun
}

// newFetch reads what a script sends: query, params, a Request.
func (r *isolate) newFetch(a []goja.Value) (goja.Value, *rawFetch) {
	p, resolve, reject := r.vm.NewPromise()
	f := &rawFetch{r: r, resolve: resolve, reject: reject}
	f.ef = actor.ClientFetch{Query: r.query(arg(a, 0)), Caller: r.caller(arg(a, 1)), Respond: f.respond, Done: f.done}
	f.ef.Caller.Request, f.ef.Body = r.sent(arg(a, 2))
	f.task = r.Task(web.FetchTask)
	f.ef.Context = f.task.Context()
	return r.vm.ToValue(p), f
}

// sent reads a Request that a script hands over; what is none is thrown.
func (r *isolate) sent(v goja.Value) (*actor.Request, actor.BodyReader) {
	req, ok, err := web.ReadRequest(r, v)
	if err != nil || !ok {
		r.uncatchable(err)
		r.throw(errs.New(errs.InvalidRequest, "Invalid request: this Request can't be sent: %v", err))
	}
	out := &actor.Request{Method: req.Method, URL: req.URL, Header: canonicalHeader(req.Header)}
	if req.Reader != nil {
		return out, req.Reader
	}
	if len(req.Body) > 0 {
		return out, io.NopCloser(bytes.NewReader(req.Body))
	}
	return out, nil
}

func canonicalHeader(h http.Header) http.Header {
	out := make(http.Header, len(h))
	for name, values := range h {
		name = http.CanonicalHeaderKey(name)
		out[name] = append(out[name], values...)
	}
	return out
}

// respond begins the response; from any goroutine.
func (f *rawFetch) respond(status int, header map[string][]string) actor.BodyWriter {
	pipe := newBodyPipe()
	f.mu.Lock()
	f.body = pipe
	f.mu.Unlock()
	stop := context.AfterFunc(f.ef.Context, func() { _ = pipe.CloseWithError(context.Canceled) })
	f.task.Run(func() {
		if f.settled {
			return
		}
		f.settled = true
		f.answer(web.Response{Status: status, StatusText: http.StatusText(status), Header: header, Reader: pipe})
		f.task.Done()
	})
	return &responseBody{pipe, stop}
}

// responseBody is a bodyPipe's end for who writes a response.
type responseBody struct {
	*bodyPipe
	stop func() bool
}

// CloseWithError ends the response.
func (b *responseBody) CloseWithError(err error) error {
	b.stop()
	return b.bodyPipe.CloseWithError(err)
}

func (f *rawFetch) answer(res web.Response) {
	v, err := web.NewResponse(f.r, res)
	if err != nil {
		f.r.noteErr(f.reject(f.r.throwable(errs.Wrap(errs.Internal, err, "read the response"))))
		return
	}
	f.r.noteErr(f.resolve(v))
}

// done is told when the response is whole or won't come; from any goroutine.
func (f *rawFetch) done(err error) {
	f.mu.Lock()
	body := f.body
	f.mu.Unlock()
	if body != nil {
		_ = body.CloseWithError(err) // after the writer's own Close it says nothing
	}
	if f.ef.Body != nil {
		_ = f.ef.Body.Close()
	}
	f.task.Run(func() {
		if f.settled {
			return
		}
		f.settled = true
		if err == nil {
			err = errs.New(errs.InvalidFetchResponse, "Actor's onFetch handler must return a Response object.")
		}
		f.r.noteErr(f.reject(f.r.throwable(err)))
		f.task.Done()
	})
}

// hostClientFetch(actor, query, params, request) is a promise of a Response.
func hostClientFetch(i *instance, a []goja.Value) goja.Value {
	p, f := i.iso.newFetch(a)
	if i.wouldWait(f.ef.Query) {
		f.done(errNotReady())
		return p
	}
	i.effect(f.ef)
	return p
}

// serverFetch(query, params, request) is the same for code outside actors.
func (r *isolate) serverFetch(c goja.FunctionCall) goja.Value {
	p, f := r.newFetch(c.Arguments)
	r.outward(func() {
		f.done(r.v.rt.o.Actors.Fetch(f.ef.Context, f.ef.Query, f.ef.Caller, f.ef.Body, f.respond))
	})
	return p
}
