package isolate

import (
	"context"
	"io"
	"net/http"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/web"
	"github.com/rivetdev/rivet/internal/value"
)

// callbacks are two functions for the TypeScript half, of which one is called once.
func (r *isolate) callbacks(done func(v goja.Value), refused func(e *errs.Error)) (ok, bad goja.Value) {
	called := false
	once := func(f func(goja.Value)) goja.Value {
		return r.vm.ToValue(func(c goja.FunctionCall) goja.Value {
			if !called {
				called = true
				f(c.Argument(0))
			}
			return goja.Undefined()
		})
	}
	return once(done), once(func(v goja.Value) { refused(r.errorOf(v)) })
}

// fetch is a raw HTTP request.
func (i *instance) fetch(j actor.FetchJob) {
	r := i.iso
	if !i.def.HasOnFetch {
		i.effect(actor.Reply{Call: j.Call, Err: &errs.Error{Code: errs.FetchNotDefined, Public: true, Status: 404,
			Msg: "Raw HTTP handler not defined. Actor must implement `onFetch` to handle raw HTTP requests."}})
		return
	}
	init := web.RequestInit{Method: j.Request.Method, URL: absolute(j.Request.URL), Header: http.Header(j.Request.Header), Context: i.ctx}
	if j.Body != nil {
		init.Reader = j.Body
	}
	req, err := web.NewRequest(r, init)
	if err != nil {
		r.uncatchable(err)
		i.effect(actor.Reply{Call: j.Call, Err: errs.New(errs.InvalidRequest, "Invalid request: %v", err)})
		return
	}
	i.work.Actions++
	fail := func(e *errs.Error) {
		i.work.Actions--
		if !e.Public {
			i.log(actor.Log{Level: actor.LogError, Msg: "onFetch: " + e.Msg, At: e.At, Fields: stackField(e)})
			e.Logged = true
		}
		i.effect(actor.Reply{Call: j.Call, Err: e})
	}
	ok, bad := r.callbacks(func(v goja.Value) {
		res, err := r.response(v)
		if err != nil {
			fail(err)
			return
		}
		i.work.Actions--
		i.respond(j, res)
	}, fail)
	r.call(r.js.fetch, i.js, req, r.value(j.Auth), ok, bad)
}

// response reads what a handler returned.
func (r *isolate) response(v goja.Value) (*web.Response, *errs.Error) {
	res, ok, err := web.ReadResponse(r, v)
	if err != nil {
		r.uncatchable(err)
		return nil, errs.As(errs.Wrap(errs.Internal, err, "the response can't be sent"))
	}
	if !ok {
		return nil, &errs.Error{Code: errs.InvalidFetchResponse, Public: true, Status: 500,
			Msg: "Actor's onFetch handler must return a Response object. Returning undefined is not allowed."}
	}
	return res, nil
}

// respond sends a response once what it tells of is durable.
func (i *instance) respond(j actor.FetchJob, res *web.Response) {
	i.count(web.SocketTask, 1)
	done := func(err error) {
		i.iso.post(i.base, func() {
			i.count(web.SocketTask, -1)
			i.effect(actor.Reply{Call: j.Call, Output: value.Undefined{}, Err: err})
		})
	}
	i.permit(func(err error) {
		if err != nil {
			if res.Reader != nil {
				_ = res.Reader.Close()
			}
			done(err)
			return
		}
		i.v.bg.Go(func() { done(i.write(j, res)) })
	})
}

// write writes a response to the network; in a goroutine of its own.
func (i *instance) write(j actor.FetchJob, res *web.Response) error {
	w := j.Respond(res.Status, res.Header)
	var err error
	if res.Reader != nil {
		stop := context.AfterFunc(i.ctx, func() { _ = res.Reader.Close() })
		_, err = io.Copy(w, res.Reader)
		stop()
		_ = res.Reader.Close()
	} else if len(res.Body) > 0 {
		_, err = w.Write(res.Body)
	}
	if closed := w.CloseWithError(err); err == nil {
		err = closed
	}
	return err
}

// absolute is a URL as onFetch sees it.
func absolute(url string) string {
	if url == "" || url[0] == '/' {
		return "http://actor" + url
	}
	return url
}
