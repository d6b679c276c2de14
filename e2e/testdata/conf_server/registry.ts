import { actor, setup } from "@rivetkit/actor";

const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  actions: {
    increment: (c, n = 1) => (c.state.count += n),
    get: (c) => c.state.count,
    size: (_c, text: string) => text.length,
    sizeOf: (c, n: number) => c.client<typeof registry>().counter.getOrCreate([...c.key, "other"]).size("x".repeat(n)),
  },
});

export const registry = setup({ use: { counter } });
