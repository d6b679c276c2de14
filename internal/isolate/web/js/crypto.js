// crypto, CryptoKey and SubtleCrypto; the primitives are Go's.

const { DOMException } = require("events");
const { toBytes } = require("encoding");
const fail = (name, msg) => { throw new DOMException(msg, name); };

const hashes = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];
const hashBits = { "SHA-1": 512, "SHA-256": 512, "SHA-384": 1024, "SHA-512": 1024 };
const names = ["HMAC", "AES-GCM", "AES-CBC", "AES-CTR", "AES-KW", "PBKDF2", "HKDF", "ECDSA", "ECDH", "RSASSA-PKCS1-v1_5", "RSA-PSS", "RSA-OAEP", "Ed25519", "X25519"].concat(hashes);
const byUpper = new Map(names.map((n) => [n.toUpperCase(), n]));

function normalize(alg) {
  const a = typeof alg === "string" ? { name: alg } : alg;
  if (a === null || typeof a !== "object" || a.name === undefined) throw new TypeError("The algorithm has no name");
  const name = byUpper.get(`${a.name}`.toUpperCase());
  if (name === undefined) fail("NotSupportedError", `Unrecognized algorithm name: ${a.name}`);
  return Object.assign({}, a, { name });
}
function hashOf(h) {
  if (h === undefined) throw new TypeError("The algorithm has no hash");
  const { name } = normalize(h);
  if (!hashes.includes(name)) fail("NotSupportedError", `${name} is no hash`);
  return name;
}

const usagesOf = {
  HMAC: ["sign", "verify"], "AES-GCM": ["encrypt", "decrypt", "wrapKey", "unwrapKey"], "AES-CBC": ["encrypt", "decrypt", "wrapKey", "unwrapKey"],
  "AES-CTR": ["encrypt", "decrypt", "wrapKey", "unwrapKey"], "AES-KW": ["wrapKey", "unwrapKey"], PBKDF2: ["deriveKey", "deriveBits"], HKDF: ["deriveKey", "deriveBits"],
  ECDSA: ["sign", "verify"], Ed25519: ["sign", "verify"], "RSASSA-PKCS1-v1_5": ["sign", "verify"], "RSA-PSS": ["sign", "verify"],
  ECDH: ["deriveKey", "deriveBits"], X25519: ["deriveKey", "deriveBits"], "RSA-OAEP": ["encrypt", "decrypt", "wrapKey", "unwrapKey"],
};
const publicUsages = ["verify", "encrypt", "wrapKey"];
function usages(name, list, type) {
  const us = [...list].map(String);
  for (const u of us) {
    let ok = usagesOf[name].includes(u);
    if (type === "public") ok &&= publicUsages.includes(u);
    if (type === "private") ok &&= !publicUsages.includes(u);
    if (!ok) fail("SyntaxError", `A ${type} ${name} key can't be used for ${u}`);
  }
  if (us.length === 0 && (type === "private" || type === "secret")) fail("SyntaxError", "Usages cannot be empty when importing or generating a key");
  return [...new Set(us)];
}

const secret = Symbol("CryptoKey");
let make, material;
class CryptoKey {
  #type; #extractable; #algorithm; #usages; #material;
  constructor(k, type, extractable, algorithm, us, mat) {
    if (k !== secret) throw new TypeError("Illegal constructor");
    this.#type = type; this.#extractable = !!extractable; this.#algorithm = algorithm; this.#usages = us; this.#material = mat;
  }
  get type() { return this.#type; }
  get extractable() { return this.#extractable; }
  get algorithm() { return this.#algorithm; }
  get usages() { return this.#usages; }
  get [Symbol.toStringTag]() { return "CryptoKey"; }
  static {
    make = (...args) => new CryptoKey(secret, ...args);
    material = (k) => {
      if (typeof k !== "object" || k === null || !(#material in k)) throw new TypeError("The key is no CryptoKey");
      return k.#material;
    };
  }
}

function use(key, name, usage) {
  const m = material(key);
  if (key.algorithm.name !== name) fail("InvalidAccessError", "The key is of another algorithm");
  if (!key.usages.includes(usage)) fail("InvalidAccessError", `The key can't be used for ${usage}`);
  return m;
}

const kindOf = { ECDSA: "EC", ECDH: "EC", Ed25519: "Ed25519", X25519: "X25519", "RSASSA-PKCS1-v1_5": "RSA", "RSA-PSS": "RSA", "RSA-OAEP": "RSA" };
const isAES = (n) => n.startsWith("AES-");
const b64 = (bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const unb64 = (s) => Uint8Array.from(Array.from(atob(`${s}`.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)));
const exponent = () => new Uint8Array([1, 0, 1]);
const jwkAlg = (a) => {
  const n = { "SHA-1": 1, "SHA-256": 256, "SHA-384": 384, "SHA-512": 512 }[a.hash?.name];
  switch (a.name) {
    case "HMAC": return "HS" + n;
    case "RSASSA-PKCS1-v1_5": return "RS" + n;
    case "RSA-PSS": return "PS" + n;
    case "RSA-OAEP": return n === 1 ? "RSA-OAEP" : "RSA-OAEP-" + n;
    case "Ed25519": return "Ed25519";
    default: return isAES(a.name) ? `A${a.length}${a.name.slice(4)}` : undefined;
  }
};

function secretAlgorithm(a, bits) {
  if (a.name === "HMAC") return { name: "HMAC", hash: { name: hashOf(a.hash) }, length: bits };
  if (isAES(a.name)) {
    if (![128, 192, 256].includes(bits)) fail("DataError", "AES keys have 128, 192 or 256 bits");
    return { name: a.name, length: bits };
  }
  return { name: a.name };
}
function aesCall(a, encrypt, key, data) {
  switch (a.name) {
    case "AES-GCM": {
      const tag = a.tagLength === undefined ? 128 : Number(a.tagLength);
      if (![32, 64, 96, 104, 112, 120, 128].includes(tag)) fail("OperationError", `${a.tagLength} is no valid tag length`);
      return native.aes(a.name, encrypt, key, data, toBytes(need(a.iv, "iv")), a.additionalData === undefined ? undefined : toBytes(a.additionalData), tag);
    }
    case "AES-CBC": return native.aes(a.name, encrypt, key, data, toBytes(need(a.iv, "iv")));
    case "AES-CTR": return native.aes(a.name, encrypt, key, data, toBytes(need(a.counter, "counter")), undefined, Number(a.length));
    case "AES-KW": return native.aes(a.name, encrypt, key, data);
  }
  fail("NotSupportedError", `${a.name} does not encrypt`);
}
const need = (v, what) => { if (v === undefined) throw new TypeError(`The algorithm has no ${what}`); return v; };

function cipher(a, encrypt, key, data, usage) {
  const m = use(key, a.name, usage);
  if (a.name === "RSA-OAEP") {
    if (key.type !== (encrypt ? "public" : "private")) fail("InvalidAccessError", "The key is of the wrong type");
    return native.oaep(encrypt, m, data, key.algorithm.hash.name, a.label === undefined ? undefined : toBytes(a.label));
  }
  return aesCall(a, encrypt, m, data);
}

async function deriveBits(a, key, length, usage) {
  const m = use(key, a.name, usage);
  if (a.name === "ECDH" || a.name === "X25519") {
    const pub = need(a.public, "public");
    if (pub.type !== "public" || pub.algorithm.name !== a.name) fail("InvalidAccessError", "public is no public key of the same algorithm");
    const s = native.agree(m, material(pub));
    if (length === null || length === undefined) return s;
    if (length > s.byteLength * 8) fail("OperationError", "The length is too large");
    const out = s.slice(0, Math.ceil(length / 8));
    if (length % 8) new Uint8Array(out)[out.byteLength - 1] &= 0xff << (8 - length % 8);
    return out;
  }
  if (length === null || length === undefined || length % 8) fail("OperationError", "The length must be a multiple of 8");
  if (a.name === "PBKDF2") return native.pbkdf2(hashOf(a.hash), m, toBytes(need(a.salt, "salt")).slice(), Number(need(a.iterations, "iterations")), length / 8);
  if (a.name === "HKDF") return native.hkdf(hashOf(a.hash), m, toBytes(need(a.salt, "salt")), toBytes(need(a.info, "info")), length / 8);
  fail("NotSupportedError", `${a.name} does not derive`);
}

function keyLength(a) {
  if (isAES(a.name)) {
    if (![128, 192, 256].includes(Number(a.length))) fail("OperationError", "AES keys have 128, 192 or 256 bits");
    return Number(a.length);
  }
  if (a.name === "HMAC") {
    if (a.length === undefined) return hashBits[hashOf(a.hash)];
    if (!(a.length > 0)) fail("OperationError", "The key's length is 0");
    return Number(a.length);
  }
  return null;
}

class SubtleCrypto {
  constructor(k) { if (k !== secret) throw new TypeError("Illegal constructor"); }
  async digest(algorithm, data) { return native.digest(hashOf(algorithm), toBytes(data)); }
  async encrypt(algorithm, key, data) { return cipher(normalize(algorithm), true, key, toBytes(data), "encrypt"); }
  async decrypt(algorithm, key, data) { return cipher(normalize(algorithm), false, key, toBytes(data), "decrypt"); }
  async sign(algorithm, key, data) {
    const a = normalize(algorithm), m = use(key, a.name, "sign");
    if (a.name === "HMAC") return native.hmac(key.algorithm.hash.name, m, toBytes(data));
    if (key.type !== "private") fail("InvalidAccessError", "The key is not private");
    return native.sign(a.name, m, toBytes(data), a.name === "ECDSA" ? hashOf(a.hash) : key.algorithm.hash?.name, a.saltLength);
  }
  async verify(algorithm, key, signature, data) {
    const a = normalize(algorithm), m = use(key, a.name, "verify");
    if (a.name === "HMAC") return native.equal(native.hmac(key.algorithm.hash.name, m, toBytes(data)), toBytes(signature));
    if (key.type !== "public") fail("InvalidAccessError", "The key is not public");
    return native.verify(a.name, m, toBytes(data), a.name === "ECDSA" ? hashOf(a.hash) : key.algorithm.hash?.name, a.saltLength, toBytes(signature));
  }
  async generateKey(algorithm, extractable, keyUsages) {
    const a = normalize(algorithm), kind = kindOf[a.name];
    if (kind === undefined) {
      const bits = keyLength(a);
      if (bits === null) fail("NotSupportedError", `${a.name} keys can't be generated`);
      if (bits > 1 << 20) fail("OperationError", "The key is too long");
      const us = usages(a.name, keyUsages, "secret");
      return make("secret", extractable, secretAlgorithm(a, bits), us, native.random(new Uint8Array(Math.ceil(bits / 8)), true));
    }
    const us = [...keyUsages].map(String);
    for (const u of us) if (!usagesOf[a.name].includes(u)) fail("SyntaxError", `A ${a.name} key can't be used for ${u}`);
    const alg = kind === "EC" ? { name: a.name, namedCurve: a.namedCurve } : kind === "RSA" ? { name: a.name, modulusLength: a.modulusLength, publicExponent: exponent(), hash: { name: hashOf(a.hash) } } : { name: a.name };
    if (kind === "RSA" && b64(toBytes(a.publicExponent).slice(-3)) !== "AQAB") fail("OperationError", "The public exponent must be 65537");
    const priv = us.filter((u) => !publicUsages.includes(u));
    if (priv.length === 0) fail("SyntaxError", "Usages cannot be empty when creating a key.");
    const [k, pub] = await native.generate(kind, kind === "RSA" ? Number(a.modulusLength) : a.namedCurve);
    return {
      privateKey: make("private", extractable, alg, priv, k),
      publicKey: make("public", true, alg, us.filter((u) => publicUsages.includes(u)), pub),
    };
  }
  async importKey(format, data, algorithm, extractable, keyUsages) {
    const a = normalize(algorithm), kind = kindOf[a.name];
    if (!["raw", "jwk", "pkcs8", "spki"].includes(format)) throw new TypeError(`"${format}" is no key format`);
    if (format === "jwk") {
      if (data === null || typeof data !== "object") throw new TypeError("A JWK is an object");
      if (data.ext === false && extractable) fail("DataError", "The JWK is not extractable");
      if (Array.isArray(data.key_ops) && [...keyUsages].some((u) => !data.key_ops.includes(u))) fail("DataError", "The JWK's key_ops don't allow the usages");
    }
    if (kind === undefined) {
      if (hashes.includes(a.name)) fail("NotSupportedError", `${a.name} has no keys`);
      let bytes;
      if (format === "raw") bytes = toBytes(data).slice();
      else if (format === "jwk") { if (data.kty !== "oct") fail("DataError", "The JWK's kty must be oct"); bytes = unb64(data.k); }
      else fail("NotSupportedError", `A ${a.name} key has no ${format}`);
      const us = usages(a.name, keyUsages, "secret");
      if (a.name === "HMAC" && bytes.length === 0) fail("DataError", "The key is empty");
      if ((a.name === "PBKDF2" || a.name === "HKDF") && extractable) fail("SyntaxError", `${a.name} keys can't be extractable`);
      return make("secret", extractable, secretAlgorithm(a, a.name === "HMAC" && a.length ? Number(a.length) : bytes.length * 8), us, bytes);
    }
    if (format === "jwk") {
      const kty = kind === "EC" ? "EC" : kind === "RSA" ? "RSA" : "OKP";
      if (data.kty !== kty) fail("DataError", `The JWK's kty must be ${kty}`);
      const crv = kind === "EC" ? a.namedCurve : kind === "RSA" ? undefined : kind;
      if (crv !== undefined && data.crv !== crv) fail("DataError", `The JWK's crv must be ${crv}`);
    }
    const [k, isPrivate, bits] = native.import(format, kind, kind === "EC" ? `${a.namedCurve}` : "", format === "jwk" ? data : toBytes(data));
    const type = isPrivate ? "private" : "public";
    const alg = kind === "EC" ? { name: a.name, namedCurve: a.namedCurve } : kind === "RSA" ? { name: a.name, modulusLength: bits, publicExponent: exponent(), hash: { name: hashOf(a.hash) } } : { name: a.name };
    return make(type, extractable, alg, usages(a.name, keyUsages, type), k);
  }
  async exportKey(format, key) {
    const m = material(key);
    if (!["raw", "jwk", "pkcs8", "spki"].includes(format)) throw new TypeError(`"${format}" is no key format`);
    if (!key.extractable) fail("InvalidAccessError", "key is not extractable");
    const meta = { key_ops: key.usages, ext: key.extractable };
    const alg = jwkAlg(key.algorithm);
    if (alg !== undefined) meta.alg = alg;
    if (key.type === "secret") {
      if (format === "raw") return m.slice().buffer;
      if (format === "jwk") return { kty: "oct", k: b64(m), ...meta };
      fail("NotSupportedError", `A secret key has no ${format}`);
    }
    if (format === "jwk") return { ...native.export("jwk", m), ...meta };
    if ((format === "pkcs8") !== (key.type === "private")) fail("InvalidAccessError", `A ${key.type} key has no ${format}`);
    return native.export(format, m);
  }
  async deriveBits(algorithm, key, length) { return deriveBits(normalize(algorithm), key, length, "deriveBits"); }
  async deriveKey(algorithm, key, derived, extractable, keyUsages) {
    const d = normalize(derived), bits = keyLength(d);
    const raw = await deriveBits(normalize(algorithm), key, bits, "deriveKey");
    return this.importKey("raw", raw, d, extractable, keyUsages);
  }
  async wrapKey(format, key, wrapping, algorithm) {
    const a = normalize(algorithm), m = await this.exportKey(format, key);
    const bytes = format === "jwk" ? require("encoding").encode(JSON.stringify(m)) : new Uint8Array(m);
    return cipher(a, true, wrapping, bytes, "wrapKey");
  }
  async unwrapKey(format, wrapped, unwrapping, algorithm, keyAlgorithm, extractable, keyUsages) {
    const raw = cipher(normalize(algorithm), false, unwrapping, toBytes(wrapped), "unwrapKey");
    return this.importKey(format, format === "jwk" ? JSON.parse(require("encoding").utf8(new Uint8Array(raw))) : raw, keyAlgorithm, extractable, keyUsages);
  }
  get [Symbol.toStringTag]() { return "SubtleCrypto"; }
}

const subtle = new SubtleCrypto(secret);
class Crypto {
  constructor(k) { if (k !== secret) throw new TypeError("Illegal constructor"); }
  get subtle() { return subtle; }
  getRandomValues(view) {
    if (!ArrayBuffer.isView(view) || view instanceof DataView || view instanceof Float32Array || view instanceof Float64Array) fail("TypeMismatchError", "getRandomValues needs an integer typed array");
    native.random(view);
    return view;
  }
  randomUUID() { return native.uuid(); }
  get [Symbol.toStringTag]() { return "Crypto"; }
}
Object.assign(exports, { crypto: new Crypto(secret), Crypto, CryptoKey, SubtleCrypto });
