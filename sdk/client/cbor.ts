/**
 * CBOR (RFC 8949) as cbor-x reads and writes it: Date is tag 1, typed arrays
 * are tags 64 to 86, Map 259, Set 258, RegExp and Error 27, BigInt an eight
 * byte integer or a bignum; integers beyond 32 bits are floats.
 */
import { ActorError } from "./errors.js";
import { memberPath, shownPath } from "./json.js";

const maxDepth = 1000;

type ArrayView = ArrayBufferView & { readonly length: number };
type ArrayClass = new (buffer: ArrayBuffer) => ArrayView;

/** Typed arrays by tag; wider elements are little endian. Looked up late: old engines lack some. */
function arrayClasses(): [number, string, ArrayClass][] {
  return [
    [64, "Uint8Array", Uint8Array],
    [68, "Uint8ClampedArray", Uint8ClampedArray],
    [69, "Uint16Array", Uint16Array],
    [70, "Uint32Array", Uint32Array],
    [71, "BigUint64Array", BigUint64Array],
    [72, "Int8Array", Int8Array],
    [77, "Int16Array", Int16Array],
    [78, "Int32Array", Int32Array],
    [79, "BigInt64Array", BigInt64Array],
    [85, "Float32Array", Float32Array],
    [86, "Float64Array", Float64Array],
  ];
}

/** @throws ActorError `unsupported_value`, with its path, for functions, symbols and cycles. */
export function encode(value: unknown, what = "value", inner = ""): Uint8Array {
  const writer = new Writer((path) => shownPath(path, what, inner));
  writer.value(value, what, 0);
  return writer.bytes.slice(0, writer.length);
}

class Writer {
  bytes = new Uint8Array(256);
  length = 0;
  readonly shown: (path: string) => string;

  constructor(shown: (path: string) => string) {
    this.shown = shown;
  }

  value(value: unknown, path: string, depth: number): void {
    if (value === undefined) this.byte(0xf7);
    else if (value === null) this.byte(0xf6);
    else if (typeof value === "boolean") this.byte(value ? 0xf5 : 0xf4);
    else if (typeof value === "number") this.number(value);
    else if (typeof value === "bigint") this.bigint(value);
    else if (typeof value === "string") this.text(value);
    else if (typeof value !== "object") throw refused(this.shown(path), `a ${typeof value}`);
    else if (depth < maxDepth) this.object(value, path, depth + 1);
    else throw refused(this.shown(path), "nested too deeply, or a value that contains itself");
  }

  object(value: object, path: string, depth: number): void {
    const json = (value as { toJSON?: unknown }).toJSON;
    if (Array.isArray(value)) {
      this.head(4, value.length);
      for (let i = 0; i < value.length; i++) this.value(value[i], `${path}[${i}]`, depth);
    } else if (value instanceof Date) {
      this.head(6, 1);
      this.number(value.getTime() / 1000);
    } else if (value instanceof Map) {
      this.head(6, 259);
      this.head(5, value.size);
      for (const [key, item] of value) {
        this.value(key, `${path}.keys()`, depth);
        this.value(item, `${path}.get(${String(key)})`, depth);
      }
    } else if (value instanceof Set) {
      this.head(6, 258);
      this.head(4, value.size);
      for (const item of value) this.value(item, `${path}.values()`, depth);
    } else if (value instanceof ArrayBuffer) {
      this.binary(new Uint8Array(value));
    } else if (ArrayBuffer.isView(value)) {
      this.view(value);
    } else if (value instanceof RegExp) {
      this.head(6, 27);
      this.value(["RegExp", value.source, value.flags], path, depth);
    } else if (value instanceof Error) {
      this.head(6, 27);
      this.value([value.name, value.message, (value as { cause?: unknown }).cause], path, depth);
    } else if (typeof json === "function") {
      this.value(json.call(value), path, depth);
    } else {
      const keys = Object.keys(value);
      this.head(5, keys.length);
      for (const key of keys) {
        this.text(key);
        this.value((value as Record<string, unknown>)[key], path + memberPath(key), depth);
      }
    }
  }

  number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 32 && !Object.is(value, -0)) {
      if (value >= 0) this.head(0, value);
      else this.head(1, -1 - value);
      return;
    }
    this.room(9);
    const view = new DataView(this.bytes.buffer);
    view.setUint8(this.length, 0xfb);
    view.setFloat64(this.length + 1, value);
    this.length += 9;
  }

  bigint(value: bigint): void {
    const magnitude = value < 0n ? -1n - value : value;
    const major = value < 0n ? 1 : 0;
    if (magnitude < 2n ** 64n) {
      this.room(9);
      const view = new DataView(this.bytes.buffer);
      view.setUint8(this.length, (major << 5) | 27);
      view.setBigUint64(this.length + 1, magnitude);
      this.length += 9;
      return;
    }
    let hex = magnitude.toString(16);
    if (hex.length % 2) hex = `0${hex}`;
    this.head(6, major ? 3 : 2);
    this.binary(Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
  }

  text(value: string): void {
    const data = new TextEncoder().encode(value);
    this.head(3, data.length);
    this.raw(data);
  }

  view(value: ArrayBufferView): void {
    const data = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    const buffer = (globalThis as { Buffer?: { isBuffer(value: unknown): boolean } }).Buffer;
    if (!buffer?.isBuffer(value)) {
      const name = Object.prototype.toString.call(value).slice(8, -1);
      const found = arrayClasses().find(([, type]) => type === name);
      if (found) this.head(6, found[0]);
    }
    this.binary(data);
  }

  binary(data: Uint8Array): void {
    this.head(2, data.length);
    this.raw(data);
  }

  head(major: number, n: number): void {
    this.room(9);
    const view = new DataView(this.bytes.buffer);
    const first = major << 5;
    if (n < 24) this.bytes[this.length++] = first | n;
    else if (n < 0x100) {
      this.bytes[this.length++] = first | 24;
      this.bytes[this.length++] = n;
    } else if (n < 0x10000) {
      this.bytes[this.length] = first | 25;
      view.setUint16(this.length + 1, n);
      this.length += 3;
    } else {
      this.bytes[this.length] = first | 26;
      view.setUint32(this.length + 1, n);
      this.length += 5;
    }
  }

  byte(b: number): void {
    this.room(1);
    this.bytes[this.length++] = b;
  }

  raw(data: Uint8Array): void {
    this.room(data.length);
    this.bytes.set(data, this.length);
    this.length += data.length;
  }

  room(n: number): void {
    if (this.length + n <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + n));
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

function refused(path: string, what: string): ActorError {
  return new ActorError("unsupported_value", `${path} is ${what}, which CBOR can't carry`);
}

/** @throws Error if `data` isn't exactly one well formed value. */
export function decode(data: Uint8Array): unknown {
  const reader = new Reader(data);
  const value = reader.value(0);
  if (reader.at !== data.length) throw new Error(`cbor: ${data.length - reader.at} bytes too many`);
  return value;
}

const stop = Symbol("break");

class Reader {
  at = 0;
  private readonly data: Uint8Array;
  private readonly view: DataView;

  constructor(data: Uint8Array) {
    // Node's Buffer has a slice that doesn't copy
    this.data = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  value(depth: number): unknown {
    const value = this.item(depth);
    if (value === stop) throw new Error("cbor: break outside of an indefinite item");
    return value;
  }

  private item(depth: number): unknown {
    if (depth > maxDepth) throw new Error("cbor: nested too deeply");
    const first = this.view.getUint8(this.at++);
    const major = first >> 5;
    const info = first & 31;
    if (major === 7) return this.simple(info);
    const n = this.argument(info);
    switch (major) {
      case 0:
        return n;
      case 1:
        return typeof n === "bigint" ? -1n - n : -1 - (n ?? 0);
      case 2:
        return n === undefined ? join(this.chunks(depth)) : this.take(Number(n)).slice();
      case 3:
        return n === undefined ? this.chunks(depth).join("") : text(this.take(Number(n)));
      case 4:
        return this.array(n, depth);
      case 5:
        return this.object(n, depth);
      default:
        return this.tagged(Number(n), depth);
    }
  }

  /** The number in or after a head; a BigInt if it has eight bytes, undefined: indefinite. */
  private argument(info: number): number | bigint | undefined {
    if (info < 24) return info;
    const at = this.at;
    switch (info) {
      case 24:
        this.at += 1;
        return this.view.getUint8(at);
      case 25:
        this.at += 2;
        return this.view.getUint16(at);
      case 26:
        this.at += 4;
        return this.view.getUint32(at);
      case 27:
        this.at += 8;
        return this.view.getBigUint64(at);
      case 31:
        return undefined;
      default:
        throw new Error(`cbor: no such length ${info}`);
    }
  }

  private simple(info: number): unknown {
    const at = this.at;
    switch (info) {
      case 20:
        return false;
      case 21:
        return true;
      case 22:
        return null;
      case 23:
        return undefined;
      case 25:
        this.at += 2;
        return half(this.view.getUint16(at));
      case 26:
        this.at += 4;
        return this.view.getFloat32(at);
      case 27:
        this.at += 8;
        return this.view.getFloat64(at);
      case 31:
        return stop;
      default:
        throw new Error(`cbor: no such simple value ${info}`);
    }
  }

  private *items(n: number | bigint | undefined, depth: number): Generator<unknown> {
    for (let i = 0; n === undefined || i < Number(n); i++) {
      const item = this.item(depth + 1);
      if (item === stop) {
        if (n === undefined) return;
        throw new Error("cbor: break in an item of known length");
      }
      yield item;
    }
  }

  private chunks(depth: number): unknown[] {
    return [...this.items(undefined, depth)];
  }

  private array(n: number | bigint | undefined, depth: number): unknown[] {
    return [...this.items(n, depth)];
  }

  private entries(n: number | bigint | undefined, depth: number): [unknown, unknown][] {
    const entries: [unknown, unknown][] = [];
    for (const key of this.items(n, depth)) entries.push([key, this.value(depth + 1)]);
    return entries;
  }

  private object(n: number | bigint | undefined, depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const [key, value] of this.entries(n, depth)) {
      Object.defineProperty(object, String(key), {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return object;
  }

  private tagged(tag: number, depth: number): unknown {
    if (tag === 259) {
      const first = this.view.getUint8(this.at++);
      if (first >> 5 !== 5) throw new Error("cbor: tag 259 is not a map");
      return new Map(this.entries(this.argument(first & 31), depth));
    }
    const value = this.value(depth + 1);
    switch (tag) {
      case 0:
        return new Date(String(value));
      case 1:
        return new Date(Math.round(Number(value) * 1000));
      case 2:
      case 3: {
        let n = 0n;
        for (const b of value as Uint8Array) n = (n << 8n) | BigInt(b);
        return tag === 2 ? n : -1n - n;
      }
      case 27:
        return named(value as unknown[]);
      case 258:
        return new Set(value as unknown[]);
    }
    const found = arrayClasses().find(([known]) => known === tag);
    return found ? new found[2]((value as Uint8Array).slice().buffer as ArrayBuffer) : value;
  }

  private take(n: number): Uint8Array {
    if (n > this.data.length - this.at) throw new Error("cbor: ends too early");
    this.at += n;
    return this.data.subarray(this.at - n, this.at);
  }
}

function named([name, first, second]: unknown[]): unknown {
  if (name === "RegExp") return new RegExp(String(first), String(second ?? ""));
  const error = new Error(String(first), second === undefined ? undefined : { cause: second });
  Object.defineProperty(error, "name", { value: String(name), configurable: true, writable: true });
  return error;
}

function text(data: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(data);
}

function join(chunks: unknown[]): Uint8Array {
  return Uint8Array.from((chunks as Uint8Array[]).flatMap((chunk) => [...chunk]));
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

/** The bytes of standard base64. */
export function fromBase64(encoded: string): Uint8Array {
  return Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
}
