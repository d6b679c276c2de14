import { registry } from "./registry";

const { client, serve } = registry.createServer();
serve({
  fetch: async (request) => Response.json({ path: new URL(request.url).pathname, count: await client.counter.getOrCreate().increment(1) }),
});
