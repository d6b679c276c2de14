import { actor, setup } from "@rivetkit/actor";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const app = new Hono();
      app.use("*", cors());
      app.get("/users/:id{[0-9]+}", (c) => c.json({ id: c.req.param("id"), q: c.req.query("q") }));
      app.get("/no", () => {
        throw new HTTPException(403, { message: "no" });
      });
      const user = await app.request("/users/7?q=x");
      const no = await app.request("/no");
      return [user.status, await user.json(), user.headers.get("access-control-allow-origin"), no.status, await no.text(), (await app.request("/users/x")).status];
    },
  },
});

export const registry = setup({ use: { hono: library } });
