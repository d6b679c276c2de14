import { actor, type Conn, setup, UserError } from "@rivetkit/actor";
import * as lines from "./lines";

const open = { onAuth: () => {} };
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

// biome-ignore lint/suspicious/noExplicitAny: shared by actors of several types
type C = any;

// Sleeps and wakes while its connections live: onStart counts.
const restarting = {
  ...open,
  options: { sleepTimeout: 30 },
  state: { starts: 0 },
  onStart: (c: C) => {
    c.state.starts += 1;
  },
};

const restActions = {
  /** Wakes later and tells how often it has started. */
  nap: (c: C) => c.schedule.after(150, "wake"),
  wake: (c: C) => c.broadcast("awake", c.state.starts),
};

const cloned = actor({
  ...restarting,
  connState: { n: 0, nested: { list: ["first"] } },
  actions: {
    ...restActions,
    change: (c, text: string) => {
      c.conn.state.n += 1;
      c.conn.state.nested.list.push(text);
      return c.conn.state;
    },
    mine: (c) => c.conn.state,
  },
});

const created = actor({
  ...restarting,
  state: { starts: 0, made: 0 },
  createConnState: async (c, _opts, params: { name: string } | undefined) => {
    await later(1);
    c.state.made += 1;
    return { name: params?.name ?? "nobody", n: 0 };
  },
  actions: {
    ...restActions,
    change: (c, name: string) => {
      c.conn.state = { name, n: c.conn.state.n + 1 };
      return c.conn.state;
    },
    mine: (c) => c.conn.state,
    all: (c) => c.conns.map((conn) => conn.state.name).filter((name) => name !== "nobody").sort(),
  },
});

const bare = actor({
  ...open,
  actions: {
    read: (c) => {
      try {
        return { value: c.conn.state };
      } catch (error) {
        return (error as { code: string }).code;
      }
    },
    write: (c) => {
      try {
        (c.conn as { state: unknown }).state = 1;
        return "written";
      } catch (error) {
        return (error as { code: string }).code;
      }
    },
    thrown: (c) => c.conn.state,
  },
});

const falsy = actor({
  ...open,
  createConnState: (_c, _opts, params: { value: unknown }) => params.value,
  actions: {
    mine: (c) => ({ type: typeof c.conn.state, value: c.conn.state }),
    set: (c, value: unknown) => {
      (c.conn as { state: unknown }).state = value;
    },
  },
});

const context = actor({
  ...open,
  state: { log: [] as string[] },
  onConnect: (c) => {
    c.state.log.push(`connect ${typeof c.conn.id}`);
  },
  onDisconnect: (c) => {
    c.state.log.push(`disconnect ${typeof c.conn.id}`);
  },
  actions: { log: (c) => c.state.log, clear: (c) => void (c.state.log = []) },
});

const both = actor({
  ...open,
  state: { log: [] as string[] },
  onConnect: (c, conn) => {
    c.state.log.push(`connect ${c.conn.id === conn.id}`);
  },
  onDisconnect: (c, conn) => {
    c.state.log.push(`disconnect ${c.conn.id === conn.id}`);
  },
  actions: { log: (c) => c.state.log, clear: (c) => void (c.state.log = []) },
});

// What it knows of its connections, asked by one of them, each with its name.
const room = actor({
  ...open,
  createConnState: (_c, _opts, params: { name: string } | undefined) => ({ name: params?.name ?? "nobody" }),
  actions: {
    me: (c) => c.conn.id,
    map: (c, id: string) => ({
      size: c.conns.size,
      isMap: c.conns instanceof Map,
      get: c.conns.get(id)?.state.name,
      missing: typeof c.conns.get("nobody"),
      has: [c.conns.has(id), c.conns.has("nobody")],
      keys: c.conns.keys().toArray().includes(id),
      entries: c.conns
        .entries()
        .map(([key, conn]) => `${key === conn.id} ${conn.state.name}`)
        .toArray()
        .sort(),
      first: typeof c.conns.values().next().value?.id,
      loop: loop(c.conns),
    }),
    array: (c) => {
      const each: string[] = [];
      c.conns.forEach((conn: Conn) => each.push(conn.state.name));
      const of: string[] = [];
      for (const conn of c.conns) of.push(conn.state.name);
      return {
        find: c.conns.find((conn) => conn.state.name === "Bob")?.state.name,
        notFound: typeof c.conns.find((conn) => conn.state.name === "Carl"),
        filter: c.conns.filter((conn) => conn.state.name !== "Bob").map((conn) => conn.state.name),
        some: [c.conns.some((conn) => conn.state.name === "Bob"), c.conns.some((conn) => conn.state.name === "Carl")],
        every: c.conns.every((conn) => conn.state.name.length === 3),
        length: c.conns.length,
        map: c.conns.map((conn) => conn.state.name).sort(),
        reduce: c.conns.reduce((sum, conn) => sum + conn.state.name.length, 0),
        index: [c.conns.findIndex((conn) => conn.state.name === "Carl"), c.conns.findIndex(() => true)],
        each: each.sort(),
        of: of.sort(),
      };
    },
  },
});

function loop(conns: Iterable<C>): string[] {
  const seen: string[] = [];
  for (const [id, conn] of conns) seen.push(`${id === conn.id} ${conn.state.name}`);
  return seen.sort();
}

// Who comes and goes; `watcher` looks from outside, so that looking changes nothing.
const door = actor({
  ...open,
  state: { came: [] as string[], went: [] as string[] },
  onConnect: (c, conn) => {
    if (conn.params === "watcher") return;
    c.state.came.push(conn.id);
    c.broadcast("came", conn.id);
  },
  onDisconnect: (c, conn) => {
    if (conn.params === "watcher") return;
    c.state.went.push(conn.id);
    c.broadcast("went", conn.id, c.conns.has(conn.id));
  },
  actions: {
    state: (c, id: string) => ({
      came: c.state.came.filter((x) => x === id).length,
      went: c.state.went.filter((x) => x === id).length,
      there: c.conns.has(id),
    }),
    ping: () => "pong",
    leave: async (c, why: string) => {
      await c.conn.disconnect(why);
    },
    kick: async (c, id: string, why: string) => {
      await c.conns.get(id)?.disconnect(why);
      return c.conns.has(id);
    },
  },
});

const picky = actor({
  ...open,
  options: { lifecycle: { onConnectTimeout: 50 } },
  state: { ran: 0, left: [] as unknown[] },
  onDisconnect: (c, conn) => {
    if (conn.params !== undefined) c.state.left.push(conn.params);
  },
  onConnect: (_c, conn) => {
    if (conn.params === "throws") throw new UserError("not today", { code: "not_today" });
    if (conn.params === "rejects") return later(1).then(() => Promise.reject(new Error("not later either")));
    if (conn.params === "hangs") return new Promise<void>(() => {});
  },
  actions: { run: (c) => ++c.state.ran, ran: (c) => c.state.ran, left: (c) => c.state.left },
});

/** Sends before it may, and keeps a connection's state in its own. */
const eager = actor({
  ...open,
  state: { said: [] as unknown[], seen: [] as { of: { name: string; tags: Set<string> } }[] },
  onBeforeConnect: (c) => {
    try {
      c.conn?.send("early", 1);
    } catch (error) {
      c.state.said.push((error as Error).message);
    }
  },
  createConnState: () => ({ name: "first", tags: new Set(["a"]) }),
  onConnect: (c, conn) => {
    c.state.seen.push({ of: conn.state });
    conn.state.name = "second";
    conn.send("hello", conn.state.name);
  },
  actions: { quiet: (c) => [typeof c.conn.id, c.conn.send("nobody", 1)], get: (c) => [c.state.said, c.state.seen.map(({ of }) => [of.name, [...of.tags]]), c.conn.state.name] },
});

const slow = actor({
  ...open,
  state: { order: [] as string[] },
  onConnect: async (c) => {
    c.state.order.push("connect begins");
    await later(20);
    c.state.order.push("connect ends");
  },
  actions: {
    order: (c) => {
      c.state.order.push("action");
      return c.state.order;
    },
  },
});

const paramless = actor({
  ...open,
  state: {},
  onBeforeConnect: (c, opts, params) => {
    if ([params, opts.params, c.conn.params].some((x) => x !== undefined)) throw new Error("params come from nowhere");
  },
  createConnState: (_c, opts, params) => ({ given: typeof params, opts: typeof opts.params }),
  actions: { types: (c) => ({ ...c.conn.state, conn: typeof c.conn.params }) },
});

const requests = actor({
  ...open,
  onBeforeConnect: (_c, opts) => {
    if (opts.request !== opts.req) throw new Error("req is no alias");
    if (opts.request && !(opts.request instanceof Request)) throw new Error("no Request");
  },
  createConnState: (_c, opts) =>
    opts.request
      ? {
          path: new URL(opts.request.url).pathname,
          method: opts.request.method,
          header: opts.request.headers.get("X-Custom"),
        }
      : { none: true },
  actions: { seen: (c) => c.conn.state },
});

const news = actor({
  ...open,
  actions: {
    me: (c) => c.conn.id,
    nameless: (c) => {
      const nameless = { broadcast: c.broadcast.bind(c), send: c.conn.send.bind(c.conn) } as Record<string, (...args: unknown[]) => void>;
      return [() => nameless.broadcast!(), () => nameless.broadcast!(5), () => nameless.send!({})].map((tell) => {
        try {
          return tell();
        } catch (error) {
          return error instanceof TypeError && error.message;
        }
      });
    },
    tell: (c, name: string, ...args: unknown[]) => c.broadcast(name, ...args),
    many: (c, n: number) => {
      for (let i = 0; i < n; i++) c.broadcast("count", i);
    },
    send: (c, id: string, name: string, ...args: unknown[]) => {
      c.conns.get(id)?.send(name, ...args);
    },
    sendMany: (c, n: number) => {
      for (let i = 0; i < n; i++) {
        if (i % 2) c.conn.send("count", i);
        else c.broadcast("count", i);
      }
    },
  },
});

// The lines that are about clients, by name; their own parameter types differ.
function lineOf(name: string) {
  return (lines as unknown as Record<string, (client: unknown, key: string) => unknown>)[name];
}

const driver = actor({
  ...open,
  actions: {
    run: async (c, line: string, key: string): Promise<unknown> => await lineOf(line)(c.client(), key),
  },
});

export const registry = setup({
  use: { eager,
    cloned, created, bare, falsy, context, both, room, door, picky, slow, paramless, requests, news, driver,
  },
});

const { client, serve } = registry.createServer();

serve({
  fetch: async (request) => {
    const url = new URL(request.url);
    const line = url.pathname.replace("/run/", "");
    return Response.json(await lineOf(line)(client, url.searchParams.get("key") ?? ""));
  },
});
