import type { Client } from "../client/types.js";
import type { Logger } from "../log.js";
import type { DatabaseClientOf } from "./database.js";
import type { AnyRegistry } from "./definition.js";

/** Whether `T` is `any`. */
export type IsAny<T> = 0 extends 1 & T ? true : false;

/**
 * `T` as it was given, `undefined` for what the actor's config left out, or what
 * the function that should make it only ever throws.
 */
export type Given<T> =
  IsAny<T> extends true ? T : unknown extends T ? undefined : [T] extends [never] ? undefined : T;

/** The names of an actor's events: any, unless `types.events` lists them. */
export type EventName<E> = unknown extends E ? string : keyof E & string;

/**
 * The arguments of one event: any, unless `types.events` says what they are.
 * `any` and not `unknown`, so that a listener may say what it expects.
 */
export type EventArgs<E, K> = unknown extends E
  ? // biome-ignore lint/suspicious/noExplicitAny: a listener annotates its own parameters
    any[]
  : K extends keyof E
    ? E[K] extends (...args: infer Args) => unknown
      ? Args
      : never
    : never;

/** The parts of an actor's key; `[]` is the default one. */
export type ActorKey = string[];

/** Options of {@link ActorContext.saveState}. */
export interface SaveStateOptions {
  /** Settle only when the state is durable. */
  immediate?: boolean;
}

/** Runs actions later. Durable with the turn that asks for it. */
export interface Schedule {
  /**
   * Runs `action` at the earliest `ms` milliseconds from now, at least once.
   *
   * @example await c.schedule.after(60_000, "remind", c.conn.id);
   */
  after(ms: number, action: string, ...args: unknown[]): Promise<void>;
  /**
   * Runs `action` at `epochMs` (milliseconds since 1970), at least once.
   *
   * @example await c.schedule.at(Date.now() + 1000, "tick");
   */
  at(epochMs: number, action: string, ...args: unknown[]): Promise<void>;
}

/** One client's connection, as its actor sees it. */
export interface Conn<
  // biome-ignore-start lint/suspicious/noExplicitAny: defaults accept every actor's connection
  S = any,
  CP = any,
  CS = any,
  V = any,
  I = any,
  AD = any,
  DB = any,
  E = any,
  // biome-ignore-end lint/suspicious/noExplicitAny: see above
> {
  /** A UUID. */
  readonly id: string;
  /** What the client passed as `params`. */
  readonly params: CP;
  /** What `onAuth` returned, `undefined` for server-side callers. */
  readonly auth: Given<AD>;
  /** Kept with the actor, settable. Throws `conn_state_not_enabled` without `connState`. */
  state: Given<CS>;
  /** The events that this client listens to. */
  readonly subscriptions: ReadonlySet<string>;
  /** Sends an event to this connection alone; needs no subscription. */
  send<K extends EventName<E>>(event: K, ...args: EventArgs<E, K>): void;
  /** Closes the connection; the client sees code 1000 and `reason`. */
  disconnect(reason?: string): Promise<void>;
  /** The other type parameters; never there. */
  readonly "~types"?: [Given<S>, Given<V>, I, DB];
}

/** A connection that destructures as `[id, conn]` too. */
export type ConnEntry<C> = C & readonly [id: string, conn: C];

/**
 * An iterator with the helpers of ES2025, whatever `lib` a project names. Like
 * all iterators it can be walked once.
 */
export interface ConnIterator<T> extends IterableIterator<T> {
  next(): IteratorResult<T, undefined>;
  map<U>(callback: (value: T, index: number) => U): ConnIterator<U>;
  filter<U extends T>(test: (value: T, index: number) => value is U): ConnIterator<U>;
  filter(test: (value: T, index: number) => unknown): ConnIterator<T>;
  flatMap<U>(callback: (value: T, index: number) => Iterable<U>): ConnIterator<U>;
  take(limit: number): ConnIterator<T>;
  drop(count: number): ConnIterator<T>;
  forEach(callback: (value: T, index: number) => void): void;
  find<U extends T>(test: (value: T, index: number) => value is U): U | undefined;
  find(test: (value: T, index: number) => unknown): T | undefined;
  some(test: (value: T, index: number) => unknown): boolean;
  every(test: (value: T, index: number) => unknown): boolean;
  reduce(callback: (sum: T, value: T, index: number) => T): T;
  reduce<U>(callback: (sum: U, value: T, index: number) => U, initial: U): U;
  toArray(): T[];
  [Symbol.iterator](): ConnIterator<T>;
}

/** All connections by id: a Map that has an array's reading methods as well. */
export interface Conns<C> {
  readonly size: number;
  readonly length: number;
  get(id: string): C | undefined;
  has(id: string): boolean;
  keys(): ConnIterator<string>;
  values(): ConnIterator<C>;
  entries(): ConnIterator<[string, C]>;
  forEach(callback: (conn: C, id: string) => void): void;
  find(test: (conn: C, index: number) => unknown): C | undefined;
  findIndex(test: (conn: C, index: number) => unknown): number;
  filter(test: (conn: C, index: number) => unknown): C[];
  map<T>(callback: (conn: C, index: number) => T): T[];
  some(test: (conn: C, index: number) => unknown): boolean;
  every(test: (conn: C, index: number) => unknown): boolean;
  reduce<T>(callback: (sum: T, conn: C, index: number) => T, initial: T): T;
  [Symbol.iterator](): ConnIterator<ConnEntry<C>>;
}

/** What every hook has at hand: the actor's metadata, log, client, schedule. */
export interface ActorInitContext {
  /** Opaque, the same for the same name and key. */
  readonly actorId: string;
  /** The actor's name in the registry. */
  readonly name: string;
  readonly key: ActorKey;
  /** An alias of `key`. */
  readonly actorKey: ActorKey;
  /** What `createInRegion` said, else `"local"`. */
  readonly region: string;
  readonly log: Logger;
  readonly schedule: Schedule;
  /** A client to every actor of the registry; it skips `onAuth`. */
  client<R extends AnyRegistry>(): Client<R>;
}

/** The `c` of hooks. */
export interface ActorContext<
  // biome-ignore-start lint/suspicious/noExplicitAny: defaults accept every actor's context
  S = any,
  CP = any,
  CS = any,
  V = any,
  I = any,
  AD = any,
  DB = any,
  E = any,
  // biome-ignore-end lint/suspicious/noExplicitAny: see above
> extends ActorInitContext {
  /** Persisted; a change at any depth is noticed, and so is an assignment. */
  state: Given<S>;
  /** Lives as long as this instance; never persisted. */
  readonly vars: Given<V>;
  /** Every connection, by id. */
  readonly conns: Conns<Conn<S, CP, CS, V, I, AD, DB, E>>;
  /** The actor's own SQLite database, `database_not_enabled` without `db`. */
  readonly db: DatabaseClientOf<DB>;
  /** Sends an event to every connection that listens to it. Arguments are copied now. */
  broadcast<K extends EventName<E>>(event: K, ...args: EventArgs<E, K>): void;
  /** Saves now; with `immediate`, settles when the state is durable. */
  saveState(options?: SaveStateOptions): Promise<void>;
  /** Keeps the actor awake until `promise` settles. A rejection is logged. */
  runInBackground(promise: Promise<unknown>): void;
}

/** The `c` of actions and of the hooks of one connection: it adds `conn`. */
export interface ActionContext<
  // biome-ignore-start lint/suspicious/noExplicitAny: defaults accept every actor's context
  S = any,
  CP = any,
  CS = any,
  V = any,
  I = any,
  AD = any,
  DB = any,
  E = any,
  // biome-ignore-end lint/suspicious/noExplicitAny: see above
> extends ActorContext<S, CP, CS, V, I, AD, DB, E> {
  /** The caller; for a stateless call, a connection that lives for that call. */
  readonly conn: Conn<S, CP, CS, V, I, AD, DB, E>;
}

/** The `c` of `onBeforeConnect` and `createConnState`: the caller isn't accepted yet. */
export interface ConnInitContext<
  // biome-ignore-start lint/suspicious/noExplicitAny: defaults accept every actor's context
  S = any,
  CP = any,
  CS = any,
  V = any,
  I = any,
  AD = any,
  DB = any,
  E = any,
  // biome-ignore-end lint/suspicious/noExplicitAny: see above
> extends ActorContext<S, CP, CS, V, I, AD, DB, E> {
  readonly conn: Pick<Conn<S, CP, CS, V, I, AD, DB, E>, "id" | "params" | "auth">;
}
