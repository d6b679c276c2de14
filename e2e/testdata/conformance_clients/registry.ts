import { actor, setup, UserError } from "@rivetkit/actor";
import * as lines from "./lines";

const open = { onAuth: () => {} };

const counter = actor({
  ...open,
  createState: (_c, input?: { start?: number }) => ({ count: input?.start ?? 0 }),
  actions: {
    increment: (c, n = 1) => {
      c.state.count += n;
      c.broadcast("count", c.state.count);
      return c.state.count;
    },
    get: (c) => c.state.count,
    params: (c) => c.conn.params ?? "none",
    keyed: (c) => c.key,
    id: (c) => c.actorId,
    tell: (c, ...args: unknown[]) => c.broadcast("told", ...args),
    crash: () => {
      throw new UserError("crashed", { code: "crashed" });
    },
    never: () => new Promise<never>(() => {}),
  },
});

// A list whose every change is told.
const list = actor({
  ...open,
  state: { items: [] as string[] },
  actions: {
    add: (c, item: string) => {
      c.state.items.push(item);
      c.broadcast("added", item);
      return c.state.items.length;
    },
    items: (c) => c.state.items,
  },
});

const strict = actor({
  ...open,
  onBeforeConnect: (_c, _opts, params: { ok?: boolean } | undefined) => {
    if (!params?.ok) throw new UserError("no", { code: "no_params" });
  },
  actions: { ok: () => "ok" },
});

// The lines that are about clients, by name; their own parameter types differ.
function lineOf(name: string) {
  return (lines as unknown as Record<string, (client: unknown, key: string) => unknown>)[name];
}

const driver = actor({
  ...open,
  actions: {
    run: async (c, line: string, key: string): Promise<unknown> => await lineOf(line)(c.client(), key),
  },
});

export const registry = setup({ use: { counter, list, strict, driver } });

const { client, serve } = registry.createServer();

serve({
  fetch: async (request) => {
    const url = new URL(request.url);
    const line = url.pathname.replace("/run/", "");
    return Response.json(await lineOf(line)(client, url.searchParams.get("key") ?? ""));
  },
});
