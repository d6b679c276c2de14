import { ConnStateNotEnabled } from "../errors.js";
import type { Actor } from "./actor.js";
import { host } from "./host.js";

const unread = Symbol("unread");

/** A connection as its actor sees it. */
export class Conn {
  readonly #actor: Actor;
  readonly #slot: number;
  readonly #subscriptions = new Set<string>();
  #id: string | undefined;
  #params: unknown = unread;
  #auth: unknown = unread;

  constructor(actor: Actor, slot: number) {
    this.#actor = actor;
    this.#slot = slot;
  }

  get id(): string {
    this.#id ??= host().connInfo(this.#actor.h, this.#slot, "id") as string;
    return this.#id;
  }

  get params(): unknown {
    if (this.#params === unread) this.#params = host().connInfo(this.#actor.h, this.#slot, "params");
    return this.#params;
  }

  get auth(): unknown {
    if (this.#auth === unread) this.#auth = host().connInfo(this.#actor.h, this.#slot, "auth");
    return this.#auth;
  }

  get state(): unknown {
    if (!this.#actor.type.hasConnState) throw new ConnStateNotEnabled();
    return host().connState(this.#actor.h, this.#slot);
  }

  set state(value: unknown) {
    if (!this.#actor.type.hasConnState) throw new ConnStateNotEnabled();
    host().setConnState(this.#actor.h, this.#slot, value);
  }

  get subscriptions(): Set<string> {
    return this.#subscriptions;
  }

  send(event: string, ...args: unknown[]): void {
    host().send(this.#actor.h, this.#slot, event, ...args);
  }

  async disconnect(reason = ""): Promise<void> {
    await host().closeConn(this.#actor.h, this.#slot, reason);
  }

  /** `const [id, conn] of c.conns` works, beside `conn of c.conns`. */
  *[Symbol.iterator](): Generator<string | Conn> {
    yield this.id;
    yield this;
  }

  /** Reads everything that is lazy, before the connection's record goes. */
  static settle(conn: Conn): void {
    void conn.id;
    void conn.params;
    void conn.auth;
  }

  /** The record's number in Go. */
  static slotOf(conn: Conn): number {
    return conn.#slot;
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
  reduce(callback: (sum: unknown, conn: Conn, index: number) => unknown, ...initial: [unknown?]): unknown {
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
