import { registry } from "./registry";

// Served already, then an app that only has a fetch, after the first answer of an actor.
const { client, serve } = await registry.runServer({ basePath: "/own", cors: { origin: (origin, c) => c.req.path.endsWith("/increment") && origin } });
const first = await client.counter.getOrCreate(["first"]).increment(1);
serve({ fetch: (request: Request) => new Response(`bare ${first} ${new URL(request.url).pathname}`) });
