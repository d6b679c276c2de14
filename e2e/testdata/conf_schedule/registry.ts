import { actor, setup } from "@rivetkit/actor";

// What others want to be known, without waking them.
const board = actor({
  onAuth: () => {},
  state: { notes: [] as unknown[] },
  actions: {
    note: (c, what: unknown) => {
      c.state.notes.push(what);
    },
    get: (c) => c.state.notes,
  },
});

const planner = actor({
  onAuth: () => {},
  state: { ran: [] as unknown[] },
  actions: {
    // By time, and by order of scheduling where times are equal.
    plan: (c) => {
      const soon = Date.now() + 50;
      c.schedule.at(soon + 100, "note", "end");
      c.schedule.at(soon + 50, "note", "third", 3);
      c.schedule.at(soon, "note", "first");
      c.schedule.at(soon, "note", "second");
      c.schedule.at(Date.now() - 1, "note", "at once");
      c.schedule.after(0, "note", "now");
    },
    after: (c, ms: number, ...args: unknown[]) => {
      c.schedule.after(ms, "note", Date.now() + ms, ...args);
    },
    note: (c, ...args: unknown[]) => {
      c.state.ran.push(args.length === 1 ? args[0] : args);
    },
    get: (c) => c.state.ran,
    // How much too early the first one ran, in ms.
    late: (c) => c.state.ran.map((args) => Date.now() >= ((args as number[])[0] as number)),

    remember: async (c, ms: number, text: string) => {
      await c.schedule.after(ms, "tell", text);
      return Date.now() + ms;
    },
    tell: async (c, text: string) => {
      await c.client<typeof registry>().board.getOrCreate(c.key).note(text);
    },

    look: (c) => {
      c.schedule.after(1, "seen", c.conn.id);
    },
    seen: (c, from: string) => {
      c.state.ran.push([typeof c.conn, typeof from]);
      c.broadcast("ran", typeof c.conn);
      c.schedule.after(1, "again");
    },
    again: (c) => {
      c.state.ran.push("again");
      c.broadcast("again");
    },
    missing: (c) => {
      c.schedule.after(1, "nobody", 1);
    },
    throws: (c) => {
      c.schedule.after(1, "thrower");
    },
    thrower: (c) => {
      c.state.ran.push("try");
      if (c.state.ran.length < 2) throw new Error("the first try fails");
    },
  },
});

export const registry = setup({ use: { board, planner } });
