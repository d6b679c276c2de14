import { actor, setup } from "@rivetkit/actor";

const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  actions: {
    increment: (c, n = 1) => (c.state.count += n),
    size: (_c, text: string) => text.length,
    // What calls of another actor with n bytes give, alone and over a connection.
    sizeOf: async (c, n: number) => {
      const other = c.client<typeof registry>().counter.getOrCreate(["other"]);
      const text = "x".repeat(n);
      const problem = (error: { code?: string; message: string }) => error.code ?? error.message;
      const conn = other.connect();
      const results = [await other.size(text).catch(problem), await conn.size(text).catch(problem)];
      await conn.dispose();
      return results;
    },
  },
});

export const registry = setup({ use: { counter } });
