import { actor, setup } from "@rivetkit/actor";
import { createClient as fromActor } from "@rivetkit/actor/client";
import { createClient as fromClient } from "@rivetkit/client";
import { createClient as fromCore } from "@rivetkit/core/client";
import { createClient as fromRivetkit } from "rivetkit/client";

const sources = { fromActor, fromCore, fromRivetkit, fromClient };

// One call and one connection through each of them.
async function useAll(url: string, key: string) {
  const results: Record<string, unknown> = {};
  for (const [name, createClient] of Object.entries(sources)) {
    for (const encoding of ["json", "cbor"] as const) {
      const client = createClient<typeof registry>(url, { encoding });
      const h = client.counter.getOrCreate([key, name, encoding]);
      const conn = h.connect();
      const heard: number[] = [];
      conn.on("count", (n: number) => heard.push(n));
      results[`${name} ${encoding}`] = [await h.increment(2), await conn.increment(3), heard.at(-1)];
      await client.dispose();
    }
  }
  return results;
}

const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  actions: {
    increment: (c, n: number) => {
      c.state.count += n;
      c.broadcast("count", c.state.count);
      return c.state.count;
    },
  },
});

const driver = actor({
  onAuth: () => {},
  actions: { run: async (_c, url: string, key: string): Promise<unknown> => await useAll(url, key) },
});

export const registry = setup({ use: { counter, driver } });

registry.createServer().serve({
  fetch: async (request) => {
    const { origin, searchParams } = new URL(request.url);
    return Response.json(await useAll(origin, searchParams.get("key") ?? ""));
  },
});
