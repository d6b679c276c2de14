import type { ClientDriver } from "../client/driver.js";
import type { LogLevel } from "../log.js";
import type { Registry, RegistryActors, ServeApp, ServerOutput } from "../types/definition.js";
import type { RunConfig } from "../types/run.js";

/**
 * What the runtime inside rivet provides to the SDK's public modules, as
 * `globalThis.__rivet_runtime`. Outside rivet it isn't there.
 */
export interface RuntimeHooks {
  /** `registry.createServer(config)`; config has been validated. */
  createServer<A extends RegistryActors>(
    registry: Registry<A>,
    config: RunConfig | undefined,
  ): ServerOutput<A>;
  /** `registry.runServer(config)`; config has been validated. */
  runServer<A extends RegistryActors>(
    registry: Registry<A>,
    config: RunConfig | undefined,
  ): ServerOutput<A>;
  /** An app that listens by a server of its own elsewhere: `@hono/node-server`'s. */
  serve?(app: ServeApp, config: Pick<RunConfig, "hostname" | "port">): void;
  /** Every call of `setup()`, so that the entry's registry can be found. */
  registered?(registry: Registry): void;
  /** The in-process way to actors, behind `createInlineClientDriver()`. */
  clientDriver?(): ClientDriver;
  /** Lines of `getLogger()`. */
  log?(level: LogLevel, logger: string, message: string, args: readonly unknown[]): void;
  /** Where user code stands now, `file:line:col` in TypeScript; "" if that isn't known. */
  position?(): string;
  /** The server's environment as scripts may see it. */
  env?(name: string): string | undefined;
}

/** The runtime's hooks, `undefined` outside rivet. */
export function runtimeHooks(): RuntimeHooks | undefined {
  return (globalThis as { __rivet_runtime?: RuntimeHooks }).__rivet_runtime;
}
