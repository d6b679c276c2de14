// TextEncoder and TextDecoder.

const labels = {
  "utf-8": ["unicode-1-1-utf-8", "unicode11utf8", "unicode20utf8", "utf-8", "utf8", "x-unicode20utf8"],
  "utf-16le": ["csunicode", "iso-10646-ucs-2", "ucs-2", "unicode", "unicodefeff", "utf-16", "utf-16le"],
  "utf-16be": ["unicodefffe", "utf-16be"],
  "windows-1252": ["ansi_x3.4-1968", "ascii", "cp1252", "cp819", "csisolatin1", "ibm819", "iso-8859-1", "iso-ir-100", "iso8859-1", "iso88591", "iso_8859-1", "iso_8859-1:1987", "l1", "latin1", "us-ascii", "windows-1252", "x-cp1252"],
};
const byLabel = new Map();
for (const [name, ls] of Object.entries(labels)) for (const l of ls) byLabel.set(l, name);

class TextEncoder {
  get encoding() { return "utf-8"; }
  encode(input = "") { return native.encode(`${input}`); }
  encodeInto(source, destination) {
    if (!(destination instanceof Uint8Array)) throw new TypeError("encodeInto: the destination must be a Uint8Array");
    const [read, written] = native.encodeInto(`${source}`, destination);
    return { read, written };
  }
  get [Symbol.toStringTag]() { return "TextEncoder"; }
}

const toBytes = (v) => {
  if (v === undefined) return new Uint8Array(0);
  if (ArrayBuffer.isView(v)) return new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
  if (v instanceof ArrayBuffer) return new Uint8Array(v);
  throw new TypeError("expected an ArrayBuffer or a view of one");
};
exports.toBytes = toBytes;

class TextDecoder {
  #encoding; #fatal; #ignoreBOM;
  #rest = null; #bomSeen = false; #streaming = false;
  constructor(label = "utf-8", options = {}) {
    const name = byLabel.get(`${label}`.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "").toLowerCase());
    if (name === undefined) throw new RangeError(`TextDecoder: unknown encoding "${label}"`);
    this.#encoding = name;
    this.#fatal = !!options?.fatal;
    this.#ignoreBOM = !!options?.ignoreBOM;
  }
  get encoding() { return this.#encoding; }
  get fatal() { return this.#fatal; }
  get ignoreBOM() { return this.#ignoreBOM; }
  decode(input, options) {
    const stream = !!options?.stream;
    let bytes = toBytes(input);
    if (!this.#streaming) { this.#rest = null; this.#bomSeen = false; }
    this.#streaming = stream;
    if (this.#rest && this.#rest.length) {
      const joined = new Uint8Array(this.#rest.length + bytes.length);
      joined.set(this.#rest);
      joined.set(bytes, this.#rest.length);
      bytes = joined;
    }
    this.#rest = null;
    let text, rest;
    try { [text, rest] = native.decode(bytes, this.#encoding, this.#fatal, !stream); }
    catch (err) { this.#streaming = false; throw err; }
    this.#rest = rest;
    if (!this.#bomSeen && text.length > 0) {
      this.#bomSeen = true;
      if (!this.#ignoreBOM && text.charCodeAt(0) === 0xfeff && this.#encoding !== "windows-1252") text = text.slice(1);
    }
    return text;
  }
  get [Symbol.toStringTag]() { return "TextDecoder"; }
}
exports.TextEncoder = TextEncoder;
exports.TextDecoder = TextDecoder;
/** UTF-8 decode with the byte order mark removed. */
exports.utf8 = (bytes) => {
  const s = native.decode(bytes, "utf-8", false, true)[0];
  return s.charCodeAt(0) === 0xfeff ? s.slice(1) : s;
};
exports.encode = native.encode;
