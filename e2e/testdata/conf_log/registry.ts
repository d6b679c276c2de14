import { actor, setup } from "@rivetkit/actor";
import { getLogger } from "@rivetkit/actor/log";

const logs = actor({
  onAuth: () => {},
  actions: {
    increment: (c) => {
      c.log.info("increment", { connection: "1", count: 2 });
    },
    quoted: (c) => {
      c.log.info("two words", { text: "a b", quote: 'say "x"', empty: "", equals: "a=b", nested: { a: [1, "b"] }, none: null });
    },
    more: (c) => {
      c.log.warn("more", { a: 1 }, 7, { b: 2 }, "text", true);
    },
    errors: (c) => {
      class MyError extends Error {
        override name = "MyError";
      }
      c.log.error("errors", new RangeError("too far"), { err: new Error("of a field"), name: new MyError() });
    },
    stacks: (c) => {
      const { stack } = new Error("with a stack"); // where it was made
      c.log.info("stack of c.log", { stack });
      console.log(`stack of console: ${stack}`);
    },
    levels: (c) => {
      for (const level of ["trace", "debug", "info", "warn", "error", "critical"] as const) c.log[level](`at ${level}`);
    },
    named: () => {
      const log = getLogger("x");
      log.info("m", { y: 1 });
      log.debug("hidden");
      getLogger().warn("by default");
    },
    console: () => {
      console.log("from console.log", { a: 1 });
      console.error("from console.error");
    },
  },
});

export const registry = setup({ use: { logs } });
