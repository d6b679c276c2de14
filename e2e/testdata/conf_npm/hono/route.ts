import { Hono } from "hono";
import { registry } from "./registry";

const { hono, serve } = registry.createServer();
const app = new Hono();
app.get("/", (c) => c.text("home"));
app.route("/registry", hono);
app.route("/api", hono);
serve(app);
