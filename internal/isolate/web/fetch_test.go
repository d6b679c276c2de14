package web

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestBodies(t *testing.T) {
	cases{
		"headers":           {`const h = new Headers({ "B": " 1 ", a: "x" }); h.append("b", "2"); h.append("Set-Cookie", "a=1"); h.append("set-cookie", "b=2"); return [[...h].join(";"), h.get("B"), h.getSetCookie().length, h.has("A")].join("|")`, "a,x;b,1, 2;set-cookie,a=1;set-cookie,b=2|1, 2|2|true"},
		"bad headers":       {`const o = []; for (const f of [() => new Headers({ "a b": "1" }), () => new Headers([["a"]]), () => new Headers({ a: "x\ny" }), () => new Headers({ a: "€" })]) try { f(); o.push("ok") } catch (e) { o.push(e.name) } return o.join()`, "TypeError,TypeError,TypeError,TypeError"},
		"response":          {`const r = new Response("hi", { status: 201, headers: { a: "b" } }); return [r.status, r.ok, r.headers.get("content-type"), await r.text(), r.bodyUsed].join()`, "201,true,text/plain;charset=UTF-8,hi,true"},
		"twice":             {`const r = new Response("hi"); await r.text(); try { await r.text() } catch (e) { return e.name }`, "TypeError"},
		"json":              {`const r = Response.json({ a: 1 }, { status: 400 }); return [r.status, r.headers.get("content-type"), (await r.json()).a].join()`, "400,application/json,1"},
		"redirect":          {`const r = Response.redirect("http://a/b", 301); return [r.status, r.headers.get("location"), Response.error().type].join()`, "301,http://a/b,error"},
		"clone":             {`const r = new Response("x"); const c = r.clone(); return await r.text() + await c.text()`, "xx"},
		"clone of a stream": {`const r = new Response(ReadableStream.from([new Uint8Array([97]), new Uint8Array([98])])); const c = r.clone(); return await c.text() + await r.text()`, "abab"},
		"stream of bytes":   {`const s = new Response("hello").body.getReader(); const o = []; for (;;) { const { done, value } = await s.read(); if (done) break; o.push(new TextDecoder().decode(value)); } return o.join()`, "hello"},
		"request":           {`const r = new Request("http://a/b", { method: "post", body: JSON.stringify({ a: 1 }), headers: { "content-type": "application/json" } }); const q = new Request(r, { headers: { x: "y" } }); return [r.method, r.url, r.bodyUsed, q.method, q.headers.get("x"), (await q.json()).a].join()`, "POST,http://a/b,true,POST,y,1"},
		"request errors":    {`const o = []; for (const f of [() => new Request("x"), () => new Request("http://a", { method: "GET", body: "x" }), () => new Request("http://u:p@a"), () => new Request("http://a", { method: "a b" }), () => new Response("x", { status: 204 }), () => new Response("", { status: 99 })]) try { f(); o.push("ok") } catch (e) { o.push(e.name) } return o.join()`, "TypeError,TypeError,TypeError,TypeError,TypeError,RangeError"},
		"null body":         {`const r = new Response(null); return [r.body, await r.text(), r.bodyUsed].join()`, ",,false"},
		"data URL":          {`return await (await fetch("data:text/plain;base64,aGk=")).text() + await (await fetch("data:,a%20b")).text()`, "hia b"},
	}.run(t)
}

func testServer(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.Header().Set("X-Method", r.Method)
		w.Header().Set("X-Type", r.Header.Get("Content-Type"))
		w.WriteHeader(201)
		_, _ = w.Write(b)
	})
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/echo", http.StatusFound) })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/drip", func(w http.ResponseWriter, r *http.Request) {
		for _, s := range []string{"a", "b", "c"} {
			_, _ = io.WriteString(w, s)
			w.(http.Flusher).Flush()
		}
		if r.URL.RawQuery == "hang" {
			<-r.Context().Done()
		}
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

func TestFetch(t *testing.T) {
	tests := map[string]struct{ js, want string }{
		"post":              {`const r = await fetch(base + "/echo", { method: "POST", body: "hi" }); return [r.status, r.statusText, r.headers.get("x-method"), r.headers.get("x-type"), r.headers.getSetCookie(), await r.text()].join()`, "201,Created,POST,text/plain;charset=UTF-8,a=1,b=2,hi"},
		"upload a stream":   {`const r = await fetch(base + "/echo", { method: "POST", duplex: "half", body: ReadableStream.from([new Uint8Array([97]), new Uint8Array([98])]) }); return await r.text()`, "ab"},
		"read a stream":     {`const r = await fetch(base + "/drip"); let s = ""; const rd = r.body.getReader(); for (;;) { const { done, value } = await rd.read(); if (done) break; s += new TextDecoder().decode(value); } return s`, "abc"},
		"cancel a stream":   {`const r = await fetch(base + "/drip?hang"); const rd = r.body.getReader(); await rd.read(); await rd.cancel(); return "ok"`, "ok"},
		"redirect":          {`const r = await fetch(base + "/redirect"); return [r.redirected, new URL(r.url).pathname].join()`, "true,/echo"},
		"manual":            {`const r = await fetch(base + "/redirect", { redirect: "manual" }); return [r.status, r.headers.get("location")].join()`, "302,/echo"},
		"redirect error":    {`try { await fetch(base + "/redirect", { redirect: "error" }) } catch (e) { return e.name + e.cause.message }`, "TypeErrorunexpected redirect"},
		"loop":              {`try { await fetch(base + "/loop") } catch (e) { return e.name }`, "TypeError"},
		"refused":           {`try { await fetch("http://127.0.0.1:1/") } catch (e) { return e.name + e.message }`, "TypeErrorfetch failed"},
		"scheme":            {`try { await fetch("ftp://a") } catch (e) { return e.name }`, "TypeError"},
		"abort":             {`const c = new AbortController(); setTimeout(() => c.abort(), 5); try { await fetch(base + "/hang", { signal: c.signal }) } catch (e) { return e.name }`, "AbortError"},
		"abort with reason": {`const c = new AbortController(); c.abort("why"); try { await fetch(base, { signal: c.signal }) } catch (e) { return e }`, "why"},
		"abort the body":    {`const c = new AbortController(); const r = await fetch(base + "/drip?hang", { signal: c.signal }); const p = r.text(); c.abort(); try { await p } catch (e) { return e.name }`, "AbortError"},
		"pass a body on":    {`const r = await fetch(base + "/drip"); return await (await fetch(base + "/echo", { method: "POST", body: r.body, duplex: "half" })).text()`, "abc"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			must(h.vm.Set("base", testServer(t)))
			if got := h.eval(tt.js); got != tt.want {
				t.Errorf("%s\n got %s\nwant %s", tt.js, got, tt.want)
			}
			h.run()
		})
	}
}

func TestFetchWaitsForPermit(t *testing.T) {
	h := newHost(t)
	h.hold = true
	must(h.vm.Set("base", testServer(t)))
	if got := h.eval(`globalThis.done = fetch(base + "/echo").then((r) => r.status); return "sent"`); got != "sent" || len(h.held) != 1 {
		t.Fatalf("%s, %d held", got, len(h.held))
	}
	h.held[0](nil)
	if got := h.eval(`return await done`); got != "201" {
		t.Error(got)
	}
	h.eval(`globalThis.done = fetch(base + "/echo").catch((e) => e.name)`)
	h.held[1](io.ErrUnexpectedEOF)
	if got := h.eval(`return await done`); got != "TypeError" {
		t.Error(got)
	}
}

func TestRequestFromGoAndResponseToGo(t *testing.T) {
	tests := map[string]struct {
		js   string
		body string
		in   RequestInit
	}{
		"text":          {`(r) => new Response(r.method + " " + new URL(r.url).pathname + r.headers.get("x-a"))`, "PUT /p1", RequestInit{Body: []byte("x")}},
		"echo a reader": {`async (r) => new Response(await r.text())`, "streamed", RequestInit{Reader: io.NopCloser(strings.NewReader("streamed"))}},
		"pass a reader": {`(r) => new Response(r.body)`, "streamed", RequestInit{Reader: io.NopCloser(strings.NewReader("streamed"))}},
		"stream":        {`() => new Response(new ReadableStream({ start(c) { this.n = 0 }, async pull(c) { await new Promise((r) => setTimeout(r, 1)); c.enqueue(new TextEncoder().encode("n" + this.n)); if (++this.n === 3) c.close(); } }))`, "n0n1n2", RequestInit{}},
		"no body":       {`() => new Response(null, { status: 204 })`, "", RequestInit{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHost(t)
			tt.in.Method, tt.in.URL, tt.in.Header = "PUT", "http://actor/p", http.Header{"X-A": {"1"}}
			req, err := NewRequest(h, tt.in)
			if err != nil {
				t.Fatal(err)
			}
			must(h.vm.Set("req", req))
			if got := h.eval("globalThis.res = await (" + tt.js + ")(req); return ''"); got != "" {
				t.Fatal(got)
			}
			res, ok, err := ReadResponse(h, h.vm.Get("res"))
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			body := string(res.Body)
			if res.Reader != nil {
				got := make(chan string)
				go func() {
					b, _ := io.ReadAll(res.Reader)
					_ = res.Reader.Close()
					got <- string(b)
				}()
				h.run()
				body = <-got
			}
			if body != tt.body {
				t.Errorf("got %q, want %q", body, tt.body)
			}
		})
	}
	h := newHost(t)
	if _, ok, _ := ReadResponse(h, h.vm.ToValue(1)); ok {
		t.Error("a number is a Response")
	}
}

func TestClosingAResponseCancelsItsStream(t *testing.T) {
	h := newHost(t)
	h.eval(`globalThis.why = "open"; globalThis.res = new Response(new ReadableStream({ cancel() { why = "canceled" } }))`)
	res, _, err := ReadResponse(h, h.vm.Get("res"))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Reader.Close()
	h.loop(func() bool { return h.vm.Get("why").String() == "canceled" })
	h.run()
	if len(h.tasks) != 0 {
		t.Errorf("%d tasks left", len(h.tasks))
	}
}
