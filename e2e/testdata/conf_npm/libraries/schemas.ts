import { actor, setup, UserError } from "@rivetkit/actor";
import { z } from "zod";
import { z as z3 } from "zod3";

const body = z.object({ name: z.string() });
const body3 = z3.object({ name: z3.string() });

const checked = actor({
  onAuth: () => {},
  actions: {
    zod: (_, input: unknown) => {
      try {
        return body.parse(input);
      } catch (err) {
        if (err instanceof z.ZodError) throw new UserError("Invalid input", { code: "invalid_input", metadata: err.issues });
        throw err;
      }
    },
    zod3: (_, input: unknown) => {
      try {
        return body3.parse(input);
      } catch (err) {
        if (err instanceof z3.ZodError) throw new UserError("Invalid input", { code: "invalid_input", meta: err.errors });
        throw err;
      }
    },
  },
});

const params = z.strictObject({ token: z.string(), room: z.object({ id: z.number() }) });
const params3 = z3.object({ token: z3.string(), room: z3.object({ id: z3.number() }).strict() }).strict();

const guarded = actor({
  onAuth: (first: unknown, second: unknown) => [first, second].map((p) => [params.safeParse(p).success, params3.safeParse(p).success]),
  actions: { auth: (c) => c.conn.auth },
});

export const registry = setup({ use: { checked, guarded } });
