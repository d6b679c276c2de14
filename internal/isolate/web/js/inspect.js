// util.inspect and util.format, close to Node's output.

const custom = Symbol.for("nodejs.util.inspect.custom");
exports.custom = custom;

/** 64-bit integers come from Go as numbers or strings. */
exports.toBigInt = (n) => BigInt(n);

const maxLength = 64 * 1024;

/** Marks of a part's style, for terminals and the Studio: \x0e, a letter, the part, \x0f. */
const marks = /\x0e.|\x0f/gs;
const plain = (s, ctx) => ctx.marks ? s.replace(marks, "") : s;
/** Text that is not quoted may hold what would be taken for a mark. */
const clean = (s) => s.replace(/[\x0e\x0f]/g, " ");
function style(s, letter, ctx) {
  if (!ctx.marks) return s;
  return s.split("\n").map((line) => "\x0e" + letter + clean(line) + "\x0f").join("\n");
}
const named = { special: "p", number: "n", bigint: "i", boolean: "b", undefined: "u", null: "l", string: "s", symbol: "y", date: "d", regexp: "r", module: "k", name: "k" };

const escaped = /[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]/;

function quote(s) {
  let q = "'";
  if (s.includes("'")) q = !s.includes('"') ? '"' : !s.includes("`") && !s.includes("${") ? "`" : "'";
  if (!escaped.test(s) && !s.includes(q)) return q + s + q;
  const out = []; // a string that grows by += is copied each time
  for (const c of s) {
    const n = c.codePointAt(0);
    if (c === q || c === "\\") out.push("\\" + c);
    else if (c === "\n") out.push("\\n");
    else if (c === "\t") out.push("\\t");
    else if (c === "\r") out.push("\\r");
    else if (c === "\b") out.push("\\b");
    else if (c === "\f") out.push("\\f");
    else if (c === "\v") out.push("\\v");
    else if (n < 32 || (n >= 127 && n < 160)) out.push("\\x" + n.toString(16).toUpperCase().padStart(2, "0"));
    else if (n >= 0xd800 && n <= 0xdfff) out.push("\\u" + n.toString(16));
    else out.push(c);
  }
  return q + out.join("") + q;
}

function primitive(v, ctx) {
  switch (typeof v) {
    case "string": {
      let rest = "";
      if (v.length > ctx.maxStringLength) {
        const n = v.length - ctx.maxStringLength;
        v = v.slice(0, ctx.maxStringLength);
        rest = `... ${n} more character${n > 1 ? "s" : ""}`;
      }
      // A long text stands on as many lines as it has.
      if (ctx.compact !== true && v.length > 16 && v.length > ctx.breakLength - ctx.indent - 4) {
        return v.split(/(?<=\n)/).map((l) => style(quote(l), "s", ctx)).join(" +\n" + " ".repeat(ctx.indent + 2)) + rest;
      }
      return style(quote(v), "s", ctx) + rest;
    }
    case "number": return style(Object.is(v, -0) ? "-0" : String(v), "n", ctx);
    case "bigint": return style(v + "n", "i", ctx);
    case "symbol": return style(v.toString(), "y", ctx);
    case "boolean": return style(String(v), "b", ctx);
    case "undefined": return style("undefined", "u", ctx);
    default: return style(String(v), "l", ctx);
  }
}

const identifier = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const keyText = (k, ctx) => typeof k === "symbol" ? `[${style(k.toString(), "y", ctx)}]` : k === "__proto__" ? "['__proto__']" : identifier.test(k) ? style(k, "k", ctx) : style(quote(k), "s", ctx);

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
  const raw = stack;
  stack = native.stack(stack);
  const name = typeof err.name === "string" ? err.name : "Error";
  const head = err.message ? `${name}: ${err.message}` : name;
  if (err.message && !stack.includes(err.message)) stack = head + "\n" + stack;
  else if (/^\s*at /.test(stack)) stack = head + "\n" + stack;
  for (const k of ["name", "message", "stack"]) {
    const i = keys.indexOf(k);
    if (i >= 0 && (raw.includes(String(err[k])) || stack.includes(String(err[k])))) keys.splice(i, 1);
  }
  return stack.trimEnd();
}

function inspectValue(v, ctx, depth) {
  if (v === null || (typeof v !== "object" && typeof v !== "function")) return primitive(v, ctx);
  if (ctx.budget <= 0) return "...";
  let hook;
  if (ctx.customInspect) {
    try { hook = v[custom]; } catch { hook = undefined; }
    if (typeof hook === "function" && hook !== inspect) {
      const left = ctx.depth === Infinity ? Infinity : ctx.depth - depth;
      const stylize = (s, name) => named[name] ? style(String(s), named[name], ctx) : String(s);
      const r = hook.call(v, left, { ...ctx.options, depth: left, stylize }, inspect);
      if (r !== v) return typeof r === "string" ? (ctx.marks && !r.includes("\x0e") ? style(r, "p", ctx) : r).replaceAll("\n", "\n" + " ".repeat(ctx.indent)) : inspectValue(r, ctx, depth);
    }
  }
  if (ctx.seen.includes(v)) {
    if (!ctx.circular.has(v)) ctx.circular.set(v, ctx.circular.size + 1);
    return style(`[Circular *${ctx.circular.get(v)}]`, "p", ctx);
  }
  return inspectObject(v, ctx, depth);
}

/** What an object is called whose class has no name of its own. */
function nullPrefix(o, tag, fallback, size) {
  const n = size === undefined ? "" : `(${size})`;
  return `[${fallback}${n}: null prototype] ${tag ? `[${tag}] ` : ""}`;
}

function functionBase(v, name, tag) {
  const source = Function.prototype.toString.call(v);
  if (/^class\b/.test(source) && source.endsWith("}")) {
    const own = Object.prototype.hasOwnProperty.call(v, "name") && v.name;
    let base = `[class ${own ? v.name : "(anonymous)"}`;
    if (name !== "Function" && name !== null) base += ` [${name}]`;
    if (tag && name !== tag) base += ` [${tag}]`;
    const parent = Object.getPrototypeOf(v);
    if (name === null) base += " extends null";
    else if (parent && parent.name) base += ` extends ${parent.name}`;
    return base + "]";
  }
  const type = /^async\s*(function\s*)?\*/.test(source) ? "AsyncGeneratorFunction" : /^async\b/.test(source) ? "AsyncFunction" : /^(function\s*)?\*/.test(source) ? "GeneratorFunction" : "Function";
  let base = `[${type}`;
  if (name === null) base += " (null prototype)";
  base += v.name ? `: ${v.name}]` : " (anonymous)]";
  if (name !== type && name !== null && name !== "Function") base += ` ${name}`;
  if (tag && name !== tag && tag !== type) base += ` [${tag}]`;
  return base;
}

const iteratorTag = /^(Array|Map|Set|String) Iterator$/;

function inspectObject(v, ctx, depth) {
  const name = className(v);
  let tag = "";
  try { tag = v[Symbol.toStringTag]; } catch { tag = ""; }
  if (typeof tag !== "string" || tag === "" || tag === name || Object.prototype.propertyIsEnumerable.call(v, Symbol.toStringTag)) tag = "";
  const prefix = (fallback, size) => {
    if (name === null) return nullPrefix(v, tag && tag !== fallback ? tag : "", fallback, size);
    return `${name}${size === undefined ? "" : `(${size})`} ${tag && tag !== name ? `[${tag}] ` : ""}`;
  };
  let keys = ctx.showHidden ? Reflect.ownKeys(v) : Object.keys(v).concat(Object.getOwnPropertySymbols(v).filter((s) => Object.prototype.propertyIsEnumerable.call(v, s)));
  let braces = ["{", "}"], base = "", entries = null, isList = false;
  const typedName = isTyped(v);
  const notIndex = (k) => typeof k === "symbol" || !isIndex(k);
  if (Array.isArray(v)) {
    isList = true;
    keys = keys.filter(notIndex);
    braces = [(name === "Array" && !tag ? "" : prefix("Array", v.length)) + "[", "]"];
    if (v.length === 0 && keys.length === 0) return `${braces[0]}]`;
    entries = (out) => listEntries(v, ctx, depth, out);
  } else if (typedName) {
    isList = true;
    keys = keys.filter(notIndex);
    braces = [prefix(typedName, v.length) + "[", "]"];
    if (v.length === 0 && keys.length === 0) return `${braces[0]}]`;
    entries = (out) => listEntries(v, ctx, depth, out);
  } else if (isSet(v)) {
    braces[0] = prefix("Set", v.size) + "{";
    if (v.size === 0 && keys.length === 0) return `${braces[0]}}`;
    entries = (out) => { let i = 0; for (const x of Set.prototype.values.call(v)) { if (i++ >= ctx.maxArrayLength) { out.push(more(v.size - i + 1)); break; } out.push(child(x, ctx, depth)); } };
  } else if (isMap(v)) {
    braces[0] = prefix("Map", v.size) + "{";
    if (v.size === 0 && keys.length === 0) return `${braces[0]}}`;
    entries = (out) => { let i = 0; for (const [k, x] of Map.prototype.entries.call(v)) { if (i++ >= ctx.maxArrayLength) { out.push(more(v.size - i + 1)); break; } out.push(`${child(k, ctx, depth)} => ${child(x, ctx, depth)}`); } };
  } else if (typeof v === "function") {
    base = functionBase(v, name, tag);
    if (keys.length === 0) return style(base, "p", ctx);
  } else if (isRegExp(v)) {
    base = RegExp.prototype.toString.call(v);
    if (keys.length === 0) return style(base, "r", ctx);
  } else if (isDate(v)) {
    base = Number.isNaN(Date.prototype.getTime.call(v)) ? "Invalid Date" : Date.prototype.toISOString.call(v);
    if (name !== "Date") base = prefix("Date") + base;
    if (keys.length === 0) return style(base, "d", ctx);
  } else if (isError(v)) {
    base = stackText(v, ctx, keys);
    if ("cause" in v && !keys.includes("cause")) keys.push("cause");
    if (Array.isArray(v.errors) && !keys.includes("errors")) keys.push("errors");
    if (ctx.indent) base = base.replaceAll("\n", "\n" + " ".repeat(ctx.indent));
    base = clean(base);
    if (depth > ctx.depth) return `[${v.name || "Error"}: ${v.message}]`;
    if (keys.length === 0) return base;
  } else if (isBoxed(v)) {
    const p = v.valueOf();
    const type = { number: "Number", string: "String", boolean: "Boolean", bigint: "BigInt", symbol: "Symbol" }[typeof p];
    base = `[${type}${type === name ? "" : name === null ? " (null prototype)" : ` (${name})`}: ${primitive(p, { ...ctx, marks: false })}]`;
    if (tag && tag !== name && tag !== type) base += ` [${tag}]`;
    if (typeof p === "string") keys = keys.filter(notIndex);
    if (keys.length === 0) return style(base, { Number: "n", String: "s", Boolean: "b", BigInt: "i", Symbol: "y" }[type], ctx);
  } else if (v instanceof ArrayBuffer) {
    const b = new Uint8Array(v);
    const hex = Array.from(b.subarray(0, 50), (x) => x.toString(16).padStart(2, "0")).join(" ");
    braces[0] = "ArrayBuffer {";
    entries = (out) => out.push(`[${style("Uint8Contents", "p", ctx)}]: <${hex}${b.length > 50 ? ` ... ${b.length - 50} more bytes` : ""}>`, `byteLength: ${style(String(b.length), "n", ctx)}`);
  } else if (v instanceof DataView) {
    braces[0] = "DataView {";
    entries = (out) => { for (const k of ["byteLength", "byteOffset", "buffer"]) out.push(`${k}: ${child(v[k], ctx, depth)}`); };
  } else if (isPromise(v)) {
    braces[0] = prefix("Promise") + "{";
    const [state, result] = native.promise(v);
    entries = (out) => {
      if (state === "pending") out.push(style("<pending>", "p", ctx));
      else if (state === "rejected") out.push(`${style("<rejected>", "p", ctx)} ${child(result, ctx, depth)}`);
      else if (state === "fulfilled") out.push(child(result, ctx, depth));
    };
  } else if (v instanceof WeakMap || v instanceof WeakSet) {
    tag = "";
    return `${prefix(v instanceof WeakMap ? "WeakMap" : "WeakSet")}{ ${style("<items unknown>", "p", ctx)} }`;
  } else if (brand(v) === "Arguments") {
    braces[0] = "[Arguments] {";
  } else if (iteratorTag.test(tag)) {
    const [, of] = iteratorTag.exec(tag);
    return `Object [${of} Iterator] {}`;
  } else if (name === "Object" && !tag) {
    if (keys.length === 0) return "{}";
  } else {
    braces[0] = prefix("Object") + "{";
    if (keys.length === 0) return `${braces[0]}}`;
  }
  if (depth > ctx.depth) {
    const cut = (name === null ? nullPrefix(v, tag, "Object") : `${name} ${tag && tag !== name ? `[${tag}] ` : ""}`).trimEnd();
    return style(Array.isArray(v) && name === "Array" ? "[Array]" : `[${cut}]`, "p", ctx);
  }

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
  if (ref !== undefined) {
    const mark = style(`<ref *${ref}>`, "p", ctx);
    if (base) base = `${mark} ${base}`;
    else braces[0] = `${mark} ${braces[0]}`;
  }
  const text = reduce(out, ctx, base, braces, isList, depth, v);
  ctx.budget -= Math.min(text.length, 200);
  return text;
}

const isIndex = (k) => /^(0|[1-9]\d{0,9})$/.test(k);
const more = (n) => `... ${n} more item${n > 1 ? "s" : ""}`;
const child = (v, ctx, depth) => inspectValue(v, ctx, depth + 1);

function listEntries(v, ctx, depth, out) {
  const n = Math.min(v.length, ctx.maxArrayLength);
  let holes = 0, shown = 0, i = 0;
  const flush = () => { if (holes) { out.push(style(`<${holes} empty item${holes > 1 ? "s" : ""}>`, "u", ctx)); holes = 0; shown++; } };
  for (; i < v.length && shown < n && i < 1e6; i++) {
    if (!Object.prototype.hasOwnProperty.call(v, i)) { holes++; continue; }
    flush();
    if (shown >= n) break;
    out.push(child(v[i], ctx, depth));
    shown++;
    if (ctx.budget <= 0) { i++; break; }
  }
  flush();
  if (i < v.length) { out.push(more(v.length - i)); ctx.cut = out; }
}

function property(o, k, ctx, depth, isList) {
  const d = Object.getOwnPropertyDescriptor(o, k) || { value: o[k], enumerable: true };
  let text;
  if (d.get) text = style(d.set ? "[Getter/Setter]" : "[Getter]", "p", ctx);
  else if (d.set) text = style("[Setter]", "p", ctx);
  else text = child(d.value, ctx, depth);
  const key = d.enumerable === false ? `[${typeof k === "symbol" ? k.toString() : k}]` : keyText(k, ctx);
  return `${key}: ${text}`;
}

function reduce(out, ctx, base, braces, isList, depth, value) {
  const entries = out.length;
  const lead = base ? `${base} ` : "";
  const open = braces[0], close = braces[1];
  if (ctx.compact === true) {
    if (fits(out, ctx, open.length + base.length + out.length + ctx.indent, base)) return `${lead}${open} ${out.join(", ")} ${close}`;
  } else if (ctx.compact) {
    if (isList && entries > 6) out = group(out, ctx, value);
    if (ctx.current - depth < ctx.compact && entries === out.length) {
      const start = out.length + ctx.indent + plain(open, ctx).length + base.length + 10;
      if (fits(out, ctx, start, base)) {
        const joined = out.join(", ");
        if (!joined.includes("\n")) return `${lead}${open}${joined ? ` ${joined} ` : " "}${close}`;
      }
    }
  }
  const pad = `\n${" ".repeat(ctx.indent)}`;
  return `${lead}${open}${pad}  ${out.join(`,${pad}  `)}${pad}${close}`;
}

/** Whether all parts stand on one line. */
function fits(out, ctx, start, base) {
  let total = out.length + start;
  if (total + out.length > ctx.breakLength) return false;
  for (const s of out) {
    total += plain(s, ctx).length;
    if (total > ctx.breakLength) return false;
  }
  return base === "" || !base.includes("\n");
}

/** Puts short elements of a long list in columns. */
function group(out, ctx, value) {
  const cut = ctx.cut === out;
  const last = out.length - (cut ? 1 : 0);
  const sep = 2, lens = [];
  let total = 0, max = 0;
  for (let i = 0; i < last; i++) {
    const n = plain(out[i], ctx).length;
    lens.push(n); total += n + sep; if (n > max) max = n;
  }
  const actual = max + sep;
  if (actual * 3 + ctx.indent >= ctx.breakLength || !(total / actual > 5 || max <= 6)) return out;
  const bias = Math.sqrt(actual - total / out.length);
  const biased = Math.max(actual - 3 - bias, 1);
  const cols = Math.min(Math.round(Math.sqrt(2.5 * biased * last) / biased), Math.floor((ctx.breakLength - ctx.indent) / actual), Number(ctx.compact) * 4, 15);
  if (cols <= 1) return out;
  const rows = [], widths = [];
  for (let i = 0; i < cols; i++) { let w = 0; for (let j = i; j < last; j += cols) if (lens[j] > w) w = lens[j]; widths.push(w + sep); }
  let start = true;
  for (let i = 0; i < out.length; i++) if (typeof value[i] !== "number" && typeof value[i] !== "bigint") { start = false; break; }
  for (let i = 0; i < last; i += cols) {
    const end = Math.min(i + cols, last);
    let row = "", j = i;
    for (; j < end - 1; j++) {
      const cell = `${out[j]}, `, width = widths[j - i] + out[j].length - lens[j];
      row += start ? cell.padStart(width) : cell.padEnd(width);
    }
    row += start ? out[j].padStart(widths[j - i] + out[j].length - lens[j] - sep) : out[j];
    rows.push(row);
  }
  if (cut) rows.push(out[last]);
  return rows;
}

function inspect(v, options, oldDepth) {
  if (typeof options === "boolean") options = { showHidden: options, depth: oldDepth };
  options = options || {};
  const depth = options.depth === null ? Infinity : options.depth === undefined ? 2 : Number(options.depth);
  const limit = (x, d) => x === null ? Infinity : x === undefined ? d : Number(x);
  const ctx = {
    current: 0, options, depth, seen: [], circular: new Map(), indent: 0, budget: maxLength, cut: undefined, marks: options.marks === true,
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
