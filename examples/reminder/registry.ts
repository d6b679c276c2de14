import { actor, setup, UserError } from "@rivetkit/actor";

/** What to say and when; `sentAt` is there once it was said. Times are milliseconds since 1970. */
export type Reminder = { id: number; text: string; at: number; sentAt?: number };

const reminders = actor({
  onAuth: () => {},

  state: { nextId: 1, list: [] as Reminder[] },

  actions: {
    /** In `ms` milliseconds. */
    remindIn: async (c, ms: number, text: string) => {
      const reminder = { id: c.state.nextId++, text, at: Date.now() + ms };
      c.state.list.push(reminder);
      await c.schedule.after(ms, "due", reminder.id);
      return reminder;
    },

    /** At a time, as in "2030-01-01T09:00:00Z". */
    remindAt: async (c, when: string, text: string) => {
      const at = Date.parse(when);
      if (Number.isNaN(at)) {
        throw new UserError(`${JSON.stringify(when)} is no date.`, { code: "bad_date" });
      }
      const reminder = { id: c.state.nextId++, text, at };
      c.state.list.push(reminder);
      await c.schedule.at(at, "due", reminder.id);
      return reminder;
    },

    /** Forgets one; its alarm will find nothing to say. */
    cancel: (c, id: number) => {
      const before = c.state.list.length;
      c.state.list = c.state.list.filter((r) => r.id !== id || r.sentAt !== undefined);
      return c.state.list.length < before;
    },

    list: (c) => c.state.list,

    /** The alarm. It runs at least once: a second run must not say it again. */
    due: (c, id: number) => {
      if (c.conn !== undefined) {
        throw new UserError("Only the schedule calls this.", { code: "not_yours" });
      }
      const reminder = c.state.list.find((r) => r.id === id);
      if (reminder === undefined || reminder.sentAt !== undefined) {
        return;
      }
      reminder.sentAt = Date.now();
      c.broadcast("reminder", reminder);
    },
  },
});

export const registry = setup({ use: { reminders } });
