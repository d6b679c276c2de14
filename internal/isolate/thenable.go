package isolate

import (
	"reflect"
	"unsafe"

	"github.com/dop251/goja"
)

// goja's AsyncContextTracker hears of reactions, but not of the job that calls
// the `then` of a thenable which a promise was resolved with (`await query`,
// `return query`): that ran as whoever had the queue emptied. thenables looks
// at what was queued whenever the running code changes, and makes such jobs
// run as the code that queued them.
//
// It reaches a private field by name, as repairer does. Should a release of
// goja rename it, jobs run as they did; the test of it says so.
type thenables struct {
	queue *[]func()
	code  []uintptr // of the closures that are such jobs
	seen  int       // so many of the queue were looked at
	last  func()    // the last of these
}

// newThenables finds the queue of an idle runtime and what such jobs look like.
func newThenables(vm *goja.Runtime) *thenables {
	t := &thenables{}
	f := reflect.ValueOf(vm).Elem().FieldByName("jobQueue")
	if !f.IsValid() || f.Type() != reflect.TypeFor[[]func()]() {
		return t
	}
	queue := (*[]func())(unsafe.Pointer(f.UnsafeAddr()))
	probe := vm.ToValue(func(goja.FunctionCall) goja.Value {
		if n := len(*queue); n > 0 {
			t.learn(codeOf((*queue)[n-1]))
		}
		return goja.Undefined()
	})
	v, err := vm.RunString(`(probe) => { const t = { then() {} }; new Promise((r) => r(t)); probe(); Promise.resolve(t); probe(); (async () => t)(); probe() }`)
	if err != nil {
		return t
	}
	if f, ok := goja.AssertFunction(v); ok {
		if _, err := f(goja.Undefined(), probe); err == nil && len(t.code) > 0 {
			t.queue = queue
		}
	}
	return t
}

func (t *thenables) learn(code uintptr) {
	if !t.is(code) {
		t.code = append(t.code, code)
	}
}

func (t *thenables) is(code uintptr) bool {
	for _, c := range t.code {
		if c == code {
			return true
		}
	}
	return false
}

// codeOf is where a function's code is, the same for all closures of one literal.
func codeOf(f func()) uintptr { return **(**uintptr)(unsafe.Pointer(&f)) }

// closure tells apart two closures of one literal.
func closure(f func()) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&f)) }

// stamp makes the thenables' jobs that were queued since it last looked run as
// the code that has run since.
func (r *isolate) stamp() {
	t := r.thenables
	if t == nil || t.queue == nil {
		return
	}
	q := *t.queue
	if t.seen > len(q) || t.seen > 0 && closure(q[t.seen-1]) != closure(t.last) {
		t.seen = 0 // it was emptied
	}
	if t.seen == len(q) {
		return
	}
	for i := t.seen; i < len(q); i++ {
		if t.is(codeOf(q[i])) {
			q[i] = r.runAs(r.cur, q[i])
		}
	}
	t.seen, t.last = len(q), q[len(q)-1]
}

func (r *isolate) runAs(ctx *asyncContext, job func()) func() {
	return func() {
		r.tracker.Resumed(ctx)
		job()
		r.tracker.Exited()
	}
}

// become changes whose code runs.
func (r *isolate) become(ctx *asyncContext) {
	r.stamp()
	r.cur, r.tracker.lingers = ctx, false
}
