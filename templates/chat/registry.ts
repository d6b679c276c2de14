import { actor, setup, UserError } from "@rivetkit/actor";

type Message = { from: string; text: string; at: number };

/** How many messages a room keeps. */
const KEPT = 100;

const chatRoom = actor({
  // Everybody may enter. Throw here to refuse somebody.
  onAuth: () => {},

  state: { messages: [] as Message[] },

  // Each connection has a state of its own: who sits at its other end.
  createConnState: (_c, _opts, params: { name?: string } | undefined) => ({
    name: params?.name ?? "guest",
  }),

  onConnect: (c, conn) => {
    c.broadcast("joined", conn.state.name);
  },
  onDisconnect: (c, conn) => {
    c.broadcast("left", conn.state.name);
  },

  actions: {
    send: (c, from: string, text: string) => {
      if (!text) {
        throw new UserError("A message needs a text.", { code: "empty_message" });
      }
      const message: Message = { from, text, at: Date.now() };
      c.state.messages.push(message);
      if (c.state.messages.length > KEPT) {
        c.state.messages.shift();
      }
      c.broadcast("message", message);
      return message;
    },
    history: (c) => c.state.messages,
    who: (c) => c.conns.map((conn) => conn.state.name),
  },
});

export const registry = setup({ use: { chatRoom } });
