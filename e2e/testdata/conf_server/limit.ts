import { registry } from "./registry";

const { client, serve } = registry.runServer({ maxIncomingMessageSize: 1000 });
serve({
  fetch: async (request) =>
    Response.json(await client.counter.getOrCreate(["app"]).size("x".repeat(Number(new URL(request.url).searchParams.get("n"))))),
});
