// The actors that the Studio's tests in a browser look at.
import { actor, setup, UserError } from "@rivetkit/actor";

/** Counts, and says so. */
const counter = actor({
  onAuth: () => {},
  state: { count: 0, by: {} as Record<string, number> },
  actions: {
    increment: (c, by: number = 1, who: string = "nobody") => {
      c.state.by[who] = (c.state.by[who] ?? 0) + by;
      c.state.count += by;
      c.broadcast("newCount", c.state.count);
      return c.state.count;
    },
    /** As often as is asked, an event each. */
    burst: (c, times: number) => {
      for (let i = 0; i < times; i++) c.broadcast("tick", ++c.state.count);
      return c.state.count;
    },
    get: (c) => c.state.count,
    say: (c, text: string) => c.log.warn(text, { count: c.state.count }),
    refuse: () => {
      throw new UserError("It was asked to.", { code: "refused", metadata: { by: 1 } });
    },
    boom: () => {
      throw new Error("boom: nothing there");
    },
  },
});

/** Does later what may fail. */
const timer = actor({
  onAuth: () => {},
  state: { broken: true, done: 0 },
  actions: {
    later: async (c, ms: number) => {
      await c.schedule.after(ms, "due", "soon");
    },
    mend: (c) => {
      c.state.broken = false;
    },
    due: (c, _what: string) => {
      if (c.state.broken) throw new UserError("Not yet mended.", { code: "broken" });
      return ++c.state.done;
    },
  },
});

/** Repeats what others say, whatever it is. */
const echo = actor({
  onAuth: () => {},
  state: { texts: {} as Record<string, string>, last: "" },
  createConnState: (_c, _o, params: unknown) => ({ said: params }),
  actions: {
    keep: (c, text: string) => {
      c.state.texts[text.slice(0, 200)] = text;
      c.state.last = text;
      c.broadcast(`said ${text.slice(0, 100)}`, text);
      c.log.error(text, { text });
      return text;
    },
    fail: (_c, text: string) => {
      throw new UserError(text, { code: "said", metadata: { text } });
    },
    wait: async (c, text: string) => {
      await c.schedule.after(3_600_000, "keep", text);
    },
    fill: (c, bytes: number) => {
      const row = "x".repeat(1000);
      for (let i = 0; i < bytes / 1000; i++) c.state.texts[`row${i}`] = row;
    },
  },
});

export const registry = setup({ use: { counter, timer, echo } });
