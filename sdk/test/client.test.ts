import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ActorClientError,
  ActorConnDisposed,
  ActorError,
  createClient,
  HttpRequestError,
  MalformedResponseMessage,
} from "../client.js";
import { type Fake, Fault, hang, startFake } from "./fake.js";

let fake: Fake;
// biome-ignore lint/suspicious/noExplicitAny: actions of no registry
type AnyClient = any;
const clients: AnyClient[] = [];

function client(options: Parameters<typeof createClient>[1] = {}): AnyClient {
  const made = createClient(fake.url, { random: () => 0, ...options });
  clients.push(made);
  return made;
}

beforeEach(async () => {
  fake = await startFake();
});
afterEach(async () => {
  for (const made of clients.splice(0)) await made.dispose();
  await fake.stop();
});

describe.each(["json", "cbor"] as const)("in %s", (encoding) => {
  it("calls an action and returns its output", async () => {
    const h = client({ encoding }).counter.getOrCreate("a");
    expect(await h.echo("hi ☃")).toBe("hi ☃");
    expect(fake.requests[0]).toMatchObject({
      path: "/actors/actions/echo",
      body: { a: ["hi ☃"] },
      headers: {
        "x-rivetkit-query": '{"getOrCreateForKey":{"name":"counter","key":["a"]}}',
        "x-rivetkit-encoding": encoding,
      },
    });
    fake.act = () => undefined;
    expect(await h.nothing()).toBeUndefined();
  });

  it("throws what the actor threw", async () => {
    fake.act = () => {
      throw new Fault({ c: "too_much", m: "No.", md: { max: 3 } }, 400);
    };
    const error = await client({ encoding })
      .counter.get()
      .fail()
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ActorError);
    expect(error).toBeInstanceOf(ActorClientError);
    expect(ActorError.isActorError(error)).toBe(true);
    expect(error).toMatchObject({ code: "too_much", message: "No.", metadata: { max: 3 } });
  });

  it.each(["websocket", "sse"] as const)("connects over %s", async (transport) => {
    const news: unknown[] = [];
    fake.hear = (conn, message) => {
      const { sr, ar } = message as {
        sr?: { e: string };
        ar?: { i: number; n: string; a: unknown };
      };
      if (sr) conn.send({ ev: { n: sr.e, a: [1, "x"] } });
      if (ar?.n === "fail") conn.send({ e: { c: "bad", m: "Bad.", ai: ar.i } });
      else if (ar) conn.send({ ar: { i: ar.i, o: ar.a } });
    };
    const conn = client({ encoding, transport }).counter.getOrCreate(["a"]).connect({ p: "ü(1)" });
    conn.on("news", (...args: unknown[]) => news.push(args));
    expect(await conn.echo(1, "b")).toEqual([1, "b"]);
    expect(news).toEqual([[1, "x"]]);
    await expect(conn.fail()).rejects.toMatchObject({ code: "bad", actionId: 2 });
    expect(conn.status).toBe("connected");
    expect([conn.actorId, conn.connectionId]).toEqual(["actor1", "conn1"]);
    expect(fake.conns[0]).toMatchObject({ encoding, params: { p: "ü(1)" } });
    // the subscription came first, ids begin with 1
    expect(fake.conns[0]?.got).toMatchObject([
      { sr: { e: "news", s: true } },
      { ar: { i: 1 } },
      { ar: { i: 2 } },
    ]);
    await conn.dispose();
    expect(conn.status).toBe("disposed");
  });
});

describe("handles", () => {
  it("ask nothing before they are used, and are no promises", async () => {
    const c = client();
    const h = c.counter.getOrCreate(["a"]);
    expect(await h).toBe(h);
    expect(JSON.stringify(h)).toBe("{}");
    expect([h.then, h.toJSON, h.$$typeof, h.asymmetricMatch]).toEqual(Array(4).fill(undefined));
    expect(String(h)).toBe("[object ActorHandle]");
    expect(JSON.stringify(c)).toBe("{}");
    expect(await c).toBe(c);
    expect(fake.requests).toEqual([]);
  });

  it("take keys in all forms", async () => {
    const { counter } = client();
    const asked = async (h: AnyClient): Promise<unknown> => {
      await h.x();
      return JSON.parse(String(fake.requests.at(-1)?.headers["x-rivetkit-query"]));
    };
    expect(await asked(counter.get())).toEqual({ getForKey: { name: "counter", key: [] } });
    expect(await asked(counter.get("a"))).toEqual({ getForKey: { name: "counter", key: ["a"] } });
    expect(await asked(counter.getForId("i"))).toEqual({ getForId: { actorId: "i" } });
    const made = { createWithInput: { n: 1 }, createInRegion: "eu", params: 1 };
    const want = { name: "counter", key: [] as string[], input: { n: 1 }, region: "eu" };
    expect(await asked(counter.getOrCreate(made))).toEqual({ getOrCreateForKey: want });
    expect(fake.requests.at(-1)?.headers["x-rivetkit-conn-params"]).toBe("1");
    expect(await asked(await counter.create("k", { input: 1 }))).toEqual({
      getForId: { actorId: "actor1" },
    });
    expect(() => counter.get(1)).toThrow(TypeError);
  });

  it("put odd characters into headers as ASCII", async () => {
    const key = ["ë", "漢", "😀", '"\\\u007f', "\u2028"];
    await client({ params: { key } }).counter.get(key).x();
    const headers = fake.requests[0]?.headers ?? {};
    const raw = `${headers["x-rivetkit-query"]}${headers["x-rivetkit-conn-params"]}`;
    expect(raw).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(String(headers["x-rivetkit-query"]))).toEqual({
      getForKey: { name: "counter", key },
    });
  });

  it("are pinned by resolve, and found anew once if the actor is gone", async () => {
    const h = client().counter.getOrCreate("a");
    expect(await h.resolve()).toBe("actor1");
    fake.act = (name) => {
      if (name !== "x") return "actor2";
      const query = String(fake.requests.at(-1)?.headers["x-rivetkit-query"]);
      if (query.includes("getForId")) throw new Fault({ c: "actor_not_found", m: "gone" });
      return "new";
    };
    expect(await h.x()).toBe("new");
    expect(fake.requests).toHaveLength(3);
  });

  it("abort with the signal's reason", async () => {
    fake.act = () => hang;
    const controller = new AbortController();
    const call = client().counter.get().action({ name: "x", args: [], signal: controller.signal });
    await vi.waitFor(() => expect(fake.requests).toHaveLength(1));
    controller.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
  });

  it("fetch keeps method, headers and path", async () => {
    const h = client({ headers: { "x-base": "b" } }).counter.get("a");
    const response = await h.fetch("/api/x?y=1", {
      method: "PUT",
      headers: { "x-custom": "c", "X-RivetKit-Query": "forged" },
      body: "hi",
    });
    expect([response.status, await response.text()]).toEqual([
      201,
      "/actors/raw/http/api/x?y=1 hi",
    ]);
    expect(response.headers.get("x-method")).toBe("PUT");
    expect(fake.requests[0]?.headers).toMatchObject({ "x-base": "b", "x-custom": "c" });
    expect(fake.requests[0]?.headers["x-rivetkit-query"]).toContain("getForKey");
    const again = await h.fetch(new Request("http://x/p?q", { method: "POST", body: "b" }));
    expect(await again.text()).toBe("/actors/raw/http/p?q b");
  });

  it("websocket resolves open and loses no message", async () => {
    const ws = await client().counter.get("a").websocket("chat?z=1", "mine");
    const events: string[] = [];
    ws.addEventListener("open", () => events.push("open"));
    ws.send("hello");
    const messages = await new Promise<unknown[]>((resolve) => {
      const got: unknown[] = [];
      ws.addEventListener("message", (event: MessageEvent) => {
        if (got.push(event.data) === 2) resolve(got);
      });
    });
    expect(messages.map(String)).toEqual([
      "first /registry/actors/raw/websocket/chat?z=1",
      "hello",
    ]);
    expect(events).toEqual(["open"]);
    expect(fake.conns[0]?.protocols.at(-1)).toBe("mine");
    ws.close();
  });

  it("with on() send their actions over one lazy connection", async () => {
    fake.hear = (conn, { ar }) => {
      if (ar) conn.send({ ar: { i: (ar as { i: number }).i, o: "conn" } });
    };
    const h = client().counter.get("a");
    h.on("x", () => {});
    expect(await h.y()).toBe("conn");
    expect(fake.requests).toEqual([]);
    await h.dispose();
  });
});

describe("connections", () => {
  it("reconnect, subscribe anew, and send what was queued", async () => {
    const statuses: string[] = [];
    const conn = client().counter.get("a").connect();
    conn.onStatusChange((status: string) => statuses.push(status));
    conn.on("news", () => {});
    await conn.ready;
    const flying = conn.slow();
    await vi.waitFor(() => expect(fake.conns[0]?.got).toHaveLength(2));
    fake.hear = (c, { ar }) => {
      if (ar) c.send({ ar: { i: (ar as { i: number }).i, o: "later" } });
    };
    fake.conns[0]?.cut();
    await expect(flying).rejects.toMatchObject({ code: "connection_lost" });
    expect(conn.status).toBe("connecting");
    expect(await conn.queued()).toBe("later");
    expect(fake.conns[1]?.got).toMatchObject([
      { sr: { e: "news", s: true } },
      { ar: { i: 2, n: "queued" } },
    ]);
    expect(conn.connectionId).toBe("conn2");
    expect(statuses).toEqual(["connected", "connecting", "connected"]);
  });

  it("queue a thousand actions, and no more", async () => {
    fake.greet = () => true;
    const conn = client().counter.get("a").connect();
    const calls = Array.from({ length: 1000 }, () => conn.x().catch((e: unknown) => e));
    await expect(conn.x()).rejects.toMatchObject({ code: "connection_queue_full" });
    await conn.dispose();
    for (const result of await Promise.all(calls)) expect(result).toBeInstanceOf(ActorConnDisposed);
  });

  it.each([
    ["an error frame", { c: "forbidden", m: "No." }, "forbidden"],
    ["a code as reason", undefined, "actor_not_found"],
  ])("give up when refused by %s", async (_how, frame, code) => {
    fake.greet = (conn) => {
      if (frame) conn.send({ e: frame });
      conn.close(1011, code);
      return true;
    };
    const errors: unknown[] = [];
    const conn = client().counter.get("a").connect();
    conn.onError((error: ActorError) => errors.push(error.code));
    await expect(conn.x()).rejects.toMatchObject({ code });
    await expect(conn.ready).rejects.toMatchObject({ code });
    expect([conn.status, errors]).toEqual(["disconnected", [code]]);
    await expect(conn.y()).rejects.toMatchObject({ code });
    expect(fake.conns).toHaveLength(1);
  });

  it("try again after trouble of the server's own", async () => {
    fake.greet = (conn) => {
      if (fake.conns.length > 1) return false;
      conn.send({ e: { c: "server_overloaded", m: "Busy." } });
      conn.close(1011, "server_overloaded");
      return true;
    };
    const conn = client().counter.get("a").connect();
    await conn.ready;
    expect(fake.conns).toHaveLength(2);
  });

  it("come back and end although a WebSocket that fails tells no close, as Node 20's", async () => {
    const made: EventTarget[] = [];
    class Mute extends EventTarget {
      binaryType = "";
      constructor() {
        super();
        made.push(this);
        setTimeout(() => this.dispatchEvent(new Event("error")), 5);
      }
      close(): void {}
    }
    const options = { WebSocket: Mute as unknown as typeof WebSocket, encoding: "json" } as const;
    const conn = client(options).counter.get("a").connect();
    await vi.waitFor(() => expect(made).toHaveLength(2));
    await conn.dispose();
  });

  it("take a close that follows an error at its word", async () => {
    class Told extends EventTarget {
      binaryType = "";
      constructor() {
        super();
        setTimeout(() => {
          this.dispatchEvent(new Event("error"));
          const close = Object.assign(new Event("close"), { code: 1011, reason: "forbidden" });
          this.dispatchEvent(close);
        }, 5);
      }
      close(): void {}
    }
    const conn = client({ WebSocket: Told as unknown as typeof WebSocket })
      .counter.get("a")
      .connect();
    await expect(conn.ready).rejects.toMatchObject({ code: "forbidden" });
  });

  it.each(["websocket", "sse"] as const)(
    "don't come back over %s once onConnect failed",
    async (transport) => {
      const errors: string[] = [];
      fake.hear = (c) => c.close(1000, "`onConnect` failed");
      const conn = client({ transport }).counter.get("a").connect();
      conn.onError((error: ActorError) => errors.push(error.code));
      await expect(conn.x()).rejects.toMatchObject({ code: "connection_lost" });
      await vi.waitFor(() => expect(conn.status).toBe("disconnected"));
      expect(errors).toEqual(["connect_failed"]);
      expect(fake.conns).toHaveLength(1);
    },
  );

  it.each(["websocket", "sse"] as const)(
    "come back over %s from a server that restarts",
    async (transport) => {
      const conn = client({ transport }).counter.get("a").connect();
      await conn.ready;
      fake.conns[0]?.close(1012, "reload");
      await vi.waitFor(() => expect(conn.connectionId).toBe("conn2"));
    },
  );

  it("fail one call alone when its message is refused", async () => {
    fake.hear = (c, { ar }) => {
      if (ar) c.send({ ar: { i: (ar as { i: number }).i, o: "fine" } });
    };
    fake.refuse = ({ ar, sr }) => {
      if (sr) return new Fault({ c: "invalid_request", m: "No such event." });
      if ((ar as { n: string }).n === "long") return new Fault({ c: "message_too_long", m: "!" });
      return undefined;
    };
    const errors: string[] = [];
    const conn = client({ transport: "sse" }).counter.get("a").connect();
    conn.onError((error: ActorError) => errors.push(error.code));
    await conn.ready;
    conn.on("odd", () => {});
    const calls = [conn.short(), conn.long(), conn.short()];
    await expect(calls[1]).rejects.toMatchObject({ code: "message_too_long", actionId: 2 });
    expect([await calls[0], await calls[2]]).toEqual(["fine", "fine"]);
    expect([errors, conn.status, fake.conns.length]).toEqual([["invalid_request"], "connected", 1]);
    // a connection that the server doesn't know is over
    fake.refuse = ({ ar }) => (ar ? new Fault({ c: "conn_not_found", m: "?" }) : undefined);
    await expect(conn.short()).rejects.toMatchObject({ code: "connection_lost" });
    await vi.waitFor(() => expect(fake.conns).toHaveLength(2));
  });

  it.each(["json", "cbor"] as const)(
    "send in %s what the arguments were at the call",
    async (encoding) => {
      fake.hear = (c, { ar }) => {
        const { i, a } = ar as { i: number; a: unknown };
        c.send({ ar: { i, o: a } });
      };
      const h = client({ encoding }).counter.get("a");
      const conn = h.connect();
      const tags = ["x"];
      const dated = { at: new Date(5), toJSON: () => ({ tags }) };
      const loop: unknown[] = [];
      loop.push(loop);
      const queued = conn.echo({ n: 1, tags }, dated);
      const direct = h.echo(tags);
      const refused = [conn.echo(() => 1), conn.echo(loop)].map((call) =>
        expect(call).rejects.toMatchObject({ code: "unsupported_value" }),
      );
      tags.push("late");
      expect(await queued).toEqual([{ n: 1, tags: ["x"] }, { tags: ["x"] }]);
      expect(await direct).toEqual(["x"]);
      await Promise.all(refused);
    },
  );

  it("refuse what can't be sent although they are away", async () => {
    fake.greet = () => true;
    const conn = client({ encoding: "json" }).counter.get("a").connect();
    await expect(conn.x(1n)).rejects.toMatchObject({ code: "unsupported_value" });
  });

  it("fall back to SSE when no WebSocket opens", async () => {
    fake.refuseSockets = true;
    const conn = client().counter.get("a").connect();
    await conn.ready;
    expect(fake.requests.map((r) => r.path)).toEqual(["/actors/connect/sse"]);
  });

  it("subscribe with the first listener, unsubscribe with the last", async () => {
    const conn = client().counter.get("a").connect();
    await conn.ready;
    const offs = [conn.on("e", () => {}), conn.once("e", () => {})];
    for (const off of offs) off();
    await vi.waitFor(() => expect(fake.conns[0]?.got).toHaveLength(2));
    expect(fake.conns[0]?.got).toMatchObject([{ sr: { s: true } }, { sr: { s: false } }]);
  });

  it("report a listener that throws, and call the others", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const conn = client().counter.get("a").connect();
    const got = vi.fn();
    conn.on("e", () => {
      throw new Error("mine");
    });
    conn.on("e", got);
    await conn.ready;
    fake.conns[0]?.send({ ev: { n: "e", a: [1] } });
    await vi.waitFor(() => expect(got).toHaveBeenCalledWith(1));
    expect(reported).toHaveBeenCalledOnce();
    vi.unstubAllGlobals();
  });

  it("keep names that tools ask for from the actor", async () => {
    const conn = client().counter.get("a").connect();
    expect(await conn).toBe(conn);
    expect(conn.then).toBeUndefined();
    await conn.ready;
    expect(fake.conns[0]?.got).toEqual([]);
  });

  it("are disposed with their client, once", async () => {
    const c = client();
    const conn = c.counter.get("a").connect();
    await conn.ready;
    fake.act = () => hang;
    const call = c.counter.get("a").x();
    const flying = conn.x();
    const both = Promise.allSettled([call, flying]);
    await c.dispose();
    await c.dispose();
    await conn.dispose();
    for (const result of await both) {
      expect(result).toMatchObject({ reason: expect.any(ActorConnDisposed) });
    }
    expect(() => c.counter.get("a")).toThrow(ActorConnDisposed);
  });

  it("send the token and headers on a WebSocket's handshake", async () => {
    const conn = client({ token: "tok", headers: { "x-a": "b" } })
      .counter.get("a")
      .connect();
    await conn.ready;
    expect(fake.conns[0]?.headers).toMatchObject({ authorization: "Bearer tok", "x-a": "b" });
  });
});

describe("bad servers are one clear error", () => {
  it.each([
    ["HTML", 200, "<html>", MalformedResponseMessage],
    ["a gateway's", 502, "bad gateway", HttpRequestError],
    ["an error with no code", 500, "{}", HttpRequestError],
    ["no object", 200, "7", MalformedResponseMessage],
  ])("%s", async (_name, status, body, type) => {
    fake.act = (_n, _a, response) => response.writeHead(status).end(body);
    await expect(client({ encoding: "json" }).counter.get().x()).rejects.toBeInstanceOf(type);
  });

  it("none at all", async () => {
    const c = client();
    await fake.stop();
    await expect(c.counter.get().x()).rejects.toThrow(/HTTP request error: .*can't be reached/);
    fake = await startFake();
  });
});

it("refuses what JSON would change, with its path", async () => {
  const h = client({ encoding: "json" }).counter.get();
  for (const [value, path] of [
    [{ a: [1n] }, "x[0].a[0] is a BigInt"],
    [new Map(), "x[0] is a Map"],
    [{ n: Number.NaN }, "x[0].n is NaN"],
    [new Uint8Array(1), "x[0] is binary data"],
    [() => 1, "x[0] is a function"],
  ] as const) {
    await expect(h.x(value)).rejects.toThrow(path);
  }
  expect(await h.x(new Date(0))).toBe("1970-01-01T00:00:00.000Z");
});
