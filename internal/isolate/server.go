package isolate

import (
	"context"
	"net/http"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/errs"
	"github.com/rivetdev/rivet/internal/isolate/jsvalue"
	"github.com/rivetdev/rivet/internal/value"
)

// Actors is how code of the server isolate reaches actors: the engine.
type Actors interface {
	Call(ctx context.Context, spec actor.CallSpec) (value.Value, error)
	Connect(ctx context.Context, spec actor.ConnectSpec, peer actor.Peer) (actor.Link, error)
	Resolve(ctx context.Context, q actor.Query) (actor.Ref, error)
}

// serverState is what the server isolate keeps; other isolates don't use it.
type serverState struct {
	pending int    // calls of top-level code that have not been answered
	waiting bool   // there was one before begin
	onWait  func() // told when a call goes out
}

// Authorize runs a type's onAuth; see server.Gateway.
func (v *Version) Authorize(ctx context.Context, q actor.AuthRequest) (value.Value, error) {
	d := v.registry.Actors[q.Name]
	switch {
	case d == nil:
		return nil, errs.New(errs.ActorNotFound, "Actor not found: %s (https://www.rivet.gg/docs/actors/clients/#actor-client)", q.Name)
	case !d.HasOnAuth:
		e := errs.New(errs.Forbidden, "Forbidden. Access denied. Actor %q has no onAuth: define `onAuth: () => {}` to open it to public clients. (https://www.rivet.gg/docs/actors/authentication/)", q.Name)
		e.Status = 403
		return nil, e
	}
	r := v.server
	var out value.Value
	var err error
	done := make(chan struct{})
	finish := func(o value.Value, e error) {
		out, err = o, e
		close(done)
	}
	if !r.post(nil, func() { r.authorize(q, finish) }) {
		return nil, errs.Wrap(errs.Internal, errClosed, "authorize")
	}
	select {
	case <-done:
		return out, err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.done:
		return nil, errs.Wrap(errs.Internal, errClosed, "authorize")
	}
}

// authorize asks onAuth; finish is called once.
func (r *isolate) authorize(q actor.AuthRequest, finish func(value.Value, error)) {
	vm := r.vm
	intents := make([]any, len(q.Intents))
	for n, in := range q.Intents {
		intents[n] = string(in)
	}
	var req goja.Value
	if ex := vm.Try(func() { req = r.request(q.Request) }); ex != nil {
		finish(nil, r.errorFrom(ex))
		return
	}
	called := false
	once := func(v value.Value, err error) {
		if !called {
			called = true
			finish(v, err)
		}
	}
	ok := vm.ToValue(func(c goja.FunctionCall) goja.Value {
		v, err := jsvalue.ToValue(vm, c.Argument(0), jsvalue.Options{})
		if err != nil {
			once(nil, r.errorFrom(err))
		} else {
			once(v, nil)
		}
		return goja.Undefined()
	})
	bad := vm.ToValue(func(c goja.FunctionCall) goja.Value {
		e := r.errorOf(c.Argument(0))
		if !e.Public {
			r.logFor(nil, actor.Log{Level: actor.LogError, Msg: "onAuth of " + q.Name + ": " + e.Msg, At: e.At, Fields: stackField(e)})
		}
		once(nil, e)
		return goja.Undefined()
	})
	r.call(r.js.authorize, vm.ToValue(q.Name), req, vm.NewArray(intents...), r.value(q.Params), ok, bad)
	if r.crash != nil {
		once(nil, r.errorFrom(r.crash))
	}
}

// AllowOrigin asks the entry's cors.origin function; see server.Gateway.
func (v *Version) AllowOrigin(ctx context.Context, origin string) (allow string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r := v.server
	err := r.do(ctx, func() {
		switch res := r.call(r.js.allowOrigin, r.vm.ToValue(origin)).Export().(type) {
		case bool:
			allow, ok = origin, res
		case string:
			allow, ok = res, res != ""
		}
	})
	if err != nil {
		return "", false
	}
	return allow, ok
}

// ServeHTTP answers by the app given to serve(app).
func (v *Version) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	v.serveHTTP(w, q)
}

func (v *Version) serveHTTP(w http.ResponseWriter, q *http.Request) {
	http.Error(w, "not found", http.StatusNotFound)
}
