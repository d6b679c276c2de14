import { clientOver } from "../client/proxy.js";
import { ActionNotFound, ActorError } from "../errors.js";
import type { Logger } from "../log.js";
import { Conn, Conns } from "./conn.js";
import { Context, type Schedule } from "./context.js";
import { copyVars } from "./copy.js";
import { ActorDriver } from "./driver.js";
import { host } from "./host.js";
import { ActorSocket } from "./socket.js";
import type { ActorType, Hook } from "./type.js";

/** One life of an actor: it runs the hooks in their order. Its functions are called by Go. */
export class Actor {
  readonly conns = new Conns();
  readonly slots = new Map<number, Conn>();
  readonly context: Context;
  /** While its `onConnect` runs; `onDisconnect` waits for it. */
  readonly connecting = new Map<number, Promise<void>>();
  /** Connections that outlived the last life: those to connect anew, those that have gone. */
  restored: { conn: Conn; slot: number; gone: boolean; parted: boolean }[] = [];
  vars: unknown;
  varsReady = false;
  stateReady = false;
  log: Logger | undefined;
  schedule: Schedule | undefined;
  private ownClient: unknown;

  constructor(
    /** The actor's number in Go. */
    readonly h: number,
    readonly type: ActorType,
    readonly id: string,
    readonly key: string[],
    readonly region: string,
  ) {
    this.context = new Context(this, 0);
  }

  client(): unknown {
    this.ownClient ??= clientOver(new ActorDriver(this.h), {});
    return this.ownClient;
  }

  /** createState, onCreate, createVars, onStart, and what restored connections need. */
  async start(isNew: boolean, create: boolean, input: unknown): Promise<void> {
    try {
      await this.prepare(isNew, create, input);
      const { onStart } = this.type.hooks;
      if (onStart) await onStart(this.context);
      await this.reconnect();
    } catch (error) {
      host().failed(this.h, error);
      return;
    }
    host().started(this.h);
  }

  private async prepare(isNew: boolean, create: boolean, input: unknown): Promise<void> {
    const { type, context: c } = this;
    const { createState, onCreate, createVars } = type.hooks;
    if (create && type.hasState) {
      const state = createState ? await createState(c, input) : host().clone(type.config.state);
      host().setState(this.h, state);
    }
    this.stateReady = type.hasState;
    if (isNew && onCreate) {
      await (parametersOf(onCreate) >= 3 ? onCreate(c, { input }, input) : onCreate(c, input));
    }
    if (type.hasVars) {
      this.vars = createVars
        ? await within(
            this.h,
            createVars(c, host().driverContext()),
            type.limits.createVarsTimeout,
            "createVars",
          )
        : copyVars(type.config.vars);
      this.varsReady = true;
    }
  }

  /**
   * Connections that outlived the last life: `onDisconnect` for those whose
   * client has gone; a virtual reconnect for the others if `vars` may depend on
   * them. Those that parted from older code have seen `onDisconnect` already.
   */
  private async reconnect(): Promise<void> {
    const { type } = this;
    const again = type.hasVars && type.hooks.onConnect !== undefined;
    for (const { conn, slot, gone, parted } of this.restored) {
      if (gone || (again && !parted)) await this.disconnected(conn);
      if (gone) host().remove(this.h, slot);
      else if (again || parted) {
        try {
          await this.connected(conn);
        } catch (error) {
          host().logError(this.h, "onConnect", error);
          void host().closeConn(this.h, slot, "`onConnect` failed");
        }
      }
    }
    this.restored = [];
  }

  /** A connection that outlived the last life. */
  restore(slot: number, subscriptions: string[], gone: boolean, parted: boolean): void {
    const conn = new Conn(this, slot);
    for (const event of subscriptions) conn.subscriptions.add(event);
    this.restored.push({ conn, slot, gone, parted });
    if (gone) return;
    this.slots.set(slot, conn);
    Conns.add(this.conns, conn);
  }

  /** A stateless call. */
  invoke(call: number, slot: number, name: string, args: unknown[]): void {
    if (this.type.simple) this.act(call, new Context(this, slot), name, args);
    else void this.invokeWithHooks(call, slot, name, args);
  }

  private async invokeWithHooks(
    call: number,
    slot: number,
    name: string,
    args: unknown[],
  ): Promise<void> {
    const { h } = this;
    const conn = new Conn(this, slot);
    host().busy(h);
    host().keep(h, call); // the connection's record outlives the reply
    try {
      try {
        await this.admit(conn, slot);
      } catch (error) {
        host().fail(h, call, error);
        return;
      }
      try {
        await this.connected(conn);
        await this.act(call, new Context(this, conn), name, args, true);
      } catch (error) {
        host().fail(h, call, error); // onConnect's: act answers itself
      }
      await this.disconnected(conn);
    } finally {
      host().remove(h, slot);
      host().idle(h);
    }
  }

  /** An action. With `wait`, the promise that it returns is fulfilled when it has been answered. */
  act(call: number, c: Context, name: string, args: unknown[], wait = false): void | Promise<void> {
    const { h } = this;
    const action = this.type.actions[name];
    if (!action) {
      host().fail(h, call, new ActionNotFound(name));
      return;
    }
    let output: unknown;
    try {
      output = apply(action, c, args);
    } catch (error) {
      host().fail(h, call, error);
      return;
    }
    const after = this.type.hooks.onBeforeActionResponse;
    if (after || (wait && isThenable(output)))
      return this.respond(call, c, name, args, output, after);
    if (isThenable(output)) host().settle(h, call, output);
    else this.reply(call, output);
  }

  private async respond(
    call: number,
    c: Context,
    name: string,
    args: unknown[],
    pending: unknown,
    after: Hook | undefined,
  ): Promise<void> {
    let output: unknown;
    try {
      output = await pending;
    } catch (error) {
      host().fail(this.h, call, error);
      return;
    }
    if (after) {
      try {
        output = await after(c, name, args, output);
      } catch (error) {
        host().logError(this.h, "onBeforeActionResponse", error);
      }
    }
    this.reply(call, output);
  }

  /** Answers when a promise that outlives its turn settles. */
  watch(call: number, pending: PromiseLike<unknown>): void {
    pending.then(
      (output) => this.reply(call, output),
      (error: unknown) => host().fail(this.h, call, error),
    );
  }

  private reply(call: number, output: unknown): void {
    try {
      host().reply(this.h, call, output);
    } catch (error) {
      host().fail(this.h, call, error); // the output can't be sent
    }
  }

  /** A scheduled action. */
  run(call: number, name: string, args: unknown[]): void {
    const { h } = this;
    const action = this.type.actions[name];
    if (!action) {
      host().fail(h, call, new ActionNotFound(name));
      return;
    }
    try {
      const output = apply(action, new Context(this, 0), args);
      if (!isThenable(output)) {
        host().reply(h, call, undefined);
        return;
      }
      Promise.resolve(output).then(
        () => host().reply(h, call, undefined),
        (error: unknown) => host().fail(h, call, error),
      );
    } catch (error) {
      host().fail(h, call, error);
    }
  }

  /** onBeforeConnect and createConnState: they may refuse. */
  private async admit(conn: Conn, slot: number): Promise<void> {
    const { type } = this;
    const { onBeforeConnect, createConnState } = type.hooks;
    if (!onBeforeConnect && !type.hasConnState) return;
    const c = new Context(this, conn);
    const opts = this.optionsOf(conn, slot);
    if (onBeforeConnect) await onBeforeConnect(c, opts, conn.params);
    if (type.hasConnState) {
      const state = createConnState
        ? await within(
            this.h,
            createConnState(c, opts, conn.params),
            type.limits.createConnStateTimeout,
            "createConnState",
          )
        : host().clone(type.config.connState);
      host().setConnState(this.h, slot, state);
    }
  }

  private optionsOf(conn: Conn, slot: number): object {
    const request = host().connInfo(this.h, slot, "request");
    const opts: { params: unknown; request?: unknown; req?: unknown } = { params: conn.params };
    if (request !== undefined) {
      opts.request = request;
      opts.req = request;
    }
    return opts;
  }

  /** onConnect, within its time. */
  private async connected(conn: Conn): Promise<void> {
    const { onConnect } = this.type.hooks;
    if (!onConnect) return;
    const done = onConnect(new Context(this, conn), conn);
    if (isThenable(done))
      await within(this.h, done, this.type.limits.onConnectTimeout, "onConnect");
  }

  private async disconnected(conn: Conn): Promise<void> {
    const { onDisconnect } = this.type.hooks;
    if (!onDisconnect) return;
    try {
      await onDisconnect(new Context(this, conn), conn);
    } catch (error) {
      host().logError(this.h, "onDisconnect", error);
    }
  }

  /** A client wants to connect. */
  async connect(call: number, slot: number): Promise<void> {
    const { h } = this;
    const conn = new Conn(this, slot);
    try {
      await this.admit(conn, slot);
    } catch (error) {
      host().fail(h, call, error);
      host().remove(h, slot);
      return;
    }
    if (host().isGone(h, slot)) {
      host().fail(
        h,
        call,
        new ActorError("connection_lost", "The client has gone.", undefined, { public: true }),
      );
      host().remove(h, slot);
      return;
    }
    Conn.settle(conn);
    this.slots.set(slot, conn);
    Conns.add(this.conns, conn);
    host().accept(h, slot);
    const done = this.greet(conn, slot);
    this.connecting.set(slot, done);
    await done;
    this.connecting.delete(slot);
    host().reply(h, call, undefined);
  }

  private async greet(conn: Conn, slot: number): Promise<void> {
    try {
      await this.connected(conn);
      host().connected(this.h, slot, true);
    } catch (error) {
      host().logError(this.h, "onConnect", error);
      void host().closeConn(this.h, slot, "`onConnect` failed");
      host().connected(this.h, slot, false);
    }
  }

  /** A connection's client has gone. */
  async disconnect(slot: number): Promise<void> {
    const { h } = this;
    const conn = this.slots.get(slot);
    if (!conn) return;
    host().busy(h);
    try {
      await this.connecting.get(slot);
      this.slots.delete(slot);
      Conns.remove(this.conns, conn);
      await this.disconnected(conn);
      host().remove(h, slot);
    } finally {
      host().idle(h);
    }
  }

  /** All connections leave this code for newer code: their clients see nothing. */
  async part(): Promise<void> {
    host().busy(this.h);
    try {
      for (const [slot, conn] of this.slots) {
        await this.disconnected(conn);
        host().part(this.h, slot);
      }
    } finally {
      host().idle(this.h);
    }
  }

  /** A raw request; `done` gets what the handler returned. */
  fetch(
    request: unknown,
    auth: unknown,
    done: (response: unknown) => void,
    refused: (error: unknown) => void,
  ): void {
    try {
      const response = this.type.hooks.onFetch?.(this.context, request, { auth });
      if (isThenable(response)) response.then(done, refused);
      else done(response);
    } catch (error) {
      refused(error);
    }
  }

  /** A raw WebSocket; `undefined` if the handler threw. */
  socket(
    id: number,
    request: Request | undefined,
    auth: unknown,
    protocol: string,
    refused: (error: unknown) => void,
  ): ActorSocket | undefined {
    const socket = new ActorSocket(this.h, id, request?.url ?? "", protocol);
    try {
      const done = this.type.hooks.onWebSocket?.(this.context, socket, { request, auth });
      if (isThenable(done)) done.then(undefined, refused);
      return socket;
    } catch (error) {
      refused(error);
      return undefined;
    }
  }

  stateChanged(): void {
    try {
      this.type.hooks.onStateChange?.(this.context, host().state(this.h));
    } catch (error) {
      host().logError(this.h, "onStateChange", error);
    }
  }
}

/** Calls an action; a spread costs more than a small one. */
function apply(action: Hook, c: Context, args: unknown[]): unknown {
  switch (args.length) {
    case 0:
      return action(c);
    case 1:
      return action(c, args[0]);
    case 2:
      return action(c, args[0], args[1]);
    default:
      return action(c, ...args);
  }
}

/** Whether something has to be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

/** `pending`, or an error once its time is over. */
async function within<T>(h: number, pending: T, ms: number, what: string): Promise<Awaited<T>> {
  if (!isThenable(pending)) return pending as Awaited<T>;
  if (!Number.isFinite(ms)) return await pending;
  let deadline = 0;
  try {
    return (await Promise.race([
      pending,
      new Promise((_resolve, reject) => {
        deadline = host().deadline(h, ms, () => {
          reject(new ActorError("internal_error", `${what} took longer than ${ms} ms`));
        });
      }),
    ])) as Awaited<T>;
  } finally {
    host().cancel(h, deadline);
  }
}

/** How many parameters a function's source declares, with defaults and rest. */
export function parametersOf(fn: Hook): number {
  if (fn.length >= 3) return fn.length;
  const source = Function.prototype.toString.call(fn);
  const bare = /^(?:async\s+)?([\w$]+)\s*=>/.exec(source);
  if (bare) return 1;
  const open = source.indexOf("(");
  if (open < 0) return fn.length;
  let depth = 0;
  let count = 0;
  let content = false;
  for (let i = open; i < source.length; i++) {
    const ch = source[i] as string;
    if (ch === '"' || ch === "'" || ch === "`") {
      for (i++; i < source.length && source[i] !== ch; i++) if (source[i] === "\\") i++;
      content = true;
    } else if (ch === "/" && (source[i + 1] === "/" || source[i + 1] === "*")) {
      const end = source.indexOf(source[i + 1] === "/" ? "\n" : "*/", i + 2);
      i = end < 0 ? source.length : end + (source[i + 1] === "/" ? 0 : 1);
    } else if ("([{".includes(ch)) {
      if (depth++ > 0) content = true;
    } else if (")]}".includes(ch)) {
      if (--depth === 0) return count + (content ? 1 : 0);
    } else if (ch === "," && depth === 1) {
      count++;
      content = false;
    } else if (!/\s/.test(ch)) content = true;
  }
  return fn.length;
}
