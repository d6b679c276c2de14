import { ActorConnBase } from "./conn.js";
import type { ClientCore } from "./core.js";
import type { ActorQuery } from "./driver.js";
import { ActorError } from "./errors.js";
import { withActions } from "./proxy.js";
import type { ActionOptions, EventUnsubscribe } from "./types.js";

/**
 * One actor, by the way in which it was named. Nothing is asked before it is
 * used. `on` and `once` share one connection, opened by the first of them; from
 * then on actions go over it as well.
 */
export class ActorHandleBase {
  readonly #core: ClientCore;
  readonly #query: ActorQuery;
  readonly #params: unknown;
  readonly #signal: AbortSignal | undefined;
  #pinned: string | undefined;
  #conn: ActorConnBase | undefined;

  constructor(
    core: ClientCore,
    query: ActorQuery,
    options: { params?: unknown; signal?: AbortSignal | undefined } = {},
  ) {
    this.#core = core;
    this.#query = query;
    this.#params = options.params === undefined ? core.params : options.params;
    this.#signal = options.signal;
  }

  action(options: ActionOptions): Promise<unknown> {
    const { name, args = [], signal } = options;
    if (this.#conn) {
      return this.#conn.action(signal ? { name, args, signal } : { name, args });
    }
    return this.#ask(signal, (query, aborts) =>
      this.#core.driver.call({
        query,
        params: this.#params,
        signal: aborts,
        action: name,
        args,
      }),
    );
  }

  connect(params?: unknown): ActorConnBase {
    this.#core.alive();
    const own = params === undefined ? this.#params : params;
    return withActions(new ActorConnBase(this.#core, this.#current(), own));
  }

  async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const request = isRequest(input) ? input : undefined;
    const path = pathOf(request ? request.url : String(input));
    const own = isRequest(init) ? partsOf(init) : init; // its members aren't its own properties
    const whole: RequestInit = { ...(request && partsOf(request)), ...own };
    const signal = whole.signal ?? undefined;
    delete whole.signal;
    // a body can be sent once only
    const query = this.#current();
    return this.#core.run([this.#signal, signal], (aborts) =>
      this.#core.driver.fetch({ query, params: this.#params, signal: aborts, path, init: whole }),
    );
  }

  async websocket(path = "/", protocols: string | string[] = []): Promise<WebSocket> {
    const list = typeof protocols === "string" ? [protocols] : protocols;
    return this.#ask(undefined, (query, signal) =>
      this.#core.driver.websocket({
        query,
        params: this.#params,
        signal,
        path: pathOf(path),
        protocols: list,
      }),
    );
  }

  async resolve(options: { signal?: AbortSignal } = {}): Promise<string> {
    if (this.#pinned !== undefined) return this.#pinned;
    if ("getForId" in this.#query) return this.#query.getForId.actorId;
    const id = await this.#core.run([this.#signal, options.signal], (signal) =>
      this.#core.driver.resolve({ query: this.#query, params: this.#params, signal }),
    );
    this.#pinned = id;
    return id;
  }

  on(event: string, callback: (...args: never[]) => void): EventUnsubscribe {
    return this.#listening().on(event, callback);
  }

  once(event: string, callback: (...args: never[]) => void): EventUnsubscribe {
    return this.#listening().once(event, callback);
  }

  async dispose(): Promise<void> {
    const conn = this.#conn;
    this.#conn = undefined;
    await conn?.dispose();
  }

  #listening(): ActorConnBase {
    this.#core.alive();
    this.#conn ??= new ActorConnBase(this.#core, this.#current(), this.#params);
    return this.#conn;
  }

  #current(): ActorQuery {
    return this.#pinned === undefined ? this.#query : { getForId: { actorId: this.#pinned } };
  }

  /** Asks; a pinned actor that is gone is named anew, once, if it may be created. */
  async #ask<T>(
    signal: AbortSignal | undefined,
    work: (query: ActorQuery, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#core.run([this.#signal, signal], async (aborts) => {
      try {
        return await work(this.#current(), aborts);
      } catch (error) {
        const again =
          this.#pinned !== undefined &&
          "getOrCreateForKey" in this.#query &&
          ActorError.isActorError(error) &&
          error.code === "actor_not_found";
        if (!again) throw error;
        this.#pinned = undefined;
        return work(this.#query, aborts);
      }
    });
  }
}

Object.defineProperty(ActorHandleBase.prototype, Symbol.toStringTag, { value: "ActorHandle" });

/** The path and query string of a relative path or a URL, beginning with `/`. */
function pathOf(input: string): string {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(input)) {
    const url = new URL(input);
    return url.pathname + url.search;
  }
  const path = input.replace(/#.*$/s, "");
  return path.startsWith("/") ? path : `/${path}`;
}

/** What a Request says that fetch's second argument can say too. */
function isRequest(value: unknown): value is Request {
  return typeof Request !== "undefined" && value instanceof Request;
}

function partsOf(request: Request): RequestInit {
  const init: RequestInit = {
    method: request.method,
    headers: request.headers,
    redirect: request.redirect,
    signal: request.signal,
  };
  if (request.body) init.body = request.body;
  return init;
}
