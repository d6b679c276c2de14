import type {
  Registry,
  RegistryActors,
  RegistryConfig,
  ServerOutput,
} from "../types/definition.js";
import type { RunConfig } from "../types/run.js";
import { isActorDefinition, problemsOf } from "./actor.js";
import { isMarked, mark } from "./brand.js";
import { runtimeHooks } from "./hooks.js";
import { outsideServer } from "./outside.js";
import { checkDriver, checkRunConfig } from "./runconfig.js";
import { nearest } from "./suggest.js";

/** What a client has itself, and so no actor can be called. */
const reserved = ["get", "create", "getOrCreate", "getForId", "dispose"];

/**
 * Makes a registry of actor types.
 *
 * @throws TypeError naming each actor, key and line with a mistake.
 * @example export const registry = setup({ use: { counter } });
 */
export function setup<A extends RegistryActors>(config: RegistryConfig<A>): Registry<A> {
  const problems = check(config);
  if (problems.length > 0) throw mistake(problems);
  const registry = make(config);
  runtimeHooks()?.registered?.(registry as unknown as Registry);
  return registry;
}

/** An error that says where the first mistake stands (`at`), if that is known. */
function mistake(problems: string[]): TypeError {
  const error = new TypeError(problems.join("\n"));
  const at = /\(([^()\s]+:\d+:\d+)\)/.exec(problems[0] ?? "")?.[1];
  return at ? Object.assign(error, { at }) : error;
}

/** Whether `value` came from `setup()`, of whatever copy of the SDK. */
export function isRegistry(value: unknown): value is Registry {
  return isMarked(value, "Registry");
}

/** Checks what `setup()` takes, in the manner of a schema. */
export const RegistryConfigSchema = {
  /** @throws TypeError that names the mistakes. */
  parse(value: unknown): RegistryConfig {
    const problems = check(value);
    if (problems.length > 0) throw new TypeError(problems.join("\n"));
    return value as RegistryConfig;
  },
  safeParse(
    value: unknown,
  ): { success: true; data: RegistryConfig } | { success: false; error: TypeError } {
    const problems = check(value);
    if (problems.length > 0) {
      return { success: false, error: new TypeError(problems.join("\n")) };
    }
    return { success: true, data: value as RegistryConfig };
  },
} as const;

function make<A extends RegistryActors>(config: RegistryConfig<A>): Registry<A> {
  const serve =
    (how: "createServer" | "runServer", name: string) =>
    (run?: RunConfig): ServerOutput<A> => {
      const problems = checkRunConfig(run);
      if (problems.length > 0) {
        throw new TypeError(problems.map((problem) => `${name}: ${problem}`).join("\n"));
      }
      checkDriver(run);
      const hooks = runtimeHooks();
      if (hooks) return hooks[how](registry, run);
      return outsideServer<A>(how);
    };
  const registry: Registry<A> = {
    config,
    createServer: serve("createServer", "createServer"),
    runServer: serve("runServer", "runServer"),
    createWorker: serve("createServer", "createWorker"),
    runWorker: serve("runServer", "runWorker"),
  };
  mark(registry, "Registry");
  return registry;
}

function check(config: unknown): string[] {
  const { use, ...others } = (config ?? {}) as Record<string, unknown>;
  if (typeof use !== "object" || use === null) {
    return ["setup() takes { use: { name: actor(…) } }"];
  }
  const problems: string[] = [];
  for (const key of Object.keys(others)) {
    if (key !== "test") {
      problems.push(`setup(): unknown key "${key}"${nearest(key, ["use", "test"])}`);
    }
  }
  for (const [name, definition] of Object.entries(use)) {
    if (reserved.includes(name)) {
      problems.push(`actor "${name}": this name is a client's own; choose another`);
    } else if (!isActorDefinition(definition)) {
      problems.push(`actor "${name}": not made by actor()`);
    } else {
      problems.push(...problemsOf(name, definition));
    }
  }
  return problems;
}
