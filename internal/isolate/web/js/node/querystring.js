// node:querystring.

exports.escape = (s) => encodeURIComponent(typeof s === "string" ? s : `${s}`).replace(/%7E/gi, "~");
exports.unescape = (s) => { try { return decodeURIComponent(s); } catch { return globalThis.unescape(s); } };
const text = (v) => typeof v === "string" || typeof v === "boolean" || typeof v === "bigint" ? `${v}` : typeof v === "number" && Number.isFinite(v) ? `${v}` : "";

exports.stringify = exports.encode = (obj, sep = "&", eq = "=", options) => {
  const esc = options?.encodeURIComponent ?? exports.escape;
  if (obj === null || typeof obj !== "object") return "";
  return Object.keys(obj).flatMap((k) => (Array.isArray(obj[k]) ? obj[k] : [obj[k]]).map((v) => esc(text(k)) + eq + esc(text(v)))).join(sep);
};

exports.parse = exports.decode = (str, sep = "&", eq = "=", options) => {
  const out = Object.create(null), unesc = options?.decodeURIComponent ?? exports.unescape;
  if (typeof str !== "string" || str === "") return out;
  const max = options?.maxKeys ?? 1000;
  const dec = (s) => { s = s.replace(/\+/g, " "); try { return unesc(s); } catch { return exports.unescape(s); } };
  const parts = str.split(sep);
  for (const p of max > 0 ? parts.slice(0, max) : parts) {
    if (p === "") continue;
    const i = p.indexOf(eq);
    const k = dec(i < 0 ? p : p.slice(0, i)), v = i < 0 ? "" : dec(p.slice(i + eq.length));
    if (!(k in out)) out[k] = v;
    else if (Array.isArray(out[k])) out[k].push(v);
    else out[k] = [out[k], v];
  }
  return out;
};
