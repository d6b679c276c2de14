// What ECMAScript has and goja lacks, but RegExp and Intl. The value of this
// file is a function of the Go host (see Host in polyfill.go).
(function (host) {
  "use strict";
  const def = (o, k, value) => {
    if (!(k in o)) host.define(o, k, value); // by Go: no descriptor objects
  };
  const methods = (o, list) => {
    for (const k of Reflect.ownKeys(list)) def(o, k, list[k]);
  };
  const callable = (f, what) => {
    if (typeof f !== "function") throw new TypeError((what || "argument") + " is not a function");
    return f;
  };

  // First of all: what esbuild lowers depends on these.
  for (const name of ["asyncIterator", "dispose", "asyncDispose"]) {
    if (!Symbol[name]) Object.defineProperty(Symbol, name, { value: Symbol("Symbol." + name) });
  }

  // Iterator and its helpers.
  const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
  const close = (it) => {
    const r = it.return;
    if (r !== undefined && r !== null) r.call(it);
  };
  const record = (o) => {
    if (Object(o) !== o) throw new TypeError("Iterator helper called on a non-object");
    return { it: o, next: o.next };
  };
  const step = (rec) => {
    const r = rec.next.call(rec.it);
    if (Object(r) !== r) throw new TypeError("iterator result is not an object");
    return r;
  };
  // guarded runs f; a throw closes the underlying iterator.
  const guarded = (rec, f) => {
    try {
      return f();
    } catch (e) {
      try {
        close(rec.it);
      } catch {}
      throw e;
    }
  };
  const HelperPrototype = Object.create(IteratorPrototype, {
    next: { value: function next() { return helper(this).next(); }, writable: true, configurable: true },
    return: { value: function () { return helper(this).return(); }, writable: true, configurable: true },
    [Symbol.toStringTag]: { value: "Iterator Helper", configurable: true },
  });
  const helpers = new WeakMap();
  const helper = (o) => {
    const h = helpers.get(o);
    if (!h) throw new TypeError("not an iterator helper");
    return h;
  };
  const lazy = (rec, pull, onReturn) => {
    let done = false;
    const o = Object.create(HelperPrototype);
    helpers.set(o, {
      next() {
        if (done) return { value: undefined, done: true };
        try {
          const r = pull();
          if (r.done) done = true;
          return r;
        } catch (e) {
          done = true;
          throw e;
        }
      },
      return() {
        if (!done) {
          done = true;
          if (onReturn) onReturn();
          close(rec.it);
        }
        return { value: undefined, done: true };
      },
    });
    return o;
  };
  const end = { value: undefined, done: true };
  const count = (n, it) => {
    const v = Number(n);
    if (v !== v || Math.trunc(v) < 0) {
      try { close(it); } catch {}
      throw new RangeError(String(n) + " must be a positive number");
    }
    return Math.trunc(v);
  };
  const iterFrom = (o, strings) => {
    if (Object(o) !== o && !(strings && typeof o === "string")) throw new TypeError(String(o) + " is not an object");
    const f = o[Symbol.iterator];
    return record(f === undefined || f === null ? o : f.call(o));
  };
  // each calls f for every value until it returns something.
  const each = (it, f, fn) => {
    const rec = record(it);
    callable(f, fn);
    for (let i = 0; ; i++) {
      const r = step(rec);
      if (r.done) return;
      const out = guarded(rec, () => f(r.value, i));
      if (out) {
        close(it);
        return out;
      }
    }
  };
  methods(IteratorPrototype, {
    map(f) {
      const rec = record(this);
      callable(f);
      let i = 0;
      return lazy(rec, () => {
        const r = step(rec);
        return r.done ? end : { value: guarded(rec, () => f(r.value, i++)), done: false };
      });
    },
    filter(f) {
      const rec = record(this);
      callable(f);
      let i = 0;
      return lazy(rec, () => {
        for (;;) {
          const r = step(rec);
          if (r.done) return end;
          if (guarded(rec, () => f(r.value, i++))) return { value: r.value, done: false };
        }
      });
    },
    take(n) {
      const rec = record(this);
      let left = count(n, this);
      return lazy(rec, () => {
        if (left-- <= 0) {
          close(rec.it);
          return end;
        }
        const r = step(rec);
        return r.done ? end : { value: r.value, done: false };
      });
    },
    drop(n) {
      const rec = record(this);
      let left = count(n, this);
      return lazy(rec, () => {
        for (; left > 0; left--) if (step(rec).done) return end;
        const r = step(rec);
        return r.done ? end : { value: r.value, done: false };
      });
    },
    flatMap(f) {
      const rec = record(this);
      callable(f);
      let inner, i = 0;
      return lazy(rec, () => {
        for (;;) {
          if (inner) {
            const r = guarded(rec, () => step(inner));
            if (!r.done) return { value: r.value, done: false };
            inner = undefined;
          }
          const r = step(rec);
          if (r.done) return end;
          inner = guarded(rec, () => iterFrom(f(r.value, i++), false));
        }
      }, () => inner && close(inner.it));
    },
    reduce(f, ...init) {
      const rec = record(this);
      callable(f);
      let acc, i = 0;
      if (init.length > 0) acc = init[0];
      else {
        const r = step(rec);
        if (r.done) throw new TypeError("Reduce of an empty iterator with no initial value");
        acc = r.value;
        i = 1;
      }
      for (;;) {
        const r = step(rec);
        if (r.done) return acc;
        acc = guarded(rec, () => f(acc, r.value, i++));
      }
    },
    toArray() {
      const rec = record(this), out = [];
      for (;;) {
        const r = step(rec);
        if (r.done) return out;
        out.push(r.value);
      }
    },
    forEach(f) { callable(f); each(this, (v, i) => void f(v, i)); },
    some(f) { callable(f); return each(this, (v, i) => f(v, i) && true) === true; },
    every(f) { callable(f); return each(this, (v, i) => !f(v, i)) !== true; },
    find(f) {
      callable(f);
      const hit = each(this, (v, i) => (f(v, i) ? [v] : undefined));
      return hit && hit[0];
    },
    [Symbol.dispose]() { close(this); },
  });
  if (typeof globalThis.Iterator === "undefined") {
    const Iterator = function Iterator() {
      if (new.target === undefined || new.target === Iterator) throw new TypeError("Abstract class Iterator not directly constructable");
    };
    Object.defineProperty(Iterator, "prototype", { value: IteratorPrototype, writable: false });
    const Wrap = Object.create(IteratorPrototype, {
      next: { value: function next() { const r = wrapped.get(this); return r.next.call(r.it); }, writable: true, configurable: true },
      return: { value: function () { const r = wrapped.get(this); const f = r.it.return; return f === undefined ? { value: undefined, done: true } : f.call(r.it); }, writable: true, configurable: true },
    });
    const wrapped = new WeakMap();
    def(Iterator, "from", function from(o) {
      const rec = iterFrom(o, true);
      if (IteratorPrototype.isPrototypeOf(rec.it)) return rec.it;
      const w = Object.create(Wrap);
      wrapped.set(w, rec);
      return w;
    });
    def(globalThis, "Iterator", Iterator);
    Object.defineProperty(IteratorPrototype, "constructor", { value: Iterator, writable: true, configurable: true });
    if (!(Symbol.toStringTag in IteratorPrototype)) Object.defineProperty(IteratorPrototype, Symbol.toStringTag, { value: "Iterator", configurable: true, writable: true });
  }

  // Promise, grouping, arrays.
  methods(Promise, {
    withResolvers() {
      let resolve, reject;
      const promise = new this((a, b) => { resolve = a; reject = b; });
      return { promise, resolve, reject };
    },
    try(f, ...args) { return new this((resolve) => resolve(f(...args))); },
  });
  def(Object, "groupBy", function groupBy(items, f) {
    callable(f);
    const out = Object.create(null);
    let i = 0;
    for (const v of items) {
      let k = f(v, i++);
      if (typeof k !== "symbol") k = String(k);
      if (k in out) out[k].push(v);
      else out[k] = [v];
    }
    return out;
  });
  def(Map, "groupBy", function groupBy(items, f) {
    callable(f);
    const out = new Map();
    let i = 0;
    for (const v of items) {
      const k = f(v, i++), list = out.get(k);
      if (list) list.push(v);
      else out.set(k, [v]);
    }
    return out;
  });
  def(Array, "fromAsync", async function fromAsync(items, f, thisArg) {
    if (f !== undefined) callable(f);
    const out = typeof this === "function" ? new this() : [];
    let i = 0;
    const add = async (v) => { out[i] = f ? await f.call(thisArg, v, i) : v; i++; };
    if (items === null || items === undefined) throw new TypeError("items is not iterable");
    const am = items[Symbol.asyncIterator], sm = items[Symbol.iterator];
    if (am || sm) {
      const it = (am || sm).call(items);
      for (;;) {
        let r = it.next();
        if (am) r = await r;
        if (r.done) break;
        try {
          await add(await r.value);
        } catch (e) {
          try { if (it.return) await it.return(); } catch {}
          throw e;
        }
      }
    } else {
      for (let n = items.length >>> 0, k = 0; k < n; k++) await add(await items[k]);
    }
    out.length = i;
    return out;
  });

  // Strings, errors, buffers.
  const lone = (s) => {
    for (let i = 0; i < s.length; i++) {
      const c = s.charCodeAt(i);
      if (c < 0xd800 || c > 0xdfff) continue;
      if (c < 0xdc00 && i + 1 < s.length && (s.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++;
      else return i;
    }
    return -1;
  };
  methods(String.prototype, {
    isWellFormed() { return lone(String(this)) < 0; },
    toWellFormed() {
      let s = String(this);
      for (let i = lone(s); i >= 0; i = lone(s)) s = s.slice(0, i) + "\ufffd" + s.slice(i + 1);
      return s;
    },
  });
  def(Error, "captureStackTrace", function captureStackTrace(target, above) {
    const lines = String(new Error().stack || "").split("\n").slice(2);
    if (typeof above === "function" && above.name) {
      const at = lines.findIndex((l) => l.trim().startsWith("at " + above.name + " ("));
      if (at >= 0) lines.splice(0, at + 1);
    }
    let head = "Error";
    try { head = target instanceof Error ? String(target) : target.name && target.message !== undefined ? target.name + ": " + target.message : "Error"; } catch {}
    Object.defineProperty(target, "stack", { value: head + "\n" + lines.join("\n"), writable: true, configurable: true });
  });
  def(Error, "stackTraceLimit", 10);
  if (typeof globalThis.SuppressedError === "undefined") {
    def(globalThis, "SuppressedError", class SuppressedError extends Error {
      constructor(error, suppressed, message) {
        super(message);
        this.error = error;
        this.suppressed = suppressed;
      }
    });
    def(globalThis.SuppressedError.prototype, "name", "SuppressedError");
    globalThis.SuppressedError.prototype.name = "SuppressedError";
  }
  const detach = host.detach;
  methods(ArrayBuffer.prototype, {
    transfer(length) {
      const n = length === undefined ? this.byteLength : Math.trunc(Number(length)) || 0;
      if (this.detached) throw new TypeError("the ArrayBuffer is detached");
      const to = new ArrayBuffer(n);
      new Uint8Array(to).set(new Uint8Array(this, 0, Math.min(n, this.byteLength)));
      detach(this);
      return to;
    },
    transferToFixedLength(length) { return this.transfer(length); },
  });
  if (!("detached" in ArrayBuffer.prototype)) {
    Object.defineProperty(ArrayBuffer.prototype, "detached", { configurable: true, get() { return host.detached(this); } });
  }

  // Strong: goja can't tell when an object dies.
  def(globalThis, "WeakRef", class WeakRef {
    #target;
    constructor(target) {
      if (Object(target) !== target && typeof target !== "symbol") throw new TypeError("WeakRef: invalid target");
      this.#target = target;
    }
    deref() { return this.#target; }
    get [Symbol.toStringTag]() { return "WeakRef"; }
  });
  def(globalThis, "FinalizationRegistry", class FinalizationRegistry {
    constructor(cleanup) { callable(cleanup, "cleanup"); }
    register() {}
    unregister() { return false; }
    get [Symbol.toStringTag]() { return "FinalizationRegistry"; }
  });

  // Intl is loaded at its first use.
  const intl = () => {
    const v = host.intl();
    Object.defineProperty(globalThis, "Intl", { value: v, writable: true, configurable: true, enumerable: false });
    return v;
  };
  Object.defineProperty(globalThis, "Intl", {
    configurable: true,
    get: intl,
    set(v) { Object.defineProperty(globalThis, "Intl", { value: v, writable: true, configurable: true }); },
  });
  const own = () => host.intl();
  const redefine = (o, list) => {
    for (const k of Object.keys(list)) host.define(o, k, list[k]);
  };
  redefine(Number.prototype, { toLocaleString(l, o) { return new (own().NumberFormat)(l, o).format(Number(this)); } });
  redefine(BigInt.prototype, { toLocaleString(l, o) { return new (own().NumberFormat)(l, o).format(BigInt(this.valueOf())); } });
  redefine(Array.prototype, {
    toLocaleString(l, o) {
      return Array.prototype.map.call(this, (v) => (v === null || v === undefined ? "" : v.toLocaleString(l, o))).join(",");
    },
  });
  const date = (d, l, o, need, fill) => (Number.isNaN(d.getTime()) ? "Invalid Date" : own().formatDate(d, l, o, need, fill));
  redefine(Date.prototype, {
    toLocaleString(l, o) { return date(this, l, o, "any", "all"); },
    toLocaleDateString(l, o) { return date(this, l, o, "date", "date"); },
    toLocaleTimeString(l, o) { return date(this, l, o, "time", "time"); },
  });
  redefine(String.prototype, {
    localeCompare(other, l, o) { return new (own().Collator)(l, o).compare(String(this), String(other)); },
    toLocaleUpperCase() { return String(this).toUpperCase(); },
    toLocaleLowerCase() { return String(this).toLowerCase(); },
  });
})
