// util.inspect and util.format, close to Node's output.

const custom = Symbol.for("nodejs.util.inspect.custom");
exports.custom = custom;

/** 64-bit integers come from Go as numbers or strings. */
exports.toBigInt = (n) => BigInt(n);

const maxLength = 64 * 1024;

function quote(s) {
  let q = "'";
  if (s.includes("'")) q = !s.includes('"') ? '"' : !s.includes("`") && !s.includes("${") ? "`" : "'";
  let out = "";
  for (const c of s) {
    const n = c.codePointAt(0);
    if (c === q || c === "\\") out += "\\" + c;
    else if (c === "\n") out += "\\n";
    else if (c === "\t") out += "\\t";
    else if (c === "\r") out += "\\r";
    else if (c === "\b") out += "\\b";
    else if (c === "\f") out += "\\f";
    else if (c === "\v") out += "\\v";
    else if (n < 32 || n === 127) out += "\\x" + n.toString(16).toUpperCase().padStart(2, "0");
    else if (n >= 0xd800 && n <= 0xdfff) out += "\\u" + n.toString(16).toUpperCase();
    else out += c;
  }
  return q + out + q;
}

function primitive(v, ctx) {
  switch (typeof v) {
    case "string": {
      if (v.length > ctx.maxStringLength) {
        const rest = v.length - ctx.maxStringLength;
        return quote(v.slice(0, ctx.maxStringLength)) + `... ${rest} more character${rest > 1 ? "s" : ""}`;
      }
      return quote(v);
    }
    case "number": return Object.is(v, -0) ? "-0" : String(v);
    case "bigint": return v + "n";
    case "symbol": return v.toString();
    default: return String(v);
  }
}

const identifier = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const keyText = (k) => typeof k === "symbol" ? `[${k.toString()}]` : identifier.test(k) ? k : quote(k);

function className(o) {
  let p = o;
  for (let i = 0; p !== null && i < 100; i++) {
    const d = Object.getOwnPropertyDescriptor(p, "constructor");
    if (d && typeof d.value === "function" && d.value.name !== "") return d.value.name;
    p = Object.getPrototypeOf(p);
  }
  return null;
}

const brand = (o) => { try { return Object.prototype.toString.call(o).slice(8, -1); } catch { return "Object"; } };
const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const isTyped = (o) => { try { return typedArrayTag.call(o); } catch { return undefined; } };
const passes = (f, o) => { try { f.call(o); return true; } catch { return false; } };
const sizeOf = (C) => Object.getOwnPropertyDescriptor(C.prototype, "size").get;
const isMap = (o) => passes(sizeOf(Map), o);
const isSet = (o) => passes(sizeOf(Set), o);
const isDate = (o) => passes(Date.prototype.getTime, o);
const isRegExp = (o) => o instanceof RegExp;
const isError = (o) => Error.isError ? Error.isError(o) : o instanceof Error;
const isPromise = (o) => o instanceof Promise;
const isBoxed = (o) => o instanceof Number || o instanceof String || o instanceof Boolean || (typeof BigInt === "function" && o instanceof BigInt) || o instanceof Symbol;
exports.kinds = { isTyped, isMap, isSet, isDate, isRegExp, isError, isPromise, isBoxed };

function stackText(err, ctx, keys) {
  let stack = typeof err.stack === "string" && err.stack ? err.stack : Error.prototype.toString.call(err);
  const name = typeof err.name === "string" ? err.name : "Error";
  const head = err.message ? `${name}: ${err.message}` : name;
  if (err.message && !stack.includes(err.message)) stack = head + "\n" + stack;
  else if (/^\s*at /.test(stack)) stack = head + "\n" + stack;
  for (const k of ["name", "message", "stack"]) {
    const i = keys.indexOf(k);
    if (i >= 0 && stack.includes(String(err[k]))) keys.splice(i, 1);
  }
  return stack.trimEnd();
}

function inspectValue(v, ctx, depth, typed) {
  if (v === null || (typeof v !== "object" && typeof v !== "function")) return primitive(v, ctx);
  if (ctx.budget <= 0) return "...";
  let hook;
  if (ctx.customInspect) {
    try { hook = v[custom]; } catch { hook = undefined; }
    if (typeof hook === "function" && hook !== inspect) {
      const left = ctx.depth === Infinity ? Infinity : ctx.depth - depth;
      const r = hook.call(v, left, { ...ctx.options, depth: left, stylize: (s) => String(s) }, inspect);
      if (r !== v) return typeof r === "string" ? r.replaceAll("\n", "\n" + " ".repeat(ctx.indent)) : inspectValue(r, ctx, depth);
    }
  }
  if (ctx.seen.includes(v)) {
    if (!ctx.circular.has(v)) ctx.circular.set(v, ctx.circular.size + 1);
    return `[Circular *${ctx.circular.get(v)}]`;
  }
  return inspectObject(v, ctx, depth);
}

function inspectObject(v, ctx, depth) {
  const name = className(v);
  let tag = "";
  try { tag = v[Symbol.toStringTag]; } catch { tag = ""; }
  if (typeof tag !== "string" || tag === "" || tag === name) tag = "";
  const prefix = (fallback, size) => {
    const n = size === undefined ? "" : `(${size})`;
    const base = name === null ? `[${fallback}${n}: null prototype] ` : `${name}${n} `;
    return tag && tag !== name ? `${base}[${tag}] ` : base;
  };
  let keys = ctx.showHidden ? Reflect.ownKeys(v) : Object.keys(v).concat(Object.getOwnPropertySymbols(v).filter((s) => Object.prototype.propertyIsEnumerable.call(v, s)));
  let braces = ["{", "}"], base = "", entries = null, isList = false;
  const typedName = isTyped(v);
  if (Array.isArray(v)) {
    isList = true;
    keys = keys.filter((k) => typeof k === "symbol" || !isIndex(k));
    braces = [(name === "Array" && !tag ? "" : prefix("Array", v.length)) + "[", "]"];
    entries = (out) => listEntries(v, ctx, depth, out);
  } else if (typedName) {
    isList = true;
    keys = keys.filter((k) => typeof k === "symbol" || !isIndex(k));
    tag = "";
    braces = [prefix(typedName, v.length) + "[", "]"];
    entries = (out) => listEntries(v, ctx, depth, out);
  } else if (isSet(v)) {
    tag = tag === "Set" ? "" : tag;
    braces[0] = prefix("Set", v.size) + "{";
    entries = (out) => { let i = 0; for (const x of Set.prototype.values.call(v)) { if (i++ >= ctx.maxArrayLength) { out.push(more(v.size - i + 1)); break; } out.push(child(x, ctx, depth)); } };
  } else if (isMap(v)) {
    tag = tag === "Map" ? "" : tag;
    braces[0] = prefix("Map", v.size) + "{";
    entries = (out) => { let i = 0; for (const [k, x] of Map.prototype.entries.call(v)) { if (i++ >= ctx.maxArrayLength) { out.push(more(v.size - i + 1)); break; } out.push(`${child(k, ctx, depth)} => ${child(x, ctx, depth)}`); } };
  } else if (typeof v === "function") {
    const isClass = /^class\b/.test(Function.prototype.toString.call(v));
    base = isClass ? `[class ${v.name || "(anonymous)"}${Object.getPrototypeOf(v)?.name ? ` extends ${Object.getPrototypeOf(v).name}` : ""}]`
      : `[${name === "Function" || name === null ? "Function" : name}${v.name ? ": " + v.name : " (anonymous)"}]`;
    if (keys.length === 0) return base;
  } else if (isRegExp(v)) {
    base = RegExp.prototype.toString.call(v);
    if (keys.length === 0) return base;
  } else if (isDate(v)) {
    base = Number.isNaN(Date.prototype.getTime.call(v)) ? "Invalid Date" : Date.prototype.toISOString.call(v);
    if (keys.length === 0) return base;
  } else if (isError(v)) {
    base = stackText(v, ctx, keys);
    if ("cause" in v && !keys.includes("cause")) keys.push("cause");
    if (Array.isArray(v.errors) && !keys.includes("errors")) keys.push("errors");
    if (ctx.indent) base = base.replaceAll("\n", "\n" + " ".repeat(ctx.indent));
    if (depth > ctx.depth) return `[${v.name || "Error"}: ${v.message}]`;
    if (keys.length === 0) return base;
  } else if (isBoxed(v)) {
    const p = v.valueOf();
    base = `[${name}: ${primitive(p, ctx)}]`;
    if (typeof p === "string") keys = keys.filter((k) => typeof k === "symbol" || !isIndex(k));
    if (keys.length === 0) return base;
  } else if (v instanceof ArrayBuffer) {
    const b = new Uint8Array(v);
    const hex = Array.from(b.subarray(0, 50), (x) => x.toString(16).padStart(2, "0")).join(" ");
    braces[0] = "ArrayBuffer {";
    entries = (out) => out.push(`[Uint8Contents]: <${hex}${b.length > 50 ? ` ... ${b.length - 50} more bytes` : ""}>`, `byteLength: ${b.length}`);
  } else if (isPromise(v)) {
    braces[0] = prefix("Promise") + "{";
    if (keys.length === 0) return prefix("Promise") + "{ ... }";
  } else if (v instanceof WeakMap || v instanceof WeakSet) {
    return `${prefix("WeakMap")}{ <items unknown> }`;
  } else if (brand(v) === "Arguments") {
    isList = true;
    keys = keys.filter((k) => typeof k === "symbol" || !isIndex(k));
    braces = ["[Arguments] [", "]"];
    entries = (out) => listEntries(v, ctx, depth, out);
  } else {
    const p = name === "Object" && !tag ? "" : prefix("Object");
    braces[0] = p + "{";
    if (keys.length === 0) return p + "{}";
  }
  if (depth > ctx.depth) return `[${(name === null ? `[Object: null prototype]` : tag && tag !== name ? `${name} [${tag}]` : name)}]`;

  const out = [];
  ctx.seen.push(v);
  ctx.current = depth;
  ctx.indent += 2;
  try {
    if (entries) entries(out);
    if (ctx.sorted) keys.sort();
    for (const k of keys) {
      if (ctx.budget <= 0) { out.push("..."); break; }
      out.push(property(v, k, ctx, depth, isList));
    }
  } finally {
    ctx.seen.pop();
    ctx.indent -= 2;
  }
  const ref = ctx.circular.get(v);
  const mark = ref === undefined ? "" : `<ref *${ref}> `;
  if (base) braces[0] = base + " {";
  const text = reduce(out, ctx, mark + braces[0], braces[1], isList, depth);
  ctx.budget -= text.length > 200 ? 200 : text.length;
  return text;
}

const isIndex = (k) => /^(0|[1-9]\d{0,9})$/.test(k);
const more = (n) => `... ${n} more item${n > 1 ? "s" : ""}`;
const child = (v, ctx, depth) => inspectValue(v, ctx, depth + 1);

function listEntries(v, ctx, depth, out) {
  const n = Math.min(v.length, ctx.maxArrayLength);
  let holes = 0, shown = 0, i = 0;
  const flush = () => { if (holes) { out.push(`<${holes} empty item${holes > 1 ? "s" : ""}>`); holes = 0; shown++; } };
  for (; i < v.length && shown < n && i < 1e6; i++) {
    if (!Object.prototype.hasOwnProperty.call(v, i)) { holes++; continue; }
    flush();
    if (shown >= n) break;
    out.push(child(v[i], ctx, depth));
    shown++;
    if (ctx.budget <= 0) { i++; break; }
  }
  flush();
  if (i < v.length) out.push(more(v.length - i));
}

function property(o, k, ctx, depth, isList) {
  const d = Object.getOwnPropertyDescriptor(o, k) || { value: o[k], enumerable: true };
  let text;
  if (d.get) text = d.set ? "[Getter/Setter]" : "[Getter]";
  else if (d.set) text = "[Setter]";
  else text = child(d.value, ctx, depth);
  const key = d.enumerable === false ? `[${typeof k === "symbol" ? k.toString() : k}]` : keyText(k);
  return `${key}: ${text}`;
}

function reduce(out, ctx, open, close, isList, depth) {
  if (out.length === 0) return open + close;
  const pad = " ".repeat(ctx.indent);
  if (ctx.breakLength === Infinity && ctx.compact) return `${open} ${out.join(", ")} ${close}`;
  const entries = out.length;
  if (isList && entries > 6) out = group(out, ctx);
  if (ctx.compact !== false && entries === out.length && ctx.current - depth < Number(ctx.compact)) {
    const total = out.reduce((n, s) => n + s.length, 0) + 2 * entries + ctx.indent + open.length + 10;
    if (total <= ctx.breakLength && !open.includes("\n") && !out.some((s) => s.includes("\n"))) return `${open} ${out.join(", ")} ${close}`;
  }
  return `${open}\n${pad}  ${out.join(`,\n${pad}  `)}\n${pad}${close}`;
}

/** Puts short elements of a long list in columns. */
function group(out, ctx) {
  let last = out.length, extra = "";
  if (/^\.\.\. \d+ more items?$/.test(out[last - 1])) { last--; extra = out[last]; }
  const sep = 2, lens = [];
  let total = 0, max = 0;
  for (let i = 0; i < last; i++) {
    const n = out[i].length;
    if (out[i].includes("\n")) return out;
    lens.push(n); total += n + sep; if (n > max) max = n;
  }
  const actual = max + sep;
  if (actual * 3 + ctx.indent >= 80 || !(total / actual > 5 || max <= 6)) return out;
  const bias = Math.sqrt(actual - total / out.length);
  const cols = Math.min(Math.round(Math.sqrt(2.5 * Math.max(bias, 1) * last) / Math.max(bias, 1)), Math.floor((80 - ctx.indent) / actual), 12, 15);
  if (cols <= 1) return out;
  const rows = [], widths = [];
  for (let i = 0; i < cols; i++) { let w = 0; for (let j = i; j < last; j += cols) if (lens[j] > w) w = lens[j]; widths.push(w + sep); }
  const start = /^-?[\d.]+n?$/.test(out[0]);
  for (let i = 0; i < last; i += cols) {
    const end = Math.min(i + cols, last);
    let row = "";
    let j = i;
    for (; j < end - 1; j++) { const cell = out[j] + ", "; row += start ? cell.padStart(widths[j - i]) : cell.padEnd(widths[j - i]); }
    row += start ? out[j].padStart(widths[j - i] - sep) : out[j];
    rows.push(row);
  }
  if (extra) rows.push(extra);
  return rows;
}

function inspect(v, options, oldDepth) {
  if (typeof options === "boolean") options = { showHidden: options, depth: oldDepth };
  options = options || {};
  const depth = options.depth === null ? Infinity : options.depth === undefined ? 2 : Number(options.depth);
  const limit = (x, d) => x === null ? Infinity : x === undefined ? d : Number(x);
  const ctx = {
    current: 0, options, depth, seen: [], circular: new Map(), indent: 0, budget: maxLength,
    showHidden: !!options.showHidden, customInspect: options.customInspect !== false,
    maxArrayLength: Math.min(limit(options.maxArrayLength, 100), 1e5), maxStringLength: limit(options.maxStringLength, 10000),
    breakLength: limit(options.breakLength, 80), compact: options.compact === undefined ? 3 : options.compact, sorted: !!options.sorted,
  };
  return inspectValue(v, ctx, 0);
}
inspect.custom = custom;
inspect.defaultOptions = {};
exports.inspect = inspect;

function formatArg(kind, v) {
  switch (kind) {
    case "s":
      if (typeof v === "string") return v;
      if (typeof v === "bigint") return v + "n";
      if (typeof v === "object" && v !== null) {
        const own = v.toString !== Object.prototype.toString && v.toString !== Array.prototype.toString && v.toString !== Error.prototype.toString && typeof v.toString === "function" && !isDate(v);
        return own ? String(v) : inspect(v, { depth: 0, compact: 3 });
      }
      return Object.is(v, -0) ? "-0" : String(v);
    case "d": return typeof v === "bigint" ? v + "n" : typeof v === "symbol" || typeof v === "object" ? "NaN" : String(Number(v));
    case "i": return typeof v === "bigint" ? v + "n" : typeof v === "symbol" || typeof v === "object" ? "NaN" : String(parseInt(v));
    case "f": return typeof v === "symbol" ? "NaN" : String(parseFloat(v));
    case "j": try { return String(JSON.stringify(v)); } catch { return "[Circular]"; }
    case "o": return inspect(v, { showHidden: true, depth: 4 });
    case "O": return inspect(v);
    case "c": return "";
  }
}

/** util.format: printf-like, the rest joined by spaces. */
exports.format = function format(...args) {
  let out = "", i = 0;
  if (typeof args[0] === "string") {
    i = 1;
    if (args.length === 1) return args[0];
    out = args[0].replace(/%([sdifjoOc%])/g, (m, k) => k === "%" ? "%" : i < args.length ? formatArg(k, args[i++]) : m);
  }
  for (; i < args.length; i++) {
    const v = args[i];
    if (i > 0) out += " ";
    out += typeof v === "string" ? v : inspect(v);
  }
  return out;
};

/** console.table's text. */
exports.table = function table(data, columns) {
  if (data === null || typeof data !== "object") return exports.format(data);
  const rows = data instanceof Map ? [...data].map(([k, v], i) => [String(i), { Key: k, Values: v }])
    : data instanceof Set ? [...data].map((v, i) => [String(i), v])
    : Object.keys(data).slice(0, 1000).map((k) => [k, data[k]]);
  const cell = (v) => inspect(v, { depth: v !== null && typeof v === "object" && !Array.isArray(v) && Object.keys(v).length > 2 ? -1 : 0, maxArrayLength: 3, breakLength: Infinity });
  const cols = [], lines = [];
  let plain = false;
  for (const [, v] of rows) {
    if (v !== null && typeof v === "object") { for (const k of Object.keys(v).slice(0, 50)) if (!cols.includes(k)) cols.push(k); } else plain = true;
  }
  const shown = Array.isArray(columns) ? columns.map(String) : cols;
  const head = ["(index)", ...shown, ...(plain ? ["Values"] : [])];
  for (const [k, v] of rows) {
    const obj = v !== null && typeof v === "object";
    lines.push([k, ...shown.map((c) => obj && Object.prototype.hasOwnProperty.call(v, c) ? cell(v[c]) : ""), ...(plain ? [obj ? "" : cell(v)] : [])]);
  }
  const widths = head.map((h, i) => Math.max(h.length, ...lines.map((l) => l[i].length)) + 2);
  const row = (l) => "│" + l.map((s, i) => ` ${s}`.padEnd(widths[i])).join("│") + "│";
  const rule = (a, b, c) => a + widths.map((w) => "─".repeat(w)).join(b) + c;
  return [rule("┌", "┬", "┐"), row(head), rule("├", "┼", "┤"), ...lines.map(row), rule("└", "┴", "┘")].join("\n");
};
