// node:assert.

const { inspect } = require("inspect");
const types = require("node/util_types");

class AssertionError extends Error {
  constructor(o) {
    super(o.message ?? `${inspect(o.actual)} ${o.operator} ${inspect(o.expected)}`);
    this.name = "AssertionError";
    this.code = "ERR_ASSERTION";
    this.generatedMessage = o.message === undefined;
    this.actual = o.actual; this.expected = o.expected; this.operator = o.operator;
  }
}

function equalValues(a, b, strict, seen = new Map()) {
  if (strict ? Object.is(a, b) : a == b || (a !== a && b !== b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (seen.get(a) === b) return true;
  seen.set(a, b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (types.isDate(a)) { if (!types.isDate(b) || !Object.is(a.getTime(), b.getTime())) return false; } else if (types.isDate(b)) return false;
  if (types.isRegExp(a)) { if (!types.isRegExp(b) || String(a) !== String(b)) return false; } else if (types.isRegExp(b)) return false;
  if (types.isNativeError(a) && (a.name !== b.name || a.message !== b.message)) return false;
  if (types.isBoxedPrimitive(a) && (!types.isBoxedPrimitive(b) || !Object.is(a.valueOf(), b.valueOf()))) return false;
  if (ArrayBuffer.isView(a) || a instanceof ArrayBuffer) {
    const u = (v) => v instanceof ArrayBuffer ? new Uint8Array(v) : new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
    if (!(ArrayBuffer.isView(b) || b instanceof ArrayBuffer) || u(a).length !== u(b).length || u(a).some((x, i) => x !== u(b)[i])) return false;
  }
  if (types.isSet(a)) {
    if (!types.isSet(b) || a.size !== b.size) return false;
    const left = [...b];
    for (const x of a) { const i = left.findIndex((y) => equalValues(x, y, strict, seen)); if (i < 0) return false; left.splice(i, 1); }
  } else if (types.isSet(b)) return false;
  if (types.isMap(a)) {
    if (!types.isMap(b) || a.size !== b.size) return false;
    for (const [k, v] of a) {
      const e = b.has(k) ? [k, b.get(k)] : [...b].find(([y]) => equalValues(k, y, strict, seen));
      if (!e || !equalValues(v, e[1], strict, seen)) return false;
    }
  } else if (types.isMap(b)) return false;
  const keys = (o) => [...Object.keys(o), ...(strict ? Object.getOwnPropertySymbols(o).filter((s) => Object.prototype.propertyIsEnumerable.call(o, s)) : [])];
  const ka = keys(a), kb = keys(b);
  return ka.length === kb.length && ka.every((k) => Object.prototype.hasOwnProperty.call(b, k) && equalValues(a[k], b[k], strict, seen));
}

function check(ok, actual, expected, operator, message) {
  if (ok) return;
  if (message instanceof Error) throw message;
  throw new AssertionError({ actual, expected, operator, message });
}
module.exports = Object.assign((v, message) => check(v, v, true, "==", message), {
  AssertionError,
  ok: (v, m) => check(v, v, true, "==", m),
  equal: (a, b, m) => check(a == b || (a !== a && b !== b), a, b, "==", m),
  notEqual: (a, b, m) => check(!(a == b || (a !== a && b !== b)), a, b, "!=", m),
  strictEqual: (a, b, m) => check(Object.is(a, b), a, b, "strictEqual", m),
  notStrictEqual: (a, b, m) => check(!Object.is(a, b), a, b, "notStrictEqual", m),
  deepEqual: (a, b, m) => check(equalValues(a, b, false), a, b, "deepEqual", m),
  notDeepEqual: (a, b, m) => check(!equalValues(a, b, false), a, b, "notDeepEqual", m),
  deepStrictEqual: (a, b, m) => check(equalValues(a, b, true), a, b, "deepStrictEqual", m),
  notDeepStrictEqual: (a, b, m) => check(!equalValues(a, b, true), a, b, "notDeepStrictEqual", m),
  match: (s, re, m) => check(re.test(s), s, re, "match", m),
  doesNotMatch: (s, re, m) => check(!re.test(s), s, re, "doesNotMatch", m),
  fail: (m) => check(false, undefined, undefined, "fail", m ?? "Failed"),
  ifError: (e) => { if (e !== null && e !== undefined) throw e; },
  throws(fn, expected, m) { try { fn(); } catch (e) { expects(e, expected); return; } check(false, undefined, expected, "throws", typeof expected === "string" ? expected : m ?? "Missing expected exception."); },
  doesNotThrow(fn, m) { try { fn(); } catch (e) { check(false, e, undefined, "doesNotThrow", m ?? `Got unwanted exception: ${e}`); } },
  async rejects(p, expected, m) { try { await (typeof p === "function" ? p() : p); } catch (e) { expects(e, expected); return; } check(false, undefined, expected, "rejects", m ?? "Missing expected rejection."); },
  async doesNotReject(p, m) { try { await (typeof p === "function" ? p() : p); } catch (e) { check(false, e, undefined, "doesNotReject", m ?? `Got unwanted rejection: ${e}`); } },
  deepEqualValues: equalValues,
});
module.exports.strict = Object.assign((v, m) => module.exports.ok(v, m), module.exports, { equal: module.exports.strictEqual, notEqual: module.exports.notStrictEqual, deepEqual: module.exports.deepStrictEqual, notDeepEqual: module.exports.notDeepStrictEqual });

function expects(e, expected) {
  if (expected === undefined || typeof expected === "string") return;
  if (expected instanceof RegExp) return check(expected.test(String(e)), e, expected, "throws");
  if (typeof expected === "function") {
    if (expected.prototype !== undefined && e instanceof expected) return;
    if (Error.isPrototypeOf(expected)) throw e;
    return check(expected.call({}, e) === true, e, expected, "throws");
  }
  for (const k of Object.keys(expected)) check(expected[k] instanceof RegExp && typeof e[k] === "string" ? expected[k].test(e[k]) : equalValues(e[k], expected[k], true), e, expected, "throws");
}
