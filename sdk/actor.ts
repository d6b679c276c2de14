/**
 * Define stateful actors and a registry of them.
 *
 * @example
 * const counter = actor({
 *   state: { count: 0 },
 *   actions: { increment: (c, n = 1) => (c.state.count += n) },
 * });
 * export const registry = setup({ use: { counter } });
 */
export {
  createClientWithDriver,
  createInlineClientDriver,
} from "./client/inline.js";
export type { Encoding } from "./client/types.js";
export { ActorError, UserError, type UserErrorOptions } from "./errors.js";
export { actor } from "./internal/actor.js";
export {
  ALLOWED_PUBLIC_HEADERS,
  createFileSystemDriver,
  createMemoryDriver,
  generateConnId,
  generateConnToken,
  lookupInRegistry,
  noopNext,
} from "./internal/main.js";
export { RegistryConfigSchema, setup } from "./internal/registry.js";
export type {
  Actions,
  ActorConfig,
  ActorConfigInput,
  ActorOptions,
  AuthIntent,
  OnAuthArgument,
  OnAuthOptions,
  OnBeforeConnectOptions,
  OnConnectOptions,
  OneOf,
  RivetCloseEvent,
  RivetEvent,
  RivetMessageEvent,
  UniversalWebSocket,
} from "./types/config.js";
export type {
  ActionContext,
  ActorContext,
  ActorInitContext,
  ActorInitContext as InitContext,
  ActorKey,
  Conn,
  ConnEntry,
  ConnInitContext,
  ConnIterator,
  Conns,
  EventArgs,
  EventName,
  Given,
  SaveStateOptions,
  Schedule,
} from "./types/context.js";
export type { AnyDatabaseProvider, DatabaseProvider, RawAccess } from "./types/database.js";
export type {
  ActionContextOf,
  ActorContextOf,
  ActorDefinition,
  AnyActorDefinition,
  AnyRegistry,
  ExtractActorsFromRegistry,
  Registry,
  RegistryActors,
  RegistryConfig,
  RunningServer,
  ServeApp,
  ServerOutput,
} from "./types/definition.js";
export type { CorsConfig, DriverConfig, RunConfig, StudioConfig } from "./types/run.js";
export { toUint8Array } from "./utils.js";
