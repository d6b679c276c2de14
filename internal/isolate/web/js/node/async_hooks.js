// node:async_hooks: AsyncLocalStorage and AsyncResource on the host's store, an
// immutable Map of storage to value.

const { get, set } = native;

class AsyncLocalStorage {
  #default;
  constructor(options) { this.#default = options?.defaultValue; this.name = options?.name ?? ""; }
  getStore() {
    const m = get();
    return m !== undefined && m.has(this) ? m.get(this) : this.#default;
  }
  run(store, fn, ...args) {
    const old = get();
    set(new Map(old).set(this, store));
    try { return fn(...args); } finally { set(old); }
  }
  exit(fn, ...args) {
    const old = get();
    if (old !== undefined) { const m = new Map(old); m.delete(this); set(m); }
    try { return fn(...args); } finally { set(old); }
  }
  enterWith(store) { set(new Map(get()).set(this, store)); }
  disable() { const old = get(); if (old !== undefined) { const m = new Map(old); m.delete(this); set(m); } }
  static bind(fn) { return AsyncResource.bind(fn); }
  static snapshot() {
    const at = get();
    return (fn, ...args) => { const old = get(); set(at); try { return fn(...args); } finally { set(old); } };
  }
}

let ids = 1;
class AsyncResource {
  #store = get(); #id = ++ids;
  constructor(type) { this.type = type; }
  runInAsyncScope(fn, thisArg, ...args) {
    const old = get();
    set(this.#store);
    try { return fn.apply(thisArg, args); } finally { set(old); }
  }
  bind(fn, thisArg) { const r = this; return function (...args) { return r.runInAsyncScope(fn, thisArg ?? this, ...args); }; }
  static bind(fn, type, thisArg) { return new AsyncResource(type ?? fn.name).bind(fn, thisArg); }
  emitDestroy() { return this; }
  asyncId() { return this.#id; }
  triggerAsyncId() { return 0; }
}
const hook = { enable() { return hook; }, disable() { return hook; } };
Object.assign(exports, { AsyncLocalStorage, AsyncResource, createHook: () => hook, executionAsyncId: () => 1, triggerAsyncId: () => 0, executionAsyncResource: () => ({}) });
