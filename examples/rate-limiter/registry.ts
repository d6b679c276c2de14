import { actor, setup, UserError } from "@rivetkit/actor";

/** A bucket of `capacity` tokens that fills by `perSecond`. */
export type Limit = { capacity: number; perSecond: number };

/** What a caller learns: whether it may, and if not, when. */
export type Verdict = { allowed: boolean; remaining: number; retryAfterMs: number };

/** What a bucket is without an input at its creation. */
const DEFAULT: Limit = { capacity: 10, perSecond: 1 };

// One actor for each whom you limit: limiter/203.0.113.7, limiter/user-42.
const limiter = actor({
  onAuth: () => {},

  createState: (_c, input?: Limit) => {
    const limit = input ?? DEFAULT;
    if (!(limit.capacity >= 1) || !(limit.perSecond > 0)) {
      throw new UserError("A limit is { capacity: at least 1, perSecond: above 0 }.", {
        code: "bad_limit",
      });
    }
    return { ...limit, tokens: limit.capacity, at: Date.now() };
  },

  actions: {
    /** Takes `cost` tokens, or none. Calls can't overtake each other: nothing here awaits. */
    take: (c, cost: number = 1): Verdict => {
      const s = c.state;
      if (!(cost > 0) || cost > s.capacity) {
        throw new UserError(`A cost is above 0 and at most ${s.capacity}.`, { code: "bad_cost" });
      }
      const now = Date.now();
      const elapsed = Math.max(0, now - s.at); // a clock may step back
      s.tokens = Math.min(s.capacity, s.tokens + (elapsed / 1000) * s.perSecond);
      s.at = now;
      const allowed = s.tokens >= cost;
      if (allowed) {
        s.tokens -= cost;
      }
      return {
        allowed,
        remaining: Math.floor(s.tokens),
        retryAfterMs: allowed ? 0 : Math.ceil(((cost - s.tokens) / s.perSecond) * 1000),
      };
    },
    reset: (c) => {
      c.state.tokens = c.state.capacity;
    },
  },
});

export const registry = setup({ use: { limiter } });
