import { actor, setup, UserError } from "@rivetkit/actor";
import { Forbidden, Unauthorized } from "@rivetkit/actor/errors";

declare const process: { env: Record<string, string | undefined> };

/** What a caller brings: `tenant.signature`, as `sign` makes it. */
export type Params = { token: string };

/** One thing to do. */
export type Task = { id: number; text: string; done: boolean };

const secret = process.env.TENANT_SECRET ?? "only for development";
const utf8 = new TextEncoder();

async function signature(tenant: string): Promise<string> {
  const key = await crypto.subtle.importKey(
    "raw",
    utf8.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(tenant)));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

/** The tenant of a token that we signed. */
async function verify(token: unknown): Promise<string> {
  const [tenant = "", signed = ""] = typeof token === "string" ? token.split(".") : [];
  const want = await signature(tenant);
  let differs = signed.length ^ want.length;
  for (let i = 0; i < want.length; i++) {
    differs |= (signed.charCodeAt(i) || 0) ^ want.charCodeAt(i); // each digit, so in constant time
  }
  if (tenant === "" || differs !== 0) {
    throw new Unauthorized("The token is not one of ours.");
  }
  return tenant;
}

// A workspace's key is [tenant, name]: names of two tenants never meet.
const workspace = actor({
  // Who is it? Runs before there is an actor. Only we create workspaces.
  onAuth: async ({ intents }, params: Params | undefined) => {
    const tenant = await verify(params?.token);
    if (intents.has("create")) {
      throw new Forbidden("Workspaces are made by the administrator.");
    }
    return { tenant };
  },

  // May it come in here? Server-side callers have no auth and may go anywhere.
  onBeforeConnect: (c) => {
    const auth = c.conn.auth as { tenant: string } | undefined;
    if (auth !== undefined && auth.tenant !== c.key[0]) {
      throw new Forbidden("This workspace is another tenant's.");
    }
  },

  state: { nextId: 1, tasks: [] as Task[] },

  actions: {
    add: (c, text: string) => {
      if (typeof text !== "string" || text === "") {
        throw new UserError("A task needs a text.", { code: "empty_task" });
      }
      const task: Task = { id: c.state.nextId++, text, done: false };
      c.state.tasks.push(task);
      c.broadcast("added", task);
      return task;
    },
    finish: (c, id: number) => {
      const task = c.state.tasks.find((t) => t.id === id);
      if (task === undefined) {
        throw new UserError(`There is no task ${id}.`, { code: "no_task" });
      }
      task.done = true;
    },
    list: (c) => c.state.tasks,
  },
});

// The door of the administrator: no onAuth, so server-side callers alone get in.
const admin = actor({
  actions: {
    /** Makes a workspace and returns a token for it. */
    open: async (c, tenant: string, name: string) => {
      if (!/^[a-z0-9-]+$/.test(tenant)) {
        throw new UserError("A tenant is lower case letters, digits and dashes.", {
          code: "bad_tenant",
        });
      }
      await c.client<typeof registry>().workspace.create([tenant, name]);
      return `${tenant}.${await signature(tenant)}`;
    },
  },
});

export const registry = setup({ use: { workspace, admin } });
