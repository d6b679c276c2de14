/** A state with something of each kind to change. */
export function first() {
  return {
    nested: { a: { b: 1 } } as { a: { b: number; c?: number[] } },
    list: [3, 1, 2],
    gone: 1 as number | undefined,
    map: new Map<string, { n: number }>([["a", { n: 1 }]]),
    set: new Set([1]),
    date: new Date(0),
    bytes: new Uint8Array([1, 2, 3]),
    pair: [1, 2],
    x: "x",
    y: "y",
  };
}

type State = ReturnType<typeof first>;
type Holder = { state: State };

/** One change each; what it touched is looked at by `looks`. */
export const changes: Record<string, (c: Holder) => void> = {
  nested: (c) => {
    c.state.nested.a.b = 2;
  },
  added: (c) => {
    c.state.nested.a.c = [1, 2];
    c.state.nested.a.c[1] = 3;
  },
  push: (c) => {
    c.state.list.push(9);
  },
  sort: (c) => {
    c.state.list.sort();
  },
  splice: (c) => {
    c.state.list.splice(1, 1, 7, 8);
  },
  length: (c) => {
    c.state.list.length = 1;
  },
  reverse: (c) => {
    c.state.list.reverse();
  },
  delete: (c) => {
    delete c.state.gone;
  },
  mapSet: (c) => {
    c.state.map.set("b", { n: 2 });
  },
  mapInner: (c) => {
    const a = c.state.map.get("a");
    if (a) a.n = 5;
  },
  mapDelete: (c) => {
    c.state.map.delete("a");
  },
  setAdd: (c) => {
    c.state.set.add(2);
  },
  setClear: (c) => {
    c.state.set.clear();
  },
  date: (c) => {
    c.state.date.setUTCFullYear(2001);
  },
  bytes: (c) => {
    c.state.bytes[1] = 200;
  },
  bytesFill: (c) => {
    c.state.bytes.fill(7, 1);
  },
  whole: (c) => {
    c.state = { ...first(), list: [0], x: "whole" };
  },
  filter: (c) => {
    c.state.list = c.state.list.filter((n) => n > 1);
  },
  swap: (c) => {
    [c.state.pair[0], c.state.pair[1]] = [c.state.pair[1] as number, c.state.pair[0] as number];
  },
  swapFields: (c) => {
    [c.state.x, c.state.y] = [c.state.y, c.state.x];
  },
};

/** A state as JSON, whole. */
export const look = ({ nested, list, map, set, date, bytes, pair, x, y, ...rest }: State) => ({
  nested,
  list,
  gone: "gone" in rest,
  map: [...map],
  set: [...set],
  date: date.getTime(),
  bytes: Array.from(bytes),
  pair,
  xy: x + y,
});
