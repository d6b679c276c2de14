package isolate

import (
	"context"
	"strings"
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
	// Fetch and Socket are server.Actors'.
	Fetch(ctx context.Context, q actor.Query, c actor.Caller, body actor.BodyReader, respond func(status int, header map[string][]string) actor.BodyWriter) error
	Socket(ctx context.Context, q actor.Query, c actor.Caller, s actor.RawSocket) error
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
	request := func(goja.FunctionCall) goja.Value { return r.request(q.Request) }
	v, err := r.js.authorize(goja.Undefined(), vm.ToValue(q.Name), vm.ToValue(request), intentNames(vm, q.Intents), r.value(q.Params))
	if err != nil {
		finish(nil, r.refusal(q.Name, err))
		r.noteErr(err)
		return
	}
	p, pending := v.Export().(*goja.Promise)
	if !pending {
		out, err := jsvalue.ToValue(vm, v, jsvalue.Options{})
		finish(out, err)
		return
	}
	then, _ := goja.AssertFunction(v.(*goja.Object).Get("then"))
	settled := func(goja.FunctionCall) goja.Value {
		if p.State() == goja.PromiseStateRejected {
			e := r.errorOf(p.Result())
			r.logRefusal(q.Name, e)
			finish(nil, e)
			return goja.Undefined()
		}
		finish(jsvalue.ToValue(vm, p.Result(), jsvalue.Options{}))
		return goja.Undefined()
	}
	if _, err := then(v, vm.ToValue(settled), vm.ToValue(settled)); err != nil {
		r.noteErr(err)
		finish(nil, r.errorFrom(err))
	}
}

// refusal is what onAuth threw.
func (r *isolate) refusal(name string, err error) error {
	e := r.errorFrom(err)
	r.logRefusal(name, e)
	return e
}

func (r *isolate) logRefusal(name string, e *errs.Error) {
	if !e.Public {
		r.logFor(nil, actor.Log{Level: actor.LogError, Msg: "onAuth of " + name + ": " + e.Msg, At: e.At, Fields: stackField(e)})
		e.Logged = true
	}
}

// intentNames are intents separated by blanks.
func intentNames(vm *goja.Runtime, intents []actor.Intent) goja.Value {
	var b strings.Builder
	for n, in := range intents {
		if n > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(in))
	}
	return vm.ToValue(b.String())
}

// AllowOrigin asks the entry's cors.origin function; see server.Gateway.
func (v *Version) AllowOrigin(ctx context.Context, origin string, q *actor.Request) (allow string, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r := v.server
	said := make(chan goja.Value, 1)
	err := r.do(ctx, func() {
		request := func(goja.FunctionCall) goja.Value { return r.request(q) }
		done, refused := r.callbacks(func(v goja.Value) { said <- v }, func(e *errs.Error) {
			r.logFor(nil, actor.Log{Level: actor.LogError, Msg: "cors.origin: " + e.Msg, At: e.At, Fields: stackField(e)})
			said <- goja.Undefined()
		})
		r.call(r.js.allowOrigin, r.vm.ToValue(origin), r.vm.ToValue(request), done, refused)
	})
	if err != nil {
		return "", false
	}
	select {
	case v := <-said:
		switch res := v.Export().(type) {
		case bool:
			return origin, res
		case string:
			return res, res != ""
		}
	case <-ctx.Done():
	case <-r.done:
	}
	return "", false
}
