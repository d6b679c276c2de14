import { at, isObject, pointerOf } from "../live/patch";
import { count, shown } from "../ui/format";
import { tagOf } from "./tagged";
import type { Tagged } from "./types.gen";

/** What a place of a state is, as people see it. */
export type Sort =
  | "null"
  | "undefined"
  | "boolean"
  | "number"
  | "bigint"
  | "string"
  | "date"
  | "regexp"
  | "bytes"
  | "array"
  | "object"
  | "map"
  | "set"
  | "error"
  | "ref"
  | "cut"
  | "hole";

/** One place of a state. */
export interface Node {
  /** A pointer into the tagged form. */
  path: string;
  /** Its name within its parent: a key, an index, a map's key. */
  name: string;
  sort: Sort;
  value: Tagged;
  depth: number;
  /** How many are in it; 0 of what can't be opened. */
  size: number;
}

/** The sort of a tree's value. */
export function sortOf(v: Tagged | undefined): Sort {
  if (v === null) return "null";
  if (v === undefined) return "undefined";
  if (typeof v !== "object") return typeof v as Sort;
  if (Array.isArray(v)) return "array";
  return tags[tagOf(v)] ?? "object";
}

const tags: Record<string, Sort> = {
  $undef: "undefined",
  $num: "number",
  $big: "bigint",
  $date: "date",
  $re: "regexp",
  $bytes: "bytes",
  $map: "map",
  $set: "set",
  $err: "error",
  $obj: "object",
  $ref: "ref",
  $cut: "cut",
  $hole: "hole",
};

/** How many were left out at the end of an array, or of an object's members. */
function restOf(last: Tagged | undefined): number {
  if (!isObject(last) || !isObject(last["$cut"])) return 0;
  const { kind, size } = last["$cut"];
  return kind === "items" || kind === "members" ? Number(size) : 0;
}

function lengthOf(list: readonly Tagged[]): number {
  const rest = restOf(list.at(-1));
  return rest > 0 ? list.length - 1 + rest : list.length;
}

/** Whether parts of a value were left out at its end. */
export function isShort(v: Tagged | undefined): boolean {
  if (Array.isArray(v)) return restOf(v.at(-1)) > 0;
  if (!isObject(v)) return false;
  const t = tagOf(v);
  if (t === "$map" || t === "$set" || t === "$obj") return isShort(v[t] as Tagged);
  return t === "" && restOf(v["…"] as Tagged | undefined) > 0;
}

/** Whether anything at all was left out of a value. */
export function hasCuts(v: Tagged): boolean {
  if (typeof v !== "object" || v === null) return false;
  if (Array.isArray(v)) return v.some(hasCuts);
  return "$cut" in v || Object.values(v).some(hasCuts);
}

/** The place that has to be asked for, to see what was left out at another. */
export function holderOf(path: string, v: Tagged | undefined): string {
  if (restOf(v) === 0) return path;
  return path.slice(0, path.lastIndexOf("/")).replace(/\/\$(map|set|obj)$/, "");
}

/** How many are in a value. */
export function sizeOf(v: Tagged): number {
  if (Array.isArray(v)) return lengthOf(v);
  if (!isObject(v)) return 0;
  switch (tagOf(v)) {
    case "": {
      const n = Object.keys(v).length;
      const rest = restOf(v["…"] as Tagged | undefined);
      return rest > 0 ? n - 1 + rest : n;
    }
    case "$map":
    case "$set":
    case "$obj":
      return lengthOf(Object.values(v)[0] as readonly Tagged[]);
    case "$err":
      return Object.keys(v["$err"] as object).length;
  }
  return 0;
}

/** What is in a value: its name, where it stands, and what it is. */
export function childrenOf(
  v: Tagged,
  path: string,
): { name: string; path: string; value: Tagged }[] {
  if (Array.isArray(v)) {
    let index = 0;
    return v.map((value: Tagged, i) => {
      const n = isObject(value) && typeof value["$hole"] === "number" ? value["$hole"] : 1;
      const name = restOf(value) > 0 ? "…" : n > 1 ? `${index}…${index + n - 1}` : String(index);
      index += n;
      return { name, path: `${path}/${i}`, value };
    });
  }
  if (!isObject(v)) return [];
  const o = v as Record<string, Tagged>;
  const below = (key: string) => o[key] as readonly Tagged[];
  switch (tagOf(v)) {
    case "":
      return Object.keys(o).map((k) => ({
        name: k,
        path: path + pointerOf([k]),
        value: o[k] as Tagged,
      }));
    case "$set":
      return below("$set").map((value, i) => ({
        name: String(i),
        path: `${path}/$set/${i}`,
        value,
      }));
    case "$map":
      return below("$map").map((pair, i) => {
        if (!Array.isArray(pair))
          return { name: "…", path: `${path}/$map/${i}`, value: pair as Tagged };
        const [k, value] = pair as [Tagged, Tagged];
        return { name: preview(k, 40), path: `${path}/$map/${i}/1`, value };
      });
    case "$obj":
      return below("$obj").map((pair, i) => {
        if (!Array.isArray(pair))
          return { name: "…", path: `${path}/$obj/${i}`, value: pair as Tagged };
        const [k, value] = pair as [string, Tagged];
        return { name: k, path: `${path}/$obj/${i}/1`, value };
      });
    case "$err":
      return Object.entries(o["$err"] as Record<string, Tagged>).map(([k, value]) => ({
        name: k,
        path: `${path}/$err${pointerOf([k])}`,
        value,
      }));
  }
  return [];
}

/** A value in one line of at most so many characters, as a console would write it. */
export function preview(v: Tagged | undefined, max = 120): string {
  const sort = sortOf(v);
  const o = v as Record<string, Tagged>;
  switch (sort) {
    case "null":
    case "undefined":
      return sort;
    case "boolean":
      return String(v);
    case "number":
      return isObject(v) ? String(o["$num"]) : String(v);
    case "bigint":
      return `${String(o["$big"])}n`;
    case "string":
      return cut(shown(JSON.stringify(v)), max);
    case "date":
      return o["$date"] === null ? "Invalid Date" : isoOf(o["$date"] as number);
    case "regexp": {
      const [source, flags] = o["$re"] as [string, string];
      return cut(`/${source}/${flags}`, max);
    }
    case "bytes": {
      const text = String(o["$bytes"]);
      const n =
        Math.floor((text.length * 3) / 4) - (text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0);
      return `${String(o["type"])}, ${n} bytes`;
    }
    case "ref":
      return `↻ ${String(o["$ref"]) || "the whole"}`;
    case "cut": {
      const c = o["$cut"] as Record<string, Tagged>;
      const size = count(Number(c["size"] ?? 0));
      const kind = String(c["kind"] ?? "");
      return kind === "items" || kind === "members"
        ? `${size} more: open to load`
        : `${kind} of ${size}: open to load`;
    }
    case "hole":
      return "empty";
    case "error": {
      const e = o["$err"] as Record<string, Tagged>;
      return cut(`${String(e["name"])}: ${String(e["message"])}`, max);
    }
  }
  return container(v as Tagged, sort, max);
}

function isoOf(ms: number): string {
  const d = new Date(ms);
  return Number.isNaN(d.getTime()) ? "Invalid Date" : d.toISOString();
}

function container(v: Tagged, sort: Sort, max: number): string {
  const size = sizeOf(v);
  const name =
    { array: `(${size}) [`, map: `Map(${size}) {`, set: `Set(${size}) {` }[sort as string] ?? "{";
  const end = sort === "array" ? "]" : "}";
  if (size === 0)
    return { array: "[]", map: "Map(0) {}", set: "Set(0) {}" }[sort as string] ?? "{}";
  let out = "";
  for (const c of childrenOf(firstOf(v, 12), "")) {
    const room = max - name.length - out.length - 4;
    if (room < 4) break;
    const key = sort === "object" ? `${c.name}: ` : sort === "map" ? `${c.name} → ` : "";
    const text = key + preview(c.value, Math.max(8, Math.min(room - key.length, 40)));
    out += (out ? ", " : "") + text;
    if (name.length + out.length > max)
      return `${name}${out.slice(0, max - name.length - 1)}…${end}`;
  }
  return `${name}${out}${size > 12 ? ", …" : ""}${end}`;
}

/** A large container's first members are enough for a preview. */
function firstOf(v: Tagged, n: number): Tagged {
  if (Array.isArray(v)) return v.slice(0, n);
  if (!isObject(v)) return v;
  const t = tagOf(v);
  if (t === "$map" || t === "$set" || t === "$obj")
    return { [t]: (v[t] as readonly Tagged[]).slice(0, n) };
  const keys = Object.keys(v);
  return keys.length <= n
    ? (v as Tagged)
    : Object.fromEntries(keys.slice(0, n).map((k) => [k, v[k] as Tagged]));
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** Flattens what is open of a tree into rows. */
export function flatten(root: Tagged, open: ReadonlySet<string>, base = ""): Node[] {
  const out: Node[] = [];
  const walk = (v: Tagged, path: string, depth: number) => {
    for (const c of childrenOf(v, path)) {
      const size = sizeOf(c.value);
      out.push({ ...c, sort: sortOf(c.value), depth, size });
      if (size > 0 && open.has(c.path)) walk(c.value, c.path, depth + 1);
    }
  };
  walk(root, base, 0);
  return out;
}

/** Paths, in order, of places whose name or value has the text, at most so many. */
export function search(root: Tagged, text: string, max = 500): Set<string> {
  const needle = text.toLowerCase();
  const byPath = needle.startsWith("/");
  const found = new Set<string>();
  const walk = (v: Tagged, path: string) => {
    for (const c of childrenOf(v, path)) {
      if (found.size >= max) return;
      const leaf = typeof c.value !== "object" || c.value === null || sizeOf(c.value) === 0;
      if (
        c.name.toLowerCase().includes(needle) ||
        (byPath && c.path.toLowerCase().includes(needle)) ||
        (leaf && textOf(c.value).toLowerCase().includes(needle))
      )
        found.add(c.path);
      if (!leaf) walk(c.value, c.path);
    }
  };
  walk(root, "");
  return found;
}

/** What is looked at of a value that has nothing in it. */
function textOf(v: Tagged): string {
  return typeof v === "string" ? v : preview(v, 10_000);
}

/** The pointers of all that a place is in, outermost first. */
export function parentsOf(root: Tagged, path: string): string[] {
  const out: string[] = [];
  const walk = (v: Tagged, here: string): boolean => {
    for (const c of childrenOf(v, here)) {
      if (c.path === path) return true;
      if (path.startsWith(`${c.path}/`) && sizeOf(c.value) > 0) {
        out.push(c.path);
        return walk(c.value, c.path);
      }
    }
    return false;
  };
  walk(root, "");
  return out;
}

/** What stands at a pointer, undefined if nothing does. */
export function find(root: Tagged, path: string): Tagged | undefined {
  try {
    return at(
      root,
      path === ""
        ? []
        : path
            .slice(1)
            .split("/")
            .map((p) => p.replaceAll("~1", "/").replaceAll("~0", "~")),
    ) as Tagged;
  } catch {
    return undefined;
  }
}

/** Whether two trees are the same value. */
export function same(a: Tagged | undefined, b: Tagged | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
