import { ALLOWED_PUBLIC_HEADERS } from "@rivetkit/actor";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { registry } from "./registry";

const { client, serve } = registry.createServer();
const app = new Hono();
app.use(
  "*",
  cors({ origin: "https://app.example", allowHeaders: ["x-mine", ...ALLOWED_PUBLIC_HEADERS], credentials: true }),
);
app.get("/", (c) => c.text("home"));
app.post("/increment/:key", async (c) => c.json({ count: await client.counter.getOrCreate([c.req.param("key")]).increment(1) }));
app.get("/registry/mine", (c) => c.text("the app's own"));
serve(app);
