import type { ActorError } from "./errors.js";

/** How a caller names an actor, as it goes over the wire. */
export type ActorQuery =
  | { getForId: { actorId: string } }
  | { getForKey: { name: string; key: string[] } }
  | { getOrCreateForKey: { name: string; key: string[]; input?: unknown; region?: string } }
  | { create: { name: string; key: string[]; input?: unknown; region?: string } };

/** What all requests say. */
export interface ActorRequest {
  readonly query: ActorQuery;
  /** `undefined`: none. */
  readonly params: unknown;
  readonly signal: AbortSignal | undefined;
}

/**
 * A way to actors: over the network, or inside rivet's own process. Rejections
 * are {@link ActorError}s, client errors, or the reason of `signal`.
 */
export interface ClientDriver {
  /** One stateless action; resolves to its output. */
  call(request: ActorRequest & { action: string; args: unknown[] }): Promise<unknown>;
  /** The actor's id; creates it if the query says so. */
  resolve(request: ActorRequest): Promise<string>;
  /** A raw request for `onFetch`; `path` begins with `/` and keeps its query string. */
  fetch(request: ActorRequest & { path: string; init: RequestInit }): Promise<Response>;
  /** A raw WebSocket for `onWebSocket`; resolves when it is open. */
  websocket(
    request: ActorRequest & { path: string; protocols: readonly string[] },
  ): Promise<WebSocket>;
  /** Prepares a connection. Nothing happens before its `open`. */
  transport(request: Pick<ActorRequest, "query" | "params">): Transport;
  /** Calls when it is worth trying to connect at once (online, visible); returns how to stop. */
  onWake?(callback: () => void): () => void;
}

/** The ways of one connection; kept through its reconnects, so that it may change its mind (SSE). */
export interface Transport {
  /** Begins one attempt. The sink hears of it after this has returned. */
  open(sink: TransportSink): TransportLink;
  /** Throws if an action that has to wait for an attempt can't be encoded, as far as is known yet. */
  check?(name: string, args: unknown[]): void;
}

/** What an attempt tells its connection. After `closed` it tells no more. */
export interface TransportSink {
  /** The actor has accepted; before it nothing but `failed` and `closed` comes. */
  opened(actorId: string, connectionId: string): void;
  event(name: string, args: unknown[]): void;
  result(id: number, output: unknown): void;
  /** An error of action `error.actionId`, or of the connection if it has none. */
  failed(error: ActorError): void;
  /** Over. `error`: why, if something is known beyond the code. */
  closed(code: number, reason: string, error?: Error): void;
}

/** The client's end of one attempt. */
export interface TransportLink {
  /** Sends an action. Throws if the arguments can't be encoded: then nothing was sent. */
  act(id: number, name: string, args: unknown[]): void;
  subscribe(event: string, on: boolean): void;
  /** Ends it. The sink hears nothing any more. Resolves when the other side knows. */
  close(code: number, reason: string): Promise<void>;
}
