import { host, type SocketSink, type SocketWay } from "./host.js";

/** One end of a raw WebSocket inside this process. */
abstract class RawSocket extends EventTarget {
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readyState: 0 | 1 | 2 | 3 = 1;
  binaryType: "arraybuffer" | "blob" = "arraybuffer";
  readonly bufferedAmount = 0;
  readonly extensions = "";
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: Event) => void) | null = null;
  onclose: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    super();
  }

  protected abstract way(): SocketWay;
  /** A listener threw. */
  protected abstract threw(what: string, error: unknown): void;

  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void {
    if (this.readyState > 1) return;
    if (typeof data === "string") {
      this.way().send(data, false);
    } else if (typeof Blob !== "undefined" && data instanceof Blob) {
      void data.arrayBuffer().then((bytes) => this.way().send(bytes, true));
    } else if (ArrayBuffer.isView(data)) {
      const { buffer, byteOffset, byteLength } = data;
      this.way().send(buffer.slice(byteOffset, byteOffset + byteLength), true);
    } else {
      this.way().send(data as ArrayBuffer, true);
    }
  }

  close(code?: number, reason = ""): void {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
      throw new DOMException(`invalid close code ${code}`, "InvalidAccessError");
    }
    if (this.readyState > 1) return;
    this.readyState = 2;
    this.way().close(code ?? 1000, String(reason));
  }

  /** Go tells: it is open, a message came, it is closed. */
  opened(): void {
    if (this.readyState === 1) this.emit("open", new Event("open"));
  }

  received(data: string | ArrayBuffer): void {
    if (this.readyState !== 1) return;
    const seen = typeof data !== "string" && this.binaryType === "blob" ? new Blob([data]) : data;
    this.emit("message", new MessageEvent("message", { data: seen }));
  }

  ended(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.emit("close", new CloseEvent("close", { code, reason, wasClean: code !== 1006 }));
  }

  private emit(name: "open" | "message" | "close", event: Event): void {
    this.dispatchEvent(event);
    try {
      this[`on${name}`]?.(event);
    } catch (error) {
      this.threw(`on${name} of a raw WebSocket`, error);
    }
  }
}

/** A raw WebSocket as `onWebSocket` gets it: open, and ours to close. */
export class ActorSocket extends RawSocket {
  constructor(
    private readonly h: number,
    private readonly id: number,
    url: string,
    protocol: string,
  ) {
    super(url, protocol);
    for (const key of ["h", "id"]) Object.defineProperty(this, key, { enumerable: false });
  }

  protected override way(): SocketWay {
    const { h, id } = this;
    return {
      send: (data, binary) => host().socketSend(h, id, data, binary),
      close: (code, reason) => host().socketClose(h, id, code, reason),
    };
  }

  protected override threw(what: string, error: unknown): void {
    host().logError(this.h, what, error);
  }
}

/** A raw WebSocket as `handle.websocket()` gives it inside the server. */
export class ClientSocket extends RawSocket {
  private to: SocketWay | undefined;

  /** Opens one; `opening` settles when the actor has taken it. */
  static open(
    url: string,
    protocol: string,
    dial: (sink: SocketSink) => SocketWay,
  ): { socket: ClientSocket; opening: Promise<WebSocket> } {
    const socket = new ClientSocket(url, protocol);
    Object.defineProperty(socket, "to", { enumerable: false, writable: true });
    const opening = new Promise<WebSocket>((resolve, reject) => {
      socket.to = dial({
        taken: () => resolve(socket as unknown as WebSocket),
        failed: (error) => {
          socket.readyState = 3;
          reject(error);
        },
        opened: () => socket.opened(),
        received: (data) => socket.received(data),
        ended: (code, reason) => socket.ended(code, reason),
      });
    });
    return { socket, opening };
  }

  protected override way(): SocketWay {
    return this.to as SocketWay;
  }

  protected override threw(_what: string, error: unknown): void {
    queueMicrotask(() => {
      throw error;
    });
  }
}
