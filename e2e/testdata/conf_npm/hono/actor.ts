import { type ActorContextOf, actor, setup } from "@rivetkit/actor";
import { Hono } from "hono";

type Env = { Bindings: { actor: ActorContextOf<typeof counter> } };

const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  createVars: () => {
    const router = new Hono<Env>();
    router.get("/count", (c) => c.json({ count: c.env.actor.state.count }));
    router.post("/increment/:by", async (c) => {
      c.env.actor.state.count += Number(c.req.param("by"));
      c.header("x-made-by", "hono");
      return c.json({ count: c.env.actor.state.count, body: await c.req.text() }, 201);
    });
    router.onError((error, c) => c.text(`caught ${error.message}`, 418));
    router.get("/fails", () => {
      throw new Error("in a route");
    });
    return { router };
  },
  onFetch: (c, request) => (c.vars as { router: Hono<Env> }).router.fetch(request, { actor: c as never }),
  actions: { get: (c) => c.state.count },
});

export const registry = setup({ use: { counter } });
