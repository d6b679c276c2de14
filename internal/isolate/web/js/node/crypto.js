// node:crypto, as far as libraries use it on any platform.

const { Buffer } = require("node/buffer");

// A KeyObject counts as its bytes where a secret is wanted.
const bytes = (data, enc) => data instanceof KeyObject ? data.export() : raw(data, enc);
const raw = (data, enc) => typeof data === "string" ? Buffer.from(data, enc) : Buffer.from(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
const output = (b, enc) => { const out = Buffer.from(b.buffer, b.byteOffset, b.byteLength); return enc && enc !== "buffer" ? out.toString(enc) : out; };
const hashName = (n) => `${n}`.toLowerCase().replace(/^sha-(\d+)$/, "sha$1").replace(/^rsa-/, "");

class Hash {
  #h; #done = false;
  constructor(name, key) {
    this.#h = native.hash(hashName(name), key === undefined ? undefined : bytes(key));
    if (this.#h === null) throw new Error("Digest method not supported");
  }
  update(data, enc) {
    if (this.#done) throw Object.assign(new Error("Digest already called"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
    this.#h.update(bytes(data, enc));
    return this;
  }
  digest(enc) {
    if (this.#done) throw Object.assign(new Error("Digest already called"), { code: "ERR_CRYPTO_HASH_FINALIZED" });
    this.#done = true;
    return output(this.#h.digest(), enc);
  }
}
const later = (f, cb) => { let v; try { v = f(); } catch (e) { return void process.nextTick(cb, e); } process.nextTick(cb, null, v); };

exports.Hash = Hash;
exports.createHash = (name) => new Hash(name);
exports.createHmac = (name, key) => new Hash(name, key);
exports.hash = (name, data, enc = "hex") => new Hash(name).update(data).digest(enc);
exports.getHashes = () => ["md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512-256", "sha3-256", "sha3-512"];
exports.randomBytes = (n, cb) => { if (cb) return later(() => output(native.random(n)), cb); return output(native.random(n)); };
exports.pseudoRandomBytes = exports.randomBytes;
exports.randomFillSync = (b, offset = 0, size = b.byteLength - offset) => { new Uint8Array(b.buffer ?? b, (b.byteOffset ?? 0) + offset, size).set(native.random(size)); return b; };
exports.randomFill = (b, cb) => later(() => exports.randomFillSync(b), cb);
exports.randomInt = (min, max, cb) => {
  if (max === undefined || typeof max === "function") { cb = max; max = min; min = 0; }
  const range = max - min;
  if (!(Number.isSafeInteger(min) && Number.isSafeInteger(max) && range > 0 && range <= 2 ** 48 - 1)) throw new RangeError("randomInt: max must be greater than min");
  const draw = () => {
    const limit = 2 ** 48 - 2 ** 48 % range;
    for (;;) { const n = output(native.random(6)).readUIntBE(0, 6); if (n < limit) return min + n % range; }
  };
  if (cb) return later(draw, cb);
  return draw();
};
exports.randomUUID = () => crypto.randomUUID();
exports.timingSafeEqual = (a, b) => {
  if (a.byteLength !== b.byteLength) throw Object.assign(new RangeError("Input buffers must have the same byte length"), { code: "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH" });
  return native.equal(a, b);
};
const webHash = (d) => ({ sha1: "sha1", sha256: "sha256", sha384: "sha384", sha512: "sha512" })[hashName(d)] ?? hashName(d);
exports.pbkdf2Sync = (password, salt, iterations, length, digest) => output(native.pbkdf2(webHash(digest), bytes(password), bytes(salt), iterations, length));
exports.pbkdf2 = (password, salt, iterations, length, digest, cb) => later(() => exports.pbkdf2Sync(password, salt, iterations, length, digest), cb);
const scryptArgs = (password, salt, length, o = {}) => [bytes(password), bytes(salt), length,
  o.N ?? o.cost ?? 16384, o.r ?? o.blockSize ?? 8, o.p ?? o.parallelization ?? 1, o.maxmem ?? 32 * 1024 * 1024];
exports.scryptSync = (password, salt, length, options) => output(new Uint8Array(native.scryptSync(...scryptArgs(password, salt, length, options))));
exports.scrypt = (password, salt, length, options, cb) => {
  if (typeof options === "function") { cb = options; options = undefined; }
  native.scrypt(...scryptArgs(password, salt, length, options))
    .then((b) => process.nextTick(cb, null, output(new Uint8Array(b))), (e) => process.nextTick(cb, e));
};
exports.getRandomValues = (v) => crypto.getRandomValues(v);
exports.webcrypto = crypto;
exports.subtle = crypto.subtle;
exports.constants = { RSA_PKCS1_PADDING: 1, RSA_PKCS1_OAEP_PADDING: 4, RSA_PKCS1_PSS_PADDING: 6, RSA_PSS_SALTLEN_DIGEST: -1, RSA_PSS_SALTLEN_MAX_SIGN: -2, RSA_PSS_SALTLEN_AUTO: -2 };

exports.hkdfSync = (digest, key, salt, info, length) => native.hkdf(hashName(digest), bytes(key), bytes(salt), bytes(info), length);
exports.hkdf = (digest, key, salt, info, length, cb) => later(() => exports.hkdfSync(digest, key, salt, info, length), cb);

// Keys.
const failed = (message, code) => Object.assign(new TypeError(message), { code });
class KeyObject {
  #h; #secret;
  constructor(type, what) {
    this.type = type;
    if (type === "secret") { this.#secret = what; Object.defineProperty(this, "symmetricKeySize", { value: what.byteLength, enumerable: true }); return; }
    this.#h = what.key;
    this.asymmetricKeyType = what.kind;
    this.asymmetricKeyDetails = what.kind === "rsa" ? { modulusLength: what.bits, publicExponent: 65537n } : what.kind === "ec" ? { namedCurve: what.curve } : {};
  }
  export(o = {}) {
    if (this.type === "secret") return o.format === "jwk" ? { kty: "oct", k: Buffer.from(this.#secret).toString("base64url") } : Buffer.from(this.#secret);
    if (o.format === "jwk") throw failed("KeyObject.export: use crypto.subtle.exportKey for a JWK", "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM");
    const out = native.encode(this.#h, o.format !== "der");
    return typeof out === "string" ? out : output(out);
  }
  equals(other) { return other instanceof KeyObject && this.type === other.type && Buffer.from(this.export()).equals(Buffer.from(other.export())); }
  static handle(k) { return k.#h; }
  static from() { throw failed("KeyObject.from is not available in rivet; use crypto.subtle with the CryptoKey itself", "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"); }
}
exports.KeyObject = KeyObject;
exports.createSecretKey = (key, enc) => new KeyObject("secret", Uint8Array.from(raw(key, enc)));
const asymmetric = (input) => {
  if (input instanceof KeyObject) return input;
  if (input?.key instanceof KeyObject) return input.key;
  const data = input?.key !== undefined && !ArrayBuffer.isView(input) ? input.key : input;
  if (input?.passphrase !== undefined) throw failed("Encrypted private keys are not supported in rivet: store the key decrypted, as a secret of the server's environment", "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM");
  if (typeof data !== "string" && !ArrayBuffer.isView(data) && !(data instanceof ArrayBuffer)) throw failed("The key must be PEM or DER, or a KeyObject. A JWK: use crypto.subtle.importKey", "ERR_INVALID_ARG_TYPE");
  const k = native.key(raw(data));
  if (k === null) throw failed("Failed to read asymmetric key", "ERR_OSSL_UNSUPPORTED");
  return new KeyObject(k.private ? "private" : "public", k);
};
exports.createPrivateKey = (input) => {
  const k = asymmetric(input);
  if (k.type !== "private") throw failed("Failed to read private key", "ERR_OSSL_UNSUPPORTED");
  return k;
};
exports.createPublicKey = (input) => {
  const k = asymmetric(input);
  return k.type === "private" ? new KeyObject("public", native.public(KeyObject.handle(k))) : k;
};

// Signatures.
const webName = (d) => ({ sha1: "SHA-1", sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" })[hashName(d ?? "sha256")] ?? `${d}`;
const orderOf = (k) => ({ prime256v1: 32, secp384r1: 48, secp521r1: 66 })[k.asymmetricKeyDetails.namedCurve];
const scheme = (o) => (o?.padding === 6 ? "RSA-PSS" : "RSASSA-PKCS1-v1_5");
const salt = (o, digest) => (o?.saltLength > 0 ? o.saltLength : 0);
const signWith = (digest, data, input) => {
  const k = exports.createPrivateKey(input);
  const sig = new Uint8Array(native.sign(scheme(input), KeyObject.handle(k), data, webName(digest), salt(input)));
  return output(k.asymmetricKeyType === "ec" && input?.dsaEncoding !== "ieee-p1363" ? native.der(sig, true) : sig);
};
const verifyWith = (digest, data, input, signature) => {
  const k = exports.createPublicKey(input);
  if (k.asymmetricKeyType === "ec" && input?.dsaEncoding !== "ieee-p1363" && (signature = native.der(signature, false, orderOf(k))) === null) return false;
  return native.verify(scheme(input), KeyObject.handle(k), data, webName(digest), salt(input), signature);
};
class Signing {
  #digest; #parts = [];
  constructor(digest) { this.#digest = digest; webName(digest); }
  update(data, enc) { this.#parts.push(Buffer.from(raw(data, enc))); return this; }
  write(data, enc) { this.update(data, enc); return true; }
  end(data, enc) { if (data !== undefined) this.update(data, enc); return this; }
  data() { return Buffer.concat(this.#parts); }
  get digestName() { return this.#digest; }
}
class Sign extends Signing {
  sign(key, enc) { const s = signWith(this.digestName, this.data(), key); return enc && enc !== "buffer" ? s.toString(enc) : s; }
}
class Verify extends Signing {
  verify(key, signature, enc) { return verifyWith(this.digestName, this.data(), key, raw(signature, enc)); }
}
Object.assign(exports, { Sign, Verify });
exports.createSign = (digest) => new Sign(digest);
exports.createVerify = (digest) => new Verify(digest);
exports.sign = (digest, data, key, cb) => { if (cb) return later(() => signWith(digest, raw(data), key), cb); return signWith(digest, raw(data), key); };
exports.verify = (digest, data, key, signature, cb) => { if (cb) return later(() => verifyWith(digest, raw(data), key, raw(signature)), cb); return verifyWith(digest, raw(data), key, raw(signature)); };

// Ciphers: AES. All comes out of final(); what is decrypted is authenticated before anybody has it.
const modes = { gcm: "AES-GCM", cbc: "AES-CBC", ctr: "AES-CTR" };
exports.getCiphers = () => ["128", "192", "256"].flatMap((bits) => Object.keys(modes).map((mode) => `aes-${bits}-${mode}`));
exports.getCurves = () => ["prime256v1", "secp384r1", "secp521r1"];
class Cipher {
  #mode; #encrypt; #key; #iv; #parts = []; #aad; #tag; #tagLength; #done = false;
  constructor(encrypt, algorithm, key, iv, options) {
    const [, bits, mode] = /^(?:id-)?aes-?(128|192|256)-(\w+)$/i.exec(algorithm) ?? [];
    if (!modes[mode?.toLowerCase()]) throw Object.assign(new Error(`Unknown cipher ${algorithm}: rivet has ${exports.getCiphers().join(", ")}`), { code: "ERR_CRYPTO_UNKNOWN_CIPHER" });
    this.#mode = modes[mode.toLowerCase()]; this.#encrypt = encrypt;
    this.#key = Buffer.from(bytes(key)); this.#iv = Buffer.from(raw(iv)); this.#tagLength = options?.authTagLength ?? 16;
    if (this.#key.length * 8 !== +bits) throw Object.assign(new RangeError("Invalid key length"), { code: "ERR_CRYPTO_INVALID_KEYLEN" });
    if (this.#mode === "AES-GCM" ? this.#iv.length === 0 : this.#iv.length !== 16) throw failed("Invalid initialization vector", "ERR_CRYPTO_INVALID_IV");
  }
  update(data, inEnc, outEnc) { this.#parts.push(Buffer.from(raw(data, inEnc))); return outEnc && outEnc !== "buffer" ? "" : Buffer.alloc(0); }
  setAAD(b) { this.#aad = this.#aad ? Buffer.concat([this.#aad, raw(b)]) : Buffer.from(raw(b)); return this; }
  setAuthTag(tag, enc) { this.#tag = Buffer.from(raw(tag, enc)); return this; }
  setAutoPadding(on = true) { if (!on && this.#mode === "AES-CBC") throw failed("setAutoPadding(false) is not available in rivet", "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"); return this; }
  getAuthTag() { if (!this.#done || !this.#tag) throw Object.assign(new Error("Invalid state for operation getAuthTag"), { code: "ERR_CRYPTO_INVALID_STATE" }); return this.#tag; }
  final(enc) {
    if (this.#done) throw Object.assign(new Error("Unsupported state"), { code: "ERR_CRYPTO_INVALID_STATE" });
    this.#done = true;
    const gcm = this.#mode === "AES-GCM";
    let data = Buffer.concat(this.#parts);
    if (gcm && !this.#encrypt) {
      if (this.#tag?.length !== this.#tagLength) throw new Error("Unsupported state or unable to authenticate data");
      data = Buffer.concat([data, this.#tag]);
    }
    let out;
    try { out = new Uint8Array(native.aes(this.#mode, this.#encrypt, this.#key, data, this.#iv, this.#aad, gcm ? this.#tagLength * 8 : 128)); }
    catch { throw Object.assign(new Error(gcm ? "Unsupported state or unable to authenticate data" : "bad decrypt"), gcm ? {} : { code: "ERR_OSSL_BAD_DECRYPT" }); }
    if (gcm && this.#encrypt) { this.#tag = output(out.slice(out.length - this.#tagLength)); out = out.slice(0, out.length - this.#tagLength); }
    return output(out, enc);
  }
}
exports.createCipheriv = (algorithm, key, iv, options) => new Cipher(true, algorithm, key, iv, options);
exports.createDecipheriv = (algorithm, key, iv, options) => new Cipher(false, algorithm, key, iv, options);
const oaep = (encrypt) => (input, data) => {
  if (input?.padding !== undefined && input.padding !== 4) throw failed("Only OAEP padding is available in rivet", "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM");
  const k = encrypt ? exports.createPublicKey(input) : exports.createPrivateKey(input);
  return output(new Uint8Array(native.oaep(encrypt, KeyObject.handle(k), raw(data), hashName(input?.oaepHash ?? "sha1"), input?.oaepLabel)));
};
exports.publicEncrypt = oaep(true);
exports.privateDecrypt = oaep(false);

// What is not here says so when it is called, and what to use.
const instead = {
  generateKeyPair: "crypto.subtle.generateKey", generateKeyPairSync: "crypto.subtle.generateKey", generateKey: "crypto.randomBytes", generateKeySync: "crypto.randomBytes",
  createECDH: 'crypto.subtle.deriveBits with "ECDH" or "X25519"', createDiffieHellman: 'crypto.subtle.deriveBits with "ECDH"', getDiffieHellman: 'crypto.subtle.deriveBits with "ECDH"', diffieHellman: 'crypto.subtle.deriveBits with "ECDH"',
  publicDecrypt: "crypto.verify", privateEncrypt: "crypto.sign", createCipher: "createCipheriv", createDecipher: "createDecipheriv", generatePrime: "crypto.subtle.generateKey", generatePrimeSync: "crypto.subtle.generateKey",
  checkPrime: "a library in JavaScript", checkPrimeSync: "a library in JavaScript", X509Certificate: "createPublicKey, which reads a certificate's key", setEngine: "the defaults", secureHeapUsed: "nothing",
};
for (const [name, use] of Object.entries(instead)) {
  exports[name] = function () { throw Object.assign(new Error(`crypto.${name} is not available in rivet; use ${use}`), { code: "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM" }); };
}
