import { Hono } from "hono";
import { registry } from "./registry";

const { handler, serve } = registry.createServer();
const app = new Hono();
app.get("/", (c) => c.text("home"));
app.mount("/registry", handler);
app.mount("/api", handler);
serve(app);
