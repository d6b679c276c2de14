// DOMException, Event and its kinds, EventTarget, AbortController, AbortSignal.

const codes = {
  IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5,
  NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10,
  InvalidStateError: 11, SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14,
  InvalidAccessError: 15, TypeMismatchError: 17, SecurityError: 18, NetworkError: 19, AbortError: 20,
  URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23, InvalidNodeTypeError: 24, DataCloneError: 25,
};

class DOMException extends Error {
  #name;
  constructor(message = "", options = "Error") {
    const isObject = typeof options === "object" && options !== null;
    if (isObject && "cause" in options) super(`${message}`, { cause: options.cause });
    else super(`${message}`);
    this.#name = isObject ? (options.name === undefined ? "Error" : `${options.name}`) : `${options}`;
  }
  get name() { return #name in this ? this.#name : "Error"; }
  get code() { return codes[this.name] || 0; }
  get [Symbol.toStringTag]() { return "DOMException"; }
}
for (const name of Object.keys(codes)) {
  const constant = name.replace(/Error$/, "").replace(/URLMismatch/, "UrlMismatch").replace(/[a-z](?=[A-Z])/g, (c) => c + "_").toUpperCase() + "_ERR";
  for (const o of [DOMException, DOMException.prototype]) Object.defineProperty(o, constant, { value: codes[name], enumerable: true });
}
exports.DOMException = DOMException;

const NONE = 0, CAPTURING = 1, AT_TARGET = 2, BUBBLING = 3;
let dispatchEvent; // set below: reaches into an Event's private state
let trust;

class Event {
  #type; #bubbles; #cancelable; #composed; #time = native.now();
  #target = null; #current = null; #phase = NONE;
  #canceled = false; #stop = false; #stopNow = false; #dispatching = false; #passive = false; #trusted = false;
  constructor(type, init = {}) {
    if (arguments.length === 0) throw new TypeError("Event: 1 argument required");
    init = init ?? {};
    this.#type = `${type}`;
    this.#bubbles = !!init.bubbles;
    this.#cancelable = !!init.cancelable;
    this.#composed = !!init.composed;
  }
  get type() { return this.#type; }
  get target() { return this.#target; }
  get srcElement() { return this.#target; }
  get currentTarget() { return this.#current; }
  get eventPhase() { return this.#phase; }
  get bubbles() { return this.#bubbles; }
  get cancelable() { return this.#cancelable; }
  get composed() { return this.#composed; }
  get defaultPrevented() { return this.#canceled; }
  get returnValue() { return !this.#canceled; }
  set returnValue(v) { if (!v) this.preventDefault(); }
  get cancelBubble() { return this.#stop; }
  set cancelBubble(v) { if (v) this.#stop = true; }
  get timeStamp() { return this.#time; }
  get isTrusted() { return this.#trusted; }
  composedPath() { return this.#current ? [this.#current] : []; }
  stopPropagation() { this.#stop = true; }
  stopImmediatePropagation() { this.#stop = true; this.#stopNow = true; }
  preventDefault() { if (this.#cancelable && !this.#passive) this.#canceled = true; }
  initEvent(type, bubbles = false, cancelable = false) {
    if (this.#dispatching) return;
    this.#type = `${type}`; this.#bubbles = !!bubbles; this.#cancelable = !!cancelable; this.#canceled = false;
  }
  get [Symbol.toStringTag]() { return "Event"; }
  static {
    trust = (e) => { e.#trusted = true; return e; };
    dispatchEvent = (target, listeners, event) => {
      if (!(#type in event)) throw new TypeError("dispatchEvent: the argument is no Event");
      if (event.#dispatching) throw new DOMException("The event is already being dispatched.", "InvalidStateError");
      event.#dispatching = true;
      event.#target = event.#current = target;
      event.#phase = AT_TARGET;
      try {
        const list = event.#stop ? undefined : listeners.get(event.#type);
        for (const l of list ? [...list.values()] : []) {
          if (l.removed) continue;
          if (l.once) l.remove();
          event.#passive = l.passive;
          try {
            if (typeof l.callback === "function") l.callback.call(target, event);
            else l.callback.handleEvent(event);
          } catch (err) { native.report(err); }
          event.#passive = false;
          if (event.#stopNow) break;
        }
      } finally {
        event.#dispatching = event.#stop = event.#stopNow = false;
        event.#phase = NONE;
        event.#current = null;
      }
      return !event.#canceled;
    };
  }
}
for (const o of [Event, Event.prototype]) {
  Object.defineProperties(o, { NONE: { value: 0, enumerable: true }, CAPTURING_PHASE: { value: 1, enumerable: true }, AT_TARGET: { value: 2, enumerable: true }, BUBBLING_PHASE: { value: 3, enumerable: true } });
}
exports.Event = Event;
exports.trust = trust;

/** Makes a subclass of Event whose attributes come from the init dictionary. */
function eventClass(name, attributes) {
  const C = { [name]: class extends Event {
    #values = {};
    constructor(type, init) {
      super(...arguments);
      for (const k of Object.keys(attributes)) this.#values[k] = init?.[k] === undefined ? attributes[k] : init[k];
    }
    get [Symbol.toStringTag]() { return name; }
    static {
      for (const k of Object.keys(attributes)) {
        Object.defineProperty(this.prototype, k, { get() { return this.#values[k]; }, enumerable: true, configurable: true });
      }
    }
  } }[name];
  exports[name] = C;
}
eventClass("CustomEvent", { detail: null });
eventClass("MessageEvent", { data: null, origin: "", lastEventId: "", source: null, ports: [] });
eventClass("CloseEvent", { wasClean: false, code: 0, reason: "" });
eventClass("ErrorEvent", { message: "", filename: "", lineno: 0, colno: 0, error: undefined });
eventClass("ProgressEvent", { lengthComputable: false, loaded: 0, total: 0 });
eventClass("PromiseRejectionEvent", { promise: undefined, reason: undefined });

/**
 * A listener's key in its type's Map: its callback, since a signal may have
 * thousands of them; those that capture are few, and are searched.
 */
function listenerKey(list, callback, capture) {
  if (!capture) return callback;
  for (const [k, l] of list) if (l.capture && l.callback === callback) return k;
  return {};
}

class EventTarget {
  #listeners = new Map(); // of each type: a Map of listeners in their order
  #handlers;
  addEventListener(type, callback, options) {
    if (arguments.length < 2) throw new TypeError("addEventListener: 2 arguments required");
    const o = typeof options === "object" && options !== null ? options : { capture: options };
    const signal = o.signal;
    if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError("addEventListener: signal is no AbortSignal");
    if (callback === null || callback === undefined) return;
    if (typeof callback !== "function" && typeof callback !== "object") throw new TypeError("addEventListener: the listener is neither function nor object");
    if (signal?.aborted) return;
    type = `${type}`;
    const capture = !!o.capture;
    let list = this.#listeners.get(type);
    if (!list) this.#listeners.set(type, list = new Map());
    const k = listenerKey(list, callback, capture);
    if (list.has(k)) return;
    const l = { callback, capture, once: !!o.once, passive: !!o.passive, removed: false };
    l.remove = () => {
      l.removed = true;
      if (list.get(k) === l) list.delete(k);
    };
    list.set(k, l);
    if (signal) signal.addEventListener("abort", l.remove, { once: true });
  }
  removeEventListener(type, callback, options) {
    const capture = !!(typeof options === "object" && options !== null ? options.capture : options);
    const list = this.#listeners.get(`${type}`);
    list?.get(listenerKey(list, callback, capture))?.remove();
  }
  dispatchEvent(event) {
    if (!(event instanceof Event)) throw new TypeError("dispatchEvent: the argument is no Event");
    return dispatchEvent(this, this.#listeners, event);
  }
  get [Symbol.toStringTag]() { return "EventTarget"; }
  static {
    exports.listenerCount = (t, type) => t.#listeners.get(type)?.size ?? 0;
    /** Defines on* attributes on a class's prototype. */
    exports.handlers = (C, types) => {
      for (const type of types) {
        Object.defineProperty(C.prototype, "on" + type, {
          enumerable: true, configurable: true,
          get() { return this.#handlers?.[type]?.fn ?? null; },
          set(fn) {
            const hs = this.#handlers ??= {};
            if (typeof fn !== "function" && !(typeof fn === "object" && fn !== null)) {
              if (hs[type]) this.removeEventListener(type, hs[type].run);
              hs[type] = undefined;
              return;
            }
            if (hs[type]) { hs[type].fn = fn; return; }
            const h = hs[type] = { fn, run: function (e) { if (typeof h.fn === "function" && h.fn.call(this, e) === false) e.preventDefault(); } };
            this.addEventListener(type, h.run);
          },
        });
      }
    };
  }
}
exports.EventTarget = EventTarget;

const key = Symbol("AbortSignal");
let abort;

class AbortSignal extends EventTarget {
  #aborted = false;
  #reason = undefined;
  #sources = null; // of AbortSignal.any: kept alive by this one
  #dependents = null;
  #algorithms = null;
  constructor(k) {
    if (k !== key) throw new TypeError("Illegal constructor");
    super();
  }
  get aborted() { return this.#aborted; }
  get reason() { return this.#reason; }
  throwIfAborted() { if (this.#aborted) throw this.#reason; }
  get [Symbol.toStringTag]() { return "AbortSignal"; }
  static abort(reason) {
    const s = new AbortSignal(key);
    s.#aborted = true;
    s.#reason = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
    return s;
  }
  static timeout(ms) {
    if (!(ms >= 0 && ms <= Number.MAX_SAFE_INTEGER)) throw new TypeError("AbortSignal.timeout: not a number of milliseconds");
    const s = new AbortSignal(key);
    setTimeout(() => abort(s, new DOMException("The operation was aborted due to timeout", "TimeoutError")), ms).unref();
    return s;
  }
  static any(signals) {
    const s = new AbortSignal(key);
    const list = [...signals];
    for (const x of list) {
      if (!(x instanceof AbortSignal)) throw new TypeError("AbortSignal.any: not an AbortSignal");
    }
    for (const x of list) {
      if (x.#aborted) { s.#aborted = true; s.#reason = x.#reason; return s; }
    }
    s.#sources = list;
    for (const x of list) (x.#dependents ??= new Set()).add(s);
    return s;
  }
  static {
    abort = (s, reason) => {
      if (s.#aborted) return;
      const all = [];
      const mark = (x) => {
        if (x.#aborted) return;
        x.#aborted = true;
        x.#reason = reason;
        all.push(x);
        if (x.#sources) for (const y of x.#sources) y.#dependents?.delete(x);
        if (x.#dependents) for (const y of [...x.#dependents]) mark(y);
        x.#sources = x.#dependents = null;
      };
      mark(s);
      for (const x of all) {
        const fs = x.#algorithms;
        x.#algorithms = null;
        if (fs) for (const f of [...fs]) { try { f(); } catch (err) { native.report(err); } }
        x.dispatchEvent(trust(new Event("abort")));
      }
    };
    /** Runs f when s aborts, before its listeners; returns a function that takes it back. */
    exports.onAbort = (s, f) => {
      if (s.#aborted) { f(); return () => {}; }
      (s.#algorithms ??= new Set()).add(f);
      return () => s.#algorithms?.delete(f);
    };
  }
}
exports.handlers(AbortSignal, ["abort"]);
exports.AbortSignal = AbortSignal;
exports.newSignal = () => new AbortSignal(key);
exports.abort = (s, reason) => abort(s, reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason);

class AbortController {
  #signal = new AbortSignal(key);
  get signal() { return this.#signal; }
  abort(reason) { exports.abort(this.#signal, reason); }
  get [Symbol.toStringTag]() { return "AbortController"; }
}
exports.AbortController = AbortController;
