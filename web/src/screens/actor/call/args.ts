import { tag } from "../../../api/tagged";
import type { Action, Actor, Param, Tagged } from "../../../api/types.gen";
import { target, word } from "../../../ui/format";

/** How a parameter is asked for. */
export type Control =
  | { kind: "text" }
  | { kind: "number" }
  | { kind: "boolean" }
  | { kind: "choice"; of: readonly unknown[] }
  | { kind: "json" };

/** The control that fits a parameter, by its JSON Schema. */
export function controlOf(p: Param): Control {
  if (p.rest) return { kind: "json" };
  const s = (p.schema ?? {}) as {
    type?: unknown;
    enum?: readonly unknown[];
    anyOf?: readonly { const?: unknown; enum?: readonly unknown[] }[];
  };
  if (Array.isArray(s.enum)) return { kind: "choice", of: s.enum };
  if (s.anyOf?.length && s.anyOf.every((x) => "const" in x))
    return { kind: "choice", of: s.anyOf.map((x) => x.const) };
  switch (s.type) {
    case "string":
      return { kind: "text" };
    case "number":
    case "integer":
      return { kind: "number" };
    case "boolean":
      return { kind: "boolean" };
  }
  return { kind: "json" };
}

/** What stands in a field that wants JSON, so that it is clear what belongs there. */
export function hintOf(p: Param): string {
  const type = p.type ?? "JSON";
  return p.default ? `${type} = ${p.default}` : type;
}

export type Fields = readonly string[];

/** Reads the fields: the arguments, or which field is wrong and why. */
export function argsOf(
  params: readonly Param[],
  fields: Fields,
): { args: readonly Tagged[] } | { at: number; message: string } {
  const args: Tagged[] = [];
  // What is left out at the end is not sent; in between it is undefined.
  let last = -1;
  params.forEach((p, i) => {
    const asked = controlOf(p).kind === "text" && !p.optional;
    if ((fields[i] ?? "") !== "" || asked || (!p.optional && !p.rest)) last = i;
  });
  for (let i = 0; i <= last; i++) {
    const p = params[i] as Param;
    const text = fields[i] ?? "";
    const c = controlOf(p);
    if (text === "" && (p.optional || p.rest)) {
      if (!p.rest) args.push({ $undef: 1 });
      continue;
    }
    if (c.kind === "text") {
      args.push(text);
      continue;
    }
    if (text.trim() === "") return { at: i, message: `${p.name} is missing.` };
    try {
      const v = JSON.parse(text) as Tagged;
      if (c.kind === "number" && typeof v !== "number")
        return { at: i, message: `${p.name} wants a number.` };
      if (p.rest) {
        if (!Array.isArray(v)) return { at: i, message: `…${p.name} wants an array, e.g. [1, 2].` };
        args.push(...(v as Tagged[]));
      } else args.push(v);
    } catch (e) {
      return { at: i, message: `${p.name}: ${e instanceof Error ? e.message : "this is no JSON"}` };
    }
  }
  return { args };
}

/** The arguments of an action of which nothing is known: an array of JSON. */
export function freeArgs(
  text: string,
): { args: readonly Tagged[] } | { at: number; message: string } {
  if (text.trim() === "") return { args: [] };
  try {
    const v = JSON.parse(text) as Tagged;
    if (!Array.isArray(v)) return { at: 0, message: 'Arguments are an array, e.g. [5, "a"].' };
    return { args: v };
  } catch (e) {
    return { at: 0, message: e instanceof Error ? e.message : "This is no JSON." };
  }
}

/** Whether an action's parameters are known. */
export function known(a: Action | undefined): boolean {
  return a?.signature !== undefined || a?.params !== undefined;
}

function plain(args: readonly Tagged[]): boolean {
  return !JSON.stringify(args).includes('"$');
}

/** The call as it is typed in a shell. */
export function asRivet(
  a: Pick<Actor, "type" | "key">,
  action: string,
  args: readonly Tagged[],
): string {
  const simple = plain(args);
  const words = args.map((v) => {
    const text = JSON.stringify(v);
    // A string that isn't JSON by itself is taken as it is.
    if (typeof v === "string" && v !== "" && !v.startsWith("-") && !v.startsWith("@") && !isJSON(v))
      return word(v);
    return word(text);
  });
  const dashed = words.some((w) => w.startsWith("-") && !/^-[\d.]/.test(w));
  return `rivet call ${word(target(a.type, a.key))} ${word(action)}${simple ? "" : " --typed"}${dashed ? " --" : ""}${words.map((w) => ` ${w}`).join("")}`;
}

function isJSON(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The call as a request to the registry. */
export function asCurl(
  endpoint: string,
  a: Pick<Actor, "type" | "key">,
  action: string,
  args: readonly Tagged[],
): string {
  const query = JSON.stringify({ getForKey: { name: a.type, key: a.key } });
  return [
    `curl ${word(`${endpoint}/actors/actions/${encodeURIComponent(action)}`)}`,
    `-H ${word(`X-RivetKit-Query: ${query}`)}`,
    "-H 'X-RivetKit-Encoding: json'",
    '-H "Authorization: Bearer $RIVET_AUTH_TOKEN"',
    `-d ${word(JSON.stringify({ a: args }))}`,
  ].join(" \\\n  ");
}

/** The call as TypeScript of a client. */
export function asTypeScript(
  a: Pick<Actor, "type" | "key">,
  action: string,
  args: readonly Tagged[],
): string {
  const member = (name: string) =>
    /^[A-Za-z_$][\w$]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  return `await client${member(a.type)}.get(${JSON.stringify(a.key)})${member(action)}(${args.map(source).join(", ")});`;
}

/** A value as TypeScript writes it. */
function source(v: Tagged): string {
  if (Array.isArray(v)) return `[${v.map(source).join(", ")}]`;
  if (typeof v !== "object" || v === null) return JSON.stringify(v);
  const o = v as Record<string, Tagged>;
  if ("$undef" in o) return "undefined";
  if ("$num" in o) return String(o["$num"]);
  if ("$big" in o) return `${String(o["$big"])}n`;
  if ("$date" in o) return `new Date(${String(o["$date"])})`;
  if ("$map" in o) return `new Map(${source(o["$map"] as Tagged)})`;
  if ("$set" in o) return `new Set(${source(o["$set"] as Tagged)})`;
  return `{ ${Object.entries(o)
    .map(([k, x]) => `${/^[A-Za-z_$][\w$]*$/.test(k) ? k : JSON.stringify(k)}: ${source(x)}`)
    .join(", ")} }`;
}

/** Fields that give these arguments, to edit them and send them again. */
export function fieldsOf(params: readonly Param[], args: readonly Tagged[]): Fields {
  return params.map((p, i) => {
    if (p.rest) return args.length > i ? JSON.stringify(args.slice(i)) : "";
    const v = args[i];
    if (v === undefined || JSON.stringify(v) === JSON.stringify(tag(undefined))) return "";
    return controlOf(p).kind === "text" && typeof v === "string" ? v : JSON.stringify(v);
  });
}
