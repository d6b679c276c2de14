import type { Client } from "@rivetkit/actor/client";
import type { registry } from "./registry";

type C = Client<typeof registry>;

async function codeOf(promise: Promise<unknown>) {
  try {
    return { resolved: await promise };
  } catch (error) {
    return (error as { code: string }).code;
  }
}

export async function line018(client: C, key: string) {
  const h = client.closed.getOrCreate([key]);
  const conn = h.connect();
  const results = [await h.increment(), await conn.increment(), typeof (await h.resolve())];
  await conn.dispose();
  return results;
}

export async function line018raw(client: C, key: string) {
  const h = client.closed.getOrCreate([key]);
  const socket = await h.websocket("/x");
  const first = new Promise((resolve) => {
    socket.onmessage = (event) => resolve(event.data);
  });
  return [await (await h.fetch("/x")).text(), await first];
}

export async function line018out(client: C, key: string) {
  const h = client.closed.getOrCreate([key]);
  const conn = h.connect();
  const told: string[] = [];
  conn.onError((error) => told.push(error.code));
  const results = [await codeOf(h.increment()), await codeOf(h.resolve()), await codeOf(conn.increment()), (await h.fetch("/x")).status];
  const status = conn.status; // it won't try again
  await conn.dispose();
  return [...results, status, ...told];
}

export async function line019(client: C, key: string) {
  const results = [];
  for (const name of ["authNothing", "authNull", "authTrue", "authObject"] as const) {
    const h = client[name].getOrCreate([key]);
    const conn = h.connect();
    results.push(await h.auth(), await conn.auth());
    await conn.dispose();
  }
  return results;
}

export async function line025(client: C, key: string) {
  const x = client.intents;
  const tell = (promise: Promise<unknown>) =>
    promise.then(
      () => "let in",
      (error: { code: string; metadata: unknown }) => (error.code === "intents" ? error.metadata : error.code),
    );
  const conn = x.getOrCreate([key]).connect();
  const results = {
    get: await tell(x.get([key]).x()),
    getOrCreate: await tell(x.getOrCreate([key]).x()),
    create: await tell(x.create([key])),
    connect: await tell(conn.x()),
    resolve: await tell(x.get([key]).resolve()),
  };
  await conn.dispose();
  return results;
}

export async function line026(client: C, key: string) {
  const results = [];
  for (const how of ["user", "unauthorized", "forbidden", "crash"]) {
    const h = client.refuses.getOrCreate([key], { params: { how } });
    const conn = h.connect();
    const failures = [await codeOf(h.hi())];
    if (how !== "crash") failures.push(await codeOf(conn.hi())); // else it goes on trying
    await conn.dispose();
    results.push(failures);
  }
  return results;
}

export async function line027(client: C, key: string) {
  return [await codeOf(client.refuses.get([key]).hi()), await (await client.refuses.create([key])).hi()];
}

export async function line028(client: C, key: string) {
  const how = (name: string) => client.refuses.getOrCreate([key], { params: { how: name } });
  return [await codeOf(how("unauthorized").hi()), await codeOf(how("forbidden").hi()), await codeOf(client.refuses.get([key]).hi())];
}

export async function line029(client: C, key: string) {
  const no = { no: true, name: "Bob" };
  const results = [];
  const refused = client.before.getOrCreate([key], { params: no });
  results.push(await codeOf(refused.mine()));
  const conn = refused.connect();
  results.push(await codeOf(conn.mine()));
  await conn.dispose();
  const h = client.before.getOrCreate([key]);
  return [...results, await h.refused()];
}
