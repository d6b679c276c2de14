/**
 * Talk to actors: over HTTP, WebSocket or SSE.
 *
 * @example
 * const client = createClient<typeof registry>("http://localhost:8080");
 * await client.counter.getOrCreate(["a"]).increment(1);
 */
export { ActorConnBase as ActorConnRaw } from "./client/conn.js";
export { createClient } from "./client/create.js";
export {
  ActorClientError,
  ActorConnDisposed,
  ActorError,
  HttpRequestError,
  InternalError,
  MalformedResponseMessage,
  ManagerError,
} from "./client/errors.js";
export { ActorHandleBase as ActorHandleRaw } from "./client/handle.js";
export type {
  ActionMethods,
  ActionOptions,
  ActorAccessor,
  ActorActionFunction,
  ActorConn,
  ActorHandle,
  Client,
  ClientOptions,
  ClientRaw,
  ConnectionStatus,
  CreateOptions,
  CreateRequest,
  Encoding,
  EventUnsubscribe,
  ExtractRegistryFromClient,
  GetOptions,
  GetOrCreateOptions,
  GetWithIdOptions,
  QueryOptions,
  Region,
  Transport,
} from "./client/types.js";
export type {
  ActorDefinition,
  AnyActorDefinition,
  ExtractActorsFromRegistry,
} from "./types/definition.js";
