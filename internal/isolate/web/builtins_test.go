package web

import "testing"

func TestBuiltins(t *testing.T) {
	c := cases{
		"buffer":         {`const b = Buffer.from("héllo"); return [b.toString("hex"), b.toString("base64"), Buffer.concat([b, Buffer.alloc(2, 1)]).length, Buffer.from("aGk=", "base64").toString(), b instanceof Uint8Array, Buffer.isBuffer(b), b.readUInt16BE(0), b.slice(0, 1).toString(), JSON.stringify(Buffer.from([1]))].join()`, `68c3a96c6c6f,aMOpbGxv,8,hi,true,true,26819,h,{"type":"Buffer","data":[1]}`},
		"events":         {`const E = need("events"); const e = new E(); const o = []; e.on("x", (v) => o.push(v)); e.once("x", (v) => o.push(-v)); e.emit("x", 1); e.emit("x", 2); const p = E.once(e, "y"); e.emit("y", 7); return [o, await p, e.listenerCount("x"), E.EventEmitter === E].join()`, "1,-1,2,7,1,true"},
		"path":           {`const p = need("path"); return [p.join("/a", "../b", "c.txt"), p.extname("x.tar.gz"), p.resolve("a"), p.basename("/x/y.js", ".js"), p.posix.sep].join()`, "/b/c.txt,.gz,/a,y,/"},
		"util":           {`const u = need("util"); const f = u.promisify((a, cb) => cb(null, a + 1)); function A() {} function B() {} u.inherits(A, B); return [await f(1), u.inspect({ a: [1] }), u.format("%s", "x"), new A() instanceof B, u.types.isMap(new Map()), u.isDeepStrictEqual({ a: 1 }, { a: 1 })].join()`, "2,{ a: [ 1 ] },x,true,true,true"},
		"url":            {`const u = need("url"); const p = u.parse("http://u:p@h.com:80/a?b=c#d", true); return [p.hostname, p.port, p.query.b, p.hash, p.auth, u.format(p), u.resolve("/a/b", "../c"), u.fileURLToPath("file:///a%20b")].join()`, "h.com,80,c,#d,u:p,http://u:p@h.com:80/a?b=c#d,/c,/a b"},
		"querystring":    {`const q = need("querystring"); return JSON.stringify(q.parse("a=1&a=2&b=%20+")) + q.stringify({ x: ["y", 1], z: true })`, `{"a":["1","2"],"b":"  "}x=y&x=1&z=true`},
		"string_decoder": {`const { StringDecoder } = need("string_decoder"); const d = new StringDecoder("utf8"); return d.write(Buffer.from([0xe2, 0x82])) + d.write(Buffer.from([0xac])) + d.end()`, "€"},
		"assert":         {`const a = need("assert"); const o = []; for (const f of [() => a(true), () => a.strictEqual(1, 2), () => a.deepStrictEqual({ a: new Map([[1, { b: 2 }]]) }, { a: new Map([[1, { b: 2 }]]) }), () => a.deepStrictEqual([1], [2]), () => a.throws(() => { throw new TypeError("x") }, TypeError), () => a.throws(() => {})]) try { f(); o.push("ok") } catch (e) { o.push(e.code) } return o.join()`, "ok,ERR_ASSERTION,ok,ERR_ASSERTION,ok,ERR_ASSERTION"},
		"timers":         {`const t = need("timers/promises"); const c = new AbortController(); const p = t.setTimeout(1000, 1, { signal: c.signal }); c.abort(); return [await t.setTimeout(1, "v"), await p.catch((e) => e.code)].join()`, "v,ABORT_ERR"},
		"crypto":         {`const c = need("crypto"); return [c.createHash("sha256").update("a").update("bc").digest("hex").slice(0, 8), c.createHmac("sha256", "Jefe").update("what do ya want for nothing?").digest("hex").slice(0, 8), c.createHash("md5").update("").digest("base64"), c.randomBytes(4).length, c.timingSafeEqual(Buffer.from("a"), Buffer.from("a")), c.pbkdf2Sync("password", "salt", 1, 4, "sha1").toString("hex"), c.randomInt(5) < 5].join()`, "ba7816bf,5bdcc146,1B2M2Y8AsgTpgAmY7PhCfg==,4,true,0c60c80f,true"},
		"scrypt":         {`const c = need("crypto"); const o = [c.scryptSync("", "", 8, { N: 16, r: 1, p: 1 }).toString("hex")]; o.push((await new Promise((r, j) => c.scrypt("password", Buffer.from("NaCl"), 8, { N: 1024, r: 8, p: 16 }, (e, k) => e ? j(e) : r(k)))).toString("hex")); o.push((await new Promise((r) => c.scrypt("a", "b", 4, (_e, k) => r(k)))).length); for (const N of [2 ** 20, 15]) try { c.scryptSync("a", "b", 4, { N }) } catch (e) { o.push(e.name) } return o.join()`, "77d6576238657b20,fdbabe1c9d347200,4,RangeError,RangeError"},
		"stream":         {`const { Readable, Transform, pipeline } = need("stream"); const o = []; await new Promise((r, j) => pipeline(Readable.from(["a", "b"]), new Transform({ transform(x, e, cb) { cb(null, String(x).toUpperCase()) } }), (e) => e ? j(e) : r()).on("data", (x) => o.push(String(x)))); return o.join()`, "A,B"},
		"same object":    {`return need("events") === need("events") && need("process") === process`, "true"},
		"localStorage":   {`const { AsyncLocalStorage } = need("async_hooks"); const s = new AsyncLocalStorage(); const o = []; const f = async (v) => s.run(v, async () => { await null; o.push(s.getStore()); await new Promise((r) => setTimeout(r, 2)); o.push(s.getStore()); await new Promise((r) => queueMicrotask(r)); o.push(s.getStore()); setTimeout(() => o.push("t" + s.getStore()), 1); }); await Promise.all([f(1), f(2)]); await new Promise((r) => setTimeout(r, 5)); return o.map(String).sort().join() + s.getStore()`, "1,1,1,2,2,2,t1,t2undefined"},
	}
	for name, tt := range c {
		tt.js = `const need = (n) => __rivet_modules["node:" + n];` + tt.js
		c[name] = tt
	}
	c.run(t)
}

func TestMessaging(t *testing.T) {
	cases{
		"channel":   {`const { port1, port2 } = new MessageChannel(); port1.postMessage({ a: [1] }); const v = await new Promise((r) => { port2.onmessage = (e) => r(e.data) }); port1.close(); return v.a`, "1"},
		"broadcast": {`const a = new BroadcastChannel("x"), b = new BroadcastChannel("x"); const p = new Promise((r) => { b.onmessage = (e) => r(e.data) }); a.postMessage("hi"); const v = await p; a.close(); b.close(); return v`, "hi"},
	}.run(t)
}
