package web

import (
	"container/heap"
	"context"
	"math"
	"sync"
	"time"

	"github.com/dop251/goja"
)

// maxDelay is the longest delay of a timer; longer ones become 1 ms, as in Node.
const maxDelay = math.MaxInt32

// longTimer is the delay from which a timer also watches whether its actor was stopped.
const longTimer = time.Second

// timers are the armed timers of a runtime. The heap has a lock since it is
// drained by whichever goroutine a timer fires on: one that is due takes all
// earlier ones with it, so that callbacks run in the order of their times.
type timers struct {
	mu    sync.Mutex
	armed timerHeap
	seq   uint64
	byID  map[int64]*timer // isolate's goroutine only
	last  int64
	proto *goja.Object
}

// timer is one setTimeout, setInterval or setImmediate.
type timer struct {
	id     int64
	at     time.Time
	seq    uint64
	index  int // in the heap, -1 if not armed
	delay  time.Duration
	repeat bool
	unref  bool
	dead   bool
	fn     goja.Callable
	args   []goja.Value
	this   *goja.Object
	task   Task
	store  any
	stop   func() bool
	unhook func() bool
}

// symTimer is where a Timeout object keeps its id.
var symTimer = goja.NewSymbol("timer")

func (p *platform) installTimers() {
	p.timers.byID = map[int64]*timer{}
	p.setGlobal("setTimeout", p.fn("setTimeout", func(c goja.FunctionCall) goja.Value { return p.addTimer(c, false) }))
	p.setGlobal("setInterval", p.fn("setInterval", func(c goja.FunctionCall) goja.Value { return p.addTimer(c, true) }))
	p.setGlobal("setImmediate", p.fn("setImmediate", p.setImmediate))
	for _, name := range []string{"clearTimeout", "clearInterval", "clearImmediate"} {
		p.setGlobal(name, p.fn(name, p.clearTimer))
	}
	p.setGlobal("queueMicrotask", p.fn("queueMicrotask", p.queueMicrotask))
}

// clampDelay makes a delay of what JavaScript gave.
func clampDelay(v goja.Value) time.Duration {
	ms := v.ToFloat()
	if !(ms >= 1 && ms <= maxDelay) { // NaN too
		ms = 1
	}
	return time.Duration(ms) * time.Millisecond
}

func (p *platform) newTimer(call goja.FunctionCall, what string, skip int) *timer {
	fn, ok := goja.AssertFunction(call.Argument(0))
	if !ok {
		p.throwType("%s: the callback must be a function", what)
	}
	t := &timer{fn: fn, index: -1, task: p.h.Task(TimerTask), store: p.store.AsyncStore()}
	if len(call.Arguments) > skip {
		t.args = append([]goja.Value(nil), call.Arguments[skip:]...)
	}
	p.timers.last++
	t.id = p.timers.last
	p.timers.byID[t.id] = t
	t.this = p.vm.CreateObject(p.timerProto())
	must(t.this.DefineDataPropertySymbol(symTimer, p.vm.ToValue(t.id), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE))
	return t
}

func (p *platform) addTimer(call goja.FunctionCall, repeat bool) goja.Value {
	t := p.newTimer(call, "setTimeout", 2)
	t.delay, t.repeat = clampDelay(call.Argument(1)), repeat
	if t.delay >= longTimer {
		t.unhook = context.AfterFunc(t.task.Context(), func() { p.disarm(t) })
	}
	p.arm(t)
	return t.this
}

func (p *platform) setImmediate(call goja.FunctionCall) goja.Value {
	t := p.newTimer(call, "setImmediate", 1)
	p.enter(t.task, func() { p.fire(t) })
	return t.this
}

// arm puts t into the heap and asks the host for its time.
func (p *platform) arm(t *timer) {
	ts := &p.timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	ts.seq++
	t.seq, t.at = ts.seq, p.h.Now().Add(t.delay)
	heap.Push(&ts.armed, t)
	t.stop = p.h.AfterFunc(t.delay, func() { p.due(t) })
}

// disarm takes t out of the heap; from any goroutine.
func (p *platform) disarm(t *timer) {
	ts := &p.timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if t.index >= 0 {
		heap.Remove(&ts.armed, t.index)
	}
	if t.stop != nil {
		t.stop()
	}
}

// due hands over t and all earlier timers; from any goroutine.
func (p *platform) due(t *timer) {
	ts := &p.timers
	ts.mu.Lock()
	defer ts.mu.Unlock()
	for t.index >= 0 {
		next := heap.Pop(&ts.armed).(*timer)
		p.enter(next.task, func() { p.fire(next) })
	}
}

// fire runs t's callback, as a turn of its actor.
func (p *platform) fire(t *timer) {
	if t.dead {
		return
	}
	if !t.repeat {
		p.endTimer(t)
	}
	p.store.with(t.store, func() {
		if _, err := t.fn(t.this, t.args...); err != nil {
			p.h.ReportUnhandled(err)
		}
	})
	if t.repeat && !t.dead {
		p.arm(t)
	}
}

// endTimer forgets t: it was cleared, or ran.
func (p *platform) endTimer(t *timer) {
	if t.dead {
		return
	}
	t.dead = true
	delete(p.timers.byID, t.id)
	p.disarm(t)
	if t.unhook != nil {
		t.unhook()
	}
	t.task.Done()
}

func (p *platform) clearTimer(call goja.FunctionCall) goja.Value {
	if t := p.timerOf(call.Argument(0)); t != nil {
		p.endTimer(t)
	}
	return goja.Undefined()
}

// timerOf finds a timer by its object, its id or the id as a string.
func (p *platform) timerOf(v goja.Value) *timer {
	if o, ok := v.(*goja.Object); ok {
		if v = o.GetSymbol(symTimer); v == nil {
			return nil
		}
	} else if goja.IsUndefined(v) || goja.IsNull(v) {
		return nil
	} else if _, ok := v.(*goja.Symbol); ok {
		return nil
	}
	return p.timers.byID[v.ToInteger()]
}

// timerProto is the prototype of Timeout objects.
func (p *platform) timerProto() *goja.Object {
	if p.timers.proto != nil {
		return p.timers.proto
	}
	self := func(f func(*timer)) func(goja.FunctionCall) goja.Value {
		return func(c goja.FunctionCall) goja.Value {
			if t := p.timerOf(c.This); t != nil {
				f(t)
			}
			return c.This
		}
	}
	proto := p.object(map[string]func(goja.FunctionCall) goja.Value{
		"ref":   self(func(t *timer) { p.reref(t, false) }),
		"unref": self(func(t *timer) { p.reref(t, true) }),
		"close": self(p.endTimer),
		"refresh": self(func(t *timer) {
			p.disarm(t)
			p.arm(t)
		}),
		"hasRef": func(c goja.FunctionCall) goja.Value {
			t := p.timerOf(c.This)
			return p.vm.ToValue(t != nil && !t.unref)
		},
	})
	id := func(c goja.FunctionCall) goja.Value { return c.This.ToObject(p.vm).GetSymbol(symTimer) }
	must(proto.SetSymbol(goja.SymToPrimitive, p.fn("[Symbol.toPrimitive]", id)))
	must(proto.DefineDataPropertySymbol(goja.SymToStringTag, p.vm.ToValue("Timeout"), goja.FLAG_FALSE, goja.FLAG_TRUE, goja.FLAG_FALSE))
	if d, ok := p.global.Get("Symbol").ToObject(p.vm).Get("dispose").(*goja.Symbol); ok {
		must(proto.SetSymbol(d, p.fn("[Symbol.dispose]", func(c goja.FunctionCall) goja.Value {
			if t := p.timerOf(c.This); t != nil {
				p.endTimer(t)
			}
			return goja.Undefined()
		})))
	}
	p.timers.proto = proto
	return proto
}

// reref changes whether t keeps its actor awake.
func (p *platform) reref(t *timer, unref bool) {
	if t.dead || t.unref == unref {
		return
	}
	p.timers.mu.Lock()
	defer p.timers.mu.Unlock()
	kind := TimerTask
	if unref {
		kind = UnrefTask
	}
	old := t.task
	t.unref, t.task = unref, p.h.Task(kind)
	old.Done()
}

// queueMicrotask runs a callback as a promise job, so that it keeps its actor;
// what it throws is reported, not lost in a promise.
func (p *platform) queueMicrotask(call goja.FunctionCall) goja.Value {
	fn, ok := goja.AssertFunction(call.Argument(0))
	if !ok {
		p.throwType("queueMicrotask: the callback must be a function")
	}
	p.microtask(func() {
		if _, err := fn(goja.Undefined()); err != nil {
			p.h.ReportUnhandled(err)
		}
	})
	return goja.Undefined()
}

// microtask runs f as a promise job with the current async store.
func (p *platform) microtask(f func()) {
	store := p.store.AsyncStore()
	promise, resolve, _ := p.vm.NewPromise()
	o := p.vm.ToValue(promise).ToObject(p.vm)
	then, ok := goja.AssertFunction(o.Get("then"))
	if !ok {
		p.throwType("Promise.prototype.then is not a function")
	}
	job := p.vm.ToValue(func(goja.FunctionCall) goja.Value {
		p.store.with(store, f)
		return goja.Undefined()
	})
	// Called by a script: from a job of Go's own, f would be an entry that runs
	// all further jobs within this one.
	js, err := p.scripted(goja.Undefined(), job)
	if err != nil {
		panic(err)
	}
	if _, err := then(o, js); err != nil {
		panic(err)
	}
	must(resolve(goja.Undefined()))
}

// timerHeap orders timers by time, then by age.
type timerHeap []*timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].seq < h[j].seq
}
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

// Push is heap.Interface's.
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}

// Pop is heap.Interface's.
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}
