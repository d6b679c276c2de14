import { type Client, createClient } from "@rivetkit/actor/client";
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

/** Resolves when `ok` is true after some callback of `watch`. */
function until(watch: (again: () => void) => void, ok: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => ok() && resolve();
    watch(look);
    look();
  });
}

export async function line032(client: C, key: string) {
  const { counter } = client;
  const a = await counter.getOrCreate(key).increment(1);
  const b = await counter.getOrCreate([key]).increment(1);
  // The default key is the same for all runs of this line, so compare ids.
  const none = await Promise.all([
    counter.getOrCreate().id(), counter.getOrCreate([]).id(), counter.getOrCreate(undefined).id(),
  ]);
  const pairs = [[key, "b"], ["b", key], [`${key},b`], [key, "b", ""], [`${key}/b`], [""], ["", ""]];
  const ids = await Promise.all(pairs.map((k) => counter.getOrCreate(k).id()));
  return {
    ab: [a, b],
    none: new Set(none).size,
    different: new Set([...none, ...ids, await counter.getOrCreate(key).id()]).size,
    keys: [await counter.getOrCreate(key).keyed().then((k) => k.length), await counter.getOrCreate().keyed()],
  };
}

export async function line033(client: C, key: string) {
  const h = client.counter.get([key]);
  const results: unknown[] = [await codeOf(h.get()), await codeOf(h.resolve()), await codeOf(h.get())];
  const conn = h.connect();
  results.push(await codeOf(conn.get()));
  await conn.dispose();
  // it created nothing, so that this can
  results.push(await (await client.counter.create([key], { input: { start: 3 } })).get(), await h.get());
  return results;
}

export async function line034(client: C, key: string) {
  const made = await client.counter.create([key], { input: { start: 5 } });
  const again = await codeOf(client.counter.create([key], { input: { start: 9 } }));
  await made.increment(1);
  const ids = new Set([await made.resolve(), await client.counter.get([key]).resolve(), await client.counter.getOrCreate([key]).resolve()]);
  return [again, await client.counter.get([key]).get(), await client.counter.getOrCreate([key], { createWithInput: { start: 1 } }).get(), ids.size];
}

export async function line035(client: C, key: string) {
  const h = client.counter.getOrCreate([key]);
  const awaited = await h;
  const conn = await h.connect();
  const results: unknown[] = [awaited === h, await awaited.increment(2), await conn.increment(2), typeof (h as any).then, typeof (conn as any).then];
  results.push(JSON.stringify([h, conn]));
  await conn.dispose();
  return results;
}

export async function line036(client: C, key: string) {
  const h = client.counter.getOrCreate([key]);
  const id = await h.resolve();
  await h.increment(7);
  const missing = client.counter.getForId("0123456789abcdef");
  return [
    typeof id, id.length > 0, id === (await h.resolve()), id === (await h.id()),
    await client.counter.getForId(id).get(), await client.counter.getForId(id).resolve() === id,
    await codeOf(missing.get()),
  ];
}

export async function line037(client: C, key: string) {
  const params = { key };
  const made = client.strict.getOrCreate({ params: { ok: true } });
  return [
    await made.ok(), await client.strict.get({ params: { ok: true } }).ok(),
    await codeOf(client.strict.get().ok()),
    ((await client.counter.getOrCreate({ params }).params()) as { key: string }).key === key,
    await client.counter.getOrCreate({ params }).keyed(),
    ((await client.counter.get({ params }).params()) as { key: string }).key === key,
  ];
}

export async function line038(client: C, key: string) {
  const h = client.counter.getOrCreate([key], { params: { authToken: "handle", more: 1 } });
  const own = h.connect({ authToken: "own" });
  const inherited = h.connect();
  const results = [await own.params(), await inherited.params(), await h.params(), await client.counter.getOrCreate([key]).params()];
  await Promise.all([own.dispose(), inherited.dispose()]);
  return results;
}

export async function line039(client: C, key: string) {
  const part = (n: number) => key.slice(-40).padEnd(n, "k");
  const cjk = "中文".repeat(64);
  const emoji = "😀".repeat(64); // two units each
  const { counter } = client;
  return [
    (await counter.getOrCreate(part(128)).keyed())[0].length,
    await codeOf(counter.getOrCreate(part(129)).keyed()),
    (await counter.getOrCreate(["a", cjk]).keyed())[1] === cjk,
    await codeOf(counter.getOrCreate(["a", `${cjk}中`]).keyed()),
    (await counter.getOrCreate(emoji).keyed())[0] === emoji,
    await codeOf(counter.getOrCreate(`${emoji}k`).keyed()),
    await codeOf(counter.get(part(129)).keyed()),
    await codeOf(counter.create(part(129))),
  ];
}

export async function line040(client: C, key: string) {
  const h = client.counter.getOrCreate([key]);
  const conn = h.connect();
  const heard: unknown[] = [];
  const errors: string[] = [];
  const off = conn.on("count", (n: number) => heard.push(n));
  conn.once("count", (n: number) => heard.push(`once ${n}`));
  const offErrors = conn.onError((error) => errors.push(error.code));
  const results: unknown[] = [typeof off, typeof offErrors];
  await conn.increment(1);
  await conn.increment(1);
  off();
  await conn.increment(1);
  results.push([...heard], await codeOf(conn.crash()));
  offErrors();
  const flying = codeOf(conn.never());
  await conn.get(); // never is on its way
  await conn.dispose();
  results.push(await flying, await codeOf(conn.increment(1)), await codeOf(conn.dispose()), errors);
  const refused = client.strict.getOrCreate([key]).connect();
  const told: string[] = [];
  refused.onError((error) => told.push(error.code));
  refused.onError((error) => told.push(`not ${error.code}`))();
  results.push(await codeOf(refused.ready), told);
  await refused.dispose();
  await refused.dispose();
  return results;
}

export async function line041(client: C, key: string) {
  const a = client.counter.getOrCreate([key]);
  const b = client.counter.getOrCreate([key]);
  await a.increment(1);
  const c = client.counter.get([key]).connect();
  const results = [await b.increment(1), await c.increment(1), await a.get(), await b.get()];
  await c.dispose();
  return results;
}

// In Node alone: the server dies and returns meanwhile; the test does it when told.
export async function line042(client: C, key: string, _url: string, say: Say, heard: Heard) {
  const conn = client.list.getOrCreate([key]).connect();
  const events: string[] = [];
  conn.on("added", (item: string) => events.push(item));
  const results: unknown[] = [await conn.add("a")];
  const first = conn.connectionId;
  say("up");
  await heard("gone");
  await until((look) => conn.onStatusChange(look), () => conn.status === "connecting");
  const queued = ["b", "c", "d"].map((item) => conn.add(item));
  say("queued");
  results.push(...(await Promise.all(queued)), await conn.items(), events, first !== conn.connectionId, conn.status);
  await conn.dispose();
  return results;
}

type Say = (word: string) => void;
type Heard = (word: string) => Promise<void>;

let measured: Promise<number[]> | undefined;

// In Node alone, once: the delays between attempts while nothing answers.
export function line042delays(_client: C, _key: string, url: string) {
  measured ??= measure(url);
  return measured;
}

async function measure(url: string): Promise<number[]> {
  const delays: number[] = [];
  const real = globalThis.setTimeout;
  class Dead extends EventTarget {
    close() {}
    constructor() {
      super();
      real(() => this.dispatchEvent(Object.assign(new Event("close"), { code: 1006, reason: "" })), 0);
    }
  }
  let most: () => void = () => {};
  const enough = new Promise<void>((resolve) => {
    most = resolve;
  });
  globalThis.setTimeout = ((run: () => void, ms: number) => {
    delays.push(ms);
    if (delays.length === 10) most();
    return real(run, 0);
  }) as typeof setTimeout;
  const lonely = createClient<typeof registry>(url, {
    random: () => 1,
    WebSocket: Dead,
    fetch: async () => {
      throw new TypeError("nobody there");
    },
  });
  const conn = lonely.list.getOrCreate(["x"]).connect();
  await enough;
  globalThis.setTimeout = real;
  await conn.dispose();
  return delays.slice(0, 10);
}

export async function line043(client: C, key: string) {
  const h = client.counter.getOrCreate([key], { createWithInput: { start: 10 }, params: { who: "Zoë 中 😀 ()" } });
  const conn = h.connect();
  const heard: unknown[] = [];
  conn.on("told", (...args) => heard.push(args));
  const results: unknown[] = [await conn.increment(1), await h.increment(1), await conn.params(), await h.params()];
  await conn.tell(1.5, "Zoë 中 😀", null, [true, { a: [] }], 4294967296, -5);
  results.push(heard, await codeOf(conn.crash()), await codeOf(h.crash()), await codeOf((conn as any).nope()), await conn.get());
  await conn.dispose();
  return results;
}

export async function line045(client: C, key: string) {
  const h = client.counter.getOrCreate([key]);
  const results = await Promise.all(Array.from({ length: 5000 }, () => h.increment(1)));
  return [results.length, new Set(results).size, Math.max(...results), await h.get()];
}
