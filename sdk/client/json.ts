import { ActorError } from "./errors.js";

/** `value` as JSON of ASCII alone, fit for a header. `what` names it in errors. */
export function asciiJSON(value: unknown, what: string): string {
  const text = strictJSON(value, what, "params and input always travel as JSON");
  return text.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** `text` fit for a subprotocol, where `(` and `)` are not allowed. */
export function subprotocolText(text: string): string {
  return encodeURIComponent(text).replace(/\(/g, "%28").replace(/\)/g, "%29");
}

/**
 * `JSON.stringify`, but for values that it would silently change or drop.
 *
 * @param inner What of the value's paths is the protocol's own, and not shown.
 * @throws ActorError `unsupported_value`, with the path of the first such value.
 */
export function strictJSON(value: unknown, what: string, hint: string, inner = ""): string {
  const found = find(value, what, []);
  if (found) {
    const path = shownPath(found.path, what, inner);
    throw new ActorError(
      "unsupported_value",
      `${path} is ${found.problem}, which JSON can't carry: ${hint}`,
    );
  }
  return JSON.stringify(value) ?? "null";
}

/** A path without the part `inner` after `what`, which is the protocol's own. */
export function shownPath(path: string, what: string, inner: string): string {
  return path.startsWith(what + inner) ? what + path.slice(what.length + inner.length) : path;
}

/** The first value that JSON can't carry. */
function find(
  value: unknown,
  path: string,
  within: unknown[],
): { path: string; problem: string } | undefined {
  const problem = unsupported(value);
  if (problem) return { path, problem };
  if (typeof value !== "object" || value === null) return undefined;
  if (within.includes(value)) return { path, problem: "a value that contains itself" };
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return undefined;
  within.push(value);
  const members: [string, unknown][] = Array.isArray(value)
    ? Array.from(value, (item, i) => [`[${i}]`, item])
    : Object.entries(value).map(([key, member]) => [memberPath(key), member]);
  for (const [name, member] of members) {
    const found = find(member, path + name, within);
    if (found) return found;
  }
  within.pop();
  return undefined;
}

/** The path of a member: `.name`, or `["odd name"]`. */
export function memberPath(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function unsupported(value: unknown): string | undefined {
  switch (typeof value) {
    case "bigint":
      return "a BigInt";
    case "function":
      return "a function";
    case "symbol":
      return "a symbol";
    case "number":
      return Number.isFinite(value) ? undefined : String(value);
    case "object":
      if (value instanceof Map) return "a Map";
      if (value instanceof Set) return "a Set";
      if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return "binary data";
  }
  return undefined;
}
