import type { Patch, Tagged } from "../api/types.gen";

/** The parts of a JSON Pointer. */
export function partsOf(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((p) => p.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The JSON Pointer of parts. */
export function pointerOf(parts: readonly string[]): string {
  return parts.map((p) => `/${p.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** Thrown for a patch that doesn't fit: whoever has the data has to ask anew. */
export class PatchError extends Error {}

type Json = unknown;

/**
 * The document after a patch. What the patch doesn't touch is shared with the
 * document before, so that equal parts are the same object.
 */
export function applyPatch<T>(doc: T, patch: Patch): T {
  let out: Json = doc;
  for (const op of patch) {
    switch (op.op) {
      case "add":
      case "replace":
        out = set(out, partsOf(op.path), 0, op.op, op.value);
        break;
      case "remove":
        out = set(out, partsOf(op.path), 0, "remove", undefined);
        break;
      case "test":
        if (JSON.stringify(at(out, partsOf(op.path))) !== JSON.stringify(op.value))
          throw new PatchError(`${op.path} is another value`);
        break;
      case "move": {
        const v = at(out, partsOf(op.from));
        out = set(out, partsOf(op.from), 0, "remove", undefined);
        out = set(out, partsOf(op.path), 0, "add", v);
        break;
      }
      case "copy":
        out = set(out, partsOf(op.path), 0, "add", at(out, partsOf(op.from)));
        break;
    }
  }
  return out as T;
}

/** What stands at a place; throws PatchError if nothing does. */
export function at(doc: Json, parts: readonly string[]): Json {
  let v = doc;
  for (const p of parts) {
    if (Array.isArray(v)) v = v[index(p, v.length - 1)];
    else if (isObject(v) && Object.hasOwn(v, p)) v = v[p];
    else throw new PatchError(`there is no ${pointerOf(parts)}`);
  }
  return v;
}

export function isObject(v: Json): v is Record<string, Json> {
  return typeof v === "object" && v !== null && !Array.isArray(v);
}

function index(part: string, max: number): number {
  const i = Number(part);
  if (!/^(0|[1-9]\d*)$/.test(part) || i > max) throw new PatchError(`there is no index ${part}`);
  return i;
}

function set(
  doc: Json,
  parts: readonly string[],
  i: number,
  op: "add" | "replace" | "remove",
  value: Json,
): Json {
  const part = parts[i];
  if (part === undefined) {
    if (op === "remove") throw new PatchError("the whole can't be removed");
    return value;
  }
  const last = i === parts.length - 1;
  if (Array.isArray(doc)) {
    const add = last && op === "add";
    const n = part === "-" && add ? doc.length : index(part, doc.length - (add ? 0 : 1));
    const out = doc.slice();
    if (add) out.splice(n, 0, value);
    else if (last && op === "remove") out.splice(n, 1);
    else out[n] = set(doc[n], parts, i + 1, op, value);
    return out;
  }
  if (!isObject(doc))
    throw new PatchError(`there is nothing below ${pointerOf(parts.slice(0, i))}`);
  const has = Object.hasOwn(doc, part);
  if (!has && !(last && op === "add")) throw new PatchError(`there is no ${pointerOf(parts)}`);
  const out: Record<string, Json> = {};
  for (const k of Object.keys(doc)) {
    if (k !== part) put(out, k, doc[k]);
    else if (!(last && op === "remove"))
      put(out, k, last ? value : set(doc[k], parts, i + 1, op, value));
  }
  if (!has) put(out, part, value);
  return out;
}

/** Sets an own property, also one named __proto__. */
function put(o: Record<string, Json>, k: string, v: Json): void {
  if (k === "__proto__")
    Object.defineProperty(o, k, { value: v, enumerable: true, configurable: true, writable: true });
  else o[k] = v;
}

/** A patch that makes b of a. Arrays are compared by their common ends. */
export function diff(a: Tagged, b: Tagged, path = ""): Patch {
  if (a === b) return [];
  if (Array.isArray(a) && Array.isArray(b)) return diffArrays(a, b, path);
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a).filter((k) => Object.hasOwn(b, k));
    const order = Object.keys(b);
    // Keys that stay keep their order, and new ones are at the end: else it is another object.
    if (order.slice(0, keys.length).every((k, i) => k === keys[i]) && tagOf(a) === tagOf(b)) {
      const out = [];
      for (const k of Object.keys(a))
        if (!Object.hasOwn(b, k)) out.push({ op: "remove" as const, path: path + pointerOf([k]) });
      for (const k of keys)
        out.push(...diff(a[k] as Tagged, b[k] as Tagged, path + pointerOf([k])));
      for (const k of order.slice(keys.length))
        out.push({ op: "add" as const, path: path + pointerOf([k]), value: b[k] as Tagged });
      return out;
    }
  }
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  return [{ op: "replace", path, value: b }];
}

function tagOf(o: Record<string, Json>): string {
  const first = Object.keys(o)[0];
  return first?.startsWith("$") ? first : "";
}

function diffArrays(a: readonly Tagged[], b: readonly Tagged[], path: string): Patch {
  const same = (x: Tagged | undefined, y: Tagged | undefined) =>
    x === y || JSON.stringify(x) === JSON.stringify(y);
  let from = 0;
  while (from < a.length && from < b.length && same(a[from], b[from])) from++;
  let enda = a.length;
  let endb = b.length;
  while (enda > from && endb > from && same(a[enda - 1], b[endb - 1])) {
    enda--;
    endb--;
  }
  const out = [];
  const both = Math.min(enda, endb);
  for (let i = from; i < both; i++)
    out.push(...diff(a[i] as Tagged, b[i] as Tagged, `${path}/${i}`));
  for (let i = enda - 1; i >= both; i--) out.push({ op: "remove" as const, path: `${path}/${i}` });
  for (let i = both; i < endb; i++)
    out.push({ op: "add" as const, path: `${path}/${i}`, value: b[i] as Tagged });
  return out;
}
