import { loadCodec, loadedCodec } from "./codec.js";
import type { ActorQuery, Transport, TransportLink, TransportSink } from "./driver.js";
import type { RemoteDriver } from "./http.js";
import { encodeAction } from "./message.js";
import { openSocket } from "./socket.js";
import { openStream } from "./sse.js";

/** A socket or a stream that an attempt has opened. */
export interface Wire extends TransportLink {}

/** What an attempt needs to know. */
export interface Target {
  readonly query: ActorQuery;
  readonly params: unknown;
}

/**
 * The network's way for one connection: WebSocket, and SSE once a WebSocket
 * failed to open twice in a row. A stream that can't open either changes back.
 */
export class RemoteTransport implements Transport {
  readonly #driver: RemoteDriver;
  readonly #target: Target;
  #socketFailures = 0;

  constructor(driver: RemoteDriver, target: Target) {
    this.#driver = driver;
    this.#target = target;
  }

  check(name: string, args: unknown[]): void {
    const codec = loadedCodec(this.#driver.settings.encoding);
    if (codec) encodeAction(codec, 0, name, args);
  }

  open(sink: TransportSink): TransportLink {
    const forced = this.#driver.settings.transport === "sse";
    const streaming = forced || this.#socketFailures >= 2;
    let opened = false;
    let over = false;
    let wire: Wire | undefined;
    const watched: TransportSink = {
      opened: (actorId, connectionId) => {
        opened = true;
        if (!streaming) this.#socketFailures = 0;
        if (!over) sink.opened(actorId, connectionId);
      },
      event: (name, args) => over || sink.event(name, args),
      result: (id, output) => over || sink.result(id, output),
      failed: (error) => {
        opened = true; // it answered: not the socket's fault
        if (!over) sink.failed(error);
      },
      closed: (code, reason, error) => {
        if (over) return;
        over = true;
        if (!streaming && !opened && code === 1006) this.#socketFailures++;
        if (streaming && !forced && !opened) this.#socketFailures = 0;
        sink.closed(code, reason, error);
      },
    };
    void loadCodec(this.#driver.settings.encoding)
      .then(async (codec) => {
        if (over) return;
        const open = streaming ? openStream : openSocket;
        wire = await open(this.#driver, this.#target, codec, watched, () => over);
      })
      .catch((error: unknown) => {
        watched.closed(1006, "", error instanceof Error ? error : new Error(String(error)));
      });
    return {
      act: (id, name, args) => wire?.act(id, name, args),
      subscribe: (event, on) => wire?.subscribe(event, on),
      close: async (code, reason) => {
        over = true;
        await wire?.close(code, reason);
      },
    };
  }
}
