// node:events: the npm package's emitter (emitter.js), and what it lacks.

const EventEmitter = require("node/emitter");
module.exports = EventEmitter;

const abortError = (signal) => Object.assign(new Error("The operation was aborted", { cause: signal.reason }), { name: "AbortError", code: "ABORT_ERR" });
const checked = (options) => {
  const signal = options?.signal;
  if (signal !== undefined && (signal === null || typeof signal !== "object" || !("aborted" in signal))) throw Object.assign(new TypeError('The "options.signal" property must be an instance of AbortSignal'), { code: "ERR_INVALID_ARG_TYPE" });
  return signal;
};
const once = EventEmitter.once;

EventEmitter.once = async (emitter, name, options) => {
  const signal = checked(options);
  if (signal === undefined) return once(emitter, name);
  if (signal.aborted) throw abortError(signal);
  const target = typeof emitter.on !== "function";
  const events = target ? emitter : new EventEmitter(); // a relay: to leave the emitter when the signal comes
  const relay = (...args) => events.emit(name, ...args);
  const fail = (err) => events.emit("error", err);
  if (!target) {
    emitter.on(name, relay);
    if (name !== "error") emitter.on("error", fail);
  }
  let abort;
  try {
    return await Promise.race([
      once(events, name),
      new Promise((_, reject) => signal.addEventListener("abort", (abort = () => reject(abortError(signal))), { once: true })),
    ]);
  } finally {
    signal.removeEventListener("abort", abort);
    if (!target) {
      emitter.removeListener(name, relay);
      emitter.removeListener("error", fail);
    }
  }
};

EventEmitter.on = (emitter, name, options) => {
  const signal = checked(options);
  if (signal?.aborted) throw abortError(signal);
  const queue = [];
  const waiting = [];
  let failure, done = false;
  const listener = (...args) => {
    const w = waiting.shift();
    if (w) w.resolve({ value: args, done: false });
    else queue.push(args);
  };
  const end = () => {
    if (done) return;
    done = true;
    emitter.removeListener(name, listener);
    emitter.removeListener("error", fail);
    signal?.removeEventListener("abort", aborted);
    for (const w of waiting.splice(0)) w.resolve({ value: undefined, done: true });
  };
  const fail = (err) => {
    const w = waiting.shift();
    if (w) w.reject(err);
    else failure = { err };
    end();
  };
  const aborted = () => fail(abortError(signal));
  emitter.on(name, listener);
  if (name !== "error") emitter.on("error", fail);
  signal?.addEventListener("abort", aborted, { once: true });
  return {
    next() {
      if (queue.length > 0) return Promise.resolve({ value: queue.shift(), done: false });
      if (failure) {
        const { err } = failure;
        failure = undefined;
        return Promise.reject(err);
      }
      if (done) return Promise.resolve({ value: undefined, done: true });
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    return() { end(); return Promise.resolve({ value: undefined, done: true }); },
    throw(err) { fail(err); return Promise.resolve({ value: undefined, done: true }); },
    [Symbol.asyncIterator]() { return this; },
  };
};
EventEmitter.getEventListeners = (emitter, name) => (typeof emitter.listeners === "function" ? emitter.listeners(name) : []);
EventEmitter.setMaxListeners = (n, ...emitters) => { for (const e of emitters) e.setMaxListeners?.(n); };
EventEmitter.errorMonitor = Symbol("events.errorMonitor");
EventEmitter.addAbortListener = (signal, listener) => {
  if (signal.aborted) queueMicrotask(() => listener());
  else signal.addEventListener("abort", listener, { once: true });
  return { [Symbol.dispose]() { signal.removeEventListener("abort", listener); } };
};
