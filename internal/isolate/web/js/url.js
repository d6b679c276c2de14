// URL and URLSearchParams. Parsing and setting are Go's (native.parse, native.set).

const listOf = Symbol("list");
let setUpdate, setQuery;

class URLSearchParams {
  #list = [];
  #update = null;
  constructor(init = "") {
    if (init === null) init = "null";
    if (typeof init === "object" || typeof init === "function") {
      const iter = init[Symbol.iterator];
      if (iter !== undefined && iter !== null) {
        if (typeof iter !== "function") throw new TypeError("URLSearchParams: not iterable");
        for (const pair of init) {
          if (pair === null || (typeof pair !== "object" && typeof pair !== "function") || typeof pair[Symbol.iterator] !== "function") throw new TypeError("URLSearchParams: each pair must be iterable");
          const p = [...pair];
          if (p.length !== 2) throw new TypeError("URLSearchParams: each pair must be a name and a value");
          this.#list.push([scalar(p[0]), scalar(p[1])]);
        }
      } else {
        const m = new Map();
        for (const k of Reflect.ownKeys(init)) {
          const d = Reflect.getOwnPropertyDescriptor(init, k);
          if (d && d.enumerable) {
            if (typeof k === "symbol") throw new TypeError("URLSearchParams: a name is a symbol");
            m.set(scalar(k), scalar(init[k]));
          }
        }
        for (const e of m) this.#list.push(e);
      }
    } else {
      let s = `${init}`;
      if (s[0] === "?") s = s.slice(1);
      this.#list = parseQuery(s);
    }
  }
  get size() { return this.#list.length; }
  append(name, value) {
    need(arguments, 2);
    this.#list.push([scalar(name), scalar(value)]);
    this.#update?.();
  }
  delete(name, value) {
    need(arguments, 1);
    name = scalar(name);
    if (value !== undefined) value = scalar(value);
    this.#list = this.#list.filter((e) => !(e[0] === name && (value === undefined || e[1] === value)));
    this.#update?.();
  }
  get(name) {
    need(arguments, 1);
    name = scalar(name);
    const e = this.#list.find((x) => x[0] === name);
    return e === undefined ? null : e[1];
  }
  getAll(name) {
    need(arguments, 1);
    name = scalar(name);
    return this.#list.filter((e) => e[0] === name).map((e) => e[1]);
  }
  has(name, value) {
    need(arguments, 1);
    name = scalar(name);
    if (value !== undefined) value = scalar(value);
    return this.#list.some((e) => e[0] === name && (value === undefined || e[1] === value));
  }
  set(name, value) {
    need(arguments, 2);
    name = scalar(name);
    value = scalar(value);
    let found = false;
    this.#list = this.#list.filter((e) => {
      if (e[0] !== name) return true;
      if (found) return false;
      found = true;
      e[1] = value;
      return true;
    });
    if (!found) this.#list.push([name, value]);
    this.#update?.();
  }
  sort() {
    this.#list.sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
    this.#update?.();
  }
  forEach(callback, thisArg) {
    if (typeof callback !== "function") throw new TypeError("forEach: the callback must be a function");
    for (let i = 0; i < this.#list.length; i++) callback.call(thisArg, this.#list[i][1], this.#list[i][0], this);
  }
  *#iterate(f) { for (let i = 0; i < this.#list.length; i++) yield f(this.#list[i]); }
  entries() { return this.#iterate((e) => [e[0], e[1]]); }
  keys() { return this.#iterate((e) => e[0]); }
  values() { return this.#iterate((e) => e[1]); }
  toString() { return this.#list.map((e) => `${encodeForm(e[0])}=${encodeForm(e[1])}`).join("&"); }
  get [Symbol.toStringTag]() { return "URLSearchParams"; }
  [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) {
    return this.#list.length ? `URLSearchParams { ${this.#list.map((e) => `${inspect(e[0])} => ${inspect(e[1])}`).join(", ")} }` : "URLSearchParams {}";
  }
  static {
    setUpdate = (p, f) => { p.#update = f; };
    setQuery = (p, s) => { p.#list = parseQuery(s); };
  }
}
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, { value: URLSearchParams.prototype.entries, writable: true, configurable: true });

function need(args, n) { if (args.length < n) throw new TypeError(`${n} argument${n > 1 ? "s" : ""} required`); }

/** A USVString: lone surrogates become U+FFFD. */
function scalar(v) {
  v = `${v}`;
  return /[\ud800-\udfff]/.test(v) ? native.scalar(v) : v;
}

function parseQuery(s) {
  if (s === "") return [];
  const out = [];
  for (const part of s.split("&")) {
    if (part === "") continue;
    const i = part.indexOf("=");
    out.push(i < 0 ? [decodeForm(part), ""] : [decodeForm(part.slice(0, i)), decodeForm(part.slice(i + 1))]);
  }
  return out;
}
const decodeForm = (s) => /[%+]|[^\0-\x7f]/.test(s) ? native.decodeForm(s) : s;
const encodeForm = (s) => /^[a-zA-Z0-9*\-._]*$/.test(s) ? s : native.encodeForm(s);

/** The parts in the order that native.parse returns. */
const HREF = 0, PROTOCOL = 1, USERNAME = 2, PASSWORD = 3, HOST = 4, HOSTNAME = 5, PORT = 6, PATHNAME = 7, SEARCH = 8, HASH = 9, ORIGIN = 10;

class URL {
  #p; #params = null;
  constructor(url, base) {
    need(arguments, 1);
    const parts = native.parse(`${url}`, base === undefined ? undefined : `${base}`);
    if (parts === null) {
      const err = new TypeError("Invalid URL");
      err.code = "ERR_INVALID_URL";
      err.input = `${url}`;
      if (base !== undefined) err.base = `${base}`;
      throw err;
    }
    this.#p = parts;
  }
  static canParse(url, base) {
    need(arguments, 1);
    return native.parse(`${url}`, base === undefined ? undefined : `${base}`) !== null;
  }
  static parse(url, base) {
    need(arguments, 1);
    try { return new URL(url, base); } catch { return null; }
  }
  static createObjectURL() { throw new TypeError("URL.createObjectURL is not available"); }
  static revokeObjectURL() {}
  #set(what, value) {
    const parts = native.set(this.#p[HREF], what, value);
    if (parts !== null) this.#p = parts;
    if (this.#params !== null && (what === "search" || what === "href")) setQuery(this.#params, this.#p[SEARCH].slice(1));
  }
  get href() { return this.#p[HREF]; }
  set href(v) {
    const parts = native.parse(`${v}`, undefined);
    if (parts === null) throw new TypeError("Invalid URL");
    this.#p = parts;
    if (this.#params !== null) setQuery(this.#params, this.#p[SEARCH].slice(1));
  }
  get origin() { return this.#p[ORIGIN]; }
  get protocol() { return this.#p[PROTOCOL]; }
  set protocol(v) { this.#set("protocol", `${v}`); }
  get username() { return this.#p[USERNAME]; }
  set username(v) { this.#set("username", `${v}`); }
  get password() { return this.#p[PASSWORD]; }
  set password(v) { this.#set("password", `${v}`); }
  get host() { return this.#p[HOST]; }
  set host(v) { this.#set("host", `${v}`); }
  get hostname() { return this.#p[HOSTNAME]; }
  set hostname(v) { this.#set("hostname", `${v}`); }
  get port() { return this.#p[PORT]; }
  set port(v) { this.#set("port", `${v}`); }
  get pathname() { return this.#p[PATHNAME]; }
  set pathname(v) { this.#set("pathname", `${v}`); }
  get search() { return this.#p[SEARCH]; }
  set search(v) { this.#set("search", `${v}`); }
  get hash() { return this.#p[HASH]; }
  set hash(v) { this.#set("hash", `${v}`); }
  get searchParams() {
    if (this.#params === null) {
      this.#params = new URLSearchParams(this.#p[SEARCH].slice(1).replace(/^\?/, "%3F"));
      setUpdate(this.#params, () => {
        const parts = native.set(this.#p[HREF], "search", this.#params.toString());
        if (parts !== null) this.#p = parts;
      });
    }
    return this.#params;
  }
  toString() { return this.#p[HREF]; }
  toJSON() { return this.#p[HREF]; }
  get [Symbol.toStringTag]() { return "URL"; }
  [Symbol.for("nodejs.util.inspect.custom")](depth, options, inspect) {
    if (depth < 0) return "[URL]";
    const o = {};
    for (const k of ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams", "hash"]) o[k] = this[k];
    return `URL ${inspect(o, options)}`;
  }
}
for (const C of [URL, URLSearchParams]) {
  for (const k of Object.getOwnPropertyNames(C.prototype)) {
    if (k !== "constructor") Object.defineProperty(C.prototype, k, { enumerable: true });
  }
}
exports.URL = URL;
exports.URLSearchParams = URLSearchParams;
