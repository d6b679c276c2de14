import { brandClass, isMarked } from "../internal/brand.js";

/** Options of {@link ActorError}. */
export interface ActorErrorOptions {
  cause?: unknown;
  /** The call that failed, on a connection. */
  actionId?: number;
  /** Whether a public client sees code, message and metadata. */
  public?: boolean;
  /** The HTTP status. */
  statusCode?: number;
}

/** The base of all errors of a client. */
export class ActorClientError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message);
    Object.setPrototypeOf(this, new.target.prototype);
    define(this, "name", "ActorClientError");
    if (options && "cause" in options) define(this, "cause", options.cause);
  }
}

/**
 * An error with a code: what an actor or the server said, or what happened to
 * the connection (`connection_lost`, `connection_queue_full`, …).
 *
 * @example
 * try { await counter.increment(1); }
 * catch (e) { if (ActorError.isActorError(e) && e.code === "too_much") … }
 */
export class ActorError extends ActorClientError {
  /** Lower snake case, e.g. `actor_not_found`. */
  readonly code: string;
  /** What the actor added, e.g. by `new UserError(m, { metadata })`. */
  readonly metadata: unknown;
  /** The call that failed, on a connection. */
  readonly actionId?: number;
  /** Whether a public client sees code, message and metadata. */
  readonly public: boolean;
  /** The HTTP status that goes with it. */
  readonly statusCode: number;

  constructor(code: string, message: string, metadata?: unknown, options: ActorErrorOptions = {}) {
    super(message, options);
    define(this, "name", "ActorError");
    this.code = code;
    this.metadata = metadata;
    if (options.actionId !== undefined) this.actionId = options.actionId;
    this.public = options.public ?? false;
    this.statusCode = options.statusCode ?? (this.public ? 400 : 500);
    hide(this, "public");
    hide(this, "statusCode");
  }

  /** Whether `error` is one, of whatever copy of the SDK. */
  static isActorError(error: unknown): error is ActorError {
    return isMarked(error, "ActorError");
  }
}

/** Something in the client itself went wrong. */
export class InternalError extends ActorClientError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    define(this, "name", "InternalError");
  }
}

/** The server could not say where an actor is. */
export class ManagerError extends ActorClientError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(`Manager error: ${message}`, options);
    define(this, "name", "ManagerError");
  }
}

/** The server sent what isn't of the protocol. */
export class MalformedResponseMessage extends ActorClientError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(`Malformed response: ${message}`, options);
    define(this, "name", "MalformedResponseMessage");
  }
}

/** The connection, or its client, was disposed. */
export class ActorConnDisposed extends ActorClientError {
  constructor(message = "Connection was disposed.") {
    super(message);
    define(this, "name", "ActorConnDisposed");
  }
}

/** The server could not be reached, or answered what no rivet server answers. */
export class HttpRequestError extends ActorClientError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(`HTTP request error: ${message}`, options);
    define(this, "name", "HttpRequestError");
  }
}

brandClass(ActorClientError, "ActorClientError");
brandClass(ActorError, "ActorError");
brandClass(InternalError, "ClientInternalError");
brandClass(ManagerError, "ManagerError");
brandClass(MalformedResponseMessage, "MalformedResponseMessage");
brandClass(ActorConnDisposed, "ActorConnDisposed");
brandClass(HttpRequestError, "HttpRequestError");

/** Sets a property that neither loops nor JSON see, as an Error's own are. */
export function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true });
}

function hide(error: Error, key: string): void {
  Object.defineProperty(error, key, { enumerable: false });
}
