import { actor, setup, UserError } from "@rivetkit/actor";

// The counter that the wire protocol's exchanges were recorded with.
const counter = actor({
  onAuth: () => ({ ok: true }),
  createState: (_c, input?: { start?: number }) => ({ count: input?.start ?? 0 }),
  actions: {
    increment: (c, n: number) => {
      c.state.count += n;
      c.broadcast("newCount", c.state.count);
      return c.state.count;
    },
    get: (c) => c.state.count,
    params: (c) => c.conn.params,
    nothing: () => {},
    fail: () => {
      throw new UserError("bad thing", { code: "bad_code", metadata: { x: 1 } });
    },
    crash: () => {
      throw new Error("secret");
    },
    echo: (_c, ...args: unknown[]) => args,
    leave: async (c) => {
      await c.conn.disconnect("why");
    },
  },
  onFetch: async (_c, request) => {
    const headers: Record<string, string> = {};
    request.headers.forEach((value, name) => {
      headers[name] = value;
    });
    return Response.json(
      { url: request.url, method: request.method, body: await request.text(), headers },
      { status: 201, headers: { "x-made-by": "actor" } },
    );
  },
  onWebSocket: (_c, socket, { request }) => {
    socket.send(request.url);
    socket.addEventListener("message", (event) => {
      if (event.data === "bye") socket.close(4001, "done");
      else socket.send(event.data);
    });
  },
});

// Not reachable from public endpoints.
const closed = actor({ state: { n: 0 }, actions: { get: (c) => c.state.n } });

const picky = actor({
  onAuth: () => {},
  state: {},
  onBeforeConnect: (_c, _opts, params: { no?: boolean } | undefined) => {
    if (params?.no) throw new UserError("go away", { code: "not_you" });
  },
  actions: { hi: () => "hi" },
});

const broken = actor({
  onAuth: () => {},
  createState: (): { n: number } => {
    throw new Error("no state today");
  },
  actions: { hi: () => "hi" },
});

export const registry = setup({ use: { counter, closed, picky, broken } });
