import { actor, setup } from "@rivetkit/actor";
import { z } from "zod3";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const schema = z.object({ name: z.string().min(2), age: z.coerce.number().int() }).strict();
      const bad = schema.safeParse({ name: "x", age: 1, more: 1 });
      return [
        schema.parse({ name: "ann", age: "7" }),
        bad.error?.errors.map((error) => error.code),
        await z.string().transform(async (text) => text.length).parseAsync("abc"),
      ];
    },
  },
});

export const registry = setup({ use: { zod3: library } });
