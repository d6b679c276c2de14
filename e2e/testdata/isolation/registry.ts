import { actor, setup } from "@rivetkit/actor";

const runaways: Record<string, () => unknown> = {
  spin: () => {
    for (;;);
  },
  promises: async () => {
    for (;;) await null;
  },
  map: () => {
    const f = (): unknown => [1].map(f);
    return f(); // recursion through map
  },
  toJSON: () => {
    const o = { toJSON: (): string => JSON.stringify(o) };
    return JSON.stringify(o);
  },
  regexp: () => /^(?=(a+)+$)/.test(`${"a".repeat(64)}!`),
  linear: () => /(a+)+$/.test(`${"a".repeat(50_000)}!`),
  proxy: () => {
    const p: Record<string, unknown> = new Proxy({}, { get: (_t, k, r) => r[k] });
    return p.x;
  },
  getter: () => {
    const o = {
      get x(): unknown {
        return this.x;
      },
    };
    return o.x;
  },
  generator: () => {
    function* g(): Generator<number> {
      yield* g();
    }
    return [...g()];
  },
  replace: () => {
    const f = (): string => "x".replace(/x/, f);
    return f();
  },
  sort: () => {
    const f = (): number => {
      [2, 1].sort(f);
      return 0;
    };
    return f();
  },
  constructing: () => {
    class A {
      constructor() {
        new A();
      }
    }
    return new A();
  },
  asyncs: async () => {
    const f = async (): Promise<void> => await f();
    return f();
  },
  string: () => {
    const o = { toString: (): string => `${o}` };
    return `${o}`;
  },
  arrays: () => {
    const all: unknown[] = [];
    for (let i = 0; ; i++) all.push({ i, text: `item ${i}`, list: [i] });
  },
  doubling: () => {
    let s = "0123456789abcdef";
    const all: string[] = [];
    for (;;) all.push((s += s.length < 1 << 26 ? s : "x"));
  },
};

/** What must be refused at once, by its name. */
const bounded: Record<string, () => unknown> = {
  repeat: () => "x".repeat(2 ** 30),
  fill: () => new Array(2 ** 32 - 1).fill(0),
  padStart: () => "x".padStart(2 ** 30),
  padEnd: () => "x".padEnd(2 ** 30),
  bytes: () => new Uint8Array(2 ** 31),
  floats: () => new Float64Array(2 ** 28),
  buffer: () => new ArrayBuffer(2 ** 31),
  join: () => new Array(2 ** 20).join("x".repeat(2 ** 10)),
  concat: () => new Array(2 ** 24).concat(new Array(2 ** 24), new Array(2 ** 24)),
  replaceAll: () => "x".repeat(2 ** 20).replaceAll("x", "y".repeat(2 ** 10)),
  split: () => "x".repeat(2 ** 26).split(""),
  parse: () => JSON.parse("[".repeat(60_000) + "]".repeat(60_000)),
  stringify: () => {
    let list: unknown = null;
    for (let value = 0; value < 100_000; value++) list = { value, next: list };
    return JSON.stringify(list);
  },
  nested: () => {
    let a: unknown[] = [];
    for (let i = 0; i < 100_000; i++) a = [a];
    return `${a}`;
  },
};

const unruly = actor({
  onAuth: () => {},
  options: { action: { timeout: 1000 } },
  state: { n: 0, starts: 0 },
  onStart: (c) => {
    c.state.starts++;
  },
  actions: {
    add: (c) => ++c.state.n,
    get: (c) => c.state.n,
    run: (c, name: string) => {
      c.state.n = -1;
      return runaways[name]?.();
    },
    bounded: (_c, name: string) => {
      try {
        return bounded[name]?.() === undefined;
      } catch (e) {
        return (e as Error).name;
      }
    },
  },
});

/** Its actions have all the time of the default. */
const patient = actor({
  onAuth: () => {},
  state: { n: 0 },
  actions: {
    add: (c) => ++c.state.n,
    run: (_c, name: string) => runaways[name]?.(),
  },
});

const hoarder = actor({
  onAuth: () => {},
  vars: { all: [] as number[][] },
  actions: {
    hoard: (c) => {
      const list: number[] = [];
      for (let i = 0; i < 100_000; i++) list.push(i);
      c.vars.all.push(list);
    },
    size: (c) => c.vars.all.length,
  },
});

const sleeper = actor({
  onAuth: () => {},
  options: { sleepTimeout: 300 },
  state: { starts: 0, n: 0 },
  onStart: (c) => {
    c.state.starts++;
  },
  actions: {
    starts: (c) => c.state.starts,
    add: (c) => {
      c.broadcast("added", ++c.state.n);
      return c.state.n;
    },
    grow: (c, key: string, n: number) => {
      (c.state as Record<string, unknown>)[key] = "x".repeat(n);
      c.broadcast("grown", key);
    },
    keys: (c) => Object.keys(c.state),
    timer: (_c, ms: number) => {
      setTimeout(() => {}, ms);
    },
    unref: (_c, ms: number) => {
      (setTimeout(() => {}, ms) as unknown as { unref(): void }).unref();
    },
    background: (c, ms: number) => {
      c.runInBackground(new Promise((done) => setTimeout(done, ms)));
    },
    client: (c) => {
      c.client<typeof registry>().hoarder.getOrCreate(["of", ...c.key]).connect();
    },
    later: (c, ms: number) => c.schedule.after(ms, "add"),
    slow: async (c, ms: number) => {
      c.broadcast("slow", ms);
      await new Promise((done) => setTimeout(done, ms));
      return ++c.state.n;
    },
  },
});

const varied = actor({
  onAuth: () => {},
  options: { sleepTimeout: 300 },
  state: { starts: 0, made: 0 },
  createVars: () => ({ at: Math.random() }),
  onStart: (c) => {
    c.state.starts++;
  },
  actions: { look: (c) => [c.state.starts, c.vars.at] },
});

/** Reads bodies, and keeps raw sockets open. */
const raw = actor({
  onAuth: () => {},
  options: { sleepTimeout: 300 },
  state: { starts: 0 },
  onStart: (c) => {
    c.state.starts++;
  },
  onFetch: async (_c, request) => {
    const body = await request.arrayBuffer();
    return new Response(String(body.byteLength));
  },
  onWebSocket: () => {},
  actions: { starts: (c) => c.state.starts },
});

export const registry = setup({ use: { unruly, patient, hoarder, sleeper, varied, raw } });
