// Headers, Request, Response and fetch.

const events = require("events");
const { encode, utf8, toBytes } = require("encoding");
const { AbortSignal, DOMException } = events;
const list = { streams: () => require("streams"), blob: () => require("blob") };

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
function headerName(n) {
  n = `${n}`;
  if (!token.test(n)) throw new TypeError(`Headers: "${n}" is no valid name`);
  return n.toLowerCase();
}
function headerValue(v) {
  v = `${v}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (/[\0\r\n]/.test(v) || /[^\0-\xff]/.test(v)) throw new TypeError("Headers: the value has characters that no header may have");
  return v;
}

let rawHeaders, freeze;
class Headers {
  #map = new Map(); // lower-case name → values
  #immutable = false;
  #sorted = null;
  constructor(init) {
    if (init === undefined) return;
    if (init === null || (typeof init !== "object" && typeof init !== "function")) throw new TypeError("Headers: not an object");
    if (init instanceof Headers) {
      for (const [k, v] of init.#map) this.#map.set(k, v.slice());
      return;
    }
    const iter = init[Symbol.iterator];
    if (iter !== undefined && iter !== null) {
      for (const pair of init) {
        if (pair === null || typeof pair !== "object" || typeof pair[Symbol.iterator] !== "function") throw new TypeError("Headers: each entry must be a pair");
        const p = [...pair];
        if (p.length !== 2) throw new TypeError("Headers: each entry must be a pair");
        this.append(p[0], p[1]);
      }
      return;
    }
    for (const k of Reflect.ownKeys(init)) {
      const d = Reflect.getOwnPropertyDescriptor(init, k);
      if (!d?.enumerable) continue;
      if (typeof k === "symbol") throw new TypeError("Headers: a name is a symbol");
      this.append(k, init[k]);
    }
  }
  #change() {
    if (this.#immutable) throw new TypeError("Headers are immutable");
    this.#sorted = null;
  }
  append(name, value) {
    name = headerName(name); value = headerValue(value);
    this.#change();
    const vs = this.#map.get(name);
    if (vs) vs.push(value);
    else this.#map.set(name, [value]);
  }
  set(name, value) {
    name = headerName(name); value = headerValue(value);
    this.#change();
    this.#map.set(name, [value]);
  }
  delete(name) { name = headerName(name); this.#change(); this.#map.delete(name); }
  get(name) {
    const vs = this.#map.get(headerName(name));
    return vs === undefined ? null : vs.join(", ");
  }
  has(name) { return this.#map.has(headerName(name)); }
  getSetCookie() { return (this.#map.get("set-cookie") ?? []).slice(); }
  getAll(name) { return (this.#map.get(headerName(name)) ?? []).slice(); }
  #list() {
    if (this.#sorted) return this.#sorted;
    const out = [];
    for (const k of [...this.#map.keys()].sort()) {
      const vs = this.#map.get(k);
      if (k === "set-cookie") for (const v of vs) out.push([k, v]);
      else out.push([k, vs.join(", ")]);
    }
    return this.#sorted = out;
  }
  *#iterate(f) { for (let i = 0; i < this.#list().length; i++) yield f(this.#list()[i]); }
  entries() { return this.#iterate((e) => [e[0], e[1]]); }
  keys() { return this.#iterate((e) => e[0]); }
  values() { return this.#iterate((e) => e[1]); }
  forEach(f, thisArg) {
    if (typeof f !== "function") throw new TypeError("forEach: the callback must be a function");
    for (const [k, v] of this.entries()) f.call(thisArg, v, k, this);
  }
  get [Symbol.toStringTag]() { return "Headers"; }
  [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) { return `Headers ${inspect(Object.fromEntries(this), options)}`; }
  static {
    rawHeaders = {
      /** Flat list of names and values, one entry per value. */
      read: (h) => { const out = []; for (const [k, vs] of h.#map) for (const v of vs) out.push(k, v); return out; },
      /** Adds a flat list that needs no check. */
      fill: (h, flat) => {
        for (let i = 0; i < flat.length; i += 2) {
          const vs = h.#map.get(flat[i]);
          if (vs) vs.push(flat[i + 1]); else h.#map.set(flat[i], [flat[i + 1]]);
        }
        return h;
      },
    };
    freeze = (h) => { h.#immutable = true; return h; };
  }
}
Object.defineProperty(Headers.prototype, Symbol.iterator, { value: Headers.prototype.entries, writable: true, configurable: true });

/** What a body is made of: bytes, a native source or a stream. */
function extract(v) {
  if (v === null || v === undefined) return { bytes: null, source: null, stream: null, type: null, none: true };
  const of = (bytes, type) => ({ bytes, source: null, stream: null, type, none: false });
  if (typeof v === "string") return of(encode(v), "text/plain;charset=UTF-8");
  if (typeof v === "object") {
    if (v instanceof ArrayBuffer || ArrayBuffer.isView(v)) return of(toBytes(v).slice(), null);
    if (v instanceof URLSearchParams) return of(encode(v.toString()), "application/x-www-form-urlencoded;charset=UTF-8");
    const { Blob, FormData } = list.blob();
    if (v instanceof Blob) return of(list.blob().blobBytes(v), v.type || null);
    if (v instanceof FormData) { const m = list.blob().encodeMultipart(v); return of(m.bytes, m.type); }
    const { ReadableStream } = list.streams();
    if (v instanceof ReadableStream || typeof v.getReader === "function") {
      if (v.locked || v._disturbed) throw new TypeError("The body is a stream that is locked or was read");
      return { bytes: null, source: null, stream: v, type: null, none: false };
    }
    if (typeof v[Symbol.asyncIterator] === "function") return { bytes: null, source: null, stream: ReadableStream.from(v), type: null, none: false };
  }
  return of(encode(`${v}`), "text/plain;charset=UTF-8");
}

/** A ReadableStream of a native source. */
function sourceStream(source) {
  const { ReadableStream } = list.streams();
  return new ReadableStream({
    type: "bytes",
    async pull(c) {
      const chunk = await source.read();
      if (chunk === undefined) { c.close(); c.byobRequest?.respond(0); } else c.enqueue(chunk);
    },
    cancel() { source.cancel(); },
  }, { highWaterMark: 0 });
}

async function readAll(stream) {
  const reader = stream.getReader(), chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) {
      const err = new TypeError("The stream of a body gave a chunk that is no Uint8Array");
      reader.cancel(err).catch(() => {});
      throw err;
    }
    size += value.length;
    if (size > 1 << 28) { const err = new RangeError("The body is larger than 256 MiB"); reader.cancel(err).catch(() => {}); throw err; }
    chunks.push(value);
  }
  return chunks.length === 0 ? new Uint8Array(0) : list.blob().concat(chunks);
}

let internals;
class Body {
  #b = null;
  #used = false;
  get body() {
    const b = this.#b;
    if (b.none) return null;
    if (b.stream === null) {
      const { ReadableStream } = list.streams();
      if (b.source !== null) b.stream = sourceStream(b.source);
      else {
        const bytes = b.bytes;
        b.stream = new ReadableStream({ type: "bytes", pull(c) { if (bytes.length) c.enqueue(bytes.slice()); c.close(); c.byobRequest?.respond(0); } }, { highWaterMark: 0 });
      }
      if (this.#used) b.stream.cancel().catch(() => {});
      b.bytes = b.source = null;
    }
    return b.stream;
  }
  get bodyUsed() { return !this.#b.none && (this.#used || (this.#b.stream !== null && !!this.#b.stream._disturbed)); }
  async #consume() {
    const b = this.#b;
    if (b.none) return new Uint8Array(0);
    if (this.bodyUsed || b.stream?.locked) throw new TypeError("Body is unusable: Body has already been read");
    this.#used = true;
    if (b.bytes !== null) return b.bytes;
    if (b.source !== null) return b.source.all();
    return readAll(b.stream);
  }
  async text() { return utf8(await this.#consume()); }
  async json() { return JSON.parse(utf8(await this.#consume())); }
  async arrayBuffer() { return (await this.#consume()).slice().buffer; }
  async bytes() { return (await this.#consume()).slice(); }
  async blob() {
    const bytes = await this.#consume();
    return new (list.blob().Blob)([bytes], { type: this.headers.get("content-type") ?? "" });
  }
  async formData() {
    const type = this.headers.get("content-type") ?? "";
    return list.blob().parseForm(await this.#consume(), type);
  }
  static {
    internals = {
      set: (o, b) => { o.#b = b; },
      get: (o) => o.#b,
      is: (o) => typeof o === "object" && o !== null && #b in o,
      use: (o) => { o.#used = true; },
      /** Takes o's body for another object: o counts as read. */
      take: (o) => {
        const b = o.#b;
        if (b.none) return b;
        if (o.bodyUsed || b.stream?.locked) throw new TypeError("Body is unusable: Body has already been read");
        o.#used = true;
        if (b.stream) { // the new owner reads through an identity, so that the old one is locked
          const { TransformStream } = list.streams();
          return { ...b, stream: b.stream.pipeThrough(new TransformStream()) };
        }
        return { ...b };
      },
      clone: (o) => {
        const b = o.#b;
        if (b.none) return b;
        if (o.bodyUsed || b.stream?.locked) throw new TypeError("Body is unusable: it was read or is locked");
        if (b.bytes !== null) return { ...b };
        const [x, y] = o.body.tee();
        b.stream = x;
        return { ...b, stream: y };
      },
    };
  }
}

const methods = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
function method(m) {
  m = `${m}`;
  if (!token.test(m)) throw new TypeError(`"${m}" is no valid HTTP method`);
  const up = m.toUpperCase();
  if (["CONNECT", "TRACE", "TRACK"].includes(up)) throw new TypeError(`The method ${up} is forbidden`);
  return methods.includes(up) ? up : m;
}
function oneOf(what, v, allowed) {
  v = `${v}`;
  if (!allowed.includes(v)) throw new TypeError(`Request: ${what} is "${v}", want one of ${allowed.join(", ")}`);
  return v;
}

const trusted = Symbol("trusted");
let requestSignal;
class Request extends Body {
  #method = "GET"; #url = ""; #headers; #signal = null; #makeSignal = null; #redirect = "follow";
  #mode = "cors"; #credentials = "same-origin"; #cache = "default"; #referrer = "about:client"; #policy = ""; #integrity = ""; #keepalive = false;
  constructor(input, init = {}) {
    super();
    if (arguments.length === 0) throw new TypeError("Request: 1 argument required");
    if (input === trusted) { // from Go: method, URL and headers are right
      this.#method = init.method;
      this.#url = init.url;
      this.#headers = rawHeaders.fill(new Headers(), init.headers);
      this.#makeSignal = init.signal;
      internals.set(this, init.body === undefined ? extract(null) : { bytes: init.body.read ? null : init.body, source: init.body.read ? init.body : null, stream: null, type: null, none: false });
      return;
    }
    init = init ?? {};
    const from = input instanceof Request ? input : null;
    if (from) {
      this.#method = from.#method; this.#url = from.#url; this.#redirect = from.#redirect;
      this.#mode = from.#mode; this.#credentials = from.#credentials; this.#cache = from.#cache;
      this.#referrer = from.#referrer; this.#policy = from.#policy; this.#integrity = from.#integrity; this.#keepalive = from.#keepalive;
    } else {
      const u = new URL(`${input}`);
      if (u.username || u.password) throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${u.href}`);
      this.#url = u.href;
    }
    if (init.method !== undefined) this.#method = method(init.method);
    if (init.redirect !== undefined) this.#redirect = oneOf("redirect", init.redirect, ["follow", "error", "manual"]);
    if (init.mode !== undefined && init.mode !== "navigate") this.#mode = `${init.mode}`;
    if (init.credentials !== undefined) this.#credentials = oneOf("credentials", init.credentials, ["omit", "same-origin", "include"]);
    if (init.cache !== undefined) this.#cache = `${init.cache}`;
    if (init.referrer !== undefined) this.#referrer = `${init.referrer}`;
    if (init.referrerPolicy !== undefined) this.#policy = `${init.referrerPolicy}`;
    if (init.integrity !== undefined) this.#integrity = `${init.integrity}`;
    if (init.keepalive !== undefined) this.#keepalive = !!init.keepalive;
    this.#headers = new Headers(init.headers !== undefined ? init.headers : from ? from.#headers : undefined);
    if (init.signal !== undefined && init.signal !== null) {
      if (!(init.signal instanceof AbortSignal)) throw new TypeError("Request: signal is no AbortSignal");
      this.#signal = AbortSignal.any([init.signal]);
    } else if (init.signal === undefined && from) this.#makeSignal = () => AbortSignal.any([from.signal]);
    const hasBody = init.body !== undefined && init.body !== null;
    if ((hasBody || (from && !internals.get(from).none && init.body === undefined)) && (this.#method === "GET" || this.#method === "HEAD")) {
      throw new TypeError("Request with GET/HEAD method cannot have body.");
    }
    const b = hasBody ? extract(init.body) : from && init.body === undefined ? internals.take(from) : extract(null);
    internals.set(this, b);
    if (hasBody && b.type && !this.#headers.has("content-type")) this.#headers.append("content-type", b.type);
  }
  get method() { return this.#method; }
  get url() { return this.#url; }
  get headers() { return this.#headers; }
  get signal() {
    if (this.#signal === null) {
      this.#signal = this.#makeSignal ? this.#makeSignal() : events.newSignal();
      this.#makeSignal = null;
    }
    return this.#signal;
  }
  get redirect() { return this.#redirect; }
  get mode() { return this.#mode; }
  get credentials() { return this.#credentials; }
  get cache() { return this.#cache; }
  get referrer() { return this.#referrer; }
  get referrerPolicy() { return this.#policy; }
  get integrity() { return this.#integrity; }
  get keepalive() { return this.#keepalive; }
  get destination() { return ""; }
  get duplex() { return "half"; }
  clone() {
    const b = internals.clone(this);
    const r = new Request(this.#url, { method: this.#method, headers: this.#headers, redirect: this.#redirect, mode: this.#mode, credentials: this.#credentials, cache: this.#cache, referrer: this.#referrer, referrerPolicy: this.#policy, integrity: this.#integrity, keepalive: this.#keepalive, signal: this.signal });
    internals.set(r, b);
    return r;
  }
  get [Symbol.toStringTag]() { return "Request"; }
  [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) {
    return depth < 0 ? "[Request]" : `Request ${inspect({ method: this.method, url: this.url, headers: this.headers, bodyUsed: this.bodyUsed }, options)}`;
  }
  static { requestSignal = (r) => r.#signal ?? (r.#makeSignal ? r.signal : null); }
}

const nullStatus = [101, 103, 204, 205, 304];
let respond;
class Response extends Body {
  #status = 200; #text = ""; #headers; #type = "default"; #url = ""; #redirected = false; #webSocket = null;
  constructor(body = null, init = {}) {
    super();
    init = init ?? {};
    if (init.status !== undefined) {
      const s = Math.trunc(Number(init.status));
      if (!(s >= 200 && s <= 599 || s === 101)) throw new RangeError(`Response: the status ${init.status} is not between 200 and 599`);
      this.#status = s;
    }
    if (init.statusText !== undefined) {
      const t = `${init.statusText}`;
      if (/[^\t\x20-\x7e\x80-\xff]/.test(t)) throw new TypeError("Response: invalid statusText");
      this.#text = t;
    }
    this.#headers = new Headers(init.headers);
    const b = extract(body);
    if (!b.none && nullStatus.includes(this.#status)) throw new TypeError(`Response: a response of status ${this.#status} has no body`);
    internals.set(this, b);
    if (b.type && !this.#headers.has("content-type")) this.#headers.append("content-type", b.type);
  }
  static error() {
    const r = new Response();
    r.#type = "error"; r.#status = 0;
    freeze(r.#headers);
    return r;
  }
  static redirect(url, status = 302) {
    const u = new URL(`${url}`);
    if (![301, 302, 303, 307, 308].includes(status)) throw new RangeError(`Response.redirect: ${status} is no redirect`);
    const r = new Response(null, { status, headers: { location: u.href } });
    freeze(r.#headers);
    return r;
  }
  static json(data, init) {
    const s = JSON.stringify(data);
    if (s === undefined) throw new TypeError("Response.json: the value has no JSON form");
    const r = new Response(s, { ...init, headers: undefined });
    r.#headers = new Headers(init?.headers);
    if (!r.#headers.has("content-type")) r.#headers.set("content-type", "application/json");
    return r;
  }
  get status() { return this.#status; }
  get ok() { return this.#status >= 200 && this.#status <= 299; }
  get statusText() { return this.#text; }
  get headers() { return this.#headers; }
  get type() { return this.#type; }
  get url() { return this.#url; }
  get redirected() { return this.#redirected; }
  clone() {
    const b = internals.clone(this);
    const r = new Response(null, { statusText: this.#text, headers: this.#headers });
    r.#status = this.#status; r.#type = this.#type; r.#url = this.#url; r.#redirected = this.#redirected;
    internals.set(r, b);
    return r;
  }
  get [Symbol.toStringTag]() { return "Response"; }
  [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) {
    return depth < 0 ? "[Response]" : `Response ${inspect({ status: this.status, statusText: this.statusText, headers: this.headers, bodyUsed: this.bodyUsed, ok: this.ok, redirected: this.redirected, type: this.type, url: this.url }, options)}`;
  }
  static {
    respond = (raw, noBody) => {
      const r = new Response(null);
      r.#status = raw.status; r.#text = raw.statusText; r.#url = raw.url; r.#redirected = raw.redirected; r.#type = "basic";
      rawHeaders.fill(r.#headers, raw.headers);
      if (!raw.open) freeze(r.#headers);
      if (!noBody && raw.body) internals.set(r, { bytes: null, source: raw.body, stream: null, type: null, none: false });
      return r;
    };
  }
}
for (const C of [Headers, Request, Response]) {
  for (const k of Object.getOwnPropertyNames(C.prototype)) if (k !== "constructor") Object.defineProperty(C.prototype, k, { enumerable: true });
}

/** Reads stream and hands its chunks to sink until it ends; returns a promise. */
async function pump(stream, sink) {
  const reader = stream.getReader();
  sink.onCancel?.((reason) => { reader.cancel(reason).catch(() => {}); });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const chunk = typeof value === "string" ? encode(value) : value;
      if (!(chunk instanceof Uint8Array)) throw new TypeError("The stream of a body gave a chunk that is no Uint8Array");
      if (chunk.length) await sink.write(chunk);
    }
    sink.close();
  } catch (err) {
    sink.fail(err);
    reader.cancel(err).catch(() => {});
  }
}

async function fetch(input, init) {
  const req = new Request(input, init);
  const signal = requestSignal(req);
  if (signal?.aborted) throw signal.reason;
  const scheme = req.url.slice(0, req.url.indexOf(":"));
  if (scheme === "data") return dataURL(req.url);
  if (scheme !== "http" && scheme !== "https") throw new TypeError(`fetch failed: unknown scheme "${scheme}"`);
  const b = internals.get(req);
  internals.use(req);
  const call = native.fetch(req.method, req.url, rawHeaders.read(req.headers), req.redirect, b.bytes ?? b.source ?? null, !!(b.stream));
  if (b.stream) pump(b.stream, call.sink);
  let off = null;
  if (signal) off = events.onAbort(signal, () => call.abort(signal.reason));
  try {
    const raw = await call.promise;
    const res = respond(raw, req.method === "HEAD" || nullStatus.includes(raw.status));
    raw.body?.onEnd(off ?? undefined);
    return res;
  } catch (err) {
    off?.();
    throw signal?.aborted ? signal.reason : err;
  }
}

function dataURL(url) {
  const m = /^data:([^,]*?)(;base64)?,([^#]*)/i.exec(url);
  if (!m) throw new TypeError("fetch failed: malformed data URL");
  const bytes = m[2] ? Uint8Array.from(Array.from(atob(decodeURIComponent(m[3])), (c) => c.charCodeAt(0))) : native.percentDecode(m[3]);
  return new Response(bytes, { headers: { "content-type": m[1] || "text/plain;charset=US-ASCII" } });
}

Object.assign(exports, { Headers, Request, Response, fetch });

/** For Go: a Request of parts that are known to be right. */
exports.newRequest = (method, url, headers, body, signal) => new Request(trusted, { method, url, headers, body, signal });
exports.newSignal = () => events.newSignal();
exports.abort = (signal, reason) => events.abort(signal, reason);
/** For Go: [status, statusText, headers, bytes, source, isStream] of a Response, or undefined. */
exports.readResponse = (r) => {
  if (!internals.is(r) || !(r instanceof Response)) return undefined;
  const b = internals.get(r);
  if (!b.none && (r.bodyUsed || b.stream?.locked)) throw new TypeError("The response's body was read already");
  internals.use(r);
  return [r.status, r.statusText, rawHeaders.read(r.headers), b.bytes, b.source, b.stream];
};
/** For Go: [method, url, headers, bytes, source, isStream] of a Request, or undefined. */
exports.readRequest = (r) => {
  if (!internals.is(r) || !(r instanceof Request)) return undefined;
  const b = internals.get(r);
  if (!b.none && (r.bodyUsed || b.stream?.locked)) throw new TypeError("The request's body was read already");
  internals.use(r);
  return [r.method, r.url, rawHeaders.read(r.headers), b.bytes, b.source, b.stream];
};
/** For Go: a Response of parts that are known to be right. */
exports.newResponse = (raw) => respond(raw, nullStatus.includes(raw.status));
exports.pump = pump;
