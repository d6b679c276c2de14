package web

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestTimers(t *testing.T) {
	cases{
		"run in the order of their times": {`const out = [];
			setTimeout((x) => out.push(x), 80, "c"); setTimeout(() => out.push("b"), 40); setTimeout(() => out.push("a"), 1);
			await new Promise((r) => setTimeout(r, 120)); return out.join("")`, "abc"},
		"equal times keep their order": {`const out = []; for (let i = 0; i < 50; i++) setTimeout(() => out.push(i), 1);
			await new Promise((r) => setTimeout(r, 2)); return out.every((x, i) => x === i) && out.length`, "50"},
		"cleared ones don't run": {`let n = 0; const t = setTimeout(() => n++, 1); clearTimeout(t); clearTimeout(+setTimeout(() => n++, 1)); clearTimeout(undefined); clearTimeout({}); clearTimeout("x");
			await new Promise((r) => setTimeout(r, 3)); return n`, "0"},
		"an interval repeats until cleared":     {`let n = 0; return await new Promise((r) => { const t = setInterval(() => { if (++n === 3) { clearInterval(t); r(n); } }, 1); })`, "3"},
		"an interval can clear itself and more": {`let n = 0; const t = setInterval(() => { n++; clearInterval(t); }, 1); await new Promise((r) => setTimeout(r, 5)); return n`, "1"},
		"objects": {`const t = setTimeout(() => {}, 1); const r = [t.hasRef(), t.unref() === t, t.hasRef(), t.ref().hasRef(), typeof +t, String(Object.prototype.toString.call(t))]; clearTimeout(t); return r.join()`,
			"true,true,false,true,number,[object Timeout]"},
		"callbacks must be functions":  {`try { setTimeout("x") } catch (e) { return e.name }`, "TypeError"},
		"microtasks before immediates": {`const out = []; setImmediate(() => out.push("i")); queueMicrotask(() => out.push("m")); process.nextTick((a) => out.push(a), "t"); await new Promise((r) => setTimeout(r, 2)); return out.join()`, "m,t,i"},
		"names":                        {`return setTimeout.name + queueMicrotask.name`, "setTimeoutqueueMicrotask"},
		"NaN, negative, huge are 1 ms": {`for (const d of [NaN, -5, Infinity, 2**40, "x", undefined]) await new Promise((r) => setTimeout(r, d)); return 1`, "1"},
	}.run(t)
}

func TestUncaughtInTimersIsReported(t *testing.T) {
	h := newHost(t)
	h.eval(`setTimeout(() => { throw new Error("in timer") }, 1); queueMicrotask(() => { throw new Error("in microtask") });
		new EventTarget().dispatchEvent(new Event("x")); const e = new EventTarget(); e.addEventListener("x", () => { throw new Error("in listener") }); e.dispatchEvent(new Event("x")); reportError(new Error("by hand"))`)
	h.run()
	all := strings.Join(h.reports, "\n")
	for _, want := range []string{"in timer", "in microtask", "in listener", "by hand"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q was not reported: %s", want, all)
		}
	}
	if len(h.tasks) > 0 || len(platformFor(t, h).timers.byID) > 0 {
		t.Errorf("%d tasks left", len(h.tasks))
	}
}

func platformFor(t *testing.T, h *fakeHost) *platform {
	t.Helper()
	p, err := platformOf(h.vm)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestStoppedActorDropsLongTimers(t *testing.T) {
	h := newHost(t)
	h.eval(`setTimeout(() => {}, 1e6)`)
	p := platformFor(t, h)
	h.cancel()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); runtime.Gosched() {
		p.timers.mu.Lock()
		n := len(p.timers.armed)
		p.timers.mu.Unlock()
		if n == 0 {
			return
		}
	}
	t.Error("still armed")
}
