import { type ActionContextOf, actor, setup, UserError } from "@rivetkit/actor";
import { Forbidden, Unauthorized } from "@rivetkit/actor/errors";

/** What somebody may do; each may what those before it may. */
export type Role = "reader" | "member" | "moderator";
const ROLES: Role[] = ["reader", "member", "moderator"];

/** What a token stands for. */
export type User = { name: string; role: Role };

// In a real project: a session store, a JWT, your auth provider by fetch.
const tokens: Record<string, User> = {
  "token-rita": { name: "rita", role: "reader" },
  "token-max": { name: "max", role: "member" },
  "token-mona": { name: "mona", role: "moderator" },
};

async function userOf(token: unknown): Promise<User> {
  if (typeof token !== "string" || token === "") {
    throw new UserError("Bring a token.", { code: "missing_token" });
  }
  const user = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (user === undefined) {
    throw new Unauthorized("The token is not valid.");
  }
  return user;
}

/** What a client passes as params. */
export type Params = { token: string };

// 1. (opts, params): the usual form. What it returns is c.conn.auth.
const forum = actor({
  onAuth: (_opts, params: Params | undefined) => userOf(params?.token),
  state: { nextId: 1, posts: [] as { id: number; by: string; text: string }[] },
  actions: {
    whoAmI: (c) => c.conn.auth,
    read: (c) => c.state.posts,
    post: (c, text: string) => {
      need(c, "member");
      const post = { id: c.state.nextId++, by: c.conn.auth?.name ?? "server", text };
      c.state.posts.push(post);
      c.broadcast("posted", post);
      return post;
    },
    remove: (c, id: number) => {
      need(c, "moderator");
      c.state.posts = c.state.posts.filter((post) => post.id !== id);
    },
  },
});

/** Refuses who isn't at least that. Server-side callers have no auth: they may everything. */
function need(c: ActionContextOf<typeof forum>, role: Role): void {
  const auth = c.conn.auth as User | undefined;
  if (auth !== undefined && ROLES.indexOf(auth.role) < ROLES.indexOf(role)) {
    throw new Forbidden(`This takes a ${role}.`, { metadata: { role: auth.role } });
  }
}

// 2. (opts): everything in one object; here the token is in a header, as a browser's cookie would be.
const profile = actor({
  onAuth: async ({ request }) => {
    const header = request.headers.get("x-api-key");
    return { name: (await userOf(header)).name };
  },
  state: { bio: "" },
  // What needs the actor's state is asked here: whose profile is it?
  onBeforeConnect: (c) => {
    const auth = c.conn.auth as { name: string } | undefined;
    if (auth !== undefined && c.key[0] !== auth.name) {
      throw new Forbidden("This is somebody else's profile.");
    }
  },
  actions: {
    write: (c, bio: string) => {
      c.state.bio = bio;
    },
    read: (c) => c.state.bio,
  },
});

// 3. (params, { request, intents }): what does the caller want? All may use what is there;
// to create takes a moderator.
const board = actor({
  onAuth: async (params: { token?: string }, { intents }) => {
    if (intents.has("create") && (await userOf(params.token)).role !== "moderator") {
      throw new Forbidden("Only moderators open boards.");
    }
  },
  state: { notes: [] as string[] },
  actions: {
    pin: (c, note: string) => c.state.notes.push(note),
    notes: (c) => c.state.notes,
  },
});

// Without onAuth: closed to the public, open to server-side callers and other actors.
const vault = actor({
  state: { secret: "42" },
  actions: { read: (c) => c.state.secret },
});

export const registry = setup({ use: { forum, profile, board, vault } });
