import type { Client } from "../client/types.js";
import { DatabaseNotEnabled, StateNotEnabled, UserError, VarsNotEnabled } from "../errors.js";
import type { Logger, LogLevel } from "../log.js";
import type { AnyRegistry } from "../types/definition.js";
import type { Actor } from "./actor.js";
import { Conn, type Conns } from "./conn.js";
import { noEvent } from "./event.js";
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

/*
 * Symbols and not private fields: those are lowered to WeakMaps, which cost more
 * than the whole action.
 */
const owner = Symbol("actor");
const caller = Symbol("conn");

/** The `c` of hooks and actions. */
export class Context {
  private readonly [owner]: Actor;
  /** The caller, or the number of a record from which it is made when asked for; 0: none. */
  private [caller]: Conn | number;

  constructor(actor: Actor, conn: Conn | number) {
    this[owner] = actor;
    this[caller] = conn;
  }

  get state(): unknown {
    const a = this[owner];
    if (!a.stateReady) throw new StateNotEnabled();
    return host().state(a.h);
  }

  set state(value: unknown) {
    const a = this[owner];
    if (!a.stateReady) throw new StateNotEnabled();
    host().setState(a.h, value);
  }

  get vars(): unknown {
    const a = this[owner];
    if (!a.type.hasVars || !a.varsReady) throw new VarsNotEnabled();
    return a.vars;
  }

  get db(): unknown {
    throw new DatabaseNotEnabled();
  }

  get conns(): Conns {
    return this[owner].conns;
  }

  get conn(): Conn | undefined {
    const conn = this[caller];
    if (typeof conn !== "number") return conn;
    if (conn === 0) return undefined;
    const made = new Conn(this[owner], conn);
    this[caller] = made;
    return made;
  }

  get actorId(): string {
    return this[owner].id;
  }

  get name(): string {
    return this[owner].type.name;
  }

  get key(): string[] {
    return this[owner].key;
  }

  get actorKey(): string[] {
    return this[owner].key;
  }

  get region(): string {
    return this[owner].region;
  }

  get log(): Logger {
    this[owner].log ??= loggerOf(this[owner].h);
    return this[owner].log;
  }

  get schedule(): Schedule {
    this[owner].schedule ??= new Schedule(this[owner].h);
    return this[owner].schedule;
  }

  broadcast(name: string, ...args: unknown[]): void {
    if (typeof name !== "string") throw noEvent("broadcast", name);
    host().broadcast(this[owner].h, name, ...args);
  }

  client<R extends AnyRegistry>(): Client<R> {
    return this[owner].client() as Client<R>;
  }

  /** Every turn's changes are handed over when it ends: only waiting is left to do. */
  async saveState(options?: { immediate?: boolean }): Promise<void> {
    if (options?.immediate) await host().permit(this[owner].h);
  }

  runInBackground(promise: Promise<unknown>): void {
    const { h } = this[owner];
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

/** `c.schedule`. */
export class Schedule {
  private readonly h: number;

  constructor(h: number) {
    this.h = h;
  }

  async after(ms: number, action: string, ...args: unknown[]): Promise<void> {
    if (typeof ms !== "number" || Number.isNaN(ms)) throw invalid("ms", ms);
    return this.at(host().now() + Math.max(0, ms), action, ...args);
  }

  async at(epochMs: number, action: string, ...args: unknown[]): Promise<void> {
    if (typeof epochMs !== "number" || Number.isNaN(epochMs)) throw invalid("epochMs", epochMs);
    if (typeof action !== "string") throw invalid("action", action);
    // At most the last millisecond that a Date can tell.
    await host().schedule(
      this.h,
      Math.min(Math.max(Math.ceil(epochMs), 1), 8.64e15),
      action,
      ...args,
    );
  }
}

function invalid(what: string, value: unknown): UserError {
  return new UserError(`Invalid request: schedule: ${what} is ${String(value)}`, {
    code: "invalid_request",
  });
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
