import { actor, setup } from "@rivetkit/actor";
import { customAlphabet, nanoid } from "nanoid";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const ids = Array.from({ length: 100 }, () => nanoid());
      return [new Set(ids).size, ids.every((id) => /^[\w-]{21}$/.test(id)), /^[abc]{8}$/.test(customAlphabet("abc", 8)())];
    },
  },
});

export const registry = setup({ use: { nanoid: library } });
