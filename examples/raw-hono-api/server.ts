import { Hono } from "hono";
import { registry } from "./registry";

const { client, serve } = registry.createServer();

// The public API: /lists/NAME/… is the list's own /….
const app = new Hono();
app.get("/", (c) => c.text("Try /lists/groceries/items"));
app.all("/lists/:name/*", (c) => {
  const { pathname, search } = new URL(c.req.url);
  const path = `/${pathname.split("/").slice(3).join("/")}${search}`;
  return client.list.getOrCreate(c.req.param("name")).fetch(path, c.req.raw);
});

serve(app);
