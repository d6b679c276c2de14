package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dop251/goja"

	"github.com/rivetdev/rivet/internal/actor"
)

// fakeHost is an isolate of one actor: a runtime and its loop.
type fakeHost struct {
	t       testing.TB
	vm      *goja.Runtime
	ctx     context.Context
	cancel  context.CancelFunc
	client  *http.Client
	mu      sync.Mutex
	wake    *sync.Cond
	queue   []func()
	tasks   map[*fakeTask]bool
	logs    []string
	reports []string
	permits int
	hold    bool // Permit waits in held
	held    []func(error)
	store   any
}

func newHost(t testing.TB) *fakeHost {
	h := &fakeHost{t: t, vm: goja.New(), client: &http.Client{Transport: &http.Transport{}}, tasks: map[*fakeTask]bool{}}
	h.wake = sync.NewCond(&h.mu)
	h.ctx, h.cancel = context.WithCancel(context.Background())
	h.vm.SetAsyncContextTracker((*fakeTracker)(h))
	if err := Install(h); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.cancel()
		h.client.CloseIdleConnections()
	})
	return h
}

func (h *fakeHost) Runtime() *goja.Runtime { return h.vm }
func (h *fakeHost) Now() time.Time         { return time.Now() }
func (h *fakeHost) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d, f).Stop
}
func (h *fakeHost) HTTPClient() *http.Client { return h.client }
func (h *fakeHost) Env() map[string]string   { return map[string]string{"NODE_ENV": "test"} }
func (h *fakeHost) ReportUnhandled(err error) {
	h.reports = append(h.reports, err.Error())
}
func (h *fakeHost) Log(level actor.LogLevel, msg string, _ []actor.LogField) {
	h.logs = append(h.logs, fmt.Sprintf("%d %s", level, msg))
}
func (h *fakeHost) Permit(f func(error)) {
	h.permits++
	if h.hold {
		h.held = append(h.held, f)
		return
	}
	h.enqueue(func() { f(nil) })
}
func (h *fakeHost) AsyncStore() any     { return h.store }
func (h *fakeHost) SetAsyncStore(v any) { h.store = v }

type fakeTracker fakeHost

func (h *fakeTracker) Grab() any     { return h.store }
func (h *fakeTracker) Resumed(v any) { h.store = v }
func (h *fakeTracker) Exited()       { h.store = nil }

func (h *fakeHost) enqueue(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.queue = append(h.queue, f)
	h.wake.Broadcast()
}

func (h *fakeHost) Task(kind TaskKind) Task {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := &fakeTask{h: h}
	if kind != UnrefTask {
		h.tasks[t] = true
	}
	return t
}

type fakeTask struct{ h *fakeHost }

func (t *fakeTask) Run(f func())             { t.h.enqueue(f) }
func (t *fakeTask) Context() context.Context { return t.h.ctx }
func (t *fakeTask) Done() {
	t.h.mu.Lock()
	defer t.h.mu.Unlock()
	delete(t.h.tasks, t)
	t.h.wake.Broadcast()
}

// loop runs jobs until until says so, or nothing is left that keeps it awake.
func (h *fakeHost) loop(until func() bool) {
	for !until() {
		h.mu.Lock()
		for len(h.queue) == 0 && len(h.tasks) > 0 {
			h.wake.Wait()
		}
		if len(h.queue) == 0 {
			h.mu.Unlock()
			return
		}
		f := h.queue[0]
		h.queue = h.queue[1:]
		h.mu.Unlock()
		f()
		h.store = nil
	}
}

// eval runs the body of an async function and returns what it returned, as a string;
// an exception is "throws: …".
func (h *fakeHost) eval(js string) string {
	h.t.Helper()
	v, err := h.vm.RunString("(async () => {" + js + "\n})()")
	if err != nil {
		return "throws: " + err.Error()
	}
	pr := v.Export().(*goja.Promise)
	h.loop(func() bool { return pr.State() != goja.PromiseStatePending })
	switch pr.State() {
	case goja.PromiseStateFulfilled:
		return pr.Result().String()
	case goja.PromiseStateRejected:
		return "throws: " + pr.Result().String()
	}
	return "pending"
}

// run runs all that keeps the actor awake.
func (h *fakeHost) run() { h.loop(func() bool { return false }) }

// cases runs each body in a runtime of its own.
type cases map[string]struct{ js, want string }

func (c cases) run(t *testing.T) {
	t.Helper()
	for name, tt := range c {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			if got := h.eval(tt.js); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", strings.TrimSpace(tt.js), got, tt.want)
			}
			for _, r := range h.reports {
				t.Errorf("reported: %s", r)
			}
		})
	}
}
