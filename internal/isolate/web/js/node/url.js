// node:url: the WHATWG classes, and what is still used of the legacy API.

const special = /^(https?|ftp|wss?|file):$/;

exports.URL = URL;
exports.URLSearchParams = URLSearchParams;
exports.fileURLToPath = (u) => {
  u = new URL(u);
  if (u.protocol !== "file:") throw new TypeError("The URL must be of scheme file");
  return decodeURIComponent(u.pathname);
};
exports.pathToFileURL = (p) => new URL("file://" + encodeURI(require("node/path").resolve(p)).replace(/[?#]/g, encodeURIComponent));
exports.domainToASCII = (d) => URL.parse(`http://${d}`)?.hostname ?? "";
exports.domainToUnicode = (d) => require("node/punycode").toUnicode(exports.domainToASCII(d));
exports.urlToHttpOptions = (u) => ({ protocol: u.protocol, hostname: u.hostname, hash: u.hash, search: u.search, pathname: u.pathname, path: u.pathname + u.search, href: u.href, ...(u.port ? { port: Number(u.port) } : {}), ...(u.username ? { auth: `${decodeURIComponent(u.username)}:${decodeURIComponent(u.password)}` } : {}) });

class Url {
  constructor() { for (const k of ["protocol", "slashes", "auth", "host", "port", "hostname", "hash", "search", "query", "pathname", "path", "href"]) this[k] = null; }
  format() { return exports.format(this); }
}
exports.Url = Url;

exports.parse = (s, parseQuery = false, slashesDenoteHost = false) => {
  const m = /^([a-zA-Z][a-zA-Z0-9+.-]*:)?(\/\/)?(.*)$/s.exec(`${s}`.trim());
  const u = new Url();
  let rest = m[3];
  if (m[1]) u.protocol = m[1].toLowerCase();
  if (m[2] && (m[1] || slashesDenoteHost)) {
    u.slashes = true;
    const i = rest.search(/[/?#]/);
    let host = i < 0 ? rest : rest.slice(0, i);
    rest = i < 0 ? "" : rest.slice(i);
    const at = host.lastIndexOf("@");
    if (at >= 0) { u.auth = decodeURIComponent(host.slice(0, at)); host = host.slice(at + 1); }
    const p = /:(\d*)$/.exec(host);
    if (p) { u.port = p[1] || null; host = host.slice(0, p.index); }
    u.hostname = host.toLowerCase();
    u.host = u.hostname + (u.port ? ":" + u.port : "");
    u.hostname = u.hostname.replace(/^\[|\]$/g, "");
  } else if (m[2]) rest = m[2] + rest;
  const h = rest.indexOf("#");
  if (h >= 0) { u.hash = rest.slice(h); rest = rest.slice(0, h); }
  const q = rest.indexOf("?");
  if (q >= 0) { u.search = rest.slice(q); u.query = u.search.slice(1); rest = rest.slice(0, q); }
  if (rest) u.pathname = rest;
  else if (u.slashes && special.test(u.protocol ?? "")) u.pathname = "/";
  if (parseQuery) { u.search ??= ""; u.query = require("node/querystring").parse(u.search.slice(1)); }
  if (u.pathname !== null || u.search) u.path = (u.pathname ?? "") + (u.search ?? "");
  u.href = exports.format(u);
  return u;
};

exports.format = (u, options) => {
  if (typeof u === "string") u = exports.parse(u);
  if (u instanceof URL) {
    const c = new URL(u);
    if (options?.auth === false) c.username = c.password = "";
    if (options?.fragment === false) c.hash = "";
    if (options?.search === false) c.search = "";
    return c.href;
  }
  let protocol = u.protocol ?? "", host = u.host ?? null;
  if (protocol && !protocol.endsWith(":")) protocol += ":";
  const auth = u.auth ? encodeURIComponent(u.auth).replace(/%3A/i, ":") + "@" : "";
  if (host !== null) host = auth + host;
  else if (u.hostname) host = auth + (u.hostname.includes(":") ? `[${u.hostname}]` : u.hostname) + (u.port ? ":" + u.port : "");
  let search = u.search ?? (u.query && typeof u.query === "object" && Object.keys(u.query).length ? "?" + require("node/querystring").stringify(u.query) : "");
  if (search && search[0] !== "?") search = "?" + search;
  let hash = u.hash ?? "", pathname = u.pathname ?? "";
  if (hash && hash[0] !== "#") hash = "#" + hash;
  if (u.slashes || ((!protocol || special.test(protocol)) && host !== null)) { host = "//" + (host ?? ""); if (pathname && pathname[0] !== "/") pathname = "/" + pathname; }
  return protocol + (host ?? "") + pathname.replace(/[?#]/g, encodeURIComponent) + search.replace("#", "%23") + hash;
};

exports.resolve = (from, to) => {
  const base = new URL(from, "resolve://");
  const u = new URL(to, base);
  return u.protocol === "resolve:" ? u.pathname + u.search + u.hash : u.href;
};
exports.resolveObject = (from, to) => exports.parse(exports.resolve(from, to));
