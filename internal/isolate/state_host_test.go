package isolate_test

import (
	"strings"
	"testing"
)

// TestHostObjectsAreNoState: what is the platform's has all it is behind its
// members; it is refused where it is assigned, not stored as {}.
func TestHostObjectsAreNoState(t *testing.T) {
	t.Parallel()
	w := load(t, `import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
class Point { constructor(public x: number) {} norm() { return this.x } }
class Emitter extends EventTarget { n = 1 }
const hosts: Record<string, (c: any) => unknown> = {
  URL: () => new URL("http://a/b"), URLSearchParams: () => new URLSearchParams("a=1"), Headers: () => new Headers(), Request: () => new Request("http://a"), Response: () => new Response("a"),
  Blob: () => new Blob(["a"]), File: () => new File(["a"], "f"), FormData: () => new FormData(), AbortSignal: () => AbortSignal.timeout(1e6), AbortController: () => new AbortController(),
  Event: () => new Event("x"), EventTarget: () => new EventTarget(), ReadableStream: () => new Response("a").body, TextEncoder: () => new TextEncoder(), TextDecoder: () => new TextDecoder(), MessageChannel: () => new MessageChannel(),
  Emitter: () => new Emitter(), AsyncLocalStorage: () => new AsyncLocalStorage(), Hash: () => createHash("sha256"), Promise: () => Promise.resolve(), WeakMap: () => new WeakMap(), WeakRef: () => new WeakRef({}),
  Generator: () => (function* () {})(), "Array Iterator": () => [].values(), "Map Iterator": () => new Map().keys(), DateTimeFormat: () => new Intl.DateTimeFormat("en"), Context: (c) => c, Schedule: (c) => c.schedule,
  Crypto: () => crypto, Conns: (c) => c.conns, Conn: (c) => c.conn, "function": (c) => c.client().x.getOrCreate(["other"]).inc, handle: (c) => c.client().x.getOrCreate(["other"]), client: (c) => c.client(), process: () => process, console: () => console, globalThis: () => globalThis,
};
`+def(`{
  state: { list: [] as unknown[], n: 0 },
  actions: {
    names: () => Object.keys(hosts),
    put: (c, name: string) => { const v = hosts[name](c); try { c.state.list.push({ ok: 1 }, { v }) } catch (e: any) { return e.code + ": " + e.message } return "stored" },
    clone: (c, name: string) => { const v = hosts[name](c); try { structuredClone({ v }) } catch (e: any) { return e.name } return "cloned" },
    user: (c) => { c.state.list.push(new Point(1), new Point(2)); return JSON.stringify(c.state) },
    look: (c) => JSON.stringify(c.state),
  },
}`), nil)
	l := w.start("x")
	out, err := l.call("names")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range namesOf(out) {
		got := l.json("put", name)
		if !strings.HasPrefix(got, `"invalid_state_type: state.list[1].v`) {
			t.Errorf("%s: %s", name, got)
		}
		if got := l.json("clone", name); name != "Conns" && got != `"DataCloneError"` {
			t.Errorf("structuredClone of %s: %s", name, got)
		}
	}
	if got := l.json("look"); got != `"{\"list\":[],\"n\":0}"` {
		t.Errorf("the state is %s", got)
	}
	if got := l.json("user"); got != `"{\"list\":[{\"x\":1},{\"x\":2}],\"n\":0}"` {
		t.Errorf("instances of the user's class: %s", got)
	}
	if logs := strings.Join(l.lines(), "\n"); strings.Count(logs, "an instance of class Point") != 1 || strings.Count(logs, "instance of class") != 1 {
		t.Errorf("logs %q", logs)
	}
}
