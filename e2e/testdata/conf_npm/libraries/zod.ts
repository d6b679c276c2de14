import { actor, setup } from "@rivetkit/actor";
import { z } from "zod";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const schema = z.object({ name: z.string().min(2), age: z.coerce.number().int(), tags: z.array(z.string()).default([]), at: z.iso.datetime() });
      const bad = schema.safeParse({ name: "x", age: "1.5" });
      return [
        schema.parse({ name: "ann", age: "7", at: "2020-01-01T00:00:00Z" }),
        bad.success,
        bad.error?.issues.map((issue) => `${issue.path.join(".")}: ${issue.code}`),
        z.discriminatedUnion("kind", [z.object({ kind: z.literal("a"), n: z.number() }), z.object({ kind: z.literal("b") })]).parse({ kind: "a", n: 1 }),
        z.email().safeParse("a@b.example").success,
      ];
    },
  },
});

export const registry = setup({ use: { zod: library } });
