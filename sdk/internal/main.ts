import { ActorNotFound } from "../errors.js";
import type { AnyActorDefinition, Registry, RegistryActors } from "../types/definition.js";
import type { DriverConfig } from "../types/run.js";

/** The headers that a public client may send; for CORS' `allowHeaders`. */
export const ALLOWED_PUBLIC_HEADERS: string[] = [
  "Content-Type",
  "User-Agent",
  "X-RivetKit-Query",
  "X-RivetKit-Encoding",
  "X-RivetKit-Conn-Params",
  "X-RivetKit-Actor",
  "X-RivetKit-Conn",
  "X-RivetKit-Conn-Token",
];

/**
 * Keeps actors on disk, in `path` (default `.rivet`).
 *
 * @example registry.runServer({ driver: createFileSystemDriver({ path: "data" }) });
 */
export function createFileSystemDriver(options: { path?: string } = {}): DriverConfig {
  return options.path === undefined
    ? { type: "file-system" }
    : { type: "file-system", path: options.path };
}

/** Keeps actors in memory: they end with the server. */
export function createMemoryDriver(): DriverConfig {
  return { type: "memory" };
}

/**
 * The actor type of that name.
 *
 * @throws ActorNotFound
 */
export function lookupInRegistry(
  registry: Registry | Registry<RegistryActors>["config"],
  name: string,
): AnyActorDefinition {
  const config = "config" in registry ? registry.config : registry;
  const found = Object.hasOwn(config.use, name) ? config.use[name] : undefined;
  if (!found) throw new ActorNotFound(name);
  return found;
}

/** A new connection's id: a UUID. */
export function generateConnId(): string {
  return crypto.randomUUID();
}

/** A new connection's secret: 32 random bytes in base64. */
export function generateConnToken(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
}

/** A middleware's `next` that does nothing. */
export async function noopNext(): Promise<void> {}
