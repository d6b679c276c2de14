import type { Codec } from "./codec.js";
import type { TransportSink } from "./driver.js";
import { ActorError, HttpRequestError } from "./errors.js";
import { queryHeaders, type RemoteDriver } from "./http.js";
import { closeOf, deliver, encodeAction, encodeSubscription, type Identity } from "./message.js";
import type { Target, Wire } from "./remote.js";
import { silence } from "./socket.js";

/** Opens an SSE connection: it is read by a streaming fetch, and spoken to by POSTs, in order. */
export async function openStream(
  driver: RemoteDriver,
  target: Target,
  codec: Codec,
  sink: TransportSink,
  gone: () => boolean,
): Promise<Wire> {
  const controller = new AbortController();
  const headers = driver.headers();
  headers.set("Accept", "text/event-stream");
  headers.set("X-RivetKit-Encoding", codec.encoding);
  for (const [name, value] of Object.entries(queryHeaders(target))) headers.set(name, value);
  let identity: Identity | undefined;
  let sending: Promise<void> = Promise.resolve();

  const finish = (error?: Error, code = 1006, reason = ""): void => {
    sink.closed(code, reason, error);
    controller.abort();
  };
  const greeted = (greeting: Identity): void => {
    identity = greeting;
  };
  const listen = async (): Promise<void> => {
    const response = await driver.send("/actors/connect/sse", {
      headers,
      signal: controller.signal,
    });
    if (!response.ok) {
      const error = await driver.failure(response, codec);
      if (error instanceof ActorError) sink.failed(error);
      return finish(error);
    }
    if (!/^text\/event-stream/.test(response.headers.get("content-type") ?? "")) {
      return finish(new HttpRequestError(`${response.url} answered no event stream`));
    }
    if (!response.body) return finish(new HttpRequestError("this platform's fetch can't stream"));
    await readEvents(response.body, finish, (event, data) => {
      if (event === "error") sink.failed(new ActorError(data, data));
      else if (event === "" || event === "message") {
        deliver(codec.decodeText(data), sink, { greeted });
      } else if (event === "close") {
        const { code, reason } = closeOf(data);
        finish(undefined, code, reason);
      } // else of a kind that we don't know
    });
    finish();
  };
  const send = (message: string | Uint8Array, actionId?: number): void => {
    const conn = identity;
    if (!conn) return;
    sending = sending.then(async () => {
      if (controller.signal.aborted) return;
      const more = {
        "X-RivetKit-Actor": conn.actorId,
        "X-RivetKit-Conn": conn.connectionId,
        "X-RivetKit-Conn-Token": conn.token,
      };
      try {
        await post(driver, more, codec, message, controller.signal);
      } catch (error) {
        if (controller.signal.aborted) return;
        const refusal = refusedAlone(error, actionId);
        if (refusal) sink.failed(refusal);
        // The stream may be about to say why it ends; it knows better.
        else setTimeout(() => finish(error as Error), 250);
      }
    });
  };
  if (!gone()) {
    listen().catch((error: unknown) => {
      if (!controller.signal.aborted) finish(error as Error);
    });
  }
  return {
    act: (id, name, args) => send(encodeAction(codec, id, name, args), id),
    subscribe: (event, on) => send(encodeSubscription(codec, event, on)),
    close: async () => {
      await sending.catch(() => {});
      controller.abort();
    },
  };
}

/** What the server doesn't say of a message, but of its connection: it is over. */
const ending = ["conn_not_found", "incorrect_conn_token", "internal_error"];

/** The error of one message that the server refused; `undefined`: the connection is over. */
function refusedAlone(error: unknown, actionId: number | undefined): ActorError | undefined {
  if (!ActorError.isActorError(error) || ending.includes(error.code)) return undefined;
  const { code, message, metadata, statusCode } = error;
  const of = actionId === undefined ? {} : { actionId };
  return new ActorError(code, message, metadata, { cause: error, statusCode, ...of });
}

/** A message of the client; its answer is always JSON. */
async function post(
  driver: RemoteDriver,
  more: Record<string, string>,
  codec: Codec,
  body: string | Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const headers = driver.headers();
  headers.set("Content-Type", codec.contentType);
  headers.set("X-RivetKit-Encoding", codec.encoding);
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  const init: RequestInit = { method: "POST", headers, body: body as BodyInit, signal };
  const response = await driver.send("/actors/message", init);
  if (!response.ok) throw await driver.failure(response, codec);
  await response.arrayBuffer();
}

/** Reads events until the stream ends; a stream that has sent a comment may not fall silent. */
async function readEvents(
  body: ReadableStream<Uint8Array>,
  silent: (error: Error) => void,
  onEvent: (event: string, data: string) => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let beating = false;
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let rest = "";
  let event = "";
  let data: string[] = [];
  try {
    for (;;) {
      if (beating) {
        watchdog = setTimeout(
          () => silent(new HttpRequestError("the event stream fell silent")),
          silence,
        );
      }
      const { done, value } = await reader.read();
      clearTimeout(watchdog);
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith(":")) beating = true;
        else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
        else if (line.startsWith("event:")) event = line.slice(6).trim();
        else if (line === "") {
          if (data.length > 0) onEvent(event, data.join("\n"));
          event = "";
          data = [];
        }
      }
    }
  } finally {
    clearTimeout(watchdog);
    reader.cancel().catch(() => {});
  }
}
