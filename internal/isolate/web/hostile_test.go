package web

import (
	"strings"
	"testing"

	"github.com/dop251/goja"
)

func TestHostileInput(t *testing.T) {
	cases{
		"detached buffers":      {`const b = new Uint8Array([1, 2, 3]); structuredClone(b.buffer, { transfer: [b.buffer] }); try { new TextDecoder().decode(b) } catch (e) { return [e.name, b.length, btoa(String.fromCharCode(...new TextEncoder().encode("x")))].join() }`, "TypeError,0,eA=="},
		"fake views":            {`const o = []; for (const v of [{ buffer: new ArrayBuffer(2), byteOffset: 9, byteLength: 9 }, [1, 2], "x", null, 5, Symbol("x"), new Proxy({}, {}), () => {}]) try { await crypto.subtle.digest("SHA-1", v); o.push("ok") } catch (e) { o.push(e.name) } return [...new Set(o)].join()`, "TypeError"},
		"replaced Uint8Array":   {`globalThis.Uint8Array = class { constructor() { throw new Error("mine") } }; return new TextEncoder().encode("ab").length`, "2"},
		"symbols as arguments":  {`const o = []; for (const f of [() => atob(Symbol()), () => new URL(Symbol()), () => setTimeout(() => {}, Symbol()), () => new Headers([[Symbol(), "x"]]), () => clearTimeout(Symbol()), () => console.log(Symbol("s")), () => new Blob([Symbol()]), () => new Uint8Array(Symbol()), () => "x".repeat(Symbol()), () => "x".padEnd(Symbol())]) try { f(); o.push("ok") } catch (e) { o.push(e.name) } return o.join()`, "TypeError,TypeError,TypeError,TypeError,ok,ok,TypeError,TypeError,TypeError,TypeError"},
		"throwing conversions":  {`const bad = { toString() { throw new RangeError("no") }, valueOf() { throw new RangeError("no") } }; const o = []; for (const f of [() => atob(bad), () => btoa(bad), () => new URL(bad), () => setTimeout(() => {}, bad), () => new Headers({ a: bad }), () => new TextDecoder(bad), () => "x".repeat(bad), () => new ArrayBuffer(bad), () => process.hrtime([bad])]) try { f(); o.push("ok") } catch (e) { o.push(e.name) } return [...new Set(o)].join()`, "RangeError"},
		"deep and wide console": {`let a = {}; for (let i = 0; i < 5000; i++) a = { a, b: [a] }; console.log(a); const w = {}; for (let i = 0; i < 20000; i++) w["k" + i] = { i }; console.log(w); console.log(new Array(1e9)); console.dir(a, { depth: 200 }); return "ok"`, "ok"},
		"long URLs":             {`return URL.canParse("http://a/" + "x".repeat(5 << 20))`, "false"},
		"own brands":            {`const o = []; for (const f of [() => Headers.prototype.get.call({}, "a"), () => AbortSignal.prototype.throwIfAborted.call({}), () => URL.prototype.toString.call({}), () => Blob.prototype.slice.call({}), () => EventTarget.prototype.addEventListener.call({}, "x", () => {})]) try { f(); o.push("ok") } catch (e) { o.push(e.name) } return [...new Set(o)].join()`, "TypeError"},
	}.run(t)
}

func TestInterruptIsAnErrorNotAPanic(t *testing.T) {
	h := newHost(t)
	h.eval(`globalThis.res = new Response(new ReadableStream({ pull() { for (;;); } }, { highWaterMark: 0 }))`)
	h.vm.Interrupt("stop")
	if _, _, err := ReadResponse(h, h.vm.Get("res")); err == nil || !strings.Contains(err.Error(), "stop") {
		t.Errorf("got %v", err)
	}
	h.vm.ClearInterrupt()
	if err := Install(h); err == nil {
		t.Log("a second Install is harmless")
	}
}

func TestExceptionInTaskIsReported(t *testing.T) {
	h := newHost(t)
	p := platformFor(t, h)
	p.enter(h.Task(UnrefTask), func() { panic(h.vm.ToValue("thrown")) })
	p.enter(h.Task(UnrefTask), func() { panic(&goja.InterruptedError{}) })
	h.loop(func() bool { return len(h.reports) == 2 })
	if len(h.reports) != 2 {
		t.Errorf("reports: %v", h.reports)
	}
}
