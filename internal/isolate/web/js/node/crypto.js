// node:crypto, as far as libraries use it on any platform.

const { Buffer } = require("node/buffer");

const bytes = (data, enc) => typeof data === "string" ? Buffer.from(data, enc) : Buffer.from(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);
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
exports.constants = {};
