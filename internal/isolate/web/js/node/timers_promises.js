// node:timers/promises.
const { onAbort } = require("events");

function wait(start, stop, value, options) {
  const signal = options?.signal;
  if (signal?.aborted) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    let off;
    const t = start(() => { off?.(); resolve(value); });
    if (options?.ref === false) t.unref();
    if (signal) off = onAbort(signal, () => { stop(t); reject(abortError(signal)); });
  });
}
const abortError = (signal) => Object.assign(new Error("The operation was aborted", { cause: signal.reason }), { name: "AbortError", code: "ABORT_ERR" });

exports.setTimeout = (ms, value, options) => wait((f) => setTimeout(f, ms), clearTimeout, value, options);
exports.setImmediate = (value, options) => wait((f) => setImmediate(f), clearImmediate, value, options);
exports.setInterval = (ms, value, options) => {
  let done = false;
  return {
    async next() { if (done) return { done, value: undefined }; await exports.setTimeout(ms, undefined, options); return { done: false, value }; },
    async return() { done = true; return { done, value: undefined }; },
    [Symbol.asyncIterator]() { return this; },
  };
};
exports.scheduler = { wait: (ms, options) => exports.setTimeout(ms, undefined, options), yield: () => exports.setImmediate() };
