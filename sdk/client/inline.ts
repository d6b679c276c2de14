import { runtimeHooks } from "../internal/hooks.js";
import { notInRivet } from "../internal/outside.js";
import type { AnyRegistry } from "../types/definition.js";
import type { ClientDriver } from "./driver.js";
import { clientOver } from "./proxy.js";
import type { Client } from "./types.js";

/** A client over a driver of one's own, e.g. `createInlineClientDriver()`. */
export function createClientWithDriver<R extends AnyRegistry>(
  driver: ClientDriver,
  options: { params?: unknown; random?: () => number } = {},
): Client<R> {
  return clientOver<R>(driver, options);
}

/**
 * The in-process way to this server's actors; it skips `onAuth`.
 *
 * @throws ActorError `not_in_rivet` elsewhere.
 */
export function createInlineClientDriver(): ClientDriver {
  const driver = runtimeHooks()?.clientDriver?.();
  if (!driver) throw notInRivet("createInlineClientDriver()");
  return driver;
}
