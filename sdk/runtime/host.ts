/**
 * What Go offers to the runtime (internal/isolate/bridge.go). Functions whose
 * first parameter is `h` belong to the actor of that number; once it has ended
 * they do nothing and return `undefined`, and their promises never settle.
 */
export interface Host {
  /** Whether this is the server isolate, in which top-level server code runs. */
  readonly server: boolean;

  /** Marks a class of ours: its instances are no data. */
  opaque(prototype: object): void;

  started(h: number): void;
  failed(h: number, error: unknown): void;
  state(h: number): unknown;
  setState(h: number, value: unknown): unknown;
  reply(h: number, call: number, output: unknown): void;
  /** Answers with what `pending` settles to; nearly free if that is in this turn. */
  settle(h: number, call: number, pending: PromiseLike<unknown>): void;
  fail(h: number, call: number, error: unknown): void;
  /** The call's connection is not forgotten with its answer; `remove` does that. */
  keep(h: number, call: number): void;
  broadcast(h: number, name: string, ...args: unknown[]): void;
  send(h: number, slot: number, name: string, ...args: unknown[]): void;
  /** One more, one less thing that runs and keeps the actor awake. */
  busy(h: number): void;
  idle(h: number): void;
  background(h: number, by: 1 | -1): void;
  /** Fulfilled when all that the actor did so far is durable. */
  permit(h: number): Promise<void>;
  deadline(h: number, ms: number, callback: () => void): number;
  cancel(h: number, deadline: number): void;
  schedule(h: number, epochMs: number, action: string, ...args: unknown[]): Promise<void>;
  log(h: number, level: number, message: unknown, ...args: unknown[]): void;
  logError(h: number, what: string, error: unknown): void;

  connInfo(h: number, slot: number, what: "id" | "params" | "auth" | "request"): unknown;
  connState(h: number, slot: number): unknown;
  setConnState(h: number, slot: number, value: unknown): unknown;
  /** Stores the connection and tells its client. */
  accept(h: number, slot: number): void;
  /** `onConnect` has ended: the connection's actions may run, or are refused. */
  connected(h: number, slot: number, ok: boolean): void;
  remove(h: number, slot: number): void;
  /** `onDisconnect` ran since newer code takes over; the client stays. */
  part(h: number, slot: number): void;
  closeConn(h: number, slot: number, reason: string): Promise<void>;
  /** Whether the connection's client left while it was being accepted. */
  isGone(h: number, slot: number): boolean;

  socketSend(h: number, socket: number, data: string | ArrayBufferLike, binary: boolean): void;
  socketClose(h: number, socket: number, code: number, reason: string): void;

  clientCall(
    h: number,
    query: object,
    params: unknown,
    action: string,
    args: unknown[],
  ): Promise<unknown>;
  clientResolve(h: number, query: object): Promise<string>;
  /** Throws if an action that waits for this actor to be ready would wait for ever. */
  mayWait(h: number, query: object): void;
  clientConnect(h: number, query: object, params: unknown, sink: LinkSink): number;
  clientFetch(h: number, query: object, params: unknown, request: Request): Promise<Response>;
  clientSocket(
    h: number,
    query: object,
    params: unknown,
    url: string,
    protocols: readonly string[],
    sink: SocketSink,
  ): SocketWay;
  linkAct(h: number, link: number, id: number, action: string, args: unknown[]): void;
  linkSubscribe(h: number, link: number, event: string, on: boolean): void;
  linkClose(h: number, link: number): void;

  /** The number of the actor whose code runs, 0 for none. */
  current(): number;
  clone<T>(value: T): T;
  /** Where user code stands, `file:line:col` in TypeScript; "" if none runs. */
  position(): string;
  now(): number;
  env(name: string): string | undefined;
  logger(level: number, name: string, message: string, args: readonly unknown[]): void;
  driverContext(): unknown;
  serverCall(query: object, params: unknown, action: string, args: unknown[]): Promise<unknown>;
  serverResolve(query: object): Promise<string>;
  serverConnect(query: object, params: unknown, sink: LinkSink): ServerLink;
  /** Hands a request to the registry, for that path below `/registry`. */
  door(request: Request, path: string): Promise<Response>;
  /** There is an app now. */
  served(): void;
  serverFetch(query: object, params: unknown, request: Request): Promise<Response>;
  serverSocket(
    query: object,
    params: unknown,
    url: string,
    protocols: readonly string[],
    sink: SocketSink,
  ): SocketWay;
}

/** What a raw WebSocket to an actor tells: `taken`, then `opened` in a task of its own; or `failed`. */
export interface SocketSink {
  taken(): void;
  failed(error: unknown): void;
  opened(): void;
  received(data: string | ArrayBuffer): void;
  ended(code: number, reason: string): void;
}

/** What a raw WebSocket sends and closes by. */
export interface SocketWay {
  send(data: string | ArrayBufferLike, binary: boolean): void;
  close(code: number, reason: string): void;
}

/** What a connection to another actor tells. */
export interface LinkSink {
  opened(actorId: string, connId: string): void;
  event(name: string, args: unknown[]): void;
  result(id: number, output: unknown): void;
  failed(id: number, error: unknown): void;
  closed(code: number, reason: string, error: unknown): void;
}

/** A connection that the server isolate opened. */
export interface ServerLink {
  act(id: number, action: string, args: unknown[]): void;
  subscribe(event: string, on: boolean): void;
  close(): void;
}

let current: Host | undefined;

/** Go's functions. */
export function host(): Host {
  if (!current) throw new Error("rivet: the runtime has not booted");
  return current;
}

/** Sets Go's functions, once. */
export function setHost(h: Host): void {
  current = h;
}
