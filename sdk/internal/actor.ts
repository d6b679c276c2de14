import { getLogger } from "../log.js";
import type { ActorConfig, ActorConfigInput } from "../types/config.js";
import type { ActorDefinition, AnyActorDefinition } from "../types/definition.js";
import { isMarked, mark } from "./brand.js";
import { callerPosition } from "./position.js";
import { nearest } from "./suggest.js";

const hooks = [
  "onAuth",
  "onCreate",
  "onStart",
  "onStateChange",
  "onBeforeConnect",
  "onConnect",
  "onDisconnect",
  "onBeforeActionResponse",
  "onFetch",
  "onWebSocket",
  "createState",
  "createVars",
  "createConnState",
];
const values = ["state", "vars", "connState", "db", "actions", "options", "types"];
const exclusive = [
  ["state", "createState"],
  ["vars", "createVars"],
] as const;

/** The options that exist; numbers are milliseconds. */
const optionKeys: Record<string, readonly string[] | null> = {
  lifecycle: ["createVarsTimeout", "createConnStateTimeout", "onConnectTimeout"],
  state: ["saveInterval"],
  action: ["timeout"],
  sleepTimeout: null,
};

/** What is wrong with an actor type; `setup`, which knows its name, reports it. */
const problemsKey = Symbol.for("rivet.problems");

interface Problems {
  readonly at: string;
  readonly list: readonly string[];
}

/**
 * Describes an actor type. Mistakes in `config` are reported by `setup()`, with
 * the actor's name and the line of this call.
 *
 * @throws TypeError if `config` is no object.
 * @example
 * const counter = actor({
 *   state: { count: 0 },
 *   actions: { increment: (c, n = 1) => (c.state.count += n) },
 * });
 */
export function actor<S, CP, CS, V, I, AD, DB, A, E>(
  config: ActorConfigInput<S, CP, CS, V, I, AD, DB, A, E>,
): ActorDefinition<S, CP, CS, V, I, AD, DB, A, E> {
  const at = callerPosition(2);
  if (!isObject(config)) {
    throw new TypeError(`actor() takes a config object${at && ` (${at})`}`);
  }
  const definition = { config: config as ActorConfig<S, CP, CS, V, I, AD, DB, A, E> };
  mark(definition, "ActorDefinition");
  const problems: Problems = { at, list: [...check(config)] };
  Object.defineProperty(definition, problemsKey, { value: problems });
  if ("connState" in config && "createConnState" in config) {
    getLogger("actor").warn(
      `both connState and createConnState are given${at && ` (${at})`}: createConnState wins`,
    );
  }
  return definition;
}

/** Whether `value` came from `actor()`, of whatever copy of the SDK. */
export function isActorDefinition(value: unknown): value is AnyActorDefinition {
  return isMarked(value, "ActorDefinition");
}

/** The name, without extension, of the file that a definition was made in; "" if stacks don't tell. */
export function fileOf(definition: AnyActorDefinition): string {
  const at = (definition as { [problemsKey]?: Problems })[problemsKey]?.at ?? "";
  return /([^/\\]+?)(?:\.[cm]?[jt]sx?)?:\d+:\d+$/.exec(at)?.[1] ?? "";
}

/** The mistakes in a definition, each naming actor, key and source line. */
export function problemsOf(name: string, definition: AnyActorDefinition): string[] {
  const problems = (definition as { [problemsKey]?: Problems })[problemsKey];
  const where = problems?.at ? ` (${problems.at})` : "";
  return (problems?.list ?? []).map((problem) => `actor "${name}"${where}: ${problem}`);
}

function* check(config: Record<string, unknown>): Generator<string> {
  const known = [...hooks, ...values];
  for (const key of Object.keys(config)) {
    if (!known.includes(key)) yield `unknown key "${key}"${nearest(key, known)}`;
  }
  for (const key of hooks) {
    const value = config[key];
    if (value !== undefined && typeof value !== "function") {
      yield `"${key}" must be a function, not ${kind(value)}`;
    }
  }
  for (const [value, maker] of exclusive) {
    if (value in config && maker in config) {
      yield `cannot define both "${value}" and "${maker}"`;
    }
  }
  const { actions, options } = config as { actions?: unknown; options?: unknown };
  yield* checkActions(actions);
  yield* checkOptions(options);
}

function* checkActions(actions: unknown): Generator<string> {
  if (actions === undefined) return;
  if (!isObject(actions)) {
    yield `"actions" must be an object, not ${kind(actions)}`;
    return;
  }
  for (const [name, action] of Object.entries(actions)) {
    if (typeof action !== "function") {
      yield `"actions.${name}" must be a function, not ${kind(action)}`;
    }
  }
}

function* checkOptions(options: unknown): Generator<string> {
  if (options === undefined) return;
  if (!isObject(options)) {
    yield `"options" must be an object, not ${kind(options)}`;
    return;
  }
  for (const [key, value] of Object.entries(options)) {
    const inner = Object.hasOwn(optionKeys, key) ? optionKeys[key] : undefined;
    if (inner === undefined) {
      yield `unknown key "options.${key}"${nearest(key, Object.keys(optionKeys))}`;
    } else if (value === undefined) {
      // as if it were absent
    } else if (inner === null) {
      yield* checkTime(`options.${key}`, value);
    } else if (!isObject(value)) {
      yield `"options.${key}" must be an object, not ${kind(value)}`;
    } else {
      for (const [name, time] of Object.entries(value)) {
        const path = `options.${key}.${name}`;
        if (!inner.includes(name)) yield `unknown key "${path}"${nearest(name, inner)}`;
        else if (time !== undefined) yield* checkTime(path, time);
      }
    }
  }
}

function* checkTime(path: string, value: unknown): Generator<string> {
  if (typeof value !== "number" || Number.isNaN(value) || value <= 0) {
    yield `"${path}" must be a positive number of milliseconds, not ${
      typeof value === "number" ? value : kind(value)
    }`;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kind(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return `a ${typeof value}`;
}
