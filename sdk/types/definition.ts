import type { Client } from "../client/types.js";
import type { ActorConfig } from "./config.js";
import type { ActionContext, ActorContext } from "./context.js";
import type { RunConfig } from "./run.js";

/** An actor type: what `actor()` returns and `setup({ use })` takes. */
export interface ActorDefinition<S, CP, CS, V, I, AD, DB, A, E = unknown> {
  readonly config: ActorConfig<S, CP, CS, V, I, AD, DB, A, E>;
}

// biome-ignore-start lint/suspicious/noExplicitAny: stands for every actor type
/** Any actor type. */
export type AnyActorDefinition = ActorDefinition<any, any, any, any, any, any, any, any, any>;

/** The `c` of an actor's hooks; takes an action's `c` too. */
export type ActorContextOf<D> = D extends {
  readonly config: ActorConfig<
    infer S,
    infer CP,
    infer CS,
    infer V,
    infer I,
    infer AD,
    infer DB,
    any,
    infer E
  >;
}
  ? ActorContext<S, CP, CS, V, I, AD, DB, E>
  : never;

/** The `c` of an actor's actions. */
export type ActionContextOf<D> = D extends {
  readonly config: ActorConfig<
    infer S,
    infer CP,
    infer CS,
    infer V,
    infer I,
    infer AD,
    infer DB,
    any,
    infer E
  >;
}
  ? ActionContext<S, CP, CS, V, I, AD, DB, E>
  : never;
// biome-ignore-end lint/suspicious/noExplicitAny: see above

/** Actor types by name. */
export type RegistryActors = { [name: string]: AnyActorDefinition };

/** What `setup()` takes. */
export interface RegistryConfig<A extends RegistryActors = RegistryActors> {
  use: A;
  /** Kept for configs written for other servers. */
  test?: { enabled?: boolean };
}

/** What `createServer()` gives. */
export interface ServerOutput<A extends RegistryActors> {
  /** In process; skips `onAuth`. */
  client: Client<Registry<A>>;
  /**
   * A Hono app for `app.route("/registry", hono)`. Typed loosely, since hono's
   * own types may not be installed.
   */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  hono: any;
  /** Answers a `Request` (path with or without `/registry`) or a Hono context. */
  handler: (request: Request | { req: { raw: Request } }) => Promise<Response>;
  /** Starts serving; with an app, inside it at `/registry`. */
  serve: (app?: ServeApp) => void;
}

/** What `serve(app)` takes: a Hono app, or whatever answers `fetch`. */
export interface ServeApp {
  // biome-ignore lint/suspicious/noExplicitAny: apps differ in their further parameters
  fetch: (request: Request, ...rest: any[]) => Response | Promise<Response>;
}

/** What `runServer()` gives: a server that may be awaited. */
export type RunningServer<A extends RegistryActors> = ServerOutput<A>;

/** A set of actor types: what `setup()` returns. */
export interface Registry<A extends RegistryActors = RegistryActors> {
  readonly config: RegistryConfig<A>;
  /** Prepares a server; `serve()` starts it. */
  createServer(config?: RunConfig): ServerOutput<A>;
  /** Starts a server at once. */
  runServer(config?: RunConfig): RunningServer<A>;
  /** An alias of `createServer`. */
  createWorker(config?: RunConfig): ServerOutput<A>;
  /** An alias of `runServer`. */
  runWorker(config?: RunConfig): RunningServer<A>;
}

/** Any registry. */
// biome-ignore lint/suspicious/noExplicitAny: stands for every registry
export type AnyRegistry = Registry<any>;

/** The actor types of a registry, by name. */
export type ExtractActorsFromRegistry<R> = R extends Registry<infer A> ? A : never;
