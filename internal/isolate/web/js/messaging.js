// MessageChannel, MessagePort and BroadcastChannel, all within one isolate.

const { EventTarget, MessageEvent, DOMException, handlers } = require("events");
const key = Symbol("MessagePort");
const post = (f) => setTimeout(f, 0);

class MessagePort extends EventTarget {
  #other = null; #started = false; #closed = false; #queue = [];
  constructor(k) { if (k !== key) throw new TypeError("Illegal constructor"); super(); }
  postMessage(message, options) {
    const data = structuredClone(message, Array.isArray(options) ? { transfer: options } : options);
    const other = this.#other;
    if (!other || other.#closed) return;
    if (other.#started) other.#deliver(data);
    else if (other.#queue.length < 10000) other.#queue.push(data);
  }
  #deliver(data) { post(() => { if (!this.#closed) this.dispatchEvent(new MessageEvent("message", { data })); }); }
  start() {
    if (this.#started) return;
    this.#started = true;
    for (const d of this.#queue.splice(0)) this.#deliver(d);
  }
  close() { this.#closed = true; if (this.#other) this.#other.#closed = true; }
  ref() { return this; }
  unref() { return this; }
  get [Symbol.toStringTag]() { return "MessagePort"; }
  static { exports.entangle = (a, b) => { a.#other = b; b.#other = a; }; }
}
handlers(MessagePort, ["message", "messageerror"]);
const onmessage = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
Object.defineProperty(MessagePort.prototype, "onmessage", { ...onmessage, set(f) { onmessage.set.call(this, f); this.start(); } });

class MessageChannel {
  #port1 = new MessagePort(key); #port2 = new MessagePort(key);
  constructor() { exports.entangle(this.#port1, this.#port2); }
  get port1() { return this.#port1; }
  get port2() { return this.#port2; }
  get [Symbol.toStringTag]() { return "MessageChannel"; }
}

const channels = new Map();
class BroadcastChannel extends EventTarget {
  #name; #closed = false;
  constructor(name) {
    super();
    if (arguments.length === 0) throw new TypeError("BroadcastChannel: 1 argument required");
    this.#name = `${name}`;
    if (!channels.has(this.#name)) channels.set(this.#name, new Set());
    channels.get(this.#name).add(this);
  }
  get name() { return this.#name; }
  postMessage(message) {
    if (this.#closed) throw new DOMException("The channel is closed", "InvalidStateError");
    for (const c of channels.get(this.#name)) {
      if (c === this) continue;
      const data = structuredClone(message);
      post(() => { if (!c.#closed) c.dispatchEvent(new MessageEvent("message", { data })); });
    }
  }
  close() {
    this.#closed = true;
    const set = channels.get(this.#name);
    set?.delete(this);
    if (set?.size === 0) channels.delete(this.#name);
  }
  ref() { return this; }
  unref() { return this; }
  get [Symbol.toStringTag]() { return "BroadcastChannel"; }
}
handlers(BroadcastChannel, ["message", "messageerror"]);
Object.assign(exports, { MessagePort, MessageChannel, BroadcastChannel });
