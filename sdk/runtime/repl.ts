import { clientOver } from "../client/proxy.js";
import { ServerDriver } from "./driver.js";

/** What Go offers to the REPL beside {@link Host} (internal/isolate/repl.go). */
export interface ReplHost {
  /** The used actor's state now. */
  state(): unknown;
  list(type: string, filter: string): Promise<unknown>;
  isProxy(value: object): boolean;
}

/** The actor whose actions are plain functions. */
interface Used {
  readonly name: string;
  readonly key: string[];
  readonly id: string;
  readonly actions: string[];
}

/** A variable of a line; `keep`: it is declared without a value, by var. */
interface LineName {
  readonly name: string;
  readonly keep: boolean;
}

/** One word of a completion. */
interface Word {
  readonly text: string;
  readonly kind: string;
}

type Handle = { action(call: { name: string; args: unknown[] }): Promise<unknown> };
type Options = Record<string, unknown>;
type Accessor = {
  get(key: string[], options?: Options): Handle;
  getOrCreate(key: string[], options?: Options): Handle;
  getForId(id: string): Handle;
  create(key: string[], options?: Options): Promise<Handle>;
};

const custom = Symbol.for("nodejs.util.inspect.custom");
const longest = 500;

/** What lines of the REPL see and do; Go calls its functions. */
export function repl(go: ReplHost): object {
  const client = clientOver(new ServerDriver(), {}) as unknown as Record<string, Accessor>;
  const base: Record<string, unknown> & { _?: unknown; _error?: unknown } = Object.create(null);
  const vars: Record<string, unknown> = Object.create(null);
  const constants = new Map<string, unknown>();
  const handles = new WeakMap<object, string>();
  const global = globalThis as unknown as object;

  const shown = <T extends object>(value: T, text: string): T =>
    Object.defineProperty(value, custom, { value: () => text, configurable: true });

  const handled = (handle: Handle, type: string, key: string[]): Handle => {
    handles.set(handle, type);
    return shown(handle, `Actor<${[type, ...key].join("/")}>`);
  };

  const actorType = (name: string): object => {
    const accessor = (): Accessor => client[name] as Accessor;
    const type = (...parts: unknown[]): Handle => {
      const { key, options } = keyOf(parts);
      return handled(accessor().getOrCreate(key, options), name, key);
    };
    Object.defineProperty(type, "name", { value: name });
    Object.assign(type, {
      get(...parts: unknown[]): Handle {
        const { key, options } = keyOf(parts);
        return handled(accessor().get(key, options), name, key);
      },
      async create(...parts: unknown[]): Promise<Handle> {
        const { key, options } = keyOf(parts);
        return handled(await accessor().create(key, options), name, key);
      },
      list: (query: { filter?: string } = {}): Promise<unknown> =>
        go.list(name, String(query.filter ?? "")),
    });
    return shown(type, `[Actor type: ${name}]`);
  };

  /** Sets what lines see; variables stay. */
  const scope = (types: string[], used: Used | undefined): void => {
    const kept = { _: base._, _error: base._error };
    for (const name of Object.keys(base)) delete base[name];
    const actors: Record<string, unknown> = Object.create(null);
    for (const name of types) {
      const type = actorType(name);
      actors[name] = type;
      if (!(name in global)) base[name] = type;
    }
    Object.assign(base, kept, { actors, client });
    if (!used) return;
    const way = client[used.name] as Accessor;
    const handle = used.id ? way.getForId(used.id) : way.getOrCreate(used.key);
    for (const name of used.actions) {
      const action = (...args: unknown[]): Promise<unknown> => handle.action({ name, args });
      base[name] = Object.defineProperty(action, "name", { value: name });
    }
    Object.defineProperty(base, "state", {
      get: () => frozen(go.state()),
      enumerable: true,
      configurable: true,
    });
  };

  const declare = (name: string): void => {
    constants.delete(name);
    Object.defineProperty(vars, name, {
      value: undefined,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  };

  const lock = (...names: string[]): void => {
    for (const name of names) {
      const value = vars[name];
      constants.set(name, value);
      Object.defineProperty(vars, name, {
        get: () => value,
        set: () => {
          throw new TypeError("Assignment to constant variable.");
        },
        enumerable: true,
        configurable: true,
      });
    }
  };

  /** Runs a compiled line; its promise is its result. */
  const run = (
    line: (base: object, vars: object, lock: unknown) => () => Promise<unknown>,
    names: LineName[],
    implicit: string[],
    done: (value: unknown) => void,
    failed: (error: unknown) => void,
  ): void => {
    for (const { name, keep } of names) if (!keep || !(name in vars)) declare(name);
    for (const name of implicit) {
      if (!(name in vars) && !(name in base) && !(name in global)) declare(name);
    }
    line(base, vars, lock).call(undefined).then(done, failed);
  };

  /** What a path of names leads to, without running a getter. */
  const look = (path: string[]): { found: boolean; value?: unknown } => {
    let at: { found: boolean; value?: unknown } = { found: false };
    path.forEach((name, depth) => {
      at = depth === 0 ? first(name) : at.found ? member(at.value, name) : at;
    });
    return at;
  };

  const first = (name: string): { found: boolean; value?: unknown } => {
    if (constants.has(name) && name in vars) return { found: true, value: constants.get(name) };
    if (name in vars) return member(vars, name);
    if (name === "state" && name in base) return { found: true, value: go.state() };
    if (name in base) return member(base, name);
    // The web platform's own globals define themselves when they are read.
    return name in global ? { found: true, value: Reflect.get(global, name) } : { found: false };
  };

  const member = (value: unknown, name: string): { found: boolean; value?: unknown } => {
    let o: object | null = value === null || value === undefined ? null : (Object(value) as object);
    for (let n = 0; o !== null && n < 50; n++) {
      if (go.isProxy(o)) return { found: false };
      const d = Object.getOwnPropertyDescriptor(o, name);
      if (d) return "value" in d ? { found: true, value: d.value } : { found: false };
      o = Object.getPrototypeOf(o);
    }
    return { found: false };
  };

  const wordsOf = (value: unknown): Word[] => {
    const words: Word[] = [];
    const seen = new Set<string>();
    let o: object | null = value === null || value === undefined ? null : (Object(value) as object);
    for (let n = 0; o !== null && n < 50 && !go.isProxy(o); n++) {
      const top = o === Object.prototype && words.length > 0;
      for (const name of Object.getOwnPropertyNames(o)) {
        if (words.length >= longest) return words;
        if (seen.has(name) || /^\d/.test(name) || (top && name.startsWith("__"))) continue;
        seen.add(name);
        const d = Object.getOwnPropertyDescriptor(o, name);
        words.push({ text: name, kind: typeof d?.value === "function" ? "method" : "property" });
      }
      o = Object.getPrototypeOf(o);
    }
    return words;
  };

  const names = (): Word[] => {
    const words = new Map<string, string>();
    for (const name of Object.getOwnPropertyNames(global)) {
      if (!name.startsWith("__")) words.set(name, "global");
    }
    for (const name of Object.keys(base)) words.set(name, "name");
    for (const name of Object.keys(vars)) words.set(name, "variable");
    return [...words].map(([text, kind]) => ({ text, kind }));
  };

  return {
    scope,
    run,
    result(value: unknown): void {
      base._ = value;
    },
    failed(error: unknown): void {
      base._error = error;
    },
    /** The words that may follow a path, and the actor type that it leads to. */
    complete(path: string[]): { words: Word[]; type: string } {
      if (path.length === 0) return { words: names(), type: "" };
      const { found, value } = look(path);
      if (!found || value === null || value === undefined) return { words: [], type: "" };
      if (value === client) return { words: [], type: "" };
      const type = typeof value === "object" ? handles.get(value as object) : undefined;
      return type === undefined ? { words: wordsOf(value), type: "" } : { words: [], type };
    },
  };
}

/** A key's parts, given one by one or as an array, and options behind them. */
function keyOf(parts: unknown[]): { key: string[]; options: Options } {
  let options: Options = {};
  const last = parts.at(-1);
  if (typeof last === "object" && last !== null && !Array.isArray(last)) {
    options = last as Options;
    parts = parts.slice(0, -1);
  }
  const list = parts.length === 1 && Array.isArray(parts[0]) ? (parts[0] as unknown[]) : parts;
  return {
    options,
    key: list.map((part) => {
      if (typeof part === "string" || typeof part === "number") return String(part);
      throw new TypeError('a key is made of strings: counter("a"), game("eu", "42")');
    }),
  };
}

/** A snapshot can't be taken for the state itself: changing it throws. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  if (Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value)) frozen((value as Record<PropertyKey, unknown>)[key]);
  return value;
}
