import { Unsupported } from "../errors.js";
import type { RunConfig } from "../types/run.js";
import { nearest } from "./suggest.js";

type Check = (value: unknown, path: string) => string[];

const text = typed("string");
const flag = typed("boolean");
const free: Check = () => [];
const texts: Check = (value, path) =>
  Array.isArray(value) && value.every((item) => typeof item === "string")
    ? []
    : [`"${path}" must be an array of strings`];

const cors = shape({
  origin: (value, path) =>
    ["string", "boolean", "function"].includes(typeof value) ? [] : texts(value, path),
  allowMethods: texts,
  allowHeaders: texts,
  exposeHeaders: texts,
  credentials: flag,
  maxAge: whole(0),
});

const runConfig = shape({
  driver: shape({
    type: text,
    path: text,
    topology: text,
    actor: shape({ type: text }),
    manager: shape({ type: text }),
  }),
  cors,
  maxIncomingMessageSize: whole(1),
  studio: shape({
    enabled: flag,
    token: (value, path) => (typeof value === "function" ? [] : text(value, path)),
    cors,
    defaultEndpoint: text,
  }),
  basePath: text,
  hostname: text,
  port: whole(0, 65535),
  getUpgradeWebSocket: free,
});

/**
 * @throws Unsupported with a hint for a driver that rivet doesn't have yet.
 */
export function checkDriver(config: RunConfig | undefined): void {
  const { type, actor, manager } = (config?.driver ?? {}) as Record<string, unknown>;
  for (const part of [type, typeOf(actor), typeOf(manager)]) {
    if (part === undefined || part === "memory" || part === "file-system") continue;
    throw Object.assign(new Unsupported(`the driver ${JSON.stringify(part)}`), {
      hint: "Not yet: take createFileSystemDriver() or createMemoryDriver().",
    });
  }
}

function typeOf(part: unknown): unknown {
  return (part as { type?: unknown } | undefined)?.type;
}

/** The mistakes in what `createServer` or `runServer` was given: unknown keys, wrong types. */
export function checkRunConfig(config: unknown): string[] {
  return config === undefined ? [] : runConfig(config, "");
}

function shape(members: Record<string, Check>): Check {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return [path ? `"${path}" must be an object` : "the config must be an object"];
    }
    return Object.entries(value).flatMap(([key, member]) => {
      const at = path ? `${path}.${key}` : key;
      const check = Object.hasOwn(members, key) ? members[key] : undefined;
      if (!check) return [`unknown key "${at}"${nearest(key, Object.keys(members))}`];
      return member === undefined ? [] : check(member, at);
    });
  };
}

function typed(kind: "string" | "boolean"): Check {
  return (value, path) => (typeof value === kind ? [] : [`"${path}" must be a ${kind}`]);
}

function whole(least: number, most = Number.MAX_SAFE_INTEGER): Check {
  return (value, path) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? []
      : [
          `"${path}" must be a whole number ${
            most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
          }`,
        ];
}
