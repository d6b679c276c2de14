import { host } from "./host.js";

/** A raw WebSocket as `onWebSocket` gets it: open, and ours to close. */
export class ActorSocket extends EventTarget {
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
    private readonly h: number,
    private readonly id: number,
    readonly url: string,
    readonly protocol: string,
  ) {
    super();
    for (const key of ["h", "id"]) Object.defineProperty(this, key, { enumerable: false });
  }

  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void {
    if (this.readyState > 1) return;
    if (typeof data === "string") {
      host().socketSend(this.h, this.id, data, false);
    } else if (typeof Blob !== "undefined" && data instanceof Blob) {
      void data.arrayBuffer().then((bytes) => host().socketSend(this.h, this.id, bytes, true));
    } else if (ArrayBuffer.isView(data)) {
      const { buffer, byteOffset, byteLength } = data;
      host().socketSend(this.h, this.id, buffer.slice(byteOffset, byteOffset + byteLength), true);
    } else {
      host().socketSend(this.h, this.id, data as ArrayBuffer, true);
    }
  }

  close(code?: number, reason = ""): void {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
      throw new DOMException(`invalid close code ${code}`, "InvalidAccessError");
    }
    if (this.readyState > 1) return;
    this.readyState = 2;
    host().socketClose(this.h, this.id, code ?? 1000, String(reason));
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
      host().logError(this.h, `on${name} of a raw WebSocket`, error);
    }
  }
}
