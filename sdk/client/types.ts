/// <reference lib="esnext.disposable" />
import type { OnAuthArgument, UniversalWebSocket } from "../types/config.js";
import type { EventArgs, EventName } from "../types/context.js";
import type {
  ActorDefinition,
  AnyActorDefinition,
  AnyRegistry,
  ExtractActorsFromRegistry,
} from "../types/definition.js";
import type { ActorError } from "./errors.js";

/** How values travel: CBOR keeps Date, BigInt, Map, Set and bytes; JSON is what `JSON.stringify` gives. */
export type Encoding = "json" | "cbor";

/** How connections travel. */
export type Transport = "websocket" | "sse";

/** A region, or anything that a server takes for one. */
export type Region = string;

/** Where a connection stands. `disconnected`: refused, it won't try again. */
export type ConnectionStatus = "connecting" | "connected" | "disconnected" | "disposed";

/** Ends a subscription. */
export type EventUnsubscribe = () => void;

// biome-ignore-start lint/suspicious/noExplicitAny: patterns that infer
type StateOf<D> =
  D extends ActorDefinition<any, infer CP, any, any, infer I, any, any, infer A, infer E>
    ? { params: CP; input: I; actions: A; events: E }
    : never;
type Rest<F> = F extends (c: any, ...args: infer Args) => any
  ? F extends () => any
    ? []
    : Open<Args>
  : never;
/** A generic or unannotated parameter of an action comes out as never: any, for callers. */
type Open<Args extends unknown[]> = {
  [K in keyof Args]: [Args[K]] extends [never] ? any : Args[K];
};
type Result<F> = F extends (...args: any) => infer R ? Promise<Awaited<R>> : never;
// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** An action as a client calls it. */
export type ActorActionFunction<Args extends unknown[] = unknown[], R = unknown> = (
  ...args: Args
) => Promise<R>;

/** The actions of `A` as methods, but for the names in `Taken` and those no proxy may have. */
export type ActionMethods<A, Taken extends PropertyKey> = {
  [K in keyof A as string extends K ? never : K extends Taken | Never ? never : K]: (
    ...args: Rest<A[K]>
  ) => Result<A[K]>;
};

/** Never actions: what engines and tools ask of every object. */
type Never = "then" | "toJSON" | "$$typeof" | "asymmetricMatch";

type ParamsOption<P> = unknown extends P ? unknown : P;

/** Options of every way to name an actor. */
export interface QueryOptions<P = unknown> {
  /** For `onAuth`, `onBeforeConnect`, `createConnState`; any JSON. */
  params?: ParamsOption<P>;
  /** Aborts what the handle does. */
  signal?: AbortSignal;
}

/** Options of `get`. */
export type GetOptions<P = unknown> = QueryOptions<P>;
/** Options of `getForId`. */
export type GetWithIdOptions<P = unknown> = QueryOptions<P>;
/** Options of `getOrCreate`. */
export type GetOrCreateOptions<P = unknown, I = unknown> = QueryOptions<P> & {
  createInRegion?: Region;
} & (unknown extends I ? { createWithInput?: undefined } : { createWithInput?: I });
/** Options of `create`. */
export type CreateOptions<P = unknown, I = unknown> = QueryOptions<P> & {
  region?: Region;
} & (unknown extends I ? { input?: undefined } : { input?: I });
/** An actor to be created, as it goes over the wire. */
export interface CreateRequest {
  name: string;
  key: string[];
  input?: unknown;
  region?: Region;
}

/** One call by name. */
export interface ActionOptions<Args extends unknown[] = unknown[]> {
  name: string;
  args: Args;
  signal?: AbortSignal;
}

/** Listening to events. */
export interface Listening<E> {
  /** Calls back at each event of that name until the returned function is called. */
  on<K extends EventName<E>>(
    event: K,
    callback: (...args: EventArgs<E, K>) => void,
  ): EventUnsubscribe;
  /** Calls back at the next event of that name. */
  once<K extends EventName<E>>(
    event: K,
    callback: (...args: EventArgs<E, K>) => void,
  ): EventUnsubscribe;
}

/** A handle without its actions. */
export interface ActorHandleRaw<D extends AnyActorDefinition = AnyActorDefinition>
  extends Listening<StateOf<D>["events"]> {
  /** Calls an action by name, whatever the name is. */
  action<Args extends unknown[] = unknown[], R = unknown>(options: ActionOptions<Args>): Promise<R>;
  /** Opens a connection; it begins at once and reconnects until it is disposed. */
  connect(params?: ParamsOption<StateOf<D>["params"]>): ActorConn<D>;
  /** Asks `onFetch`. Relative paths are relative to the actor. */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /** Opens a raw WebSocket to `onWebSocket`; resolves when it is open. */
  websocket(path?: string, protocols?: string | string[]): Promise<WebSocket>;
  /** The actor's id; from now on this handle means that very actor. */
  resolve(options?: { signal?: AbortSignal }): Promise<string>;
  /** Closes the connection that `on` and `once` opened. */
  dispose(): Promise<void>;
}

/** One actor, not asked anything yet. Its actions are methods. */
export type ActorHandle<D extends AnyActorDefinition> = ActorHandleRaw<D> &
  ActionMethods<StateOf<D>["actions"], keyof ActorHandleRaw>;

/** A connection without its actions. */
export interface ActorConnRaw<D extends AnyActorDefinition = AnyActorDefinition>
  extends Listening<StateOf<D>["events"]> {
  readonly status: ConnectionStatus;
  /** Of the current or last open; `undefined` before the first. */
  readonly connectionId: string | undefined;
  readonly actorId: string | undefined;
  /** Settles with the first open, or with the refusal. */
  readonly ready: Promise<void>;
  /** Calls an action by name, whatever the name is. */
  action<Args extends unknown[] = unknown[], R = unknown>(options: ActionOptions<Args>): Promise<R>;
  /** Errors that belong to no call. */
  onError(callback: (error: ActorError) => void): EventUnsubscribe;
  onOpen(callback: () => void): EventUnsubscribe;
  onClose(callback: () => void): EventUnsubscribe;
  onStatusChange(callback: (status: ConnectionStatus) => void): EventUnsubscribe;
  /** Closes for good; pending calls are rejected with `ActorConnDisposed`. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A connection to one actor. Its actions are methods. */
export type ActorConn<D extends AnyActorDefinition> = ActorConnRaw<D> &
  ActionMethods<StateOf<D>["actions"], keyof ActorConnRaw>;

/** One actor type of a client. */
export interface ActorAccessor<D extends AnyActorDefinition> {
  /** An actor that exists; a call of it fails with `actor_not_found` otherwise. */
  get(key?: string | string[], options?: GetOptions<StateOf<D>["params"]>): ActorHandle<D>;
  /** The same, of the default key. */
  get(options: GetOptions<StateOf<D>["params"]>): ActorHandle<D>;
  /** An actor that is created at its first use if need be. */
  getOrCreate(
    key?: string | string[],
    options?: GetOrCreateOptions<StateOf<D>["params"], StateOf<D>["input"]>,
  ): ActorHandle<D>;
  /** The same, of the default key. */
  getOrCreate(
    options: GetOrCreateOptions<StateOf<D>["params"], StateOf<D>["input"]>,
  ): ActorHandle<D>;
  /** An actor by its id. */
  getForId(id: string, options?: GetWithIdOptions<StateOf<D>["params"]>): ActorHandle<D>;
  /** Creates an actor now; `actor_already_exists` if there is one. */
  create(
    key?: string | string[],
    options?: CreateOptions<StateOf<D>["params"], StateOf<D>["input"]>,
  ): Promise<ActorHandle<D>>;
  /** The same, of the default key. */
  create(
    options: CreateOptions<StateOf<D>["params"], StateOf<D>["input"]>,
  ): Promise<ActorHandle<D>>;
}

/** A client without its actor types. */
export interface ClientRaw {
  /** Disposes every connection, aborts every call in flight. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A client of the actor types of registry `R`. */
export type Client<R extends AnyRegistry> = {
  readonly [K in keyof ExtractActorsFromRegistry<R>]: ActorAccessor<
    ExtractActorsFromRegistry<R>[K]
  >;
} & ClientRaw;

/** The registry of a client's type. */
export type ExtractRegistryFromClient<C> = C extends Client<infer R> ? R : never;

/** What `createClient` takes. */
export interface ClientOptions {
  /** Default `cbor`. */
  encoding?: Encoding;
  /** Default `websocket`, which falls back to `sse` where it can't open. */
  transport?: Transport;
  /** Makes a back end a server-side caller. Default `RIVET_AUTH_TOKEN`. Throws in a browser. */
  token?: string;
  /** Go with HTTP and SSE, and with WebSocket where the platform can. */
  headers?: Record<string, string>;
  fetch?: typeof fetch;
  // biome-ignore-start lint/suspicious/noExplicitAny: npm's ws and the platform's differ
  WebSocket?: new (
    url: string,
    protocols?: string[],
    options?: any,
  ) => any;
  // biome-ignore-end lint/suspicious/noExplicitAny: see above
  /** Between 0 and 1, for the jitter of reconnects. Default `Math.random`. */
  random?: () => number;
  /** For all actors that are given none of their own. */
  params?: unknown;
  /** Disposes the client when it aborts. */
  signal?: AbortSignal;
}

export type { ActorDefinition, AnyActorDefinition, OnAuthArgument, UniversalWebSocket };
