import { type ActorContext, actor, setup } from "@rivetkit/actor";
import { Hono } from "hono";

/** One thing to buy. */
export type Item = { id: number; text: string };

/** What is kept of a list. */
type State = { nextId: number; items: Item[] };

/** What a route finds in `c.env`: the list that it serves. */
type Env = { Bindings: { actor: ActorContext<State> } };

/** The routes of a list. */
const routes = () =>
  new Hono<Env>()
    .get("/items", (c) => c.json(c.env.actor.state.items))
    .post("/items", async (c) => {
      const { text } = await c.req.json<{ text?: string }>();
      if (!text) {
        return c.json({ error: "An item needs a text." }, 400);
      }
      const { state } = c.env.actor;
      const item: Item = { id: state.nextId++, text };
      state.items.push(item);
      c.env.actor.broadcast("added", item);
      return c.json(item, 201);
    })
    .delete("/items/:id", (c) => {
      const { state } = c.env.actor;
      const at = state.items.findIndex((item) => item.id === Number(c.req.param("id")));
      if (at < 0) {
        return c.notFound();
      }
      state.items.splice(at, 1);
      return c.body(null, 204);
    });

const list = actor({
  onAuth: () => {},
  state: { nextId: 1, items: [] } as State,
  createVars: () => ({ router: routes() }),
  onFetch: (c, request) => c.vars.router.fetch(request, { actor: c }),
  actions: {
    count: (c) => c.state.items.length,
  },
});

export const registry = setup({ use: { list } });
