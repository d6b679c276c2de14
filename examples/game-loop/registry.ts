import { type ActorContextOf, actor, setup, UserError } from "@rivetkit/actor";

/** Where a player is and heads for: -1, 0 or 1 on each axis. */
export type Player = { name: string; x: number; y: number; dx: number; dy: number };

/** What everybody gets, 20 times a second. */
export type Snapshot = { tick: number; players: Record<string, Player> };

/** What a client says of itself when it connects. */
export type Params = { name: string };

const STEP_MS = 50; // 20 Hz
const SPEED = 2; // a step
const SIZE = 100;
const COIN = { x: 10, y: 0 };

const arena = actor({
  onAuth: () => {},

  // What is kept: the scores. What isn't: the world of the moment, in vars.
  state: { scores: {} as Record<string, number> },
  createVars: () => ({
    tick: 0,
    players: new Map<string, Player>(),
    timer: undefined as ReturnType<typeof setInterval> | undefined,
  }),
  createConnState: (_c, _opts, params: Params | undefined) => ({
    name: params?.name ?? "guest",
  }),

  // At each start: a new actor, one that slept, one whose code was replaced.
  onStart: (c) => {
    c.vars.timer = setInterval(() => step(c), STEP_MS);
  },
  onConnect: (c, conn) => {
    c.vars.players.set(conn.id, { name: conn.state.name, x: 0, y: 0, dx: 0, dy: 0 });
    c.vars.timer ??= setInterval(() => step(c), STEP_MS);
  },
  onDisconnect: (c, conn) => {
    c.vars.players.delete(conn.id);
  },

  actions: {
    steer: (c, dx: number, dy: number) => {
      const player = c.vars.players.get(c.conn.id);
      if (player === undefined || Math.abs(dx) > 1 || Math.abs(dy) > 1) {
        throw new UserError("Steer by -1, 0 or 1 on each axis.", { code: "bad_move" });
      }
      player.dx = Math.sign(dx);
      player.dy = Math.sign(dy);
    },
    scores: (c) => c.state.scores,
  },
});

/** One step of the world, then tell everybody. */
function step(c: ActorContextOf<typeof arena>): void {
  const { players } = c.vars;
  if (players.size === 0) {
    clearInterval(c.vars.timer); // an empty arena may sleep
    c.vars.timer = undefined;
    return;
  }
  c.vars.tick++;
  for (const p of players.values()) {
    p.x = Math.min(SIZE, Math.max(0, p.x + p.dx * SPEED));
    p.y = Math.min(SIZE, Math.max(0, p.y + p.dy * SPEED));
    if ((p.dx !== 0 || p.dy !== 0) && p.x === COIN.x && p.y === COIN.y) {
      c.state.scores[p.name] = (c.state.scores[p.name] ?? 0) + 1;
    }
  }
  const snapshot: Snapshot = { tick: c.vars.tick, players: Object.fromEntries(players) };
  c.broadcast("snapshot", snapshot);
}

export const registry = setup({ use: { arena } });
