import { Mini } from "./mini";
import { registry } from "./registry";

// The registry at other places of the app.
const { handler, hono, serve } = registry.createServer();
const app = new Mini();
app.route("/routed", hono);
app.all("/all/*", (c) => handler(c));
app.mount("/mounted", handler);
app.mount("/deep/registry", handler);
app.get("/request", async () => {
  const response = await hono.request("/registry/actors/actions/increment", {
    method: "POST",
    headers: { "x-rivetkit-query": JSON.stringify({ getOrCreateForKey: { name: "counter", key: ["a"] } }), "x-rivetkit-encoding": "json" },
    body: '{"a":[100]}',
  });
  return new Response(`asked: ${response.status} ${await response.text()}`);
});
serve(app);
