import { actor, setup } from "@rivetkit/actor";
import { enableMapSet, produce } from "immer";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      enableMapSet();
      const base = { list: [{ n: 1 }, { n: 2 }], map: new Map([["a", 1]]) };
      const next = produce(base, (draft) => {
        draft.list.push({ n: 3 });
        draft.map.set("b", 2);
      });
      return [base.list.length, next.list.length, next.list[0] === base.list[0], [...next.map], Object.isFrozen(next)];
    },
  },
});

export const registry = setup({ use: { immer: library } });
