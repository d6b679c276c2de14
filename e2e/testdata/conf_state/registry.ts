import { actor, setup, UserError } from "@rivetkit/actor";
import { changes, first, look } from "./changes";
import { outcome } from "./outcome";
import { values } from "./values";

const open = () => {};

// Line 62: one actor a change.
const deep = actor({
  onAuth: open,
  createState: () => first(),
  actions: {
    names: () => Object.keys(changes),
    change: (c, name: string) => changes[name]?.(c),
    look: (c) => look(c.state),
  },
});

// Line 63.
const plain = actor({
  onAuth: open,
  createState: () => ({ ...first(), user: { name: "ann", tags: ["a", "b"] } }),
  actions: {
    uses: (c) => {
      const { state } = c;
      const clone = structuredClone(state);
      clone.user.name = "bob";
      clone.map.set("z", { n: 26 });
      const keys: string[] = [];
      for (const key in state.user) keys.push(key);
      return {
        clone: [clone.user.name, state.user.name, clone.map.size, state.map.size, clone.date instanceof Date],
        stringify: JSON.stringify(state.user),
        spread: { ...state.user },
        entries: Object.entries(state.user),
        forIn: keys,
        keys: Object.keys(state),
        isArray: Array.isArray(state.list),
        instances: [state.map instanceof Map, state.set instanceof Set, state.date instanceof Date, state.bytes instanceof Uint8Array],
        date: [state.date.getTime(), state.date.toISOString()],
        array: [state.list.map((n) => n * 2), state.list.includes(2), [...state.list], state.list.concat([4])],
        map: [state.map.get("a")?.n, state.map.has("b"), [...state.map.keys()]],
        sum: state.bytes.reduce((a, b) => a + b, 0),
        destructured: (({ user: { name } }) => name)(state),
        same: state.nested === c.state.nested,
        json: JSON.parse(JSON.stringify(state)).date,
      };
    },
  },
});

// Line 64.
const kept = actor({
  onAuth: open,
  state: { values: {} as Record<string, unknown> },
  actions: {
    fill: (c) => {
      for (const [name, { make }] of Object.entries(values)) c.state.values[name] = make();
    },
    check: (c) => {
      const wrong = Object.entries(values)
        .filter(([name, { right }]) => {
          try {
            return !(name in c.state.values && right(c.state.values[name]));
          } catch {
            return true;
          }
        })
        .map(([name]) => name);
      return { checked: Object.keys(values).length, wrong };
    },
  },
});

type User = { name: string; cb?: unknown };

// Line 65.
const refuses = actor({
  onAuth: open,
  createState: () => ({
    users: ["a", "b", "c", "d"].map((name): User => ({ name })),
    map: new Map<string, unknown>(),
    set: new Set<unknown>(),
  }),
  actions: {
    assign: (c) => {
      (c.state.users[3] as User).cb = () => {};
    },
    push: (c) => {
      c.state.users.push({ name: "e", cb: { deeper: [() => {}] } as never });
    },
    symbol: (c) => {
      (c.state.users[0] as User).cb = Symbol("s");
    },
    promise: (c) => {
      (c.state.users[0] as User).cb = Promise.resolve();
    },
    weakMap: (c) => {
      (c.state.users[0] as User).cb = new WeakMap();
    },
    map: (c) => {
      c.state.map.set("f", () => {});
    },
    set: (c) => {
      c.state.set.add(() => {});
    },
    whole: (c) => {
      c.state = { ...c.state, users: () => {} } as never;
    },
    // Caught by the actor itself, whose later changes count.
    caught: (c) =>
      outcome(() => {
        try {
          (c.state.users[3] as User).cb = () => {};
        } finally {
          (c.state.users[3] as User).name = "after";
        }
      }),
    look: (c) => ({ users: c.state.users, map: [...c.state.map], set: [...c.state.set] }),
  },
});

// Line 66.
const cloned = actor({
  onAuth: open,
  state: { list: [[1]], map: new Map([["a", [1]]]) },
  actions: {
    change: (c) => {
      c.state.list[0]?.push(2);
      c.state.map.get("a")?.push(2);
    },
    get: (c) => [c.state.list, [...c.state.map]],
  },
});

// Lines 67 and 76.
const bare = actor({
  onAuth: open,
  actions: {
    read: (c) => (c as any).state.n,
    write: (c) => {
      (c as any).state = { n: 1 };
    },
    vars: (c) => (c as any).vars.n,
    fine: () => "fine",
  },
});

// Lines 68, 69 and 70.
const counter = actor({
  onAuth: open,
  state: { n: 0, list: [] as { x: number }[] },
  vars: { kept: undefined as { x: number } | undefined },
  options: { state: { saveInterval: 3_600_000 } },
  actions: {
    get: (c) => c.state.n,
    save: async (c) => [await c.saveState(), await c.saveState({}), await c.saveState({ immediate: true })].map((x) => typeof x),
    // Changes state once the action has answered; "saved" tells that it is durable.
    later: (c, n: number) => {
      setTimeout(async () => {
        c.state.n = n;
        await c.saveState({ immediate: true });
        c.broadcast("saved", n);
      }, 1);
    },
    setAndThrow: (c, n: number) => {
      c.state.n = n;
      throw new UserError("after the change", { code: "thrown" });
    },
    setAndReject: async (c, n: number) => {
      c.state.n = n;
      await Promise.resolve();
      throw new Error("after the change");
    },
    adopt: (c) => {
      const m = { x: 0 };
      c.state.list.push(m);
      m.x = 1;
      c.vars.kept = m;
      return c.state.list.length;
    },
    mutateLater: (c) => {
      if (c.vars.kept) c.vars.kept.x = 2;
    },
    list: (c) => c.state.list,
  },
});

// Line 71.
const fromInput = actor({
  onAuth: open,
  createState: (_c, input?: { start: number }) => ({
    inState: input === undefined ? "undefined" : input.start,
    inCreate: "not run" as unknown,
  }),
  onCreate: (c, input) => {
    c.state.inCreate = input === undefined ? "undefined" : input.start;
  },
  actions: { get: (c) => [c.state.inState, c.state.inCreate] },
});

// Line 72.
const third = actor({
  onAuth: open,
  createState: (_c, _input: { start: number }) => ({ seen: [] as unknown[] }),
  onCreate: (c, opts, input) => {
    c.state.seen = [opts.input, input];
  },
  actions: { get: (c) => c.state.seen },
});
const thirdDefault = actor({
  onAuth: open,
  createState: (_c, _input: { start: number }) => ({ seen: [] as unknown[] }),
  onCreate: (c, opts, input = { start: -1 }) => {
    c.state.seen = [typeof opts.input === "object" ? opts.input : typeof opts.input, input];
  },
  actions: { get: (c) => c.state.seen },
});

// Line 73.
const born = actor({
  onAuth: open,
  createState: (c) => {
    let thrown = "nothing";
    try {
      void (c as any).state;
    } catch (error) {
      thrown = (error as { code: string }).code;
    }
    return { id: c.key[0], n: c.name, a: c.actorId, thrown };
  },
  actions: { get: (c) => ({ ...c.state, same: c.state.a === c.actorId }) },
});

// Line 74.
const named = actor({
  onAuth: open,
  actions: {
    meta: (c) => ({ key: c.key, isArray: Array.isArray(c.key), alias: c.actorKey, name: c.name, region: c.region, id: c.actorId }),
  },
});

class Emitter {
  #heard: string[] = [];
  emit(what: string): string[] {
    this.#heard.push(what);
    return this.#heard;
  }
}
class Point {
  constructor(
    public x: number,
    public y: number,
  ) {}
  sum() {
    return this.x + this.y;
  }
}
const points = actor({
  onAuth: () => {},
  state: { at: null as unknown as Point },
  connState: { at: null as unknown as Point },
  actions: {
    set: (c) => {
      c.state.at = new Point(1, 2);
      c.conn.state.at = new Point(3, 4);
      return [c.conn.state.at instanceof Point, c.conn.state.at.x];
    },
    get: (c) => [c.state.at instanceof Point, typeof c.state.at.sum, Object.keys(c.state.at).join(), c.state.at.constructor === Object],
  },
});

const shared = new ArrayBuffer(8);
const bytes = actor({
  onAuth: () => {},
  vars: {
    bytes: new Uint8Array([1, 2]),
    buffer: Buffer.from("ab"),
    memory: shared,
    floats: new Float32Array(shared, 4),
    view: new DataView(shared),
    pattern: /a/g,
  },
  actions: {
    use: ({ vars: v }) => {
      v.bytes[0]!++;
      v.buffer[0]!++;
      v.floats[0]!++;
      v.pattern.lastIndex++;
      return [[...v.bytes], v.buffer.toString(), v.view.getFloat32(4, true), v.pattern.lastIndex, v.floats.length, v.floats.buffer === v.memory];
    },
  },
});

const emitter = new Emitter();

// Line 75.
const varied = actor({
  onAuth: open,
  vars: { list: [0], emitter, twice: (n: number) => 2 * n },
  actions: {
    use: (c) => {
      c.vars.list.push(1);
      return {
        list: c.vars.list,
        same: c.vars.emitter === emitter,
        isEmitter: c.vars.emitter instanceof Emitter,
        heard: c.vars.emitter.emit(c.key[0] as string).at(-1),
        twice: c.vars.twice(21),
      };
    },
  },
});
const made = actor({
  onAuth: open,
  state: { n: 20 },
  createVars: async (c, driver) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return { driver: typeof driver, isNull: driver === null, n: c.state.n + 1, key: c.key };
  },
  actions: { get: (c) => c.vars },
});
const neverMade = actor({
  onAuth: open,
  createVars: () => new Promise<number>(() => {}),
  options: { lifecycle: { createVarsTimeout: 20 } },
  actions: { get: (c) => c.vars },
});
const soonMade = actor({
  onAuth: open,
  createVars: () => new Promise<string>((resolve) => setTimeout(() => resolve("in time"), 30)),
  options: { lifecycle: { createVarsTimeout: 10_000 } },
  actions: { get: (c) => c.vars },
});

// Calls as an actor, where errors are whole.
const caller = actor({
  onAuth: open,
  actions: {
    call: (c, name: string, key: string[], action: string) =>
      outcome(() => (c.client<any>() as any)[name].getOrCreate(key).action({ name: action, args: [] })),
    inputs: async (c, key: string) => {
      const { fromInput } = c.client<typeof registry>();
      const created = await fromInput.create([key, "created"], { input: { start: 1 } });
      return [
        await created.get(),
        await fromInput.getOrCreate([key, "gotten"], { createWithInput: { start: 2 } }).get(),
        await fromInput.getOrCreate([key, "without"]).get(),
        await fromInput.getOrCreate([key, "created"], { createWithInput: { start: 3 } }).get(),
      ];
    },
    names: async (c, key: string) => [
      await c.client<typeof registry>().named.getOrCreate(key).meta(),
      await c.client<typeof registry>().named.getOrCreate().meta(),
    ],
  },
});

export const registry = setup({
  use: {
    points, bytes, deep, plain, kept, refuses, cloned, bare, counter, fromInput, third, thirdDefault,
    born, named, varied, made, neverMade, soonMade, caller,
  },
});
