// The WebSocket client.

const { EventTarget, Event, MessageEvent, CloseEvent, ErrorEvent, DOMException, handlers } = require("events");
const { encode, toBytes } = require("encoding");
const CONNECTING = 0, OPEN = 1, CLOSING = 2, CLOSED = 3;

class WebSocket extends EventTarget {
  #url; #state = CONNECTING; #protocol = ""; #binaryType = "blob"; #buffered = 0; #socket; #origin;
  #gaveUp = false; // closed before it was open: that is a failure, however the other end answers
  constructor(url, protocols = []) {
    super();
    const u = new URL(`${url}`);
    if (u.protocol === "http:") u.protocol = "ws:";
    if (u.protocol === "https:") u.protocol = "wss:";
    if (u.protocol !== "ws:" && u.protocol !== "wss:") throw new DOMException(`The URL's scheme must be ws or wss, not ${u.protocol}`, "SyntaxError");
    if (u.hash) throw new DOMException("The URL has a fragment", "SyntaxError");
    const list = typeof protocols === "string" ? [protocols] : [...(Array.isArray(protocols) ? protocols : protocols?.protocols ?? [])].map(String);
    if (new Set(list).size !== list.length || list.some((p) => !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(p))) throw new DOMException("Invalid or repeated protocol", "SyntaxError");
    this.#url = u.href;
    this.#origin = u.origin;
    this.#socket = native.connect(u.href, list, {
      open: (protocol) => {
        if (this.#state !== CONNECTING) return;
        this.#state = OPEN;
        this.#protocol = protocol;
        this.dispatchEvent(new Event("open"));
      },
      message: (data) => {
        if (this.#state !== OPEN && this.#state !== CLOSING) return;
        if (typeof data !== "string" && this.#binaryType === "blob") data = new Blob([data]);
        this.dispatchEvent(new MessageEvent("message", { data, origin: this.#origin }));
      },
      close: (code, reason, wasClean, error) => {
        this.#state = CLOSED;
        if (this.#gaveUp && wasClean) [code, reason, wasClean, error] = [1006, "", false, "closed before the connection was established"];
        if (error && !wasClean) this.dispatchEvent(new ErrorEvent("error", { message: error, error: new Error(error) }));
        this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
      },
    });
  }
  get url() { return this.#url; }
  get readyState() { return this.#state; }
  get protocol() { return this.#protocol; }
  get extensions() { return ""; }
  get bufferedAmount() { return this.#buffered; }
  get binaryType() { return this.#binaryType; }
  set binaryType(v) { if (v === "blob" || v === "arraybuffer") this.#binaryType = v; }
  send(data) {
    if (arguments.length === 0) throw new TypeError("send: 1 argument required");
    if (this.#state === CONNECTING) throw new DOMException("The WebSocket is still connecting", "InvalidStateError");
    const text = !(data instanceof ArrayBuffer || ArrayBuffer.isView(data) || data instanceof Blob);
    const payload = text ? `${data}` : data instanceof Blob ? require("blob").blobBytes(data) : toBytes(data);
    if (this.#state !== OPEN) { this.#buffered += text ? encode(payload).length : payload.length; return; }
    this.#socket.send(payload, text);
  }
  close(code, reason = "") {
    if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) throw new DOMException("The code must be 1000 or from 3000 to 4999", "InvalidAccessError");
    reason = `${reason}`;
    if (encode(reason).length > 123) throw new DOMException("The reason is longer than 123 bytes", "SyntaxError");
    if (this.#state >= CLOSING) return;
    this.#gaveUp = this.#state === CONNECTING;
    this.#state = CLOSING;
    this.#socket.close(code === undefined ? (reason ? 1000 : 0) : code, reason);
  }
  get [Symbol.toStringTag]() { return "WebSocket"; }
}
for (const o of [WebSocket, WebSocket.prototype]) {
  Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED }).forEach(([k, value]) => Object.defineProperty(o, k, { value, enumerable: true }));
}
handlers(WebSocket, ["open", "message", "error", "close"]);
exports.WebSocket = WebSocket;
