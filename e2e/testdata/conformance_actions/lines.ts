import type { Client } from "@rivetkit/actor/client";
import type { registry } from "./registry";

type C = Client<typeof registry>;

/** What a promise that must fail fails with. */
async function failure(promise: Promise<unknown>) {
  try {
    return { resolved: await promise };
  } catch (error) {
    const { code, message, metadata } = error as { code: string; message: string; metadata: unknown };
    return { code, message, metadata };
  }
}

export async function line001(client: C, key: string) {
  const h = client.counter.getOrCreate([key]);
  return [await h.increment(), await h.increment(5)];
}

export async function line003(client: C, key: string) {
  const h = client.kinds.getOrCreate([key]);
  const conn = h.connect();
  const results = [await h.nothing(), await h.nothingLater(), await conn.nothing(), await conn.nothingLater()];
  await conn.dispose();
  return results.map((x) => typeof x);
}

export async function line004(client: C, key: string) {
  const h = client.errors.getOrCreate([key]);
  const conn = h.connect();
  const results = [await failure(h.whole()), await failure(conn.whole()), await failure(h.meta()), await failure(h.plain())];
  await conn.dispose();
  return results;
}

export async function line008(client: C, key: string) {
  const h = client.errors.getOrCreate([key]);
  const conn = h.connect();
  const results = [];
  for (const it of [h, conn]) {
    const { code, message } = await failure(it.secret("inside"));
    results.push({ code, message });
  }
  const { code, message } = await failure(h.secretLater());
  results.push({ code, message });
  await conn.dispose();
  return results;
}

export async function line009(client: C, key: string) {
  const h = client.errors.getOrCreate([key]);
  const conn = h.connect();
  const codes = [];
  for (const it of [h, conn]) {
    codes.push((await failure(it.plain())).code, await it.increment());
    codes.push((await failure(it.secret("nine"))).code, await it.increment());
  }
  await conn.dispose();
  return codes;
}

export async function line012(client: C, key: string) {
  const h = client.counter.getOrCreate([key]);
  const conn = h.connect();
  const results: unknown[] = [];
  for (const it of [h, conn]) {
    results.push(await it.action({ name: "increment", args: [2] }), await it.increment(2));
    const early = AbortSignal.abort(new Error("before it began"));
    results.push((await failure(it.action({ name: "increment", args: [100], signal: early }))).message);
    const control = new AbortController();
    const running = it.action({ name: "never", args: [], signal: control.signal });
    setTimeout(() => control.abort(new Error("enough")), 5);
    results.push((await failure(running)).message);
  }
  results.push(await h.action({ name: "fetch", args: ["it"] }));
  results.push(await h.action({ name: "connect", args: [] }));
  results.push(await h.action({ name: "resolve", args: [] }));
  results.push(await h.increment(0));
  await conn.dispose();
  return results;
}

export async function line013(client: C, key: string) {
  const { code, metadata } = await failure(client.errors.getOrCreate([key]).schema());
  return { code, isArray: Array.isArray(metadata), metadata };
}

export async function line014(client: C, key: string) {
  const h = client.log.getOrCreate([key]);
  const first = await h.list();
  await h.push("second");
  const second = await h.list();
  second[0].text = "changed by the caller";
  return { first, second, third: await h.list() };
}

export async function line015(client: C, key: string) {
  const conn = client.news.getOrCreate([key]).connect();
  const order: unknown[] = [];
  conn.on("told", (...args) => order.push(args));
  await conn.ready;
  for (let i = 0; i < 2; i++) {
    await conn.tell().then((n) => order.push(n));
    await conn.tellLater().then((n) => order.push(n));
  }
  await conn.dispose();
  return order;
}

export async function line016(client: C, key: string) {
  const h = client.news.getOrCreate([key]);
  const a = h.connect();
  const b = h.connect();
  const got: unknown[] = [];
  b.on("mail", (...args) => got.push(args));
  const id = await b.me();
  const order: unknown[] = [];
  for (const text of ["one", "two", "three"]) {
    order.push(await a.sendTo(id, text), [...got]);
  }
  order.push(await h.sendTo(id, "stateless"), got.length);
  order.push(await h.sendTo("nobody", "lost"), got.length);
  await Promise.all([a.dispose(), b.dispose()]);
  return order;
}
