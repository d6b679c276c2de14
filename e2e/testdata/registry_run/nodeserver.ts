import { serve } from "@hono/node-server";
import { createNodeWebSocket } from "@hono/node-ws";
import { registry } from "./registry";

const { client } = registry.createServer();
const { upgradeWebSocket, injectWebSocket } = createNodeWebSocket({ app: {} });
const route = upgradeWebSocket(() => ({}));
const server = serve(
  {
    fetch: async (request: Request) =>
      (await route({ req: { raw: request } }, async () => {})) ??
      Response.json({ path: new URL(request.url).pathname, count: await client.counter.getOrCreate().increment(1) }),
    port: 4000,
  },
  (info) => console.log("listening", info.port),
);
injectWebSocket(server);
