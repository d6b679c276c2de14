import { actor, setup, UserError } from "@rivetkit/actor";
import { Forbidden, Unauthorized } from "@rivetkit/actor/errors";
import * as lines from "./lines";

// What a connection knows of its caller, in a form that tells undefined from null.
const tell = {
  // biome-ignore lint/suspicious/noExplicitAny: for every type of actor here
  auth: (c: any) => ({ type: typeof c.conn.auth, json: JSON.stringify(c.conn.auth) ?? "none" }),
  // biome-ignore lint/suspicious/noExplicitAny: see above
  seen: (c: any) => c.conn.auth,
};

const closed = actor({
  state: { n: 0 },
  actions: { increment: (c) => ++c.state.n },
  onFetch: () => new Response("inside"),
  onWebSocket: (_c, socket) => socket.send("inside"),
});

const authNothing = actor({ onAuth: () => {}, actions: tell });
const authNull = actor({ onAuth: () => null, actions: tell });
const authTrue = actor({ onAuth: async () => true, actions: tell });
const authObject = actor({ onAuth: () => ({}), actions: tell });

const optsFirst = actor({
  onAuth: (opts, params: { apiKey: string }) => ({
    apiKey: params.apiKey,
    fromOpts: opts.params.apiKey,
    own: opts.apiKey,
    request: opts.request instanceof Request,
    intents: opts.intents instanceof Set,
  }),
  actions: tell,
});

const paramsFirst = actor({
  onAuth: async (params: { authToken: string }, { request, intents }: { request: Request; intents: Set<string> }) => {
    await null;
    return {
      token: params.authToken,
      header: request.headers.get("Authorization"),
      action: intents.has("action"),
      connect: intents.has("connect"),
    };
  },
  actions: tell,
});

const optsOnly = actor({
  onAuth: async (opts) => {
    const { req, request, params, intents } = opts as unknown as {
      req: Request;
      request: Request;
      params: { token: string };
      intents: Set<string>;
    };
    return {
      same: req === request,
      url: new URL(req.url).pathname,
      token: params.token,
      get: intents.has("get"),
    };
  },
  actions: tell,
});

// A strict schema refuses every key that it does not know.
function strict(value: unknown, known: string[]): string {
  const seen: string[] = [];
  for (const name in value as object) seen.push(name);
  const unknown = [...seen, ...Object.keys(value as object)].filter((name) => !known.includes(name));
  return unknown.length === 0 ? "ok" : `unknown keys: ${unknown.join()}`;
}

const shapes = actor({
  onAuth: (first, second) => {
    const shape = (x: unknown) =>
      typeof x === "object" && x !== null && !Array.isArray(x)
        ? {
            keys: Object.keys(x),
            spread: { ...x },
            json: JSON.stringify(x),
            strict: strict(x, ["a", "b"]),
          }
        : { value: x, isArray: Array.isArray(x), type: typeof x };
    const { params } = first as { params: unknown };
    return { first: shape(first), second: shape(second), raw: params ?? "none" };
  },
  actions: tell,
});

const robust = actor({
  onAuth: (first, second) => {
    const real = (x: { request: unknown; req: unknown; intents: unknown }) => [
      x.request instanceof Request,
      x.req === x.request,
      x.intents instanceof Set,
    ];
    const { params } = first as unknown as { params: Record<string, unknown> };
    return {
      first: real(first),
      second: real(second),
      raw: [params.request, params.req, params.intents],
      polluted: typeof ({} as { polluted?: string }).polluted,
    };
  },
  actions: tell,
});

// Tells its intents in its refusal, since a refused call gets no further.
const intents = actor({
  onAuth: (opts): undefined => {
    throw new UserError("intents", { code: "intents", metadata: [...opts.intents].sort() });
  },
  actions: { x: () => "x" },
});

const refuses = actor({
  onAuth: (_opts, params: { how: string } | undefined) => {
    if (params?.how === "user") throw new UserError("no", { code: "missing_auth", metadata: { hint: "sign in" } });
    if (params?.how === "unauthorized") throw new Unauthorized("m");
    if (params?.how === "unauthorized default") throw new Unauthorized();
    if (params?.how === "forbidden") throw new Forbidden();
    if (params?.how === "forbidden with more") throw new Forbidden("not you", { metadata: { who: "you" } });
    if (params?.how === "crash") throw new Error("secret of onAuth");
  },
  onCreate: (c) => c.log.info("was created", { refused: c.key.join() }),
  state: {},
  actions: { hi: () => "hi" },
});

const before = actor({
  onAuth: () => ({ role: "admin" }),
  state: { greeting: "hello", refused: 0 },
  createConnState: (c, opts, params: { no?: boolean; name?: string } | undefined) => ({
    auth: c.conn.auth ?? "none",
    params: c.conn.params ?? "none",
    same: JSON.stringify(opts.params) === JSON.stringify(params),
  }),
  onBeforeConnect: (c, opts, params: { no?: boolean; name?: string } | undefined) => {
    if (c.state.greeting !== "hello") throw new Error("onBeforeConnect sees no state");
    if (JSON.stringify(opts.params) !== JSON.stringify(params)) throw new Error("two sorts of params");
    if (JSON.stringify(c.conn.params) !== JSON.stringify(params)) throw new Error("c.conn.params differ");
    if (c.conn.auth !== undefined && c.conn.auth.role !== "admin") throw new Error("c.conn.auth differs");
    if (params?.no) {
      c.state.refused += 1;
      throw new UserError(`not ${params.name}`, { code: "not_you" });
    }
  },
  actions: {
    mine: (c) => c.conn.state,
    refused: (c) => c.state.refused,
    others: (c) => [...c.conns.keys()].filter((id) => id !== c.conn.id).length,
  },
});

const odd = actor({
  onAuth: (opts) => ({ request: opts.request, intents: opts.intents, call: () => 1, when: new Date(0), n: 1 }),
  actions: tell,
});

// The lines that are about clients, by name; their own parameter types differ.
function lineOf(name: string) {
  return (lines as unknown as Record<string, (client: unknown, key: string) => unknown>)[name];
}

const driver = actor({
  onAuth: () => {},
  actions: {
    run: async (c, line: string, key: string): Promise<unknown> => await lineOf(line)(c.client(), key),
  },
});

export const registry = setup({
  use: {
    closed, authNothing, authNull, authTrue, authObject, optsFirst, paramsFirst, optsOnly,
    shapes, robust, intents, refuses, before, odd, driver,
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
