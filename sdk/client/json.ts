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
 * @throws ActorError `unsupported_value`, with the path of the first such value.
 */
export function strictJSON(value: unknown, what: string, hint: string): string {
  refuse(value, what, hint, []);
  return JSON.stringify(value) ?? "null";
}

function refuse(value: unknown, path: string, hint: string, within: unknown[]): void {
  const bad = unsupported(value);
  if (bad) {
    throw new ActorError("unsupported_value", `${path} is ${bad}, which JSON can't carry: ${hint}`);
  }
  if (typeof value !== "object" || value === null) return;
  if (within.includes(value)) {
    throw new ActorError("unsupported_value", `${path} contains itself, which JSON can't carry`);
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return;
  within.push(value);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) refuse(value[i], `${path}[${i}]`, hint, within);
  } else {
    for (const [key, member] of Object.entries(value)) {
      refuse(member, `${path}${memberPath(key)}`, hint, within);
    }
  }
  within.pop();
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
