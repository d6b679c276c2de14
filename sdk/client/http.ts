import { httpUserAgent } from "../utils.js";
import { type Codec, loadCodec, loadedCodec } from "./codec.js";
import type { ActorQuery, ActorRequest, ClientDriver, Transport } from "./driver.js";
import { ActorError, HttpRequestError, MalformedResponseMessage } from "./errors.js";
import { asciiJSON } from "./json.js";
import { inBrowser, type Settings } from "./options.js";
import { openRawSocket } from "./rawsocket.js";
import { RemoteTransport } from "./remote.js";
import { snapshot } from "./snapshot.js";

/** The way to actors over the network: protocol v0. */
export class RemoteDriver implements ClientDriver {
  readonly settings: Settings;

  constructor(settings: Settings) {
    this.settings = settings;
  }

  async call(request: ActorRequest & { action: string; args: unknown[] }): Promise<unknown> {
    const { encoding } = this.settings;
    const loaded = loadedCodec(encoding);
    const args = loaded ? request.args : snapshot(request.args);
    const codec = loaded ?? (await loadCodec(encoding));
    const path = `/actors/actions/${encodeURIComponent(request.action)}`;
    const body = codec.encode({ a: args }, request.action, ".a");
    const answer = await this.post(path, queryHeaders(request), codec, body, request.signal);
    return member(answer, "o");
  }

  async resolve(request: ActorRequest): Promise<string> {
    const codec = await loadCodec(this.settings.encoding);
    const body = codec.encode({}, "body");
    const headers = queryHeaders(request);
    const answer = await this.post("/actors/resolve", headers, codec, body, request.signal);
    const id = member(answer, "i");
    if (typeof id !== "string") throw new MalformedResponseMessage("no actor id");
    return id;
  }

  async fetch(request: ActorRequest & { path: string; init: RequestInit }): Promise<Response> {
    const headers = this.headers();
    new Headers(request.init.headers).forEach((value, name) => {
      headers.set(name, value);
    });
    for (const [name, value] of Object.entries(queryHeaders(request))) headers.set(name, value);
    headers.set("X-RivetKit-Encoding", "json");
    const init: RequestInit & { duplex?: "half" } = { ...request.init, headers };
    if (typeof ReadableStream !== "undefined" && init.body instanceof ReadableStream) {
      init.duplex = "half";
    }
    if (request.signal) init.signal = request.signal;
    return this.send(`/actors/raw/http${request.path}`, init);
  }

  websocket(
    request: ActorRequest & { path: string; protocols: readonly string[] },
  ): Promise<WebSocket> {
    return openRawSocket(this.settings, request);
  }

  transport(request: { query: ActorQuery; params: unknown }): Transport {
    return new RemoteTransport(this, request);
  }

  onWake(callback: () => void): () => void {
    const scope = globalThis as {
      addEventListener?: typeof addEventListener;
      removeEventListener?: typeof removeEventListener;
      document?: Document;
    };
    if (!scope.addEventListener || !inBrowser()) return () => {};
    const visible = (): void => {
      if (scope.document?.visibilityState === "visible") callback();
    };
    scope.addEventListener("online", callback);
    scope.document?.addEventListener("visibilitychange", visible);
    return () => {
      scope.removeEventListener?.("online", callback);
      scope.document?.removeEventListener("visibilitychange", visible);
    };
  }

  /** One POST of the protocol; its answer decoded, or what it says went wrong thrown. */
  async post(
    path: string,
    more: Record<string, string>,
    codec: Codec,
    body: unknown,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const headers = this.headers();
    headers.set("Content-Type", codec.contentType);
    headers.set("X-RivetKit-Encoding", codec.encoding);
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    const init: RequestInit = { method: "POST", headers, body: body as BodyInit };
    if (signal) init.signal = signal;
    const response = await this.send(path, init);
    if (!response.ok) throw await this.failure(response, codec);
    return codec.decode(await bytes(response));
  }

  /** A request whose network failures are {@link HttpRequestError}s. */
  async send(path: string, init: RequestInit): Promise<Response> {
    const url = this.settings.endpoint + path;
    if (inBrowser()) init.credentials ??= "include";
    try {
      return await this.settings.fetch(url, init);
    } catch (cause) {
      if (init.signal?.aborted) throw init.signal.reason;
      const deeper = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
      const why = deeper instanceof Error ? deeper.message || deeper.name : String(deeper);
      throw new HttpRequestError(`${url} can't be reached: ${why}`, { cause });
    }
  }

  /** What every request carries: the caller's own headers and who it is. */
  headers(): Headers {
    const headers = new Headers(this.settings.headers);
    if (this.settings.token !== undefined && !headers.has("Authorization")) {
      headers.set("Authorization", `Bearer ${this.settings.token}`);
    }
    if (!inBrowser() && !headers.has("User-Agent")) headers.set("User-Agent", httpUserAgent());
    return headers;
  }

  /** The error that a response with a bad status tells. */
  async failure(response: Response, codec: Codec): Promise<Error> {
    const body = await bytes(response);
    for (const read of [
      () => codec.decode(body),
      () => JSON.parse(new TextDecoder().decode(body)),
    ]) {
      try {
        const error = errorOf(read(), response.status);
        if (error) return error;
      } catch {
        // not in this encoding
      }
    }
    const start = new TextDecoder().decode(body).slice(0, 80);
    return new HttpRequestError(
      `${response.url || this.settings.endpoint} answered ${response.status} ${
        response.statusText
      } with ${JSON.stringify(start)}, which no rivet server says`,
    );
  }
}

/** The headers that say which actor, and who asks. */
export function queryHeaders(request: {
  query: ActorQuery;
  params: unknown;
}): Record<string, string> {
  const headers: Record<string, string> = { "X-RivetKit-Query": asciiJSON(request.query, "query") };
  if (request.params !== undefined) {
    headers["X-RivetKit-Conn-Params"] = asciiJSON(request.params, "params");
  }
  return headers;
}

/** The error in `{ c, m, md }`, `undefined` if it isn't one. */
export function errorOf(body: unknown, statusCode?: number): ActorError | undefined {
  const { c, m, md, ai } = (body ?? {}) as { c?: unknown; m?: unknown; md?: unknown; ai?: unknown };
  if (typeof c !== "string") return undefined;
  return new ActorError(c, typeof m === "string" ? m : c, md, {
    ...(typeof ai === "number" || typeof ai === "bigint" ? { actionId: Number(ai) } : {}),
    ...(statusCode === undefined ? {} : { statusCode }),
  });
}

function member(answer: unknown, name: string): unknown {
  if (typeof answer !== "object" || answer === null) {
    throw new MalformedResponseMessage("the answer is no object");
  }
  return (answer as Record<string, unknown>)[name];
}

async function bytes(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}
