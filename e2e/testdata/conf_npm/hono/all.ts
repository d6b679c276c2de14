import { Hono } from "hono";
import { registry } from "./registry";

const { handler, serve } = registry.createServer();
const app = new Hono();
app.get("/", (c) => c.text("home"));
app.all("/registry/*", async (c) => {
  const response = await handler(c.req.raw);
  const headers = new Headers(response.headers);
  headers.set("x-via", "all");
  return new Response(response.body, { status: response.status, headers });
});
serve(app);
