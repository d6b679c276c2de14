import { actor, setup, UserError } from "@rivetkit/actor";

// What the scripts about looking into actors look into.
const counter = actor({
  onAuth: () => {},
  createState: (_c, input?: { start: number }) => ({ count: input?.start ?? 0, tags: ["a", "b"], "a/b": { "~": 1 } }),
  actions: {
    increment: (c, by: number) => {
      c.state.count += by;
      c.broadcast("newCount", c.state.count);
      return c.state.count;
    },
    get: (c) => c.state.count,
    fail: () => {
      throw new UserError("It is closed.", { code: "closed", metadata: { until: 5 } });
    },
    say: (c, text: string) => c.log.info(text, { size: text.length }),
    burst: (c, from: number, n: number) => {
      for (let i = from; i < from + n; i++) c.log.info(`line ${i}`);
    },
    later: (c, ms: number) => c.schedule.after(ms, "increment", 5),
    laterFail: (c, ms: number) => c.schedule.after(ms, "fail"),
    typed: (_c, x: unknown) => ({ got: x, kind: typeof x, at: new Date(0) }),
  },
});

const rich = actor({
  onAuth: () => {},
  createState: () => ({ at: new Date(1000), big: 12n, seen: new Map([["a", new Set([1])]]) }),
  actions: { touch: (c) => c.state.seen.set("b", new Set()) },
});

export const registry = setup({ use: { counter, rich } });
