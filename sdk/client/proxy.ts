import type { AnyRegistry } from "../types/definition.js";
import { ClientCore } from "./core.js";
import type { ActorQuery, ClientDriver } from "./driver.js";
import { ActorHandleBase } from "./handle.js";
import type { ActionOptions, Client } from "./types.js";

/** What engines and tools ask of every object: never actions, never actors. */
const never = ["then", "toJSON", "$$typeof", "asymmetricMatch"];

interface WithAction {
  action(options: ActionOptions): Promise<unknown>;
}

/** `base`, with every name that it lacks as an action. */
export function withActions<T extends WithAction>(base: T): T {
  const methods = new Map<PropertyKey, unknown>();
  return new Proxy(base, {
    get(target, name) {
      if (typeof name === "symbol" || name in target) {
        const own = Reflect.get(target, name, target);
        if (typeof own !== "function" || name === "constructor") return own;
        return keep(methods, name, () => own.bind(target));
      }
      if (never.includes(name)) return undefined;
      return keep(
        methods,
        name,
        () =>
          (...args: unknown[]) =>
            target.action({ name, args }),
      );
    },
    has: (target, name) => name in target,
  });
}

function keep<V>(cache: Map<PropertyKey, unknown>, key: PropertyKey, make: () => V): V {
  if (!cache.has(key)) cache.set(key, make());
  return cache.get(key) as V;
}

interface AnyOptions {
  params?: unknown;
  signal?: AbortSignal;
  createInRegion?: string;
  createWithInput?: unknown;
  region?: string;
  input?: unknown;
}

/** What clients inherit from, so that they can be told from data. */
export const ClientBase: object = {};

/** A client over any driver. */
export function clientOver<R extends AnyRegistry>(
  driver: ClientDriver,
  options: { params?: unknown; random?: () => number; signal?: AbortSignal } = {},
): Client<R> {
  const core = new ClientCore(driver, options);
  const dispose = (): Promise<void> => core.dispose();
  const base: Record<PropertyKey, unknown> = Object.create(ClientBase);
  const own: Record<PropertyKey, unknown> = { dispose, [Symbol.toStringTag]: "Client" };
  if (Symbol.asyncDispose) own[Symbol.asyncDispose] = dispose;
  for (const key of Reflect.ownKeys(own)) {
    Object.defineProperty(base, key, { value: own[key as string] });
  }
  const accessors = new Map<PropertyKey, unknown>();
  return new Proxy(base, {
    get(target, name) {
      if (typeof name === "symbol" || name in target) return Reflect.get(target, name, target);
      if (never.includes(name)) return undefined;
      return keep(accessors, name, () => accessor(core, name));
    },
  }) as unknown as Client<R>;
}

function accessor(core: ClientCore, name: string): object {
  const handle = (query: ActorQuery, options: AnyOptions): ActorHandleBase => {
    core.alive();
    return withActions(new ActorHandleBase(core, query, options));
  };
  const created = (key: string[], input: unknown, region: string | undefined) => ({
    name,
    key,
    ...(input === undefined ? {} : { input }),
    ...(region === undefined ? {} : { region }),
  });
  return {
    get(first?: unknown, second?: AnyOptions) {
      const { key, options } = keyed(first, second);
      return handle({ getForKey: { name, key } }, options);
    },
    getOrCreate(first?: unknown, second?: AnyOptions) {
      const { key, options } = keyed(first, second);
      const what = created(key, options.createWithInput, options.createInRegion);
      return handle({ getOrCreateForKey: what }, options);
    },
    getForId(actorId: string, options: AnyOptions = {}) {
      if (typeof actorId !== "string") throw new TypeError("getForId: the id must be a string");
      return handle({ getForId: { actorId } }, options);
    },
    async create(first?: unknown, second?: AnyOptions) {
      const { key, options } = keyed(first, second);
      core.alive();
      const { signal } = options;
      const params = options.params === undefined ? core.params : options.params;
      const query = { create: created(key, options.input, options.region) };
      const actorId = await core.run([signal], (aborts) =>
        core.driver.resolve({ query, params, signal: aborts }),
      );
      return handle({ getForId: { actorId } }, options);
    },
  };
}

/** The key's forms: absent, a string, strings, or options in its place. */
function keyed(first: unknown, second: AnyOptions = {}): { key: string[]; options: AnyOptions } {
  if (first === undefined || first === null) return { key: [], options: second };
  if (typeof first === "string") return { key: [first], options: second };
  if (Array.isArray(first)) {
    if (first.every((part) => typeof part === "string")) {
      return { key: [...first], options: second };
    }
  } else if (typeof first === "object") return { key: [], options: first };
  throw new TypeError(
    `a key is a string or an array of strings, not ${JSON.stringify(first) ?? typeof first}`,
  );
}
