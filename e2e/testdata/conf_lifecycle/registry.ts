import { actor, setup } from "@rivetkit/actor";
import { outcome } from "./outcome";

const open = () => {};
const pause = (ms = 1) => new Promise<void>((resolve) => setTimeout(resolve, ms));

// Line 61.
const speaks = actor({
  onAuth: open,
  state: { n: 0 },
  onStateChange: (c, state) => {
    c.broadcast("changed", state.n);
  },
  onDisconnect: (c, conn) => {
    c.broadcast("left", (conn.params as { name: string } | undefined)?.name ?? "a stateless call");
  },
  actions: {
    set: (c, n: number) => {
      c.state.n = n;
    },
    tickThrice: (c) => {
      let n = 0;
      const timer = setInterval(() => {
        c.broadcast("tick", ++n);
        if (n === 3) clearInterval(timer);
      }, 1);
    },
    plan: (c, text: string) => {
      c.schedule.after(1, "planned", text);
    },
    planned: (c, text: string) => {
      c.broadcast("planned", text);
    },
  },
});

// Line 77: each hook takes its time, so that none can overtake another.
const ordered = actor({
  onAuth: open,
  createState: async () => {
    await pause();
    return { order: ["createState"] };
  },
  onCreate: async (c) => {
    await pause();
    c.state.order.push("onCreate");
  },
  createVars: async (c) => {
    await pause();
    c.state.order.push("createVars");
    return {};
  },
  onStart: async (c) => {
    await pause(5);
    c.state.order.push("onStart");
  },
  onBeforeConnect: async (c) => {
    await pause();
    c.state.order.push("onBeforeConnect");
  },
  onConnect: async (c) => {
    await pause();
    c.state.order.push("onConnect");
  },
  types: { events: {} as Record<string, never> },
  actions: { order: (c) => c.state.order },
});

// Line 78.
const starts = actor({
  onAuth: open,
  state: { starts: 0, calls: 0 },
  onStart: async (c) => {
    c.state.starts++;
    await pause(5);
  },
  actions: {
    call: (c) => {
      c.state.calls++;
      return c.state.starts;
    },
    get: (c) => [c.state.starts, c.state.calls],
  },
});

// What others want to be known, without waking them.
const board = actor({
  onAuth: open,
  state: { notes: [] as unknown[] },
  actions: {
    note: (c, what: unknown) => {
      c.state.notes.push(what);
    },
    get: (c) => c.state.notes,
  },
});

// Line 79: 15 ticks take six times as long as an idle actor stays awake.
const ticker = actor({
  onAuth: open,
  state: { ticks: 0, starts: 0 },
  options: { sleepTimeout: 50, state: { saveInterval: 20 } },
  onStart: (c) => {
    c.state.starts++;
    if (c.state.starts > 1) return;
    setInterval(() => {
      c.state.ticks++;
      if (c.state.ticks === 15) {
        void c.client<typeof registry>().board.getOrCreate(c.key).note({ ticks: c.state.ticks, starts: c.state.starts });
      }
    }, 20);
  },
  actions: {
    wake: () => "awake",
    get: (c) => ({ enough: c.state.ticks >= 15, starts: c.state.starts }),
  },
});

// Line 80.
const watched = actor({
  onAuth: open,
  createState: () => ({ n: 0, mirror: 0, touched: [] as string[] }),
  vars: { seen: [] as number[] },
  onCreate: (c) => {
    c.state.touched.push("onCreate");
  },
  onStart: (c) => {
    c.state.touched.push("onStart");
  },
  onStateChange: (c, state) => {
    c.vars.seen.push(state.n);
    state.mirror = state.n * 10;
    c.broadcast("changed", state.n, c.state.mirror);
    if (state.n === 13) throw new Error("thirteen in onStateChange");
  },
  actions: {
    add: (c, n: number) => {
      c.state.n += n;
      c.state.touched.push("action");
      return c.state.n;
    },
    addTwice: async (c, n: number) => {
      c.state.n += n;
      await pause();
      c.state.n += n;
      return c.state.n;
    },
    nothing: () => "nothing",
    get: (c) => ({ ...c.state, seen: c.vars.seen }),
  },
});

// Line 81.
const background = actor({
  onAuth: open,
  state: { got: null as string | null, starts: 0 },
  options: { sleepTimeout: 30, state: { saveInterval: 10 } },
  onStart: (c) => {
    c.state.starts++;
  },
  actions: {
    load: (c, url: string) => {
      c.runInBackground(
        fetch(url)
          .then((response) => response.text())
          .then((text) => {
            c.state.got = `${text} in life ${c.state.starts}`;
          }),
      );
      return "at once";
    },
    fail: (c) => {
      c.runInBackground(Promise.reject(new Error("background trouble")));
      return "at once";
    },
    get: (c) => c.state.got,
  },
});

// Line 83.
const twofold = actor({
  onAuth: open,
  connState: { from: "connState" },
  createConnState: () => ({ from: "createConnState" }),
  actions: { get: (c) => c.conn.state },
});

const caller = actor({
  onAuth: open,
  actions: {
    call: (c, name: string, key: string[], action: string) =>
      outcome(() => (c.client<any>() as any)[name].getOrCreate(key).action({ name: action, args: [] })),
  },
});

export const registry = setup({
  use: { speaks, ordered, starts, board, ticker, watched, background, twofold, caller },
});
