import { isObject } from "../live/patch";
import type { Tagged } from "./types.gen";

/**
 * Tagged JSON: every value of JavaScript so that it can be read back as it was.
 * What JSON has is written plainly, all else as an object whose first key begins
 * with "$"; internal/wire/inspect says which. Both sides pass the same golden file.
 */

/** What can't be a value: it has been cut, or isn't tagged JSON. */
export class TaggedError extends Error {}

/** Stands for elements that an array hasn't. */
const hole = Symbol("hole");

/** The value that a tree means. Objects that were one are one again. */
export function untag(tree: Tagged): unknown {
  const made = new Map<string, unknown>();
  return make(tree, "", made);
}

function make(t: Tagged, at: string, made: Map<string, unknown>): unknown {
  if (typeof t !== "object" || t === null) return t;
  if (Array.isArray(t)) {
    const out: unknown[] = [];
    made.set(at, out);
    t.forEach((v: Tagged, i) => {
      const n = holesOf(v);
      if (n > 0) out.length += n;
      else out.push(make(v, `${at}/${i}`, made));
    });
    return out;
  }
  const o = t as Record<string, Tagged>;
  const tag = tagOf(o);
  if (tag === "") {
    const out: Record<string, unknown> = {};
    made.set(at, out);
    for (const k of Object.keys(o)) put(out, k, make(o[k] as Tagged, `${at}/${escaped(k)}`, made));
    return out;
  }
  const maker = makers[tag];
  if (!maker) throw new TaggedError(`there is no value ${tag}`);
  return maker(o, at, made);
}

const makers: Record<
  string,
  (o: Record<string, Tagged>, at: string, made: Map<string, unknown>) => unknown
> = {
  $undef: () => undefined,
  $hole: () => hole,
  $num: (o) => {
    const n = {
      NaN: Number.NaN,
      Infinity: Number.POSITIVE_INFINITY,
      "-Infinity": Number.NEGATIVE_INFINITY,
      "-0": -0,
    }[String(o["$num"])];
    if (n === undefined) throw new TaggedError(`${String(o["$num"])} is no $num`);
    return n;
  },
  $big: (o) => BigInt(String(o["$big"])),
  $date: (o) => new Date(o["$date"] === null ? Number.NaN : Number(o["$date"])),
  $re: (o, at, made) => {
    const [source, flags] = list(o["$re"]);
    return keep(made, at, new RegExp(String(source), String(flags ?? "")));
  },
  $bytes: (o, at, made) => keep(made, at, bytesOf(String(o["$bytes"]), String(o["type"]))),
  $map: (o, at, made) => {
    const out = keep(made, at, new Map<unknown, unknown>());
    list(o["$map"]).forEach((pair, i) => {
      const [k, v] = list(pair);
      out.set(
        make(k as Tagged, `${at}/$map/${i}/0`, made),
        make(v as Tagged, `${at}/$map/${i}/1`, made),
      );
    });
    return out;
  },
  $set: (o, at, made) => {
    const out = keep(made, at, new Set<unknown>());
    list(o["$set"]).forEach((v, i) => {
      out.add(make(v, `${at}/$set/${i}`, made));
    });
    return out;
  },
  $err: (o, at, made) => {
    const e = o["$err"];
    if (!isObject(e)) throw new TaggedError("$err wants an object");
    const out = keep(made, at, new Error(String(e["message"] ?? "")));
    for (const k of ["name", "stack"]) hide(out, k, e[k]);
    const fields = make((e["fields"] ?? null) as Tagged, `${at}/$err/fields`, made);
    if (isObject(fields))
      for (const k of Object.keys(fields))
        put(out as unknown as Record<string, unknown>, k, fields[k]);
    return out;
  },
  $obj: (o, at, made) => {
    const out = keep(
      made,
      at,
      (o["proto"] === null ? Object.create(null) : {}) as Record<string, unknown>,
    );
    list(o["$obj"]).forEach((pair, i) => {
      const [k, v] = list(pair);
      put(out, String(k), make(v as Tagged, `${at}/$obj/${i}/1`, made));
    });
    return out;
  },
  $ref: (o, _, made) => {
    const to = String(o["$ref"]);
    if (!made.has(to)) throw new TaggedError(`$ref ${to} leads nowhere`);
    return made.get(to);
  },
  $cut: () => {
    throw new TaggedError("a part was left out");
  },
};

function keep<T>(made: Map<string, unknown>, at: string, v: T): T {
  made.set(at, v);
  return v;
}

function list(t: Tagged | undefined): readonly Tagged[] {
  if (!Array.isArray(t)) throw new TaggedError("there is no array where one belongs");
  return t;
}

function hide(o: object, k: string, v: unknown): void {
  Object.defineProperty(o, k, { value: v, enumerable: false, configurable: true, writable: true });
}

function put(o: Record<string, unknown>, k: string, v: unknown): void {
  Object.defineProperty(o, k, { value: v, enumerable: true, configurable: true, writable: true });
}

function holesOf(v: Tagged): number {
  return isObject(v) && typeof v["$hole"] === "number" ? v["$hole"] : 0;
}

function escaped(k: string): string {
  return k.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The tag of an object of the tree, "" of a plain one. */
export function tagOf(o: object): string {
  for (const k in o) return k.startsWith("$") ? k : "";
  return "";
}

/** The tree of a value. What was met before becomes a $ref. */
export function tag(v: unknown): Tagged {
  return write(v, "", new Map());
}

function write(v: unknown, at: string, seen: Map<object, string>): Tagged {
  switch (typeof v) {
    case "string":
    case "boolean":
      return v;
    case "undefined":
      return { $undef: 1 };
    case "bigint":
      return { $big: String(v) };
    case "number":
      if (Object.is(v, -0)) return { $num: "-0" };
      return Number.isFinite(v) ? v : { $num: String(v) };
    case "object":
      break;
    default:
      throw new TaggedError(`a ${typeof v} has no tagged form`);
  }
  if (v === null) return null;
  if (v instanceof Date) return { $date: Number.isNaN(v.getTime()) ? null : v.getTime() };
  const before = seen.get(v);
  if (before !== undefined) return { $ref: before };
  seen.set(v, at);
  return node(v, at, seen);
}

function node(v: object, at: string, seen: Map<object, string>): Tagged {
  if (v instanceof RegExp) return { $re: [sourceOf(v), v.flags] };
  if (v instanceof ArrayBuffer || ArrayBuffer.isView(v))
    return { $bytes: base64(v), type: v.constructor.name };
  if (Array.isArray(v)) return array(v, at, seen);
  if (v instanceof Set) return { $set: array([...v], `${at}/$set`, seen) };
  if (v instanceof Map)
    return {
      $map: [...v].map(([k, x], i) => [
        write(k, `${at}/$map/${i}/0`, seen),
        write(x, `${at}/$map/${i}/1`, seen),
      ]),
    };
  if (v instanceof Error) {
    const err: Record<string, Tagged> = { name: v.name, message: v.message, stack: v.stack ?? "" };
    if (Object.keys(v).length > 0) err["fields"] = object({ ...v }, `${at}/$err/fields`, seen);
    return { $err: err };
  }
  return object(v as Record<string, unknown>, at, seen);
}

/** A pattern as it stands in a string: JavaScript's source has each / escaped. */
function sourceOf(v: RegExp): string {
  return v.source.replace(/\\(.)/g, (all, c) => (c === "/" ? "/" : all));
}

function array(v: readonly unknown[], at: string, seen: Map<object, string>): Tagged {
  const out: Tagged[] = [];
  for (let i = 0; i < v.length; i++) {
    let n = 0;
    while (i + n < v.length && !(i + n in v)) n++;
    if (n > 0) {
      out.push({ $hole: n });
      i += n - 1;
    } else out.push(write(v[i], `${at}/${out.length}`, seen));
  }
  return out;
}

function object(v: Record<string, unknown>, at: string, seen: Map<object, string>): Tagged {
  const keys = Object.keys(v);
  const bare = Object.getPrototypeOf(v) === null;
  if (!bare && !keys.some((k) => k.startsWith("$"))) {
    const out: Record<string, Tagged> = {};
    for (const k of keys) put(out, k, write(v[k], `${at}/${escaped(k)}`, seen));
    return out;
  }
  const pairs = keys.map((k, i) => [k, write(v[k], `${at}/$obj/${i}/1`, seen)]);
  return bare ? { $obj: pairs, proto: null } : { $obj: pairs };
}

function base64(v: ArrayBuffer | ArrayBufferView): string {
  const b =
    v instanceof ArrayBuffer
      ? new Uint8Array(v)
      : new Uint8Array(v.buffer, v.byteOffset, v.byteLength);
  let text = "";
  for (let i = 0; i < b.length; i += 0x8000)
    text += String.fromCharCode(...b.subarray(i, i + 0x8000));
  return btoa(text);
}

function bytesOf(text: string, type: string): unknown {
  const b = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  if (type === "ArrayBuffer") return b.buffer;
  const kinds: Record<string, { new (b: ArrayBuffer): unknown } | undefined> = {
    Uint8Array,
    Uint8ClampedArray,
    Int8Array,
    Uint16Array,
    Int16Array,
    Uint32Array,
    Int32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  };
  const kind = kinds[type];
  if (!kind) throw new TaggedError(`there are no bytes of type ${type}`);
  return new kind(b.buffer);
}
