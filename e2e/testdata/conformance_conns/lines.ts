import type { Client } from "@rivetkit/actor/client";
import type { registry } from "./registry";

type C = Client<typeof registry>;

async function codeOf(promise: Promise<unknown>) {
  try {
    return { resolved: await promise };
  } catch (error) {
    const { code, name } = error as { code?: string; name: string };
    return code ?? name;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: connections of several types
type Listening = { on(name: string, listener: (...args: any[]) => void): () => void };

/** The next event of that name for which `ok` holds. */
function next(conn: Listening, name: string, ok: (...args: unknown[]) => boolean): Promise<unknown[]> {
  return new Promise((resolve) => {
    const off = conn.on(name, (...args: unknown[]) => {
      if (!ok(...args)) return;
      off();
      resolve(args);
    });
  });
}

export async function line047(client: C, key: string) {
  const h = client.bare.getOrCreate([key]);
  const conn = h.connect();
  const results = [await h.read(), await conn.read(), await h.write(), await conn.write(), await codeOf(h.thrown())];
  await conn.dispose();
  return results;
}

export async function line048(client: C, key: string) {
  const results = [];
  for (const name of ["context", "both"] as const) {
    const h = client[name].getOrCreate([key]);
    results.push(await h.log());
    results.push(await h.log());
    await h.clear();
    const conn = h.connect();
    results.push(await conn.log());
    await conn.dispose();
  }
  return results;
}

export async function line049(client: C, key: string) {
  const h = client.room.getOrCreate([key]);
  const ann = h.connect({ name: "Ann" });
  const bob = h.connect({ name: "Bob" });
  const id = await bob.me();
  const result = await ann.map(id);
  await Promise.all([ann.dispose(), bob.dispose()]);
  return result;
}

export async function line050(client: C, key: string) {
  const h = client.room.getOrCreate([key]);
  const ann = h.connect({ name: "Ann" });
  await ann.me();
  const bob = h.connect({ name: "Bob" });
  await bob.me();
  const result = await ann.array();
  await Promise.all([ann.dispose(), bob.dispose()]);
  return result;
}

export async function line051(client: C, key: string) {
  const h = client.door.getOrCreate([key]);
  const watcher = h.connect("watcher");
  const went: unknown[] = [];
  watcher.on("went", (...args) => went.push(args));
  await watcher.ping();
  const conn = h.connect();
  await conn.ping();
  const id = conn.connectionId as string;
  const before = await watcher.state(id);
  const gone = next(watcher, "went", (who) => who === id);
  await conn.dispose();
  await conn.dispose();
  const [, still] = await gone;
  const after = await watcher.state(id);
  const count = went.filter((args) => (args as unknown[])[0] === id).length;
  await watcher.dispose();
  return { before, after, still, count };
}

export async function line052(client: C, key: string) {
  const h = client.door.getOrCreate([key]);
  const a = h.connect();
  const b = h.connect();
  await a.ping();
  await b.ping();
  const closed = new Promise<void>((resolve) => {
    b.onClose(() => resolve());
  });
  const there = await a.kick(b.connectionId as string, "why");
  await closed;
  await b.dispose();
  const result = [there, await a.ping()];
  await a.dispose();
  return result;
}

export async function line053(client: C, key: string) {
  const h = client.picky.getOrCreate([key]);
  const results = [];
  for (const how of ["throws", "rejects", "hangs"]) {
    const conn = h.connect(how);
    const errors: string[] = [];
    conn.onError((error) => errors.push(error.code));
    const failure = await codeOf(conn.run());
    results.push([typeof failure === "string", errors.length, conn.status]);
    await conn.dispose();
  }
  const welcome = h.connect();
  results.push(await welcome.ran());
  await welcome.dispose();
  return results;
}

export async function line054(client: C, key: string) {
  const conn = client.slow.getOrCreate([key]).connect();
  const results = await conn.order();
  await conn.dispose();
  return results;
}

export async function line055(client: C, key: string) {
  const h = client.paramless.getOrCreate([key]);
  const conn = h.connect();
  const results = [await h.types(), await conn.types()];
  await conn.dispose();
  return results;
}

export async function line056(client: C, key: string) {
  const h = client.requests.getOrCreate([key]);
  const conn = h.connect();
  const results = [await h.seen(), await conn.seen()];
  await conn.dispose();
  return results;
}

export async function line057(client: C, key: string) {
  const h = client.news.getOrCreate([key]);
  const [a, b] = [h.connect(), h.connect()];
  const heard: Record<string, unknown[]> = { aE: [], bF: [] };
  a.on("e", (...args) => heard.aE.push(args));
  b.on("f", (...args) => heard.bF.push(args));
  await b.me();
  await a.me();
  await a.tell("e", 1, 2);
  await a.tell("g", "nobody listens");
  const arrived = next(b, "f", () => true);
  await a.tell("f", { x: [1] });
  await arrived;
  await Promise.all([a.dispose(), b.dispose()]);
  return heard;
}

export async function line058(client: C, key: string) {
  const h = client.news.getOrCreate([key]);
  const [a, b] = [h.connect(), h.connect()];
  const heard: string[] = [];
  a.on("mail", (text) => heard.push(`a ${text}`));
  const id = await b.me();
  await b.send(id, "unheard", "nobody listens");
  await a.send(id, "unheard", "nobody listens either");
  b.on("mail", (text) => heard.push(`b ${text}`));
  const arrived = next(b, "mail", (text) => text === "from a");
  await b.send(id, "mail", "from b");
  await a.send(id, "mail", "from a");
  await arrived;
  await Promise.all([a.dispose(), b.dispose()]);
  return heard;
}

export async function line059(client: C, key: string) {
  const conn = client.news.getOrCreate([key]).connect();
  const counts: number[] = [];
  conn.on("count", (n: number) => counts.push(n));
  await conn.many(1000);
  const first = [counts.length, counts.every((n, i) => n === i)];
  counts.length = 0;
  await conn.sendMany(1000);
  await conn.dispose();
  return [...first, counts.length, counts.every((n, i) => n === i)];
}

export async function line060(client: C, key: string) {
  const conn = client.news.getOrCreate([key]).connect();
  const heard: string[] = [];
  const tell = (n: number) => conn.tell("e", n);
  const off = conn.on("e", (n) => heard.push(`first ${n}`));
  await tell(1);
  off();
  off();
  await tell(2);
  const offs = [conn.on("e", (n) => heard.push(`second ${n}`)), conn.on("e", (n) => heard.push(`third ${n}`))];
  await tell(3);
  offs[0]();
  await tell(4);
  offs[1]();
  await tell(5);
  conn.on("e", (n) => heard.push(`fourth ${n}`));
  await tell(6);
  await conn.dispose();
  return heard;
}

// In Node alone: connects and stays until it is killed.
export async function line051killed(client: C, key: string) {
  const conn = client.door.getOrCreate([key.replace(/\/(json|cbor)\/(websocket|sse)$/, "")]).connect();
  await conn.ping();
  await new Promise(() => setInterval(() => {}, 1000));
}
