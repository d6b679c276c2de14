import { actor, setup } from "@rivetkit/actor";
import { features, locales, patterns } from "./features";

const shapes = actor({
  onAuth: () => {},
  actions: {
    feature: (_c, name: string) => features[name]?.(),
    patterns: () => patterns(),
    locales: () => locales(),
  },
});

const recursion = (n: number): number => recursion(n + 1) + 1; // the line that the log names

const deep = actor({
  onAuth: () => {},
  state: { n: 0, starts: 0 },
  onStart: (c) => {
    c.state.starts++;
  },
  actions: {
    set: (c, n: number) => {
      c.state.n = n;
    },
    recurse: (c) => {
      c.state.n = -1;
      return recursion(0);
    },
    get: (c) => [c.state.n, c.state.starts],
    increment: (c) => ++c.state.n,
  },
});

const env = actor({
  onAuth: () => {},
  actions: {
    get: (_c, name: string) => process.env[name],
    look: () => ({
      env: process.env.NODE_ENV,
      uptime: typeof process.uptime(),
      positive: process.uptime() > 0,
      has: "CONF_FROM_SERVER" in process.env,
      secrets: Object.keys(process.env).filter((name) => name.startsWith("RIVET_AUTH")),
    }),
  },
});

export const registry = setup({ use: { shapes, deep, env } });
