import { abortable } from "./abort.js";
import type { ClientCore } from "./core.js";
import type { ActorQuery, Transport, TransportLink } from "./driver.js";
import { ActorConnDisposed, ActorError } from "./errors.js";
import { Listeners } from "./listeners.js";
import { isRefusal, reconnectDelay, refusalOf } from "./reconnect.js";
import { snapshot } from "./snapshot.js";
import type { ActionOptions, ConnectionStatus, EventUnsubscribe } from "./types.js";

const maxQueued = 1000;
/** After how long open, in milliseconds, the delays begin anew. */
const settled = 5000;

interface Call {
  readonly name: string;
  readonly args: unknown[];
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One client's connection to one actor, over whatever transport. It opens at
 * once, queues actions while it is away, tells its subscriptions at every open,
 * and comes back until it is disposed or refused.
 */
export class ActorConnBase {
  readonly #core: ClientCore;
  readonly #transport: Transport;
  readonly #events = new Map<string, Listeners<unknown[]>>();
  readonly #errors = new Listeners<[ActorError]>();
  readonly #opens = new Listeners<[]>();
  readonly #closes = new Listeners<[]>();
  readonly #changes = new Listeners<[ConnectionStatus]>();
  readonly #flying = new Map<number, Call>();
  #queue: Call[] = [];
  #status: ConnectionStatus = "connecting";
  #link: TransportLink | undefined;
  #nextId = 1;
  #attempt = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #refusal: Error | undefined;
  #disposal: Promise<void> | undefined;
  #ready: { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void };
  #stopWaking: () => void = () => {};
  #connectionId: string | undefined;
  #actorId: string | undefined;

  constructor(core: ClientCore, query: ActorQuery, params: unknown) {
    this.#core = core;
    this.#transport = core.driver.transport({ query, params });
    let resolve = (): void => {};
    let reject: (error: unknown) => void = () => {};
    const promise = new Promise<void>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    promise.catch(() => {}); // nobody has to look at it
    this.#ready = { promise, resolve, reject };
    core.conns.add(this);
    if (core.driver.onWake) this.#stopWaking = core.driver.onWake(() => this.#wake());
    this.#open();
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  get connectionId(): string | undefined {
    return this.#connectionId;
  }

  get actorId(): string | undefined {
    return this.#actorId;
  }

  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  action(options: ActionOptions): Promise<unknown> {
    const { name, args, signal } = options;
    if (this.#disposal) return Promise.reject(new ActorConnDisposed());
    if (this.#refusal) return Promise.reject(this.#refusal);
    let call: Call | undefined;
    const start = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        call = { name, args, resolve, reject };
        if (this.#status === "connected") this.#send(call);
        else if (this.#queue.length < maxQueued) {
          call = { ...call, args: snapshot(args) };
          this.#transport.check?.(name, call.args);
          this.#queue.push(call);
        } else {
          reject(
            new ActorError(
              "connection_queue_full",
              `${maxQueued} actions wait for the connection already.`,
            ),
          );
        }
      });
    if (!signal) return start();
    return abortable(signal, start).catch((error: unknown) => {
      this.#queue = this.#queue.filter((queued) => queued !== call);
      throw error;
    });
  }

  on(event: string, callback: (...args: never[]) => void): EventUnsubscribe {
    let listeners = this.#events.get(event);
    if (!listeners) {
      listeners = new Listeners();
      this.#events.set(event, listeners);
      if (this.#status === "connected") this.#link?.subscribe(event, true);
    }
    const remove = listeners.add(callback as (...args: unknown[]) => void);
    return () => {
      remove();
      if (listeners.size > 0 || this.#events.get(event) !== listeners) return;
      this.#events.delete(event);
      if (this.#status === "connected") this.#link?.subscribe(event, false);
    };
  }

  once(event: string, callback: (...args: never[]) => void): EventUnsubscribe {
    const off = this.on(event, (...args) => {
      off();
      callback(...args);
    });
    return off;
  }

  onError(callback: (error: ActorError) => void): EventUnsubscribe {
    return this.#errors.add(callback);
  }

  onOpen(callback: () => void): EventUnsubscribe {
    return this.#opens.add(callback);
  }

  onClose(callback: () => void): EventUnsubscribe {
    return this.#closes.add(callback);
  }

  onStatusChange(callback: (status: ConnectionStatus) => void): EventUnsubscribe {
    return this.#changes.add(callback);
  }

  dispose(): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    const link = this.#link;
    this.#leave();
    this.#rejectAll(new ActorConnDisposed());
    this.#ready.reject(new ActorConnDisposed());
    this.#change("disposed");
    this.#events.clear();
    await link?.close(1000, "");
  }

  #open(): void {
    const attempt = ++this.#attempt;
    const current = (): boolean => attempt === this.#attempt;
    let refusal: ActorError | undefined;
    let open = false;
    this.#change("connecting");
    this.#link = this.#transport.open({
      opened: (actorId, connectionId) => {
        if (!current()) return;
        open = true;
        this.#opened(actorId, connectionId);
      },
      event: (name, args) => current() && this.#events.get(name)?.call(...args),
      result: (id, output) => {
        if (!current()) return;
        this.#take(id)?.resolve(output);
      },
      failed: (error) => {
        if (!current()) return;
        const call = error.actionId === undefined ? undefined : this.#take(error.actionId);
        if (call) call.reject(error);
        else if (error.actionId === undefined) {
          refusal = error;
          if (open) this.#errors.call(error);
        }
      },
      closed: (code, reason, error) => {
        if (current()) this.#closed(open, code, reason, refusal ?? error);
      },
    });
  }

  #opened(actorId: string, connectionId: string): void {
    this.#actorId = actorId;
    this.#connectionId = connectionId;
    this.#timer = setTimeout(() => {
      this.#failures = 0;
    }, settled);
    unref(this.#timer);
    for (const event of this.#events.keys()) this.#link?.subscribe(event, true);
    this.#change("connected");
    for (const call of this.#queue.splice(0)) this.#send(call);
    this.#ready.resolve();
    this.#opens.call();
  }

  #closed(wasOpen: boolean, code: number, reason: string, error: Error | undefined): void {
    clearTimeout(this.#timer);
    this.#attempt++;
    this.#link = undefined;
    const refusal = refusalOf(wasOpen, code, reason, error);
    const lost = new ActorError(
      "connection_lost",
      "The connection was lost; the action may have run.",
      undefined,
      { cause: error ?? new Error(`closed with code ${code}${reason && ` (${reason})`}`) },
    );
    for (const call of this.#flying.values()) call.reject(lost);
    this.#flying.clear();
    if (refusal && isRefusal(refusal)) {
      this.#refused(refusal, wasOpen);
      return;
    }
    this.#change("connecting");
    if (wasOpen) this.#closes.call();
    if (this.#disposal) return;
    const delay = reconnectDelay(code, this.#failures++, this.#core.random);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#open();
    }, delay);
  }

  #refused(refusal: Error, wasOpen: boolean): void {
    this.#refusal = refusal;
    this.#leave();
    this.#rejectAll(refusal);
    this.#ready.reject(refusal);
    this.#change("disconnected");
    if (wasOpen) this.#closes.call();
    this.#errors.call(refusal as ActorError);
  }

  /** Tries at once instead of after its delay. */
  #wake(): void {
    if (this.#link || this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#open();
  }

  #leave(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopWaking();
    this.#attempt++;
    this.#link = undefined;
    this.#core.conns.delete(this);
  }

  #rejectAll(error: Error): void {
    const calls = [...this.#flying.values(), ...this.#queue];
    this.#flying.clear();
    this.#queue = [];
    for (const call of calls) call.reject(error);
  }

  #send(call: Call): void {
    const id = this.#nextId++;
    this.#flying.set(id, call);
    try {
      this.#link?.act(id, call.name, call.args);
    } catch (error) {
      this.#flying.delete(id);
      call.reject(error);
    }
  }

  #take(id: number): Call | undefined {
    const call = this.#flying.get(id);
    this.#flying.delete(id);
    return call;
  }

  #change(status: ConnectionStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    this.#changes.call(status);
  }
}

Object.defineProperty(ActorConnBase.prototype, Symbol.toStringTag, { value: "ActorConn" });
if (Symbol.asyncDispose) {
  Object.defineProperty(ActorConnBase.prototype, Symbol.asyncDispose, {
    value(this: ActorConnBase): Promise<void> {
      return this.dispose();
    },
  });
}

/** Lets Node exit although the timer runs. */
function unref(timer: unknown): void {
  (timer as { unref?: () => void }).unref?.();
}
