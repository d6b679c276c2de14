import { actor, setup, UserError } from "@rivetkit/actor";
import * as lines from "./lines";

const open = { onAuth: () => {} };
const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const counter = actor({
  ...open,
  state: { count: 0 },
  actions: {
    increment: (c, n = 1) => (c.state.count += n),
    // named as a handle's own methods are
    fetch: (_c, what: string) => `fetched ${what}`,
    connect: () => "connected",
    resolve: () => "resolved",
    never: () => new Promise<never>(() => {}),
  },
});

const kinds = actor({
  ...open,
  actions: {
    sync: (_c, x: unknown) => x,
    async: async (_c, x: unknown) => {
      await later(1);
      return x;
    },
    promise: (_c, x: unknown) => Promise.resolve(x),
    reject: () => Promise.reject(new UserError("m")),
    nothing: () => {},
    nothingLater: async () => {},
    nothingInside: () => ({ a: undefined, b: 1 }),
  },
});

const errors = actor({
  ...open,
  state: { count: 0 },
  actions: {
    increment: (c) => (c.state.count += 1),
    whole: () => {
      throw new UserError("m", { code: "k", metadata: { a: 1 } });
    },
    meta: () => {
      throw new UserError("Too long", { code: "too_long", meta: { maxLength: 32 } });
    },
    plain: () => {
      throw new UserError("m");
    },
    coded: (_c, code: unknown) => {
      throw new UserError("m", { code: code as string });
    },
    nothing: () => {
      throw undefined;
    },
    secret: (c, name: string) => {
      c.state.count += 10;
      throw new Error(`secret of ${name}`); // the line that the log tells
    },
    secretLater: async () => {
      await later(1);
      throw new Error("secret later");
    },
    caused: (_c, isPublic: boolean, key: string) => {
      const cause = new TypeError(`the inner one of ${key}`, { cause: `the innermost of ${key}` });
      throw isPublic ? new UserError("outer", { cause }) : new Error("outer", { cause });
    },
    aggregate: (_c, key: string) => Promise.any([Promise.reject(new Error(`the first of ${key}`)), Promise.reject(new RangeError(`the second of ${key}`))]),
    throwValue: (_c, value: unknown) => {
      throw value;
    },
    noError: () => {
      throw "secret text";
    },
    schema: () => {
      try {
        parse({ name: 1 });
      } catch (err) {
        if (err instanceof SchemaError) {
          throw new UserError("Invalid input", { code: "invalid_input", metadata: err.errors });
        }
      }
    },
  },
});

// As schema libraries do it: the issues behind a getter.
class SchemaError extends Error {
  issues: { code: string; path: (string | number)[]; message: string }[];
  constructor(issues: SchemaError["issues"]) {
    super(JSON.stringify(issues));
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = "SchemaError";
    this.issues = issues;
  }
  get errors() {
    return this.issues;
  }
}

function parse(input: { name: unknown }): void {
  if (typeof input.name !== "string") {
    throw new SchemaError([{ code: "invalid_type", path: ["name"], message: "Expected string" }]);
  }
}

const hasty = actor({
  ...open,
  state: { late: 0 },
  options: { action: { timeout: 50 } },
  actions: {
    slow: async (c) => {
      await later(100);
      c.state.late += 1;
      c.broadcast("late", c.state.late);
      return "too late";
    },
    sync: () => "sync",
    quick: async () => {
      await null;
      return "quick";
    },
    late: (c) => c.state.late,
  },
});

const patient = actor({
  ...open,
  options: { action: { timeout: 20_000 } },
  actions: {
    slow: async () => {
      await later(100);
      return "in time";
    },
  },
});

const log = actor({
  ...open,
  state: { messages: [{ text: "first" }] },
  actions: {
    list: (c) => c.state.messages,
    push: (c, text: string) => {
      c.state.messages.push({ text });
      c.state.messages[0].text += "!";
    },
    listAndChange: (c) => {
      setTimeout(() => c.state.messages.push({ text: "after the answer" }), 0);
      return c.state.messages;
    },
    tellAndChange: (c) => {
      c.broadcast("messages", c.state.messages);
      c.conn.send("mine", c.state.messages[0]);
      c.state.messages[0].text = "changed";
      c.state.messages.push({ text: "after the event" });
    },
  },
});

const news = actor({
  ...open,
  state: { n: 0 },
  actions: {
    tell: (c) => {
      c.broadcast("told", ++c.state.n, "first");
      c.broadcast("told", ++c.state.n, "second");
      return c.state.n;
    },
    tellLater: async (c) => {
      c.broadcast("told", ++c.state.n, "before");
      await later(1);
      c.broadcast("told", ++c.state.n, "after");
      return c.state.n;
    },
    me: (c) => c.conn.id,
    sendTo: (c, id: string, text: string) => {
      c.conns.get(id)?.send("mail", text);
      return c.conns.has(id);
    },
  },
});

const wrapped = actor({
  ...open,
  onBeforeActionResponse: async (c, name, args, out) => {
    if (name === "broken") throw new Error("the hook is broken");
    if (name === "slow") await later(1);
    return { data: out, name, args, conn: typeof c.conn.id, same: c.conn.params };
  },
  actions: {
    echo: (_c, ...args: unknown[]) => args.length,
    slow: async () => "slow",
    broken: () => "as it was",
  },
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

export const registry = setup({
  use: { counter, kinds, errors, hasty, patient, log, news, wrapped, driver },
});

const { client, serve } = registry.createServer();

serve({
  fetch: async (request) => {
    const url = new URL(request.url);
    const line = url.pathname.replace("/run/", "");
    return Response.json(await lineOf(line)(client, url.searchParams.get("key") ?? ""));
  },
});
