package web

import "testing"

func TestEvents(t *testing.T) {
	cases{
		"listeners run in order, once": {`const t = new EventTarget(), o = []; t.addEventListener("x", () => o.push(1)); t.addEventListener("x", { handleEvent() { o.push(2) } }, { once: true }); t.dispatchEvent(new Event("x")); t.dispatchEvent(new Event("x")); return o.join()`, "1,2,1"},
		"a listener once a phase":      {`const t = new EventTarget(), o = [], f = () => o.push("f"); t.addEventListener("x", f, true); t.addEventListener("x", () => o.push("g")); t.addEventListener("x", f); t.addEventListener("x", f); t.addEventListener("x", f, { capture: true }); t.dispatchEvent(new Event("x")); t.removeEventListener("x", f, true); t.dispatchEvent(new Event("x")); t.removeEventListener("x", f); t.addEventListener("x", f); t.dispatchEvent(new Event("x")); return o.join("")`, "fgfgfgf"},
		"10,000 listeners of a signal": {`const c = new AbortController(), s = c.signal; let n = 0; const fs = Array.from({ length: 10000 }, () => () => n++); for (const f of fs) s.addEventListener("abort", f); for (let i = 0; i < 9000; i++) s.removeEventListener("abort", fs[i]); c.abort(); return n`, "1000"},
		"cancelable":                   {`const t = new EventTarget(); t.addEventListener("x", (e) => e.preventDefault()); return [t.dispatchEvent(new Event("x")), t.dispatchEvent(new Event("x", { cancelable: true }))].join()`, "true,false"},
		"custom":                       {`const e = new CustomEvent("a", { detail: { n: 1 } }); return [e.detail.n, e.type, e instanceof Event, Object.prototype.toString.call(e)].join()`, "1,a,true,[object CustomEvent]"},
		"signal removes":               {`const t = new EventTarget(), c = new AbortController(); let n = 0; t.addEventListener("x", () => n++, { signal: c.signal }); t.dispatchEvent(new Event("x")); c.abort(); t.dispatchEvent(new Event("x")); return n`, "1"},
		"abort":                        {`const c = new AbortController(); let n = 0; c.signal.onabort = () => n++; c.abort(); c.abort(); return [n, c.signal.aborted, c.signal.reason.name, c.signal.reason instanceof DOMException, c.signal.reason.code].join()`, "1,true,AbortError,true,20"},
		"any":                          {`const a = new AbortController(), b = new AbortController(); const s = AbortSignal.any([a.signal, b.signal]); b.abort("why"); return [s.aborted, s.reason].join()`, "true,why"},
		"timeout":                      {`const s = AbortSignal.timeout(1); await new Promise((r) => { s.onabort = r; setTimeout(r, 50) }); return s.reason.name`, "TimeoutError"},
		"DOMException":                 {`const e = new DOMException("m", "DataCloneError"); return [e.name, e.code, e.message, e instanceof Error, DOMException.DATA_CLONE_ERR, String(e)].join()`, "DataCloneError,25,m,true,25,DataCloneError: m"},
		"illegal constructor":          {`try { new AbortSignal() } catch (e) { return e.name }`, "TypeError"},
	}.run(t)
}

func TestEncoding(t *testing.T) {
	cases{
		"encode":             {`return new TextEncoder().encode("aé€😀\ud800").join()`, "97,195,169,226,130,172,240,159,152,128,239,191,189"},
		"encodeInto":         {`const b = new Uint8Array(5); const r = new TextEncoder().encodeInto("a😀b", b); return [r.read, r.written, b].join()`, "3,5,97,240,159,152,128"},
		"maximal subparts":   {`return new TextDecoder().decode(new Uint8Array([0xF0,0x9F,0x98,0x41,0xE2,0x82,0xFF,0xC0,0x80])) === "\ufffdA\ufffd\ufffd\ufffd\ufffd"`, "true"},
		"stream":             {`const d = new TextDecoder(); return d.decode(new Uint8Array([0xE2, 0x82]), { stream: true }) + "|" + d.decode(new Uint8Array([0xAC])) + "|" + d.decode(new Uint8Array([0x41]))`, "|€|A"},
		"fatal":              {`try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([0xff])) } catch (e) { return e.name }`, "TypeError"},
		"BOM":                {`const b = new Uint8Array([0xEF,0xBB,0xBF,0x61]); return [new TextDecoder().decode(b).length, new TextDecoder("utf8", { ignoreBOM: true }).decode(b).length].join()`, "1,2"},
		"utf-16le":           {`return new TextDecoder("utf-16").decode(new Uint8Array([0x61,0,0x3d,0xd8,0,0xde]))`, "a😀"},
		"latin1":             {`return new TextDecoder("latin1").encoding + new TextDecoder("ascii").decode(new Uint8Array([0x80, 0xe9]))`, "windows-1252€é"},
		"unknown label":      {`try { new TextDecoder("nope") } catch (e) { return e.name }`, "RangeError"},
		"views and DataView": {`const b = new Uint8Array([1, 97, 98, 2]).buffer; return new TextDecoder().decode(new DataView(b, 1, 2)) + new TextDecoder().decode(new Uint8Array(b, 2, 1))`, "abb"},
		"base64":             {`return [btoa("é\u0000a"), atob(" 6QBh\n") === "é\u0000a", atob("YQ"), atob("YQ==")].join()`, "6QBh,true,a,a"},
		"base64 errors":      {`const o = []; for (const f of [() => btoa("€"), () => atob("a"), () => atob("YQ="), () => atob("Y=Q=")]) try { f(); o.push("ok") } catch (e) { o.push(e.name) } return o.join()`, "InvalidCharacterError,InvalidCharacterError,InvalidCharacterError,InvalidCharacterError"},
	}.run(t)
}

func TestURL(t *testing.T) {
	cases{
		"parts":        {`const u = new URL("https://u:p@EXAMPLE.com:8080/a/../b?q=1#h"); return [u.href, u.origin, u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash].join(" ")`, "https://u:p@example.com:8080/b?q=1#h https://example.com:8080 https: u p example.com:8080 example.com 8080 /b ?q=1 #h"},
		"relative":     {`return new URL("../x?y", "http://a/b/c/d").href + new URL("//z", "https://a").href`, "http://a/b/x?yhttps://z/"},
		"hosts":        {`return [new URL("http://0x7f.1/").host, new URL("http://[::1]:80/").host, new URL("http://ex%41mple.com").host, new URL("http://faß.de").host].join()`, "127.0.0.1,[::1],example.com,xn--fa-hia.de"},
		"invalid":      {`const o = []; for (const s of ["", "a", "http://", "http://a b", "http://1.2.3.256", "http://[::1", "http://a:99999"]) o.push(URL.canParse(s)); return o.join()`, "false,false,false,false,false,false,false"},
		"setters":      {`const u = new URL("http://a/b"); u.host = "c:81"; u.pathname = "x y"; u.search = "?q r"; u.hash = "z"; u.protocol = "https"; u.port = "443"; return u.href`, "https://c/x%20y?q%20r#z"},
		"bad set":      {`const u = new URL("http://a/"); u.port = "x"; u.protocol = "foo"; u.host = ""; return u.href`, "http://a/"},
		"searchParams": {`const u = new URL("http://a/?x=1&y=2"); u.searchParams.append("z", "a b&"); u.searchParams.delete("x"); return u.href + u.searchParams.size`, "http://a/?y=2&z=a+b%262"},
		"params":       {`const p = new URLSearchParams("?a=1&a=2&b=%20+%zz&c"); return [p.getAll("a"), p.get("b"), p.get("c"), p.get("d"), p.has("a", "2"), p].join("|")`, "1,2|  %zz||" + "|true|a=1&a=2&b=++%25zz&c="},
		"from":         {`return [new URLSearchParams({ a: "1" }), new URLSearchParams([["a", "b"], ["c", "*~"]]), new URLSearchParams(new Map([["x", 1]])), [...new URLSearchParams("a=b")]].join("|")`, "a=1|a=b&c=*%7E|x=1|a,b"},
		"opaque":       {`const u = new URL("mailto:a@b"); return [u.origin, u.pathname, new URL("blob:https://a.com/x").origin, new URL("data:text/plain,x").href].join()`, "null,a@b,https://a.com,data:text/plain,x"},
		"JSON":         {`return JSON.stringify({ u: new URL("http://a") })`, `{"u":"http://a/"}`},
	}.run(t)
}

func TestBlobAndFormData(t *testing.T) {
	cases{
		"blob":       {`const b = new Blob(["ab", new Uint8Array([99]), new Blob(["d"])], { type: "Text/Plain" }); return [b.size, b.type, await b.text(), await b.slice(1, -1).text(), (await b.arrayBuffer()).byteLength].join()`, "4,text/plain,abcd,bc,4"},
		"file":       {`const f = new File(["x"], "a.txt", { lastModified: 5 }); return [f.name, f.lastModified, f instanceof Blob, f.size].join()`, "a.txt,5,true,1"},
		"form":       {`const f = new FormData(); f.append("a", 1); f.append("a", "2"); f.set("b", new Blob(["x"])); return [f.getAll("a"), f.get("b").name, [...f.keys()]].join()`, "1,2,blob,a,a,b"},
		"multipart":  {`const f = new FormData(); f.append("a\"b", "l1\nl2"); f.append("f", new File(["\u00e9"], "ü.txt", { type: "text/x" })); const r = new Response(f); const g = await r.formData(); const x = g.get("f"); return [g.get('a%22b') ?? g.get('a"b'), x.name, x.type, await x.text()].join("|")`, "l1\r\nl2|ü.txt|text/x|é"},
		"urlencoded": {`return (await new Response(new URLSearchParams("a=b c")).formData()).get("a")`, "b c"},
		"stream":     {`let s = ""; { const r = new Blob(["hello"]).stream().getReader(); for (;;) { const { done, value } = await r.read(); if (done) break; s += new TextDecoder().decode(value); } } return s`, "hello"},
	}.run(t)
}

func TestStreams(t *testing.T) {
	cases{
		"read":      {`const s = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); c.close(); } }); const r = s.getReader(); return [(await r.read()).value, (await r.read()).value, (await r.read()).done].join()`, "1,2,true"},
		"from, tee": {`const [a, b] = ReadableStream.from(["x", "y"]).tee(); const all = async (s) => { const o = [], r = s.getReader(); for (;;) { const { done, value } = await r.read(); if (done) return o.join(""); o.push(value); } }; return await all(a) + await all(b)`, "xyxy"},
		"pipe":      {`const o = []; await ReadableStream.from([1, 2]).pipeThrough(new TransformStream({ transform(x, c) { c.enqueue(x * 2) } })).pipeTo(new WritableStream({ write(x) { o.push(x) } })); return o.join()`, "2,4"},
		"iterate":   {`const s = ReadableStream.from([1, 2, 3]), it = s[Symbol.asyncIterator](); const o = [(await it.next()).value]; await it.return(); return o + s.locked`, "1false"},
		"byob":      {`const s = new ReadableStream({ type: "bytes", pull(c) { const v = c.byobRequest.view; v[0] = 7; c.byobRequest.respond(1); } }); const r = s.getReader({ mode: "byob" }); const { value } = await r.read(new Uint8Array(4)); return value.join()`, "7"},
		"text":      {`const e = await new Response(ReadableStream.from(["\ud83d", "\ude00!"]).pipeThrough(new TextEncoderStream())).text(); return e`, "😀!"},
		"decode":    {`let o = ""; await ReadableStream.from([new Uint8Array([0xe2, 0x82]), new Uint8Array([0xac])]).pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write(x) { o += x } })); return o`, "€"},
		"gzip":      {`const z = async (b, s) => new Uint8Array(await new Response(new Blob([b]).stream().pipeThrough(s)).arrayBuffer()); const o = []; for (const f of ["gzip", "deflate", "deflate-raw"]) { const c = await z("hello ".repeat(50000), new CompressionStream(f)); o.push(c.length < 5000, new TextDecoder().decode(await z(c, new DecompressionStream(f))).length); } return o.join()`, "true,300000,true,300000,true,300000"},
		"bad gzip":  {`try { await new Response(new Blob(["nonsense that is no gzip"]).stream().pipeThrough(new DecompressionStream("gzip"))).text(); } catch (e) { return e.name }`, "TypeError"},
		"truncated": {`const c = await new Response(new Blob(["hello"]).stream().pipeThrough(new CompressionStream("gzip"))).bytes(); try { await new Response(new Blob([c.slice(0, 12)]).stream().pipeThrough(new DecompressionStream("gzip"))).text(); } catch (e) { return e.name }`, "TypeError"},
		"format":    {`try { new CompressionStream("brotli") } catch (e) { return e.name }`, "TypeError"},
		"abort":     {`const c = new AbortController(); const p = new ReadableStream().pipeTo(new WritableStream(), { signal: c.signal }); c.abort(); try { await p } catch (e) { return e.name }`, "AbortError"},
	}.run(t)
}

func TestStructuredClone(t *testing.T) {
	cases{
		"views of one memory": {`const b = new ArrayBuffer(4); const c = structuredClone({ a: new Uint8Array(b), w: new Uint16Array(b, 2), b }); c.a[2] = 1; return [c.w[0], c.a.buffer === c.b, c.w.byteOffset, new Uint8Array(b)[2]].join()`, "1,true,2,0"},
		"a last index":        {`const r = /a/g; r.lastIndex = 5; return structuredClone(r).lastIndex`, "0"},
		"an aggregate error":  {`const e = structuredClone(new AggregateError([new TypeError("t")], "m")); return [e instanceof AggregateError, e.errors[0] instanceof TypeError, e.message].join()`, "true,true,m"},
	}.run(t)
}

func TestGuards(t *testing.T) {
	cases{
		"hostile sizes": {`const o = []; const f = [() => "x".repeat(2**30), () => "x".padStart(2**30), () => "".padEnd(2**31, "ab"), () => new Array(2**32-1).fill(), () => new ArrayBuffer(2**40), () => new Uint8Array(2**33), () => new Float64Array(2**27), () => Array.from({ length: 2**31 }), () => Array(2**32-1).join("x"), () => new Uint8Array({ length: 2**31 })]; for (const g of f) try { g(); o.push("ok") } catch (e) { o.push(e.name) } return o.join()`,
			"RangeError,RangeError,RangeError,RangeError,RangeError,RangeError,RangeError,RangeError,RangeError,RangeError"},
		"classes stay": {`class B extends Uint8Array {} const b = new B(3); const u = Uint8Array.from([1, 2]); return [b instanceof Uint8Array, b instanceof B, u.constructor === Uint8Array, u.slice(1) instanceof Uint8Array, Uint8Array.BYTES_PER_ELEMENT, Uint8Array.of(1).length, ArrayBuffer.isView(u), new ArrayBuffer(3).slice(1).byteLength, u.buffer instanceof ArrayBuffer, Uint8Array.name, "ab".repeat(2), [1, 2].join("-"), b.map((x) => x) instanceof B].join()`,
			"true,true,true,true,1,1,true,2,true,Uint8Array,abab,1-2,true"},
		"errors stay": {`const o = []; for (const f of [() => "x".repeat(-1), () => "x".repeat(Infinity), () => String.prototype.repeat.call(null, 1)]) try { f(); o.push("ok") } catch (e) { o.push(e.name) } return o.join()`, "RangeError,RangeError,TypeError"},
	}.run(t)
}

func TestProcess(t *testing.T) {
	cases{
		"facts":           {`return [process.env.NODE_ENV, process.cwd(), process.version.slice(0, 3), process.platform, typeof process.hrtime.bigint(), process.hrtime().length, process.on("x", () => {}) === process, process.uptime() >= 0, typeof performance.now(), performance.timeOrigin > 1e12].join()`, "test,/,v22,linux,bigint,2,true,true,number,true"},
		"exit":            {`try { process.exit(1) } catch (e) { return e.name }`, "TypeError"},
		"structuredClone": {`const a = { d: new Date(1), m: new Map([[1, [2]]]) }; a.self = a; const b = structuredClone(a); return [b !== a, b.self === b, b.d.getTime(), b.m.get(1)].join()`, "true,true,1,2"},
		"clone fails":     {`try { structuredClone(() => {}) } catch (e) { return e.name + e.code }`, "DataCloneError25"},
	}.run(t)
}
