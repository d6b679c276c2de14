import { actor, setup, UserError } from "@rivetkit/actor";

/** One thing that somebody said. */
export type Message = { id: number; from: string; text: string; at: number };

/** What a client says of itself when it connects. */
export type Params = { name?: string };

/** How many messages a room keeps. */
const KEPT = 500;

const chatRoom = actor({
  // Who gives a name gives a real one; others are guests.
  onAuth: (_opts, params: Params) => {
    if (params.name !== undefined && (typeof params.name !== "string" || params.name === "")) {
      throw new UserError("Say who you are: params { name }.", { code: "name_missing" });
    }
  },

  state: { nextId: 1, messages: [] as Message[] },

  // Presence is the state of the connections: it comes and goes with them.
  createConnState: (_c, _opts, params: Params | undefined) => ({
    name: params?.name ?? "guest",
    typing: false,
  }),

  onConnect: (c, conn) => {
    c.broadcast("joined", conn.state.name);
  },
  onDisconnect: (c, conn) => {
    c.broadcast("left", conn.state.name);
  },

  actions: {
    send: (c, text: string) => {
      if (typeof text !== "string" || text.trim() === "") {
        throw new UserError("A message needs a text.", { code: "empty_message" });
      }
      const message: Message = {
        id: c.state.nextId++,
        from: c.conn.state.name,
        text,
        at: Date.now(),
      };
      c.state.messages.push(message);
      if (c.state.messages.length > KEPT) {
        c.state.messages.shift();
      }
      c.conn.state.typing = false;
      c.broadcast("message", message);
      return message;
    },
    typing: (c, on: boolean = true) => {
      c.conn.state.typing = on;
      c.broadcast("typing", c.conn.state.name, on);
    },
    history: (c, last: number = 50) => c.state.messages.slice(-last),
    presence: (c) =>
      c.conns
        .filter((conn) => conn.id !== c.conn.id)
        .map((conn) => ({ name: conn.state.name, typing: conn.state.typing })),
  },
});

export const registry = setup({ use: { chatRoom } });
