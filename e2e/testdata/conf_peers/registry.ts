import { actor, setup, UserError } from "@rivetkit/actor";
import { outcome } from "./outcome";

// No onAuth: only for other actors.
const counter = actor({
  state: { n: 0 },
  onConnect: (c) => {
    c.broadcast("hello"); // before anybody listens
  },
  actions: {
    increment: (c, by: number) => {
      c.state.n += by;
      c.broadcast("count", c.state.n);
      return c.state.n;
    },
    refuse: () => {
      throw new UserError("not you", { code: "refused", metadata: { a: [1] } });
    },
    crash: () => {
      throw new RangeError("out of range");
    },
    burst: (c, n: number) => {
      for (let i = 1; i <= n; i++) c.broadcast("burst", i);
    },
  },
});

const asker = actor({
  onAuth: () => {},
  state: {},
  actions: {
    increment: async (c, key: string) => {
      const { counter } = c.client<typeof registry>();
      return [await counter.getOrCreate([key]).increment(1), await counter.getOrCreate([key]).increment(2), await counter.get([key]).increment(0)];
    },
    errors: async (c, key: string) => {
      const h = c.client<typeof registry>().counter.getOrCreate([key]);
      return [
        await outcome(() => h.refuse()),
        await outcome(() => h.crash()),
        await outcome(() => h.action({ name: "nope", args: [] })),
        await outcome(() => c.client<typeof registry>().counter.get([key, "missing"]).increment(1)),
      ];
    },
    connect: async (c, key: string) => {
      const conn = c.client<typeof registry>().counter.getOrCreate([key]).connect();
      const heard: unknown[] = [];
      const off = conn.on("count", (n: number) => heard.push(n));
      conn.on("burst", (n: number) => heard.push(n));
      const results = [await conn.increment(1), await conn.increment(2)];
      await conn.burst(5);
      off();
      await conn.increment(3);
      const refused = await outcome(() => conn.refuse());
      await conn.dispose();
      const after = await outcome(() => conn.increment(1));
      return { results, heard, refused, disposed: (after as { result?: unknown }).result === undefined };
    },
  },
});

// Each calls the other until n is 0.
const ping = actor({
  onAuth: () => {},
  state: { calls: 0 },
  actions: {
    play: async (c, n: number): Promise<number> => {
      c.state.calls++;
      return n === 0 ? 0 : 1 + (await c.client<typeof registry>().pong.getOrCreate(c.key).play(n - 1));
    },
  },
});
const pong = actor({
  onAuth: () => {},
  state: { calls: 0 },
  actions: {
    play: async (c, n: number): Promise<number> => {
      c.state.calls++;
      return n === 0 ? 0 : 1 + (await c.client<typeof registry>().ping.getOrCreate(c.key).play(n - 1));
    },
  },
});

/** Asks itself for everything before it is ready. */
const narcissus = actor({
  onAuth: () => {},
  state: { asked: {} as Record<string, unknown>, n: 0, later: 0 },
  onStart: async (c) => {
    const self = c.client<typeof registry>().narcissus;
    const h = self.getOrCreate(c.key);
    const conn = h.connect();
    c.state.asked = {
      call: await outcome(() => h.increment()),
      byId: await outcome(() => self.getForId(c.actorId).increment()),
      conn: await outcome(() => conn.increment()),
      socket: await outcome(() => h.websocket("/")),
      create: await outcome(() => self.create(c.key)),
      fetch: await outcome(async () => (await h.fetch("/")).status),
      resolve: await outcome(async () => (await h.resolve()) === c.actorId),
    };
    void conn.ready.then(() => conn.increment()).then((n) => (c.state.later = n as number));
  },
  onFetch: () => new Response("here"),
  onWebSocket: () => {},
  actions: { increment: (c): number => ++c.state.n, asked: (c) => c.state.asked, later: (c) => c.state.later },
});

export const registry = setup({ use: { narcissus, counter, asker, ping, pong } });
