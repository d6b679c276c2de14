import type {
  Dropped,
  Failed,
  Meta,
  Patch,
  Query,
  ToClient,
  ToServer,
  Window,
} from "../api/types.gen";
import { applyPatch } from "./patch";

/** What a WebSocket is to us; tests have one of their own. */
export interface Wire {
  onopen: (() => void) | null;
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: ((e: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export interface LiveOptions {
  connect(): Wire;
  /** The bearer token; undefined: nobody has signed in. */
  session(): string | undefined;
  /** The session opens nothing any more. */
  denied(): void;
}

/** How the server is reached. */
export interface Link {
  state: "idle" | "connecting" | "open" | "gone";
  /** When it was lost; 0: it isn't. */
  lostAt: number;
  /** When it is tried again, in state gone. */
  retryAt: number;
}

/** What a subscription has, a new object at each change. */
export interface Picture<T> {
  /** undefined: nothing has come yet. */
  data: T | undefined;
  error: Failed | undefined;
}

/** Items of a stream. `items` is one array that grows; `version` tells that it did. */
export interface Stream<T> {
  items: T[];
  version: number;
  dropped: Dropped[];
  /** The beginning has come. */
  began: boolean;
  error: Failed | undefined;
}

const ackFrames = 32;
const ackDelay = 200;
const linger = 2000;
const waits = [250, 500, 1000, 2000];
const maxItems = 20_000;

interface Sub {
  id: number;
  key: string;
  topic: string;
  query: Query;
  window: Window | undefined;
  epoch: string; // in which the server knows of it; "": not yet
  rev: number; // -1: waits for a snap
  refs: number;
  release: ReturnType<typeof setTimeout> | undefined;
  heard: Set<() => void>;
  picture: Picture<unknown>;
  stream: Stream<{ seq: number }> | undefined;
}

/**
 * The one connection to the server, and the one cache: every subscription with
 * the same topic and query is one. It reconnects by itself and resumes where it
 * was; frames that come twice are ignored, and a gap makes it resume.
 */
export class Live {
  link: Link = { state: "idle", lostAt: 0, retryAt: 0 };
  meta: Meta | undefined;

  private o: LiveOptions;
  private wire: Wire | undefined;
  private epoch = "";
  private n = 0;
  private acked = 0;
  private ackTimer: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private tries = 0;
  private hz = 20;
  private nextID = 1;
  private subs = new Map<number, Sub>();
  private byKey = new Map<string, Sub>();
  private gone: number[] = []; // ids to end once there is a connection
  private heard = new Set<() => void>();

  constructor(o: LiveOptions) {
    this.o = o;
  }

  /** Connects, if it isn't connected, at once. */
  start(): void {
    if (this.wire || this.o.session() === undefined) return;
    clearTimeout(this.retry);
    this.set({ ...this.link, state: this.link.lostAt ? "gone" : "connecting" });
    const wire = this.o.connect();
    this.wire = wire;
    wire.onopen = () => {
      const hello: ToServer = { t: "hello", session: this.o.session() ?? "" };
      if (this.epoch) hello.resume = { epoch: this.epoch, n: this.n };
      this.send(hello);
    };
    wire.onmessage = (e) => {
      if (this.wire === wire && typeof e.data === "string")
        this.receive(JSON.parse(e.data) as ToClient);
    };
    wire.onclose = (e) => {
      if (this.wire === wire) this.lost(e.code);
    };
  }

  /** Ends the connection and forgets everything. */
  stop(): void {
    const wire = this.wire;
    this.wire = undefined;
    clearTimeout(this.retry);
    clearTimeout(this.ackTimer);
    wire?.close(1000);
    this.epoch = "";
    this.n = this.acked = this.tries = 0;
    this.meta = undefined;
    for (const s of this.subs.values()) s.epoch = "";
    this.set({ state: "idle", lostAt: 0, retryAt: 0 });
  }

  /** How often the server may send: less while nobody looks. */
  rate(hz: number): void {
    if (hz === this.hz) return;
    this.hz = hz;
    if (this.link.state === "open") this.send({ t: "rate", hz });
  }

  /** Calls f at each change of link or meta; returns what ends that. */
  listen = (f: () => void): (() => void) => {
    this.heard.add(f);
    return () => this.heard.delete(f);
  };

  /**
   * A subscription, shared by all who ask for the same; `own` keeps one apart
   * (two lists with windows of their own). It ends shortly after nobody holds it.
   */
  subscribe(topic: string, query: Query, window?: Window, own = ""): Subscription {
    const key = `${topic} ${JSON.stringify(query)} ${own}`;
    let s = this.byKey.get(key);
    if (!s) {
      s = {
        id: this.nextID++,
        key,
        topic,
        query,
        window,
        epoch: "",
        rev: -1,
        refs: 0,
        release: undefined,
        heard: new Set(),
        picture: { data: undefined, error: undefined },
        stream:
          topic === "history" || topic === "logs"
            ? { items: [], version: 0, dropped: [], began: false, error: undefined }
            : undefined,
      };
      this.add(s);
      this.end(s);
    }
    return new Subscription(this, s);
  }

  private add(s: Sub): void {
    this.subs.set(s.id, s);
    this.byKey.set(s.key, s);
    this.ask(s);
  }

  /** @internal */
  hold(s: Sub): void {
    s.refs++;
    clearTimeout(s.release);
    if (this.subs.get(s.id) === s) return;
    s.epoch = "";
    this.add(s);
  }

  /** @internal */
  release(s: Sub): void {
    if (--s.refs === 0) this.end(s);
  }

  /** Who leaves a screen may be back at once. */
  private end(s: Sub): void {
    clearTimeout(s.release);
    s.release = setTimeout(() => {
      this.subs.delete(s.id);
      this.byKey.delete(s.key);
      if (this.link.state === "open") this.send({ t: "unsub", id: s.id });
      else if (s.epoch) this.gone.push(s.id);
    }, linger);
  }

  /** @internal */
  window(s: Sub, w: Window): void {
    if (s.window?.from === w.from && s.window.to === w.to) return;
    s.window = w;
    if (s.epoch !== "" && s.epoch === this.epoch && this.link.state === "open")
      this.send({ t: "window", id: s.id, from: w.from, to: w.to });
    else s.epoch = "";
  }

  /** @internal Asks anew, after an error. */
  again(s: Sub): void {
    s.epoch = "";
    this.ask(s);
  }

  private ask(s: Sub): void {
    if (this.link.state !== "open" || s.epoch === this.epoch) return;
    s.epoch = this.epoch;
    s.rev = -1;
    const f: ToServer = { t: "sub", id: s.id, topic: s.topic, query: s.query };
    if (s.window) f.window = s.window;
    this.send(f);
  }

  private send(f: ToServer): void {
    this.wire?.send(JSON.stringify(f));
  }

  private set(link: Link): void {
    this.link = link;
    for (const f of this.heard) f();
  }

  private lost(code: number): void {
    this.wire = undefined;
    clearTimeout(this.ackTimer);
    this.ackTimer = undefined;
    if (code === 4401) {
      this.stop();
      this.o.denied();
      return;
    }
    const wait = waits[Math.min(this.tries++, waits.length - 1)] as number;
    const now = Date.now();
    this.set({ state: "gone", lostAt: this.link.lostAt || now, retryAt: now + wait });
    this.retry = setTimeout(() => this.start(), wait);
  }

  private receive(f: ToClient): void {
    if (f.t === "welcome") {
      this.welcome(f);
      return;
    }
    if (f.t === "bye") return;
    if (f.n <= this.n) return; // it came twice
    if (f.n > this.n + 1) {
      this.resume(); // one is missing: the server has it still
      return;
    }
    this.n = f.n;
    this.ackSoon();
    const s = this.subs.get(f.id ?? 0);
    if (s) this.take(s, f);
  }

  private welcome(f: ToClient): void {
    this.tries = 0;
    if (!f.resumed) {
      this.epoch = f.epoch ?? "";
      this.n = this.acked = 0;
      this.gone = [];
    }
    if (f.meta) {
      if (this.meta && this.meta.epoch !== f.meta.epoch)
        for (const s of this.subs.values()) this.forget(s);
      this.meta = f.meta;
    }
    this.set({ state: "open", lostAt: 0, retryAt: 0 });
    if (this.hz !== 20) this.send({ t: "rate", hz: this.hz });
    for (const id of this.gone) this.send({ t: "unsub", id });
    this.gone = [];
    for (const s of this.subs.values()) this.ask(s);
  }

  /** Numbers of entries begin anew with a server's run. */
  private forget(s: Sub): void {
    if (!s.stream) return;
    s.stream = {
      items: [],
      version: s.stream.version + 1,
      dropped: [],
      began: false,
      error: undefined,
    };
    this.tell(s);
  }

  private resume(): void {
    const wire = this.wire;
    this.wire = undefined;
    if (wire) wire.onclose = wire.onmessage = null;
    wire?.close();
    this.start();
  }

  private ackSoon(): void {
    if (this.n - this.acked >= ackFrames) this.ack();
    else
      this.ackTimer ??= setTimeout(() => {
        this.ack();
      }, ackDelay);
  }

  private ack(): void {
    clearTimeout(this.ackTimer);
    this.ackTimer = undefined;
    this.acked = this.n;
    this.send({ t: "ack", n: this.n });
  }

  private take(s: Sub, f: ToClient): void {
    switch (f.t) {
      case "snap":
        s.rev = f.rev ?? 0;
        if (s.stream) this.begin(s, f.data as { seq: number }[]);
        else s.picture = { data: f.data, error: undefined };
        break;
      case "patch":
        if (s.rev < 0) return; // of before we asked anew
        if (f.from !== s.rev || !this.change(s, f.ops ?? [])) {
          s.epoch = "";
          this.ask(s);
          return;
        }
        s.rev = f.rev ?? 0;
        break;
      case "items":
        if (s.stream) this.append(s, f.items as { seq: number }[], f.dropped);
        break;
      case "error":
        if (s.stream) s.stream = { ...s.stream, error: f.error };
        else s.picture = { data: s.picture.data, error: f.error };
        break;
      default:
        return;
    }
    this.tell(s);
  }

  private change(s: Sub, ops: Patch): boolean {
    try {
      s.picture = { data: applyPatch(s.picture.data, ops), error: undefined };
      return true;
    } catch {
      return false;
    }
  }

  /** A stream begins, or begins anew: what is there already isn't taken twice. */
  private begin(s: Sub, items: { seq: number }[]): void {
    const old = s.stream as Stream<{ seq: number }>;
    const last = old.items.at(-1)?.seq ?? 0;
    const fresh = items.filter((i) => i.seq > last);
    const dropped = [...old.dropped];
    const first = items[0]?.seq ?? 0;
    if (old.began && last > 0 && first > last + 1 && fresh.length === items.length)
      dropped.push({ from: last + 1, to: first - 1, count: 0 });
    s.stream = { items: old.items, version: old.version, dropped, began: true, error: undefined };
    this.append(s, fresh, undefined);
  }

  private append(s: Sub, items: { seq: number }[], d: Dropped | undefined): void {
    const old = s.stream as Stream<{ seq: number }>;
    const last = old.items.at(-1)?.seq ?? 0;
    for (const i of items) if (i.seq > last) old.items.push(i);
    if (old.items.length > maxItems) old.items.splice(0, old.items.length - maxItems);
    s.stream = { ...old, version: old.version + 1, dropped: d ? [...old.dropped, d] : old.dropped };
  }

  /** @internal Puts items in their places: older ones, or those that were dropped. */
  insert(s: Sub, items: readonly { seq: number }[], d: Dropped | undefined): void {
    const old = s.stream;
    if (!old) return;
    const all = new Map(old.items.map((i) => [i.seq, i]));
    for (const i of items) all.set(i.seq, i);
    const sorted = [...all.values()].sort((a, b) => a.seq - b.seq);
    s.stream = {
      ...old,
      items: sorted.slice(-maxItems),
      version: old.version + 1,
      dropped: old.dropped.filter((x) => x !== d),
    };
    this.tell(s);
  }

  private tell(s: Sub): void {
    for (const f of s.heard) f();
  }
}

/** One reader of a subscription. */
export class Subscription {
  private live: Live;
  private s: Sub;

  /** @internal */
  constructor(live: Live, s: Sub) {
    this.live = live;
    this.s = s;
  }

  /** What is known; the same object until it changes. */
  picture = <T>(): Picture<T> => this.s.picture as Picture<T>;

  /** What has come, if the topic is a stream. */
  stream = <T>(): Stream<T> => this.s.stream as unknown as Stream<T>;

  listen = (f: () => void): (() => void) => {
    this.s.heard.add(f);
    return () => this.s.heard.delete(f);
  };

  window(w: Window): void {
    this.live.window(this.s, w);
  }

  insert(items: readonly { seq: number }[], d?: Dropped): void {
    this.live.insert(this.s, items, d);
  }

  again(): void {
    this.live.again(this.s);
  }

  /** Keeps it going until what this returns is called. */
  hold(): () => void {
    this.live.hold(this.s);
    let over = false;
    return () => {
      if (!over) this.live.release(this.s);
      over = true;
    };
  }
}
