import { actor, setup } from "@rivetkit/actor";
import * as v from "valibot";
import { z } from "zod";
import { z as z3 } from "zod3";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const both = (check: (text: string) => boolean) => [check("\u{1F600}\u{1F1E9}\u{1F1EA}"), check("a")];
      return {
        zod: both((text) => z.string().emoji().safeParse(text).success),
        zod3: both((text) => z3.string().emoji().safeParse(text).success),
        valibot: both((text) => v.safeParse(v.pipe(v.string(), v.emoji()), text).success),
      };
    },
  },
});

export const registry = setup({ use: { emoji: library } });
