// node:util.

const { inspect, format } = require("inspect");
const types = require("node/util_types");

const customPromisify = Symbol.for("nodejs.util.promisify.custom");
function promisify(fn) {
  if (typeof fn !== "function") throw new TypeError("promisify: the argument must be a function");
  if (typeof fn[customPromisify] === "function") return fn[customPromisify];
  if (fn === setTimeout) return require("node/timers_promises").setTimeout;
  if (fn === setImmediate) return require("node/timers_promises").setImmediate;
  const f = function (...args) {
    return new Promise((resolve, reject) => fn.call(this, ...args, (err, ...values) => err ? reject(err) : resolve(values[0])));
  };
  Object.setPrototypeOf(f, Object.getPrototypeOf(fn));
  return Object.defineProperties(f, Object.getOwnPropertyDescriptors(fn));
}
promisify.custom = customPromisify;

function callbackify(fn) {
  return function (...args) {
    const cb = args.pop();
    fn.apply(this, args).then((v) => process.nextTick(cb, null, v), (e) => process.nextTick(cb, e ?? Object.assign(new Error("Promise was rejected with falsy value"), { reason: e })));
  };
}
function inherits(C, S) {
  Object.defineProperty(C, "super_", { value: S, writable: true, configurable: true });
  Object.setPrototypeOf(C.prototype, S.prototype);
}
function deprecate(fn, msg) {
  let warned = false;
  return function (...args) {
    if (!warned) { warned = true; process.emitWarning(msg); }
    return new.target ? Reflect.construct(fn, args, new.target) : fn.apply(this, args);
  };
}
const debuglog = () => Object.assign(() => {}, { enabled: false });

module.exports = {
  inspect, format, formatWithOptions: (o, ...args) => format(...args), types, promisify, callbackify, inherits, deprecate, debuglog, debug: debuglog,
  isDeepStrictEqual: (a, b) => require("node/assert").deepEqualValues(a, b, true),
  stripVTControlCharacters: (s) => s.replace(/[\u001b\u009b][[()#;?]*(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-nq-uy=><~]/g, ""),
  styleText: (f, s) => s, toUSVString: (s) => new TextDecoder().decode(new TextEncoder().encode(s)),
  aborted: (signal) => new Promise((r) => { if (signal.aborted) r(); else signal.addEventListener("abort", () => r(), { once: true }); }),
  TextEncoder, TextDecoder,
  isArray: Array.isArray, isRegExp: types.isRegExp, isDate: types.isDate, isError: types.isNativeError, isFunction: (f) => typeof f === "function",
  isString: (s) => typeof s === "string", isNumber: (n) => typeof n === "number", isBoolean: (b) => typeof b === "boolean", isUndefined: (u) => u === undefined, isNull: (n) => n === null, isNullOrUndefined: (n) => n == null,
  isObject: (o) => typeof o === "object" && o !== null, isPrimitive: (o) => o === null || (typeof o !== "object" && typeof o !== "function"), isSymbol: (s) => typeof s === "symbol", isBuffer: (b) => Buffer.isBuffer(b),
};
