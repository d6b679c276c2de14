import { actor, setup } from "@rivetkit/actor";

const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  actions: {
    get: (c) => c.state.count,
    increment: (c, n: number = 1) => {
      c.state.count += n;
      c.broadcast("newCount", c.state.count);
      return c.state.count;
    },
  },
});

const chatRoom = actor({
  onAuth: () => {},
  state: { messages: [{ sender: "bob", text: "hi" }] },
  actions: {
    sendMessage: (c, sender: string, text: string) => {
      c.state.messages.push({ sender, text });
      c.log.info("sent", { sender });
      c.broadcast("message", { sender, text });
    },
  },
});

const room = actor({
  onAuth: () => {},
  createState: (_c, input?: { topic: string }) => ({ topic: input?.topic ?? "" }),
  actions: { topic: (c) => c.state.topic },
});

const reminder = actor({
  onAuth: () => {},
  state: { due: 0 },
  actions: {
    remind: async (c, ms: number) => {
      await c.schedule.after(ms, "ring");
    },
    ring: (c) => {
      c.state.due++;
    },
  },
});

export const registry = setup({ use: { counter, chatRoom, room, reminder } });
