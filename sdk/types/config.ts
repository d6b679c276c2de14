import type {
  ActionContext,
  ActorContext,
  ActorInitContext,
  Conn,
  ConnInitContext,
  Given,
} from "./context.js";

/** What a public caller is about to do. */
export type AuthIntent = "get" | "create" | "connect" | "action" | "message";

/** What `onAuth` learns of its caller besides its own params. */
export interface OnAuthOptions<CP = unknown> {
  readonly request: Request;
  /** An alias of `request`. */
  readonly req: Request;
  readonly intents: Set<AuthIntent>;
  /** The params as they came, whatever their type. */
  readonly params: CP;
}

/** What a connection's hooks learn of the request behind it. */
export interface OnBeforeConnectOptions<CP = unknown> {
  /** The HTTP request; absent for in-process callers. */
  readonly request?: Request;
  /** An alias of `request`. */
  readonly req?: Request;
  readonly params: CP;
}

/** See {@link OnBeforeConnectOptions}. */
export type OnConnectOptions<CP = unknown> = OnBeforeConnectOptions<CP>;

/** The WebSocket given to `onWebSocket`, and what `handle.websocket()` resolves to. */
export interface UniversalWebSocket {
  readonly readyState: 0 | 1 | 2 | 3;
  binaryType: "arraybuffer" | "blob";
  readonly bufferedAmount: number;
  readonly extensions: string;
  readonly protocol: string;
  readonly url: string;
  readonly CONNECTING: 0;
  readonly OPEN: 1;
  readonly CLOSING: 2;
  readonly CLOSED: 3;
  onopen: ((event: RivetEvent) => void) | null;
  onmessage: ((event: RivetMessageEvent) => void) | null;
  onclose: ((event: RivetCloseEvent) => void) | null;
  onerror: ((event: RivetEvent) => void) | null;
  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: (event: RivetEvent) => void): void;
  addEventListener(type: "message", listener: (event: RivetMessageEvent) => void): void;
  addEventListener(type: "close", listener: (event: RivetCloseEvent) => void): void;
  removeEventListener(type: "open" | "error", listener: (event: RivetEvent) => void): void;
  removeEventListener(type: "message", listener: (event: RivetMessageEvent) => void): void;
  removeEventListener(type: "close", listener: (event: RivetCloseEvent) => void): void;
}

/** An event of a {@link UniversalWebSocket}. */
export interface RivetEvent {
  readonly type: string;
  readonly target: unknown;
}

/** A message: text as string, binary as `ArrayBuffer` unless `binaryType` says otherwise. */
export interface RivetMessageEvent extends RivetEvent {
  // biome-ignore lint/suspicious/noExplicitAny: as in the platform's MessageEvent
  readonly data: any;
}

/** The end of a socket. */
export interface RivetCloseEvent extends RivetEvent {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}

/** An actor's actions, by name. The first parameter of each is `c`. */
export interface Actions<
  // biome-ignore-start lint/suspicious/noExplicitAny: defaults accept every actor's actions
  S = any,
  CP = any,
  CS = any,
  V = any,
  I = any,
  AD = any,
  DB = any,
  E = any,
> {
  // never keeps the type of a default (`n = 1` is number; with any[] it would be any)
  [name: string]: (c: NoInfer<ActionContext<S, CP, CS, V, I, AD, DB, E>>, ...args: never) => any;
  // biome-ignore-end lint/suspicious/noExplicitAny: see above
}

/** Limits of an actor type, in milliseconds. */
export interface ActorOptions {
  lifecycle?: {
    /** Default 5000. */
    createVarsTimeout?: number;
    /** Default 5000. */
    createConnStateTimeout?: number;
    /** Default 5000. */
    onConnectTimeout?: number;
  };
  state?: {
    /** Default 10000. */
    saveInterval?: number;
  };
  action?: {
    /** Default 60000. */
    timeout?: number;
  };
  /** How long an actor without work stays awake. Default 30000. */
  sleepTimeout?: number;
}

/** The arguments of `onAuth`: client params and what rivet adds, together. */
export type OnAuthArgument<CP> = OnAuthOptions<CP> & CP;

// biome-ignore-start lint/suspicious/noExplicitAny: see the note below
/**
 * What `actor()` takes, all parts optional. A parameter that TypeScript must find a
 * type for fixes all type parameters in that type, so each `c` names only those
 * that its hook needs; with NoInfer an annotated `c` is checked, and decides nothing.
 */
export interface ActorConfig<S, CP, CS, V, I, AD, DB, A, E> {
  /**
   * May this caller come in? Runs before the actor exists. Throw to refuse;
   * what it returns is `c.conn.auth`. An actor without it is closed to the public.
   *
   * @example onAuth: (opts, params: { token: string }) => verify(params.token)
   */
  onAuth?: (opts: OnAuthArgument<CP>, params: OnAuthArgument<CP>) => AD | Promise<AD>;
  /** The first state; cloned for each actor. */
  state?: S;
  /** Makes the first state, once, at creation. */
  createState?: (c: ActorInitContext, input: I) => S | Promise<S>;
  /** Cloned for each start of an actor. */
  vars?: V;
  /** Makes `c.vars`, at each start. */
  createVars?: (
    c: NoInfer<ActorContext<S, any, any, undefined, any, any, DB, E>>,
    driverContext: unknown,
  ) => V | Promise<V>;
  /** Cloned for each connection. */
  connState?: CS;
  /** Makes `c.conn.state`, for each connection. Wins over `connState`. */
  createConnState?: (
    c: NoInfer<ConnInitContext<S, CP, undefined, any, any, AD, DB, E>>,
    opts: OnBeforeConnectOptions<CP>,
    params: CP,
  ) => CS | Promise<CS>;
  /** The actor's own database. */
  db?: DB;
  /** Once, after `createState`: `(c, opts, input)`, or `(c, input)`. */
  onCreate?: (
    c: NoInfer<ActorContext<S, any, any, undefined, any, any, DB, E>>,
    second: { input: I } & I,
    input: I,
  ) => unknown;
  /** At every start, before any connection or action is let in. */
  onStart?: (c: NoInfer<ActorContext<S, CP, CS, V, I, AD, DB, E>>) => unknown;
  /** After a turn that changed state; synchronous. */
  onStateChange?: (
    c: NoInfer<ActorContext<S, CP, CS, V, I, AD, DB, E>>,
    newState: NoInfer<Given<S>>,
  ) => void;
  /** Throw to refuse a connection or call. */
  onBeforeConnect?: (
    c: NoInfer<ConnInitContext<S, CP, any, V, any, AD, DB, E>>,
    opts: OnBeforeConnectOptions<CP>,
    params: CP,
  ) => unknown;
  /** Accepted; the connection's messages wait until it has ended. */
  onConnect?: (
    c: NoInfer<ActionContext<S, CP, CS, V, I, AD, DB, E>>,
    conn: NoInfer<Conn<S, CP, CS, V, I, AD, DB, E>>,
  ) => unknown;
  /** Closed for any reason, exactly once. */
  onDisconnect?: (
    c: NoInfer<ActionContext<S, CP, CS, V, I, AD, DB, E>>,
    conn: NoInfer<Conn<S, CP, CS, V, I, AD, DB, E>>,
  ) => unknown;
  /** May transform what an action returns. */
  onBeforeActionResponse?: (
    c: NoInfer<ActionContext<S, CP, CS, V, I, AD, DB, E>>,
    name: string,
    args: unknown[],
    output: unknown,
  ) => unknown;
  /** Raw HTTP. The URL is `http://actor/<path>?<query>`. */
  onFetch?: (
    c: NoInfer<ActorContext<S, CP, CS, V, I, AD, DB, E>>,
    request: Request,
    opts: { auth: NoInfer<Given<AD>> },
  ) => Response | Promise<Response>;
  /** Raw WebSocket; open at entry. */
  onWebSocket?: (
    c: NoInfer<ActorContext<S, CP, CS, V, I, AD, DB, E>>,
    websocket: UniversalWebSocket,
    opts: { request: Request; auth: NoInfer<Given<AD>> },
  ) => unknown;
  /** What callers may ask of the actor. */
  actions?: A;
  options?: ActorOptions;
  /**
   * For TypeScript alone, never read.
   *
   * @example types: {} as { events: { message: (m: Msg) => void } }
   */
  types?: { events?: E };
}

// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** At most one of two keys. */
export type OneOf<A extends string, B extends string> = { [K in A]?: never } | { [K in B]?: never };

/** {@link ActorConfig} with its exclusive pairs. */
export type ActorConfigInput<S, CP, CS, V, I, AD, DB, A, E> = ActorConfig<
  S,
  CP,
  CS,
  V,
  I,
  AD,
  DB,
  A,
  E
> & {
  // Not a constraint of A: through one, TypeScript would not see what the
  // creators before `actions` return.
  actions?: A & Actions<S, CP, CS, V, I, AD, DB, E>;
} & OneOf<"state", "createState"> &
  OneOf<"vars", "createVars">;
