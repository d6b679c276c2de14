import { actor, setup } from "@rivetkit/actor";

// What an onFetch saw.
const web = actor({
  onAuth: (_opts, params: { user?: string } | undefined) => ({ user: params?.user ?? "nobody" }),
  onFetch: async (_c, request, { auth }) => {
    const url = new URL(request.url);
    const headers: Record<string, string> = {};
    for (const name of ["content-type", "cookie", "x-custom", "x-both"]) {
      const value = request.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    return Response.json({
      url: request.url,
      method: request.method,
      path: url.pathname,
      query: [...url.searchParams],
      headers,
      body: await request.text(),
      auth,
    });
  },
  actions: {
    // Each way to call handle.fetch, in process.
    forms: async (c) => {
      const h = c.client<typeof registry>().web.getOrCreate([...c.key, "called"]);
      const seen = async (response: Promise<Response>) => {
        const { method, path, query, headers, body } = (await (await response).json()) as Record<string, unknown>;
        return { method, path, query, headers, body };
      };
      const request = () => new Request("http://elsewhere/api/r?q=1", { method: "PUT", headers: { "x-custom": "r", "x-both": "request" }, body: "b" });
      return {
        bare: await seen(h.fetch("api/x")),
        slash: await seen(h.fetch("/api/x?y=1")),
        url: await seen(h.fetch(new URL("http://elsewhere/api/u?y=2"))),
        request: await seen(h.fetch(request())),
        empty: await seen(h.fetch("")),
        asInit: await seen(h.fetch("/other", request())),
        override: await seen(h.fetch(request(), { headers: { "x-both": "init" } })),
        init: await seen(h.fetch("/p", { method: "POST", body: "text" })),
      };
    },
  },
});

const echo = actor({
  onAuth: () => {},
  onFetch: (_c, request) => new Response(request.body, { headers: request.headers }),
});

// Two chunks; the second one only when another request asks for it.
const stream = actor({
  onAuth: () => {},
  vars: { go: (() => {}) as () => void },
  onFetch: (c, request) => {
    if (new URL(request.url).pathname === "/go") {
      c.vars.go();
      return new Response("gone");
    }
    const text = new TextEncoder();
    return new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(text.encode("data: one\n\n"));
          c.vars.go = () => {
            controller.enqueue(text.encode("data: two\n\n"));
            controller.close();
          };
        },
      }),
      { headers: { "content-type": "text/event-stream" } },
    );
  },
});

const noFetch = actor({ onAuth: () => {}, actions: { fine: () => "fine" } });

const noResponse = actor({
  onAuth: () => {},
  onFetch: (() => undefined) as never,
  actions: { fine: () => "fine" },
});

// Lines 90 and 92.
const chat = actor({
  onAuth: () => {},
  state: { connects: 0, disconnects: 0, closes: [] as unknown[], n: 0 },
  onConnect: (c) => {
    c.state.connects++;
  },
  onDisconnect: (c) => {
    c.state.disconnects++;
  },
  onWebSocket: (c, websocket, { request }) => {
    const url = new URL(request.url);
    websocket.send(JSON.stringify({ path: url.pathname, query: url.search, readyState: websocket.readyState, binaryType: websocket.binaryType }));
    websocket.addEventListener("message", (event) => {
      const { data } = event;
      if (data instanceof ArrayBuffer) {
        websocket.send(new Uint8Array([data.byteLength, ...new Uint8Array(data)]));
      } else if (data === "bye") websocket.close(4001, "done");
      else websocket.send(`echo ${data}`);
    });
    websocket.addEventListener("close", (event) => {
      c.state.closes.push([event.code, event.reason]);
    });
  },
  actions: {
    get: (c) => {
      const { connects, disconnects, closes } = c.state;
      return { connects, disconnects, closes };
    },
    // The same as a client in process.
    talk: async (c) => {
      const socket = await c.client<typeof registry>().chat.getOrCreate([...c.key, "called"]).websocket("/p?q=1", ["chat"]);
      socket.binaryType = "arraybuffer";
      const heard: unknown[] = [];
      let wake = () => {};
      const next = async (n: number) => {
        while (heard.length < n) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      };
      socket.addEventListener("message", ({ data }) => {
        heard.push(typeof data === "string" ? data : Array.from(new Uint8Array(data)));
        wake();
      });
      socket.addEventListener("close", ({ code, reason }) => {
        heard.push([code, reason]);
        wake();
      });
      await next(1);
      socket.send("hello");
      socket.send(new Uint8Array([7, 8]));
      await next(3);
      socket.send("bye");
      await next(4);
      return heard;
    },
  },
});

const noSocket = actor({ onAuth: () => {}, actions: { fine: () => "fine" } });

const thrower = actor({
  onAuth: () => {},
  onWebSocket: (_c, websocket, { request }) => {
    if (request.url.endsWith("/message")) {
      websocket.addEventListener("message", () => {
        throw new Error("thrown at a message");
      });
      websocket.send("ready");
      return;
    }
    if (request.url.endsWith("/async")) return Promise.reject(new Error("rejected by onWebSocket"));
    throw new Error("thrown by onWebSocket");
  },
  actions: { fine: () => "fine" },
});

const writes = (c: any, websocket: any) => {
  websocket.addEventListener("message", async ({ data }: { data: string }) => {
    c.state.heard.push(data);
    if (data === "save") {
      await c.saveState();
      websocket.send("saved");
    }
  });
};
const state = { heard: [] as string[] };
const get = (c: any) => c.state.heard;
const savesSoon = actor({ onAuth: () => {}, state, options: { state: { saveInterval: 20 } }, onWebSocket: writes, actions: { get } });
const savesLate = actor({ onAuth: () => {}, state, options: { state: { saveInterval: 3_600_000 } }, onWebSocket: writes, actions: { get } });

// A clock on the server's side.
const clock = actor({
  onAuth: () => {},
  actions: { pass: (_c, ms: number) => new Promise<string>((resolve) => setTimeout(() => resolve("passed"), ms)) },
});

export const registry = setup({
  use: { web, echo, stream, noFetch, noResponse, chat, noSocket, thrower, savesSoon, savesLate, clock },
});
