import { actor, setup } from "@rivetkit/actor";

const counter = actor({
  // Everybody may call this actor. Throw here to refuse somebody.
  onAuth: () => {},

  state: { count: 0 },

  actions: {
    increment: (c, n: number = 1) => {
      c.state.count += n; // kept before anybody is told
      c.broadcast("newCount", c.state.count);
      return c.state.count;
    },
    get: (c) => c.state.count,
    reset: (c) => {
      c.state.count = 0;
      c.broadcast("newCount", 0);
    },
  },
});

export const registry = setup({ use: { counter } });
