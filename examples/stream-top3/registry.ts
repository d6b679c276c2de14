import { actor, setup, UserError } from "@rivetkit/actor";

/** How many values a stream's list has. */
const TOP = 3;

// One actor a stream: its key is the stream's name.
const stream = actor({
  onAuth: () => {},

  state: { count: 0, top: [] as number[] },

  actions: {
    /** Takes values in; whoever listens learns when the list changed. */
    add: (c, ...values: number[]) => {
      if (!values.every(Number.isFinite)) {
        throw new UserError("A stream is of numbers.", { code: "not_a_number" });
      }
      const before = c.state.top.join();
      for (const value of values) {
        c.state.count++;
        if (c.state.top.length < TOP || value > (c.state.top[TOP - 1] ?? 0)) {
          c.state.top.push(value);
          c.state.top.sort((a, b) => b - a);
          c.state.top.length = Math.min(TOP, c.state.top.length);
        }
      }
      if (c.state.top.join() !== before) {
        c.broadcast("top", c.state.top);
      }
      return c.state.top;
    },
    top: (c) => c.state.top,
    count: (c) => c.state.count,
  },
});

export const registry = setup({ use: { stream } });
