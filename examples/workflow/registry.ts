import { actor, setup, UserError } from "@rivetkit/actor";

declare const process: { env: Record<string, string | undefined> };

/** What somebody wants and pays with. */
export type Cart = { item: string; quantity: number; card: string };

/** Where an order stands. */
export type Status = "reserving" | "charging" | "done" | "refused";

/** The stock of one item; its key is the item. */
const stock = actor({
  state: { available: 0, reserved: {} as Record<string, number> },
  actions: {
    fill: (c, n: number) => (c.state.available += n),
    /** Sets aside; asked twice for one order, it does so once. */
    reserve: (c, order: string, n: number) => {
      if (order in c.state.reserved) {
        return;
      }
      if (n > c.state.available) {
        throw new UserError(`Only ${c.state.available} left.`, { code: "sold_out" });
      }
      c.state.available -= n;
      c.state.reserved[order] = n;
    },
    /** Undoes `reserve`, once. */
    release: (c, order: string) => {
      c.state.available += c.state.reserved[order] ?? 0;
      delete c.state.reserved[order];
    },
    available: (c) => c.state.available,
  },
});

/** Charges by a payment provider's HTTP API, which knows repeated requests by their key. */
const payment = actor({
  state: { charged: false },
  actions: {
    charge: async (c, card: string) => {
      if (c.state.charged) {
        return;
      }
      const response = await fetch(process.env.PAYMENT_URL ?? "http://localhost:9090/charge", {
        method: "POST",
        headers: { "idempotency-key": c.key.join("/") },
        body: JSON.stringify({ card }),
      });
      if (response.status === 402) {
        throw new UserError("The card was declined.", { code: "card_declined" });
      }
      if (!response.ok) {
        throw new Error(`payment: ${response.status}`); // the schedule tries again
      }
      c.state.charged = true;
    },
  },
});

/**
 * One order. Each step is a scheduled run: it survives a crash and is tried again
 * if it throws, so each step may run twice, and all that it calls expects that.
 */
const order = actor({
  onAuth: () => {},
  createState: (c, cart: Cart) => {
    if (!cart?.item || !(cart.quantity > 0)) {
      throw new UserError("An order has an item and a quantity.", { code: "bad_cart" });
    }
    return { id: c.actorId, cart, status: "reserving" as Status, reason: "" };
  },
  onCreate: async (c) => {
    await c.schedule.after(0, "run");
  },
  onStateChange: (c, state) => {
    c.broadcast("status", state.status, state.reason);
  },
  actions: {
    status: (c) => ({ status: c.state.status, reason: c.state.reason }),

    /** The next step. */
    run: async (c): Promise<void> => {
      if (c.conn !== undefined) {
        throw new UserError("Only the schedule calls this.", { code: "not_yours" });
      }
      const { id, cart } = c.state;
      const peers = c.client<typeof registry>();
      const store = peers.stock.getOrCreate(cart.item);
      try {
        if (c.state.status === "reserving") {
          await store.reserve(id, cart.quantity);
          c.state.status = "charging";
        }
        if (c.state.status === "charging") {
          await peers.payment.getOrCreate(id).charge(cart.card);
          c.state.status = "done";
        }
      } catch (error) {
        const code = (error as { code?: string }).code;
        if (code !== "sold_out" && code !== "card_declined") {
          throw error; // no answer yet: the schedule runs this again
        }
        if (code === "card_declined") {
          await store.release(id);
        }
        c.state.reason = code;
        c.state.status = "refused";
      }
    },
  },
});

/** Asks many actors at once. */
const warehouse = actor({
  onAuth: () => {},
  actions: {
    overview: async (c, items: string[]): Promise<Record<string, number>> => {
      const { stock } = c.client<typeof registry>();
      const counts = await Promise.all(items.map((item) => stock.getOrCreate(item).available()));
      return Object.fromEntries(items.map((item, i) => [item, counts[i] ?? 0]));
    },
  },
});

export const registry = setup({ use: { stock, payment, order, warehouse } });
