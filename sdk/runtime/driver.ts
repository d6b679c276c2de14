import type {
  ActorQuery,
  ActorRequest,
  ClientDriver,
  Transport,
  TransportLink,
  TransportSink,
} from "../client/driver.js";
import { ActorError } from "../client/errors.js";
import { host, type LinkSink, type ServerLink, type SocketSink, type SocketWay } from "./host.js";
import { ClientSocket } from "./socket.js";

/** Rejects when `signal` aborts; the call itself goes on. */
function until<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** What the actor's and the server isolate's ways have in common. */
abstract class InProcess implements ClientDriver {
  protected abstract send(
    query: ActorQuery,
    params: unknown,
    action: string,
    args: unknown[],
  ): Promise<unknown>;
  protected abstract find(query: ActorQuery): Promise<string>;
  protected abstract link(query: ActorQuery, params: unknown, sink: LinkSink): ServerLink;
  protected abstract ask(query: ActorQuery, params: unknown, request: Request): Promise<Response>;
  protected abstract dial(
    query: ActorQuery,
    params: unknown,
    url: string,
    protocols: readonly string[],
    sink: SocketSink,
  ): SocketWay;

  call(request: ActorRequest & { action: string; args: unknown[] }): Promise<unknown> {
    if (request.signal?.aborted) return Promise.reject(request.signal.reason);
    return until(
      this.send(request.query, request.params, request.action, request.args),
      request.signal,
    );
  }

  resolve(request: ActorRequest): Promise<string> {
    if (request.signal?.aborted) return Promise.reject(request.signal.reason);
    return until(this.find(request.query), request.signal);
  }

  /** As over the network, what the actor refuses is a response. */
  async fetch(request: ActorRequest & { path: string; init: RequestInit }): Promise<Response> {
    if (request.signal?.aborted) throw request.signal.reason;
    const raw = new Request(`http://actor${request.path}`, request.init);
    try {
      return await until(this.ask(request.query, request.params, raw), request.signal);
    } catch (error) {
      if (!ActorError.isActorError(error)) throw error;
      const { code, message, metadata, statusCode = 500 } = error;
      return Response.json({ c: code, m: message, md: metadata }, { status: statusCode });
    }
  }

  websocket(
    request: ActorRequest & { path: string; protocols: readonly string[] },
  ): Promise<WebSocket> {
    if (request.signal?.aborted) return Promise.reject(request.signal.reason);
    const { query, params, protocols } = request;
    const url = `http://actor${request.path}`;
    const { socket, opening } = ClientSocket.open(
      `ws://actor${request.path}`,
      protocols[0] ?? "",
      (sink) => this.dial(query, params, url, protocols, sink),
    );
    return until(opening, request.signal).catch((error: unknown) => {
      socket.close();
      throw error;
    });
  }

  transport({ query, params }: Pick<ActorRequest, "query" | "params">): Transport {
    return { open: (sink) => this.open(query, params, sink) };
  }

  private open(query: ActorQuery, params: unknown, sink: TransportSink): TransportLink {
    let over = false;
    const link = this.link(query, params, {
      opened: (actorId, connId) => {
        if (!over) sink.opened(actorId, connId);
      },
      event: (name, args) => {
        if (!over) sink.event(name, args);
      },
      result: (id, output) => {
        if (!over) sink.result(id, output);
      },
      failed: (id, error) => {
        if (over) return;
        const e = error as ActorError;
        sink.failed(new ActorError(e.code, e.message, e.metadata, { actionId: id }));
      },
      closed: (code, reason, error) => {
        if (over) return;
        over = true;
        if (error !== undefined) sink.failed(error as ActorError);
        sink.closed(code, reason, error as Error | undefined);
      },
    });
    return {
      act: (id, name, args) => link.act(id, name, args),
      subscribe: (event, on) => link.subscribe(event, on),
      close: async () => {
        over = true;
        link.close();
      },
    };
  }
}

/** The way from one actor to others: what it sends waits until its own changes are durable. */
export class ActorDriver extends InProcess {
  constructor(private readonly h: number) {
    super();
  }

  protected override send(
    query: ActorQuery,
    params: unknown,
    action: string,
    args: unknown[],
  ): Promise<unknown> {
    return host().clientCall(this.h, query, params, action, args) ?? never;
  }

  override transport(request: Pick<ActorRequest, "query" | "params">): Transport {
    return { ...super.transport(request), check: () => host().mayWait(this.h, request.query) };
  }

  protected override find(query: ActorQuery): Promise<string> {
    return host().clientResolve(this.h, query) ?? never;
  }

  protected override link(query: ActorQuery, params: unknown, sink: LinkSink): ServerLink {
    const { h } = this;
    const link = host().clientConnect(h, query, params, sink);
    return {
      act: (id, action, args) => host().linkAct(h, link, id, action, args),
      subscribe: (event, on) => host().linkSubscribe(h, link, event, on),
      close: () => host().linkClose(h, link),
    };
  }

  protected override ask(query: ActorQuery, params: unknown, request: Request): Promise<Response> {
    return host().clientFetch(this.h, query, params, request) ?? never;
  }

  protected override dial(
    query: ActorQuery,
    params: unknown,
    url: string,
    protocols: readonly string[],
    sink: SocketSink,
  ): SocketWay {
    return host().clientSocket(this.h, query, params, url, protocols, sink) ?? nowhere;
  }
}

/** What a call of an actor that has ended gives. */
const never = new Promise<never>(() => {});
const nowhere: SocketWay = { send() {}, close() {} };

/** The way from top-level server code to actors. In an actor's code it is that actor's. */
export class ServerDriver extends InProcess {
  private actor(): ActorDriver | undefined {
    const h = host().current();
    return h ? new ActorDriver(h) : undefined;
  }

  override call(request: ActorRequest & { action: string; args: unknown[] }): Promise<unknown> {
    return this.actor()?.call(request) ?? super.call(request);
  }

  override resolve(request: ActorRequest): Promise<string> {
    return this.actor()?.resolve(request) ?? super.resolve(request);
  }

  override fetch(request: ActorRequest & { path: string; init: RequestInit }): Promise<Response> {
    return this.actor()?.fetch(request) ?? super.fetch(request);
  }

  override websocket(
    request: ActorRequest & { path: string; protocols: readonly string[] },
  ): Promise<WebSocket> {
    return this.actor()?.websocket(request) ?? super.websocket(request);
  }

  override transport(request: Pick<ActorRequest, "query" | "params">): Transport {
    return this.actor()?.transport(request) ?? super.transport(request);
  }

  protected override send(
    query: ActorQuery,
    params: unknown,
    action: string,
    args: unknown[],
  ): Promise<unknown> {
    return host().serverCall(query, params, action, args);
  }

  protected override find(query: ActorQuery): Promise<string> {
    return host().serverResolve(query);
  }

  protected override link(query: ActorQuery, params: unknown, sink: LinkSink): ServerLink {
    return host().serverConnect(query, params, sink);
  }

  protected override ask(query: ActorQuery, params: unknown, request: Request): Promise<Response> {
    return host().serverFetch(query, params, request);
  }

  protected override dial(
    query: ActorQuery,
    params: unknown,
    url: string,
    protocols: readonly string[],
    sink: SocketSink,
  ): SocketWay {
    return host().serverSocket(query, params, url, protocols, sink);
  }
}
