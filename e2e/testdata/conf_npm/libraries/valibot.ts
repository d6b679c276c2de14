import { actor, setup } from "@rivetkit/actor";
import * as v from "valibot";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const schema = v.object({ name: v.pipe(v.string(), v.minLength(2)), email: v.pipe(v.string(), v.email()) });
      const bad = v.safeParse(schema, { name: "x", email: "no" });
      return [v.parse(schema, { name: "ann", email: "a@b.example" }), bad.issues?.map((issue) => issue.type)];
    },
  },
});

export const registry = setup({ use: { valibot: library } });
