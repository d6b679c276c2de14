import { Mini } from "./mini";
import { registry } from "./registry";

// Middleware and routes of an app around the registry; some come after serve().
const { client, serve } = registry.createServer();
const app = new Mini();
const seen: string[] = [];
app.use("*", async (c, next) => {
  seen.push(`${c.req.raw.method} ${c.req.path}`);
  c.headers.push(["x-app", "yes"]);
  await next();
});
app.use("/registry/*", async (c, next) => {
  if (c.req.raw.headers.get("x-forbidden")) return new Response("not you", { status: 401 });
  const origin = c.req.raw.headers.get("origin");
  if (origin === "https://app.example") {
    c.headers.push(["access-control-allow-origin", origin], ["x-app-cors", "yes"]);
    if (c.req.raw.method === "OPTIONS") return new Response(null, { status: 204 });
  }
  await next();
});
serve(app);
app.get("/seen", () => Response.json(seen.splice(0)));
app.get("/registry/mine", () => new Response("the app's own"));
app.get("/increment", async () => Response.json(await client.counter.getOrCreate(["a"]).increment(1)));
app.post("/echo", (c) => new Response(c.req.raw.body, { headers: { "content-type": "text/plain" } }));
app.notFound(() => new Response("nothing of the app's", { status: 404 }));
