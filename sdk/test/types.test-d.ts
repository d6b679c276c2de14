/** What the types promise; `tsc` is the test. Numbers are those of the list of assertions. */
import {
  type ActionContext,
  type ActionContextOf,
  type ActorContext,
  type ActorContextOf,
  actor,
  type Registry,
  type RunConfig,
  setup,
  UserError,
} from "../actor.js";
import {
  type ActorConn,
  ActorError,
  type ActorHandle,
  type Client,
  createClient,
  type EventUnsubscribe,
  type ExtractActorsFromRegistry,
  type ExtractRegistryFromClient,
} from "../client.js";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(equal: Equal<A, B>): void;

interface Message {
  text: string;
  at: Date;
}

const imported = (c: ActionContext<{ n: number }>, by: number): number => (c.state.n += by);
const spread = { one: () => 1, two: async (_c: unknown, s: string) => s };

const counter = actor({
  state: { n: 0, list: [] as Message[] },
  actions: {
    increment: (c, n: number) => (c.state.n += n),
    later: async (c) => c.state.n,
    byDefault: (c, n = 1) => c.state.n + n,
    optional: (_c, a: string, b?: number) => `${a}${b}`,
    rest: (_c, ...all: string[]) => all.length,
    union: (_c, ...args: [a: "x", n: number] | [a: "y"]) => args.length,
    nothing: () => {},
    undef: () => undefined,
    fails: (): never => {
      throw new UserError("no", { code: "no", metadata: { a: 1 } });
    },
    generic: <T extends string>(_c: unknown, value: T) => value,
    method(_c, x: number) {
      return x;
    },
    imported,
    ...spread,
    "odd name-1": () => 1 as const,
    frozen: (): readonly number[] => [],
    rich: () => ({ d: new Date(), m: new Map<string, bigint>() }),
    // biome-ignore lint/suspicious/noThenProperty: it must not become a method
    then: () => 1,
    connect: () => 1,
  },
});

const chat = actor({
  onAuth: async (opts, params: { token: string }) => {
    same<typeof opts.params, { token: string }>(true);
    opts.intents.has("create");
    return { user: params.token };
  },
  createState: async (_c, input: { room: string }) => ({
    room: input.room,
    messages: [] as Message[],
  }),
  createVars: (c: ActorContext<{ room: string; messages: Message[] }>, _driver) => ({
    seen: c.state.messages.length,
  }),
  createConnState: (_c, _opts, params: { token: string }) => ({ name: params.token }),
  onCreate: (c, _second, input) => {
    same<typeof input, { room: string }>(true);
    c.state.room = input.room;
  },
  onStart: (c) => {
    same<typeof c.state.messages, Message[]>(true); // 6, 7
    same<typeof c.vars, { seen: number }>(true); // 8, 9
    // @ts-expect-error 16: nobody calls here
    c.conn;
  },
  onStateChange: (_c, s) => same<typeof s, { room: string; messages: Message[] }>(true),
  onBeforeConnect: (_c, opts, params) => {
    same<typeof params, { token: string }>(true);
    opts.request?.headers;
  },
  onConnect: (c, conn) => {
    same<typeof conn.state, { name: string }>(true); // 10
    same<typeof conn.auth, { user: string }>(true);
    same<typeof conn.params, { token: string }>(true);
    c.conn.id;
  },
  onDisconnect: (_c, conn) => conn.state.name,
  onBeforeActionResponse: (_c, name, args, output) => {
    same<typeof name, string>(true);
    args.length;
    return output;
  },
  onFetch: (_c, request, { auth }) => new Response(request.url + auth.user),
  onWebSocket: (_c, ws, { request }) => {
    ws.send(request.url);
    ws.addEventListener("message", (event) => ws.send(event.data));
  },
  actions: {
    say: (c, text: string) => {
      same<typeof c.conn.state, { name: string }>(true);
      const message: Message = { text, at: new Date() };
      c.state.messages.push(message);
      c.broadcast("message", message);
      for (const conn of c.conns) conn.send("x", conn.state.name);
      for (const [id, conn] of c.conns) {
        same<typeof id, string>(true);
        conn.disconnect(id);
      }
      const ids = c.conns.keys().toArray();
      same<typeof ids, string[]>(true);
      const names = c.conns.values().map((conn) => conn.state.name);
      for (const name of names) same<typeof name, string>(true);
      const pairs = c.conns.entries().map(([id, conn]) => [id, conn.state.name] as const);
      same<ReturnType<typeof pairs.toArray>, (readonly [string, string])[]>(true);
      const others = c.conns.values().filter((conn) => conn.id !== c.conn.id);
      others
        .take(1)
        .drop(1)
        .forEach((conn) => {
          conn.send("x");
        });
      const own = c.conns.values().find((conn) => conn.id === "x")?.state.name;
      same<typeof own, string | undefined>(true);
      const sum = c.conns.values().reduce((n, conn) => n + conn.state.name.length, 0);
      same<typeof sum, number>(true);
      const first = c.conns.values().next().value;
      same<typeof first, ReturnType<typeof c.conns.get>>(true);
      new Map(c.conns.entries());
      c.schedule.after(1, "anything", 1); // 29
      return c.vars.seen;
    },
  },
});

// 15: results of creators reach actions that stand after them, hooks between or not
actor({
  onAuth: async (opts, _params: { p: string }) => ({ user: opts.request.url }),
  createState: (_c, input: { x: number }) => ({ n: input.x }),
  createVars: (c) => ({ v: c.state.n }),
  createConnState: (c, _opts, params: { p: string }) => ({ p: params.p, n: c.state.n }),
  actions: {
    all: (c) => {
      same<typeof c.state, { n: number }>(true);
      same<typeof c.vars, { v: number }>(true);
      same<typeof c.conn.state, { p: string; n: number }>(true);
      same<typeof c.conn.auth, { user: string }>(true);
    },
  },
});

// 11: the third form
const third = actor({
  onAuth: (params: { key: string }, { request, intents }) => {
    intents.size;
    return request.url + params.key;
  },
  actions: { who: (c) => c.conn.auth },
});

// 11: an onAuth, or a creator, that does nothing but throw
const closed = actor({
  onAuth: () => {
    throw new UserError("closed");
  },
  state: { n: 0 },
  onConnect: (_c, conn) => same<typeof conn.auth, undefined>(true),
  onFetch: (_c, _request, { auth }) => {
    same<typeof auth, undefined>(true);
    return new Response();
  },
  actions: {
    get: (c) => {
      same<typeof c.conn.auth, undefined>(true);
      return c.state.n;
    },
  },
});
const closedLater = actor({
  onAuth: async (_opts, params: { token: string }) => {
    throw new UserError(params.token);
  },
  createVars: () => {
    throw new UserError("no vars");
  },
  createConnState: async () => {
    throw new UserError("no state");
  },
  actions: { get: (c) => c.conn.params.token },
});

// 14: the short form of onCreate, without createState
const short = actor({
  state: { n: 0 },
  onCreate: (c, input: { start: number }) => {
    c.state.n = input.start;
  },
});

// 27
const typed = actor({
  types: {} as { events: { message: (m: Message) => void; tick: () => void } },
  actions: {
    go: (c) => {
      c.broadcast("tick");
      c.broadcast("message", { text: "", at: new Date() });
      // @ts-expect-error no such event
      c.broadcast("tock");
      // @ts-expect-error wrong argument
      c.broadcast("message", 1);
    },
  },
});

// 34, 35
// @ts-expect-error both of an exclusive pair
actor({ state: { n: 0 }, createState: () => ({ n: 1 }) });
// @ts-expect-error both of an exclusive pair
actor({ vars: { n: 0 }, createVars: () => ({ n: 1 }) });
const empty = actor({ actions: {} });
const bare = actor({});
actor({ state: { n: 0 } satisfies { n: number } });

// 8: neither
actor({
  actions: {
    none: (c) => {
      same<typeof c.vars, undefined>(true);
      same<typeof c.state, undefined>(true);
      same<typeof c.db, undefined>(true);
    },
  },
});

// 19: two actors that call each other
const ping = actor({
  actions: {
    ping: async (c, n: number): Promise<number> =>
      n > 3
        ? n
        : c
            .client<typeof registry>()
            .pong.getOrCreate()
            .pong(n + 1),
  },
});
const pong = actor({
  actions: {
    pong: async (c, n: number): Promise<number> =>
      c.client<typeof registry>().ping.getOrCreate().ping(n),
  },
});

// 18: a helper declared before the actor that uses it
function total(c: ActorContextOf<typeof helped>): number {
  return c.state.sum;
}
const helped = actor({
  state: { sum: 0 },
  onStart: (c) => {
    total(c);
  },
  actions: {
    get: (c): number => total(c),
    needsConn: (c): string => caller(c),
  },
});
// 17
function caller(c: ActionContextOf<typeof helped>): string {
  return c.conn.id;
}
declare const hookContext: ActorContextOf<typeof helped>;
declare const actionContext: ActionContextOf<typeof helped>;
total(actionContext);
// @ts-expect-error a hook has no conn
caller(hookContext);

export const registry = setup({
  use: { counter, chat, third, closed, closedLater, short, typed, empty, bare, ping, pong, helped },
});

async function handles(client: Client<typeof registry>): Promise<void> {
  same<ReturnType<ActorHandle<typeof closed>["get"]>, Promise<number>>(true);
  client.closedLater.get("a", { params: { token: "" } });
  // @ts-expect-error wrong params
  client.closedLater.get("a", { params: { token: 1 } });
  const h = client.counter.getOrCreate(["a"]);
  same<ReturnType<typeof h.increment>, Promise<number>>(true); // 1
  same<Parameters<typeof h.increment>, [n: number]>(true);
  same<ReturnType<typeof h.later>, Promise<number>>(true);
  same<Parameters<typeof h.later>, []>(true);
  same<Parameters<typeof h.nothing>, []>(true);
  same<Parameters<typeof h.byDefault>, Parameters<(n?: number) => void>>(true); // 3
  same<Parameters<typeof h.optional>, Parameters<(a: string, b?: number) => void>>(true);
  same<Parameters<typeof h.rest>, string[]>(true);
  same<Parameters<typeof h.union>, [a: "x", n: number] | [a: "y"]>(true);
  same<ReturnType<typeof h.nothing>, Promise<void>>(true); // 4
  same<ReturnType<typeof h.undef>, Promise<undefined>>(true);
  same<ReturnType<typeof h.fails>, Promise<never>>(true);
  // biome-ignore lint/suspicious/noExplicitAny: TypeScript can't keep the type parameter
  same<Parameters<typeof h.generic>, [value: any]>(true);
  same<ReturnType<typeof h.method>, Promise<number>>(true); // 37
  same<Parameters<typeof h.imported>, [by: number]>(true);
  same<Parameters<typeof h.two>, [s: string]>(true);
  same<ReturnType<(typeof h)["odd name-1"]>, Promise<1>>(true); // 36
  same<ReturnType<typeof h.frozen>, Promise<readonly number[]>>(true); // 39
  same<ReturnType<typeof h.rich>, Promise<{ d: Date; m: Map<string, bigint> }>>(true); // 40
  // 2
  // @ts-expect-error wrong argument
  h.increment("1");
  // @ts-expect-error missing argument
  h.increment();
  // @ts-expect-error extra argument
  h.increment(1, 2);
  // @ts-expect-error extra argument
  h.nothing(1);
  // @ts-expect-error unknown action
  h.incremnt(1);
  // @ts-expect-error unknown actor
  client.countr;
  // @ts-expect-error never an action
  h.then;
  same<Awaited<typeof h>, typeof h>(true); // 24
  same<ReturnType<typeof h.connect>, ActorConn<typeof counter>>(true);
  const made = client.counter.create("a");
  same<typeof made, Promise<ActorHandle<typeof counter>>>(true);
  // 25
  client.counter.get();
  client.counter.get("a", {});
  client.counter.get({ params: 1 });
  // @ts-expect-error a number is no key
  client.counter.get(1);
  // 12, 13
  client.chat.getOrCreate("a", { params: { token: "t" }, createWithInput: { room: "r" } });
  client.chat.create(["a"], { input: { room: "r" }, region: "eu" });
  client.chat.get("a").connect({ token: "t" });
  // @ts-expect-error wrong params
  client.chat.get("a", { params: { token: 1 } });
  // @ts-expect-error wrong params
  client.chat.get("a").connect({});
  // @ts-expect-error wrong input
  client.chat.getOrCreate("a", { createWithInput: { room: 1 } });
  // @ts-expect-error it takes no input
  client.counter.getOrCreate("a", { createWithInput: { n: 1 } });
  client.short.create("x", { input: { start: 1 } });
  same<ReturnType<ActorHandle<typeof third>["who"]>, Promise<string>>(true);
  // 26
  const conn = h.connect();
  const off: EventUnsubscribe = conn.on("x", (n: number) => n);
  off();
  conn.once("y", (a: string, b: Date) => [a, b]);
  same<ReturnType<typeof conn.increment>, Promise<number>>(true);
  // 27
  const t = client.typed.get().connect();
  t.on("message", (m) => same<typeof m, Message>(true));
  // @ts-expect-error no such event
  t.on("tock", () => {});
  // 28
  const out = h.action<[number], number>({ name: "increment", args: [1] });
  same<typeof out, Promise<number>>(true);
  same<keyof typeof client.empty, "get" | "getOrCreate" | "getForId" | "create">(true);
  // @ts-expect-error 35: no actions
  client.bare.get().anything();
  // 30
  try {
    await h.fails();
  } catch (error) {
    if (ActorError.isActorError(error)) same<typeof error.code, string>(true);
  }
}

// 20, 21, 23
declare function takes(client: Client<typeof registry>): void;
takes(createClient<typeof registry>());
takes(registry.createServer().client);
void handles(registry.runServer({ port: 1 }).client);
same<keyof ExtractActorsFromRegistry<typeof registry> & "chat", "chat">(true);
same<ExtractRegistryFromClient<Client<typeof registry>>, typeof registry>(true);
// 22
interface Props {
  handle: ActorHandle<typeof counter>;
  conn: ActorConn<typeof counter>;
}
declare const props: Props;
void props.handle.increment(1);
void props.conn.increment(1);
// 32, 33
const server = registry.createWorker({ cors: { origin: "*" } } satisfies RunConfig);
const answer: Promise<Response> = server.handler(new Request("http://x"));
void answer;
// @ts-expect-error unknown key
registry.runServer({ prot: 1 });
const anyRegistry: Registry = registry as unknown as Registry;
void anyRegistry;
// ActorContext with defaults
declare function helper(c: ActorContext<{ n: number }>): void;
actor({ state: { n: 0 }, vars: { x: 1 }, actions: { a: (c) => helper(c) } });
