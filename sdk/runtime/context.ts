import type { Client } from "../client/types.js";
import { DatabaseNotEnabled, StateNotEnabled, UserError, VarsNotEnabled } from "../errors.js";
import type { Logger, LogLevel } from "../log.js";
import type { AnyRegistry } from "../types/definition.js";
import type { Actor } from "./actor.js";
import { Conn, type Conns } from "./conn.js";
import { host } from "./host.js";

/** Numbers of the levels, as Go has them. */
export const levels: { readonly [L in LogLevel]: number } = {
  trace: 0,
  debug: 1,
  info: 2,
  warn: 3,
  error: 4,
  critical: 5,
};

/** The `c` of hooks without a caller. */
export class ActorContext {
  readonly #actor: Actor;

  constructor(actor: Actor) {
    this.#actor = actor;
  }

  get state(): unknown {
    const a = this.#actor;
    if (!a.stateReady) throw new StateNotEnabled();
    return host().state(a.h);
  }

  set state(value: unknown) {
    const a = this.#actor;
    if (!a.stateReady) throw new StateNotEnabled();
    host().setState(a.h, value);
  }

  get vars(): unknown {
    const a = this.#actor;
    if (!a.type.hasVars || !a.varsReady) throw new VarsNotEnabled();
    return a.vars;
  }

  get db(): unknown {
    throw new DatabaseNotEnabled();
  }

  get conns(): Conns {
    return this.#actor.conns;
  }

  get conn(): Conn | undefined {
    return undefined;
  }

  get actorId(): string {
    return this.#actor.id;
  }

  get name(): string {
    return this.#actor.type.name;
  }

  get key(): string[] {
    return this.#actor.key;
  }

  get actorKey(): string[] {
    return this.#actor.key;
  }

  get region(): string {
    return this.#actor.region;
  }

  get log(): Logger {
    this.#actor.log ??= loggerOf(this.#actor.h);
    return this.#actor.log;
  }

  get schedule(): Schedule {
    this.#actor.schedule ??= new Schedule(this.#actor.h);
    return this.#actor.schedule;
  }

  broadcast(name: string, ...args: unknown[]): void {
    host().broadcast(this.#actor.h, name, ...args);
  }

  client<R extends AnyRegistry>(): Client<R> {
    return this.#actor.client() as Client<R>;
  }

  async saveState(_options?: { immediate?: boolean }): Promise<void> {
    // Every turn's changes are handed over when it ends: only waiting is left.
    if (_options?.immediate) await host().permit(this.#actor.h);
  }

  runInBackground(promise: Promise<unknown>): void {
    const { h } = this.#actor;
    host().background(h, 1);
    Promise.resolve(promise).then(
      () => host().background(h, -1),
      (error: unknown) => {
        host().logError(h, "a background promise was rejected", error);
        host().background(h, -1);
      },
    );
  }
}

/** The `c` of actions and of a connection's hooks. */
export class ActionContext extends ActorContext {
  readonly #owner: Actor;
  #conn: Conn | number;

  /** `conn` is the caller, or the number of a record from which it is made when asked for. */
  constructor(actor: Actor, conn: Conn | number) {
    super(actor);
    this.#owner = actor;
    this.#conn = conn;
  }

  override get conn(): Conn | undefined {
    if (typeof this.#conn === "number") {
      if (this.#conn === 0) return undefined;
      this.#conn = new Conn(this.#owner, this.#conn);
    }
    return this.#conn;
  }
}

/** `c.schedule`. */
export class Schedule {
  readonly #h: number;

  constructor(h: number) {
    this.#h = h;
  }

  async after(ms: number, action: string, ...args: unknown[]): Promise<void> {
    if (typeof ms !== "number" || Number.isNaN(ms)) throw invalid("ms", ms);
    return this.at(host().now() + Math.max(0, ms), action, ...args);
  }

  async at(epochMs: number, action: string, ...args: unknown[]): Promise<void> {
    if (typeof epochMs !== "number" || Number.isNaN(epochMs)) throw invalid("epochMs", epochMs);
    if (typeof action !== "string") throw invalid("action", action);
    // At most the last millisecond that a Date can tell.
    await host().schedule(this.#h, Math.min(Math.max(Math.ceil(epochMs), 1), 8.64e15), action, ...args);
  }
}

function invalid(what: string, value: unknown): UserError {
  return new UserError(`Invalid request: schedule: ${what} is ${String(value)}`, { code: "invalid_request" });
}

function loggerOf(h: number): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, ...args: unknown[]): void =>
      host().log(h, levels[level], message, ...args);
  return {
    critical: at("critical"),
    error: at("error"),
    warn: at("warn"),
    info: at("info"),
    debug: at("debug"),
    trace: at("trace"),
  };
}
