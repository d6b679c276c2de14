import { ConnStateNotEnabled } from "../errors.js";
import type { Actor } from "./actor.js";
import { noEvent } from "./event.js";
import { host } from "./host.js";

// Not private fields: see context.ts.
const owner = Symbol("actor");
const record = Symbol("record");
const known = Symbol("known");

/** What was read of a connection so far. */
interface Known {
  id?: string;
  params?: unknown;
  auth?: unknown;
  subscriptions?: Set<string>;
}

/** A connection as its actor sees it. */
export class Conn {
  private readonly [owner]: Actor;
  private readonly [record]: number;
  private [known]: Known = {};

  constructor(actor: Actor, slot: number) {
    this[owner] = actor;
    this[record] = slot;
  }

  get id(): string {
    this[known].id ??= host().connInfo(this[owner].h, this[record], "id") as string;
    return this[known].id;
  }

  get params(): unknown {
    const facts = this[known];
    if (!("params" in facts)) facts.params = host().connInfo(this[owner].h, this[record], "params");
    return facts.params;
  }

  get auth(): unknown {
    const facts = this[known];
    if (!("auth" in facts)) facts.auth = host().connInfo(this[owner].h, this[record], "auth");
    return facts.auth;
  }

  get state(): unknown {
    if (!this[owner].type.hasConnState) throw new ConnStateNotEnabled();
    return host().connState(this[owner].h, this[record]);
  }

  set state(value: unknown) {
    if (!this[owner].type.hasConnState) throw new ConnStateNotEnabled();
    host().setConnState(this[owner].h, this[record], value);
  }

  get subscriptions(): Set<string> {
    this[known].subscriptions ??= new Set();
    return this[known].subscriptions;
  }

  send(event: string, ...args: unknown[]): void {
    if (typeof event !== "string") throw noEvent("send", event);
    host().send(this[owner].h, this[record], event, ...args);
  }

  async disconnect(reason = ""): Promise<void> {
    await host().closeConn(this[owner].h, this[record], reason);
  }

  /** `const [id, conn] of c.conns` works, beside `conn of c.conns`. */
  *[Symbol.iterator](): Generator<string | Conn> {
    yield this.id;
    yield this;
  }

  /** `new Map(c.conns)` and `Object.fromEntries(c.conns)` read an entry by index. */
  get 0(): string {
    return this.id;
  }
  get 1(): this {
    return this;
  }

  /** Reads everything that is lazy, before the connection's record goes. */
  static settle(conn: Conn): void {
    void conn.id;
    void conn.params;
    void conn.auth;
  }
}

/** All connections by id: a Map that has an array's reading methods as well, and yields connections. */
export class Conns extends Map<string, Conn> {
  get length(): number {
    return this.size;
  }
  find(test: (conn: Conn, index: number) => unknown): Conn | undefined {
    return [...this.values()].find(test);
  }
  findIndex(test: (conn: Conn, index: number) => unknown): number {
    return [...this.values()].findIndex(test);
  }
  filter(test: (conn: Conn, index: number) => unknown): Conn[] {
    return [...this.values()].filter(test);
  }
  map<T>(callback: (conn: Conn, index: number) => T): T[] {
    return [...this.values()].map((conn, index) => callback(conn, index));
  }
  some(test: (conn: Conn, index: number) => unknown): boolean {
    return [...this.values()].some(test);
  }
  every(test: (conn: Conn, index: number) => unknown): boolean {
    return [...this.values()].every(test);
  }
  reduce(
    callback: (sum: unknown, conn: Conn, index: number) => unknown,
    ...initial: [unknown?]
  ): unknown {
    const all: unknown[] = [...this.values()];
    const step = callback as (sum: unknown, conn: unknown, index: number) => unknown;
    return initial.length > 0 ? all.reduce(step, initial[0]) : all.reduce(step);
  }
  // biome-ignore lint/suspicious/noExplicitAny: Map's own iterator yields entries
  override [Symbol.iterator](): any {
    return this.values();
  }
  override set(_id: string, _conn: Conn): this {
    throw new TypeError("c.conns is read-only");
  }
  override delete(_id: string): boolean {
    throw new TypeError("c.conns is read-only");
  }
  override clear(): void {
    throw new TypeError("c.conns is read-only");
  }

  static add(conns: Conns, conn: Conn): void {
    Map.prototype.set.call(conns, conn.id, conn);
  }
  static remove(conns: Conns, conn: Conn): void {
    Map.prototype.delete.call(conns, conn.id);
  }
}
