import { actor, setup } from "@rivetkit/actor";
import superjson from "superjson";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const value = { d: new Date(5), m: new Map([["a", new Set([1n])]]), u: undefined, r: /a/g };
      const back = superjson.parse<typeof value>(superjson.stringify(value));
      return [back.d.getTime(), [...(back.m.get("a") ?? [])].map(String), "u" in back, back.r.flags];
    },
  },
});

export const registry = setup({ use: { superjson: library } });
