import { registry } from "./registry";

// Line 99: what is served already isn't served twice.
const { client, serve } = registry.runServer();
serve();
serve({ fetch: (request) => new Response(`app at ${new URL(request.url).pathname}`) });

// Line 100.
await client.counter.getOrCreate().increment(42);
