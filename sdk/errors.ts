/** Errors by name, for actors to throw and for hosts to tell apart. */
import { ActorError, type ActorErrorOptions, define } from "./client/errors.js";
import { brandClass } from "./internal/brand.js";

export { ActorError };

/** Options of {@link UserError}. */
export interface UserErrorOptions {
  /** Lower snake case; `user_error` if there is none. */
  code?: string;
  /** Any value that the encoding takes; it reaches the client. */
  metadata?: unknown;
  /** An alias of `metadata`. */
  meta?: unknown;
  /** For the log alone. */
  cause?: unknown;
}

/**
 * An error that reaches the client as it is. All others are masked.
 *
 * @example throw new UserError("Name is taken", { code: "name_taken", metadata: { name } });
 */
export class UserError extends ActorError {
  constructor(message: string, options: UserErrorOptions = {}) {
    const metadata = "metadata" in options ? options.metadata : options.meta;
    const more: ActorErrorOptions = { public: true, statusCode: 400 };
    if ("cause" in options) more.cause = options.cause;
    const { code } = options;
    const coded = typeof code === "string" && code.trim() !== "";
    super(coded ? code : "user_error", message, metadata, more);
    define(this, "name", "UserError");
  }
}

const authDocs = "(https://www.rivet.gg/docs/actors/authentication/)";

/** The caller is not who it must be: 401. */
export class Unauthorized extends ActorError {
  constructor(message = `Unauthorized. Access denied. ${authDocs}`) {
    super("unauthorized", message, undefined, { public: true, statusCode: 401 });
    define(this, "name", "Unauthorized");
  }
}

/** The caller may not do this: 403. */
export class Forbidden extends ActorError {
  constructor(
    message = `Forbidden. Access denied. ${authDocs}`,
    options: { metadata?: unknown } = {},
  ) {
    super("forbidden", message, options.metadata, { public: true, statusCode: 403 });
    define(this, "name", "Forbidden");
  }
}

brandClass(UserError, "UserError");
brandClass(Unauthorized, "Unauthorized");
brandClass(Forbidden, "Forbidden");

type ErrorClass<Args extends unknown[]> = new (...args: Args) => ActorError;

function errorClass<Args extends unknown[]>(
  name: string,
  code: string,
  text: (...args: Args) => string,
  statusCode = 400,
  isPublic = true,
): ErrorClass<Args> {
  const cls = class extends ActorError {
    constructor(...args: Args) {
      super(code, text(...args), undefined, { public: isPublic, statusCode });
      define(this, "name", name);
    }
  };
  Object.defineProperty(cls, "name", { value: name });
  brandClass(cls, name);
  return cls;
}

const clientDocs = "(https://www.rivet.gg/docs/actors/clients/#actor-client)";

/** Masked for public clients: something of ours, or a thrown value that is no UserError. */
export const InternalError = errorClass(
  "InternalError",
  "internal_error",
  (message: string = "Internal error. Read the server logs for more details.") => message,
  500,
  false,
);
export const StateNotEnabled = errorClass(
  "StateNotEnabled",
  "state_not_enabled",
  () => "State not enabled. Must implement `createState` or `state` to use state.",
  500,
  false,
);
export const ConnStateNotEnabled = errorClass(
  "ConnStateNotEnabled",
  "conn_state_not_enabled",
  () =>
    "Connection state not enabled. Must implement `createConnState` or `connState` to use connection state.",
  500,
  false,
);
export const VarsNotEnabled = errorClass(
  "VarsNotEnabled",
  "vars_not_enabled",
  () => "Variables not enabled. Must implement `createVars` or `vars` to use variables.",
  500,
  false,
);
export const DatabaseNotEnabled = errorClass(
  "DatabaseNotEnabled",
  "database_not_enabled",
  () => "Database not enabled. Must implement `database` to use database.",
  500,
  false,
);
export const InvalidStateType = errorClass(
  "InvalidStateType",
  "invalid_state_type",
  (options: { path?: string } = {}) =>
    `Attempted to set invalid state${options.path ? ` at path \`${options.path}\`` : ""}. Valid types include: null, undefined, boolean, string, number, BigInt, Date, RegExp, Error, typed arrays, Map, Set, Array, and plain objects.`,
  500,
  false,
);
export const Unsupported = errorClass(
  "Unsupported",
  "unsupported",
  (feature: string) => `Unsupported feature: ${feature}`,
  500,
  false,
);
export const ActionTimedOut = errorClass(
  "ActionTimedOut",
  "action_timed_out",
  () =>
    "Action timed out. This can be increased with: `actor({ options: { action: { timeout: ... } } })`",
);
export const ActionNotFound = errorClass(
  "ActionNotFound",
  "action_not_found",
  (name: string) => `Action '${name}' not found. Validate the action exists on your actor.`,
);
export const InvalidEncoding = errorClass(
  "InvalidEncoding",
  "invalid_encoding",
  (encoding?: string) => `Invalid encoding \`${encoding}\`. ${clientDocs}`,
);
export const ConnNotFound = errorClass(
  "ConnNotFound",
  "conn_not_found",
  (id?: string) => `Connection not found for ID: ${id}`,
);
export const IncorrectConnToken = errorClass(
  "IncorrectConnToken",
  "incorrect_conn_token",
  () => "Incorrect connection token.",
);
export const MessageTooLong = errorClass(
  "MessageTooLong",
  "message_too_long",
  () =>
    "Message too long. This can be configured with: `registry.runServer({ maxIncomingMessageSize: ... })`",
);
export const MalformedMessage = errorClass(
  "MalformedMessage",
  "malformed_message",
  (cause?: unknown) => `Malformed message: ${cause}`,
);
export const InvalidQueryJSON = errorClass(
  "InvalidQueryJSON",
  "invalid_query_json",
  (cause?: unknown) => `Invalid query JSON: ${cause}`,
);
export const InvalidRequest = errorClass(
  "InvalidRequest",
  "invalid_request",
  (text?: unknown) => `Invalid request: ${text}`,
);
export const ActorNotFound = errorClass(
  "ActorNotFound",
  "actor_not_found",
  (identifier?: string) =>
    identifier ? `Actor not found: ${identifier} ${clientDocs}` : `Actor not found ${clientDocs}`,
);
export const ActorAlreadyExists = errorClass(
  "ActorAlreadyExists",
  "actor_already_exists",
  (name: string, key: string[]) =>
    `Actor already exists with name '${name}' and key '${JSON.stringify(key)}' ${clientDocs}`,
);
export const ProxyError = errorClass(
  "ProxyError",
  "proxy_error",
  (operation: string, cause?: unknown) =>
    `Error proxying ${operation}, this is likely an internal error: ${cause}`,
);
export const InvalidActionRequest = errorClass(
  "InvalidActionRequest",
  "invalid_action_request",
  (message: string) => message,
);
export const InvalidParams = errorClass(
  "InvalidParams",
  "invalid_params",
  (message: string) => message,
);
export const FetchHandlerNotDefined = errorClass(
  "FetchHandlerNotDefined",
  "fetch_handler_not_defined",
  () => "Raw HTTP handler not defined. Actor must implement `onFetch` to handle raw HTTP requests.",
  404,
);
export const WebSocketHandlerNotDefined = errorClass(
  "WebSocketHandlerNotDefined",
  "websocket_handler_not_defined",
  () =>
    "Raw WebSocket handler not defined. Actor must implement `onWebSocket` to handle raw WebSockets.",
  404,
);
export const InvalidFetchResponse = errorClass(
  "InvalidFetchResponse",
  "invalid_fetch_response",
  () =>
    "Actor's onFetch handler must return a Response object. Returning undefined is not allowed.",
  500,
);
