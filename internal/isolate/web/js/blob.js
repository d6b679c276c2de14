// Blob, File, FormData and the multipart form of it.

const { encode, utf8, toBytes } = require("encoding");
const bytesOf = Symbol("bytes");
const partName = Symbol("name");

const concat = (chunks) => {
  if (chunks.length === 1) return chunks[0];
  let n = 0;
  for (const c of chunks) n += c.length;
  const out = new Uint8Array(n);
  n = 0;
  for (const c of chunks) { out.set(c, n); n += c.length; }
  return out;
};
exports.concat = concat;

class Blob {
  #bytes; #type;
  constructor(parts, options = {}) {
    const chunks = [];
    if (parts !== undefined) {
      if (parts === null || typeof parts !== "object" || typeof parts[Symbol.iterator] !== "function") throw new TypeError("Blob: the parts must be iterable");
      for (const p of parts) {
        if (p instanceof Blob) chunks.push(p.#bytes);
        else if (p instanceof ArrayBuffer || ArrayBuffer.isView(p)) chunks.push(toBytes(p).slice());
        else chunks.push(encode(options?.endings === "native" ? `${p}`.replace(/\r\n?|\n/g, "\n") : `${p}`));
      }
    }
    this.#bytes = chunks.length ? concat(chunks) : new Uint8Array(0);
    const type = options?.type === undefined ? "" : `${options.type}`;
    this.#type = /[^\x20-\x7e]/.test(type) ? "" : type.toLowerCase();
  }
  get size() { return this.#bytes.length; }
  get type() { return this.#type; }
  slice(start = 0, end = this.#bytes.length, type = "") {
    const b = new Blob([], { type });
    b.#bytes = this.#bytes.subarray(clamp(start, this.size), Math.max(clamp(start, this.size), clamp(end, this.size)));
    return b;
  }
  async arrayBuffer() { return this.#bytes.slice().buffer; }
  async bytes() { return this.#bytes.slice(); }
  async text() { return utf8(this.#bytes); }
  stream() {
    const bytes = this.#bytes;
    let at = 0;
    return new ReadableStream({
      type: "bytes",
      pull(c) {
        if (at >= bytes.length) { c.close(); c.byobRequest?.respond(0); return; }
        c.enqueue(bytes.slice(at, at += 65536));
      },
    });
  }
  get [Symbol.toStringTag]() { return "Blob"; }
  static { exports.blobBytes = (b) => b.#bytes; }
}
const clamp = (n, size) => { n = Math.trunc(Number(n)) || 0; return n < 0 ? Math.max(size + n, 0) : Math.min(n, size); };

class File extends Blob {
  #name; #lastModified;
  constructor(parts, name, options = {}) {
    if (arguments.length < 2) throw new TypeError("File: 2 arguments required");
    super(parts, options);
    this.#name = `${name}`;
    this.#lastModified = options?.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified)) || 0;
  }
  get name() { return this.#name; }
  get lastModified() { return this.#lastModified; }
  get webkitRelativePath() { return ""; }
  get [Symbol.toStringTag]() { return "File"; }
}

function entryValue(value, filename) {
  if (!(value instanceof Blob)) {
    if (filename !== undefined) throw new TypeError("FormData: a file name needs a Blob");
    return `${value}`.toWellFormed?.() ?? `${value}`;
  }
  if (value instanceof File && filename === undefined) return value;
  return new File([value], filename === undefined ? (value instanceof File ? value.name : "blob") : `${filename}`, { type: value.type, lastModified: value.lastModified });
}

class FormData {
  #list = [];
  constructor(form) { if (form !== undefined) throw new TypeError("FormData: there are no forms here"); }
  append(name, value, filename) {
    if (arguments.length < 2) throw new TypeError("append: 2 arguments required");
    this.#list.push([`${name}`, entryValue(value, filename)]);
  }
  set(name, value, filename) {
    if (arguments.length < 2) throw new TypeError("set: 2 arguments required");
    name = `${name}`;
    const v = entryValue(value, filename);
    const i = this.#list.findIndex((e) => e[0] === name);
    if (i < 0) { this.#list.push([name, v]); return; }
    this.#list[i] = [name, v];
    this.#list = this.#list.filter((e, j) => j <= i || e[0] !== name);
  }
  get(name) { const e = this.#list.find((x) => x[0] === `${name}`); return e ? e[1] : null; }
  getAll(name) { return this.#list.filter((e) => e[0] === `${name}`).map((e) => e[1]); }
  has(name) { return this.#list.some((e) => e[0] === `${name}`); }
  delete(name) { this.#list = this.#list.filter((e) => e[0] !== `${name}`); }
  forEach(f, thisArg) { for (const [k, v] of this.#list) f.call(thisArg, v, k, this); }
  *entries() { for (const e of this.#list) yield [e[0], e[1]]; }
  *keys() { for (const e of this.#list) yield e[0]; }
  *values() { for (const e of this.#list) yield e[1]; }
  get [Symbol.toStringTag]() { return "FormData"; }
}
Object.defineProperty(FormData.prototype, Symbol.iterator, { value: FormData.prototype.entries, writable: true, configurable: true });

const escapeName = (s) => s.replace(/\r\n?|\n/g, "%0D%0A").replace(/"/g, "%22");

/** Encodes form as multipart/form-data; returns its bytes and content type. */
exports.encodeMultipart = (form) => {
  const boundary = "----rivetformboundary" + native.random();
  const chunks = [];
  for (const [name, v] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"`;
    if (typeof v === "string") chunks.push(encode(`${head}\r\n\r\n${v.replace(/\r\n?|\n/g, "\r\n")}\r\n`));
    else chunks.push(encode(`${head}; filename="${escapeName(v.name).replace(/%0D%0A/g, "%0D%0A")}"\r\nContent-Type: ${v.type || "application/octet-stream"}\r\n\r\n`), exports.blobBytes(v), encode("\r\n"));
  }
  chunks.push(encode(`--${boundary}--\r\n`));
  return { bytes: concat(chunks), type: `multipart/form-data; boundary=${boundary}` };
};

/** Decodes a body of the given content type to FormData. */
exports.parseForm = (bytes, type) => {
  const form = new FormData();
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) {
    for (const [k, v] of new URLSearchParams(utf8(bytes))) form.append(k, v);
    return form;
  }
  if (!/^multipart\/form-data\b/i.test(type)) throw new TypeError("formData: the content type is no form's");
  for (const part of native.parseMultipart(bytes, type)) {
    form.append(part.name, part.file === undefined ? utf8(part.data) : new File([part.data], part.file, { type: part.type }));
  }
  return form;
};

exports.Blob = Blob;
exports.File = File;
exports.FormData = FormData;
