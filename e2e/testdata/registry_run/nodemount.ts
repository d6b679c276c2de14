import { serve } from "@hono/node-server";
import { registry } from "./registry";

const { handler } = registry.createServer();
serve({
  fetch: async (request: Request) => {
    if (!new URL(request.url).pathname.startsWith("/registry")) return new Response("app");
    if (request.headers.get("x-forbidden")) return new Response("not you", { status: 401 });
    return handler(request);
  },
});
