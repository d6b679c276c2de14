// node:diagnostics_channel.
const channels = new Map();
class Channel {
  #subscribers = [];
  constructor(name) { this.name = name; }
  get hasSubscribers() { return this.#subscribers.length > 0; }
  subscribe(f) { this.#subscribers.push(f); }
  unsubscribe(f) { const i = this.#subscribers.indexOf(f); if (i >= 0) this.#subscribers.splice(i, 1); return i >= 0; }
  publish(message) { for (const f of this.#subscribers.slice()) f(message, this.name); }
  bindStore() {}
  runStores(data, fn, thisArg, ...args) { return fn.apply(thisArg, args); }
}
const channel = (name) => { let c = channels.get(name); if (!c) channels.set(name, c = new Channel(name)); return c; };
exports.channel = channel;
exports.Channel = Channel;
exports.hasSubscribers = (name) => channels.get(name)?.hasSubscribers ?? false;
exports.subscribe = (name, f) => channel(name).subscribe(f);
exports.unsubscribe = (name, f) => channel(name).unsubscribe(f);
exports.tracingChannel = (name) => {
  const t = { hasSubscribers: false, traceSync: (fn, ctx, thisArg, ...args) => fn.apply(thisArg, args), tracePromise: (fn, ctx, thisArg, ...args) => fn.apply(thisArg, args), traceCallback: (fn, pos, ctx, thisArg, ...args) => fn.apply(thisArg, args), subscribe() {}, unsubscribe() {} };
  for (const k of ["start", "end", "asyncStart", "asyncEnd", "error"]) t[k] = channel(`tracing:${name}:${k}`);
  return t;
};
