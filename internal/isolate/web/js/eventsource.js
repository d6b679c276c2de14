// EventSource on fetch.

const { EventTarget, Event, MessageEvent, handlers } = require("events");

class EventSource extends EventTarget {
  #url; #state = 0; #controller = new AbortController(); #last = ""; #retry = 3000; #timer = null;
  constructor(url) {
    super();
    this.#url = new URL(`${url}`).href;
    this.#run();
  }
  get url() { return this.#url; }
  get readyState() { return this.#state; }
  get withCredentials() { return false; }
  close() { this.#state = 2; this.#controller.abort(); clearTimeout(this.#timer); }
  async #run() {
    try {
      const headers = { accept: "text/event-stream", "cache-control": "no-store" };
      if (this.#last) headers["last-event-id"] = this.#last;
      const res = await fetch(this.#url, { headers, signal: this.#controller.signal });
      if (res.status !== 200 || !/^text\/event-stream\b/i.test(res.headers.get("content-type") ?? "")) {
        this.#state = 2;
        this.#controller.abort();
        this.dispatchEvent(new Event("error"));
        return;
      }
      this.#state = 1;
      this.dispatchEvent(new Event("open"));
      await this.#read(res.body.pipeThrough(new TextDecoderStream()).getReader());
    } catch { /* reconnect below */ }
    if (this.#state === 2) return;
    this.#state = 0;
    this.dispatchEvent(new Event("error"));
    if (this.#state !== 2) this.#timer = setTimeout(() => this.#run(), this.#retry);
  }
  async #read(reader) {
    let buf = "", data = [], type = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      buf += value;
      let m;
      while ((m = /\r\n|\n|\r(?!$)/.exec(buf))) {
        const line = buf.slice(0, m.index);
        buf = buf.slice(m.index + m[0].length);
        if (line === "") {
          if (data.length && this.#state === 1) this.dispatchEvent(new MessageEvent(type || "message", { data: data.join("\n"), lastEventId: this.#last, origin: new URL(this.#url).origin }));
          data = []; type = "";
          continue;
        }
        const i = line.indexOf(":");
        const field = i < 0 ? line : line.slice(0, i), v = i < 0 ? "" : line.slice(i + 1).replace(/^ /, "");
        if (field === "data") data.push(v);
        else if (field === "event") type = v;
        else if (field === "id" && !v.includes("\0")) this.#last = v;
        else if (field === "retry" && /^\d+$/.test(v)) this.#retry = Number(v);
      }
    }
  }
  get [Symbol.toStringTag]() { return "EventSource"; }
}
for (const o of [EventSource, EventSource.prototype]) ["CONNECTING", "OPEN", "CLOSED"].forEach((k, value) => Object.defineProperty(o, k, { value, enumerable: true }));
handlers(EventSource, ["open", "message", "error"]);
exports.EventSource = EventSource;
