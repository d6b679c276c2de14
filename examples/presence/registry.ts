import { actor, setup, UserError } from "@rivetkit/actor";

/** Who somebody is and where the pointer is; nobody's is kept. */
export type Cursor = { name: string; x: number; y: number };

/** What a client says of itself when it connects. */
export type Params = { name: string };

const page = actor({
  onAuth: (_opts, params: Params | undefined) => {
    if (typeof params?.name !== "string" || params.name === "") {
      throw new UserError("Say who you are: params { name }.", { code: "name_missing" });
    }
  },

  // One cursor a connection: it comes and goes with it.
  createConnState: (_c, _opts, params: Params | undefined): Cursor => ({
    name: params?.name ?? "guest",
    x: 0,
    y: 0,
  }),

  // Who comes learns who is there; those who are there learn who comes.
  onConnect: (c, conn) => {
    for (const other of c.conns) {
      if (other.id !== conn.id) {
        conn.send("cursor", other.id, other.state);
        other.send("cursor", conn.id, conn.state);
      }
    }
  },
  onDisconnect: (c, conn) => {
    c.broadcast("left", conn.id);
  },

  actions: {
    /** Tells everybody but the caller. */
    move: (c, x: number, y: number) => {
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        throw new UserError("A cursor is at two numbers.", { code: "bad_position" });
      }
      c.conn.state = { ...c.conn.state, x, y };
      for (const other of c.conns) {
        if (other.id !== c.conn.id) {
          other.send("cursor", c.conn.id, c.conn.state);
        }
      }
    },
    who: (c) =>
      c.conns
        .filter((conn) => conn.id !== c.conn.id)
        .map((conn) => conn.state)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
  },
});

export const registry = setup({ use: { page } });
