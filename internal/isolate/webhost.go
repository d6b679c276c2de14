package isolate

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
	"github.com/rivetdev/rivet/internal/isolate/web"
	"github.com/rivetdev/rivet/internal/value"
)

// The isolate is the web platform's host.
var (
	_ web.Host        = (*isolate)(nil)
	_ web.AsyncStorer = (*isolate)(nil)
)

// Stack is web.Stacker's.
func (r *isolate) Stack(s string) string { return r.stack(s) }

// Runtime is web.Host's.
func (r *isolate) Runtime() *goja.Runtime { return r.vm }

// Now is web.Host's.
func (r *isolate) Now() time.Time { return r.now() }

// AfterFunc is web.Host's.
func (r *isolate) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	return r.v.rt.o.Clock.AfterFunc(d, f)
}

// HTTPClient is web.Host's.
func (r *isolate) HTTPClient() *http.Client { return r.v.rt.o.HTTPClient }

// Env is web.Host's.
func (r *isolate) Env() map[string]string { return *r.v.rt.env.Load() }

// AsyncStore is web.AsyncStorer's.
func (r *isolate) AsyncStore() any {
	if r.cur == nil {
		return nil
	}
	return r.cur.store
}

// SetAsyncStore is web.AsyncStorer's.
func (r *isolate) SetAsyncStore(v any) {
	next := &asyncContext{store: v}
	if r.cur != nil {
		next.inst, next.inv = r.cur.inst, r.cur.inv
	}
	r.stamp() // not become: it may linger
	r.cur = next
}

// Log is web.Host's: a line of console.*.
func (r *isolate) Log(level actor.LogLevel, msg string, fields []actor.LogField) {
	if r.muted() {
		return
	}
	r.logFor(r.cur, actor.Log{Level: level, Msg: r.placed(msg), Fields: fields, At: r.position()})
}

// muted reports whether top-level code of an actor isolate runs: the server
// isolate has said it all already.
func (r *isolate) muted() bool { return !r.server && (r.cur == nil || r.cur.inst == nil) }

// ReportUnhandled is web.Host's.
func (r *isolate) ReportUnhandled(err error) {
	if err == nil || r.uncatchable(err) {
		return
	}
	e := r.errorFrom(err)
	r.logFor(r.cur, actor.Log{Level: actor.LogError, Msg: "uncaught exception: " + e.Msg, At: e.At, Fields: stackField(e)})
}

// Permit is web.Host's.
func (r *isolate) Permit(f func(err error)) {
	ctx := r.cur
	if ctx == nil || ctx.inst == nil {
		r.post(ctx, func() { f(nil) })
		return
	}
	i := ctx.inst
	if i.over.Load() {
		return
	}
	r.touch(i)
	i.permit(f)
}

// permit asks the engine to say when all so far is durable.
func (i *instance) permit(f func(err error)) {
	token := i.await(func(_ value.Value, err error) { f(err) })
	i.effect(actor.Permit{Token: token})
}

// hostTask is web.Task.
type hostTask struct {
	r    *isolate
	ctx  *asyncContext
	kind web.TaskKind
	done atomic.Bool
}

// Task is web.Host's.
func (r *isolate) Task(kind web.TaskKind) web.Task {
	t := &hostTask{r: r, ctx: r.cur, kind: kind}
	if i := t.inst(); i != nil && !i.over.Load() {
		r.touch(i)
		i.count(kind, 1)
	}
	return t
}

func (t *hostTask) inst() *instance {
	if t.ctx == nil {
		return nil
	}
	return t.ctx.inst
}

// Run is web.Task's.
func (t *hostTask) Run(f func()) { t.r.post(t.ctx, f) }

// Done is web.Task's. What it changes is told in the actor's next turn, which
// is queued behind those of Run.
func (t *hostTask) Done() {
	if !t.done.CompareAndSwap(false, true) {
		return
	}
	i := t.inst()
	if i == nil || t.kind == web.UnrefTask {
		return
	}
	i.count(t.kind, -1)
	if i.recount.CompareAndSwap(false, true) {
		t.r.post(i.base, func() { i.recount.Store(false) })
	}
}

// Context is web.Task's.
func (t *hostTask) Context() context.Context {
	if i := t.inst(); i != nil {
		return i.ctx
	}
	return t.r.v.ctx
}

// tasks counts the host's work for an actor; from any goroutine.
type tasks struct{ timers, fetches, sockets atomic.Int32 }

// count accounts for what keeps the actor awake.
func (i *instance) count(kind web.TaskKind, by int32) {
	switch kind {
	case web.TimerTask:
		i.tasks.timers.Add(by)
	case web.FetchTask:
		i.tasks.fetches.Add(by)
	case web.SocketTask:
		i.tasks.sockets.Add(by)
	}
}

// workNow is what keeps the actor awake.
func (i *instance) workNow() actor.Work {
	w := i.work
	w.Timers += int(i.tasks.timers.Load())
	w.Background += int(i.tasks.fetches.Load())
	w.Sockets += int(i.tasks.sockets.Load())
	return w
}
