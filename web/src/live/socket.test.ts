import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ToClient, ToServer } from "../api/types.gen";
import { Live, type Wire } from "./socket";

/** A server that a test plays. */
class FakeWire implements Wire {
  onopen: (() => void) | null = null;
  onmessage: ((e: { data: unknown }) => void) | null = null;
  onclose: ((e: { code: number }) => void) | null = null;
  sent: ToServer[] = [];
  closed = false;

  send(text: string) {
    this.sent.push(JSON.parse(text) as ToServer);
  }
  close() {
    this.closed = true;
  }
  give(...frames: Partial<ToClient>[]) {
    for (const f of frames) this.onmessage?.({ data: JSON.stringify({ n: 0, ...f }) });
  }
  of(t: string) {
    return this.sent.filter((f) => f.t === t);
  }
}

let wires: FakeWire[];
let live: Live;
let denied: number;
const wire = () => wires.at(-1) as FakeWire;

beforeEach(() => {
  vi.useFakeTimers();
  wires = [];
  denied = 0;
  live = new Live({
    connect() {
      const w = new FakeWire();
      wires.push(w);
      return w;
    },
    session: () => "s",
    denied: () => denied++,
  });
  live.start();
  open({ epoch: "e1" });
});

afterEach(() => vi.useRealTimers());

function open(welcome: Partial<ToClient>) {
  wire().onopen?.();
  wire().give({ t: "welcome", n: 0, ...welcome });
}

function state() {
  const sub = live.subscribe("state", { actor: "a" });
  sub.hold();
  return sub;
}

test("a picture is a snap and the patches over it", () => {
  const s = state();
  wire().give(
    { n: 1, t: "snap", id: 1, rev: 1, data: { count: 1 } },
    {
      n: 2,
      t: "patch",
      id: 1,
      from: 1,
      rev: 2,
      ops: [{ op: "replace", path: "/count", value: 2 }],
    },
  );
  expect(s.picture().data).toEqual({ count: 2 });
});

test("a frame that comes twice counts once", () => {
  const s = state();
  const add = {
    n: 2,
    t: "patch",
    id: 1,
    from: 1,
    rev: 2,
    ops: [{ op: "add", path: "/-", value: 1 }],
  } as const;
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: [] }, add, add);
  expect(s.picture().data).toEqual([1]);
});

test("a missing frame makes it resume where it was", () => {
  const s = state();
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: [] });
  wire().give({
    n: 3,
    t: "patch",
    id: 1,
    from: 2,
    rev: 3,
    ops: [{ op: "add", path: "/-", value: 2 }],
  });
  expect(wires).toHaveLength(2);
  expect(wires[0]?.closed).toBe(true);
  open({ epoch: "e1", resumed: true });
  expect(wire().of("hello")[0]?.resume).toEqual({ epoch: "e1", n: 1 });
  expect(wire().of("sub")).toHaveLength(0); // the server knows of it
  wire().give(
    { n: 2, t: "patch", id: 1, from: 1, rev: 2, ops: [{ op: "add", path: "/-", value: 1 }] },
    { n: 3, t: "patch", id: 1, from: 2, rev: 3, ops: [{ op: "add", path: "/-", value: 2 }] },
  );
  expect(s.picture().data).toEqual([1, 2]);
});

test("frames out of order end in the right picture", () => {
  const s = state();
  const at = (n: number) =>
    ({
      n,
      t: "patch",
      id: 1,
      from: n - 1,
      rev: n,
      ops: [{ op: "add", path: "/-", value: n }],
    }) as const;
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: [] }, at(3));
  open({ epoch: "e1", resumed: true });
  wire().give(at(2), at(3), at(2));
  expect(s.picture().data).toEqual([2, 3]);
});

test("a patch over another picture makes it ask anew", () => {
  const s = state();
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: [1] });
  wire().give({ n: 2, t: "patch", id: 1, from: 7, rev: 8, ops: [] });
  expect(wire().of("sub")).toHaveLength(2);
  wire().give({ n: 3, t: "patch", id: 1, from: 8, rev: 9, ops: [{ op: "remove", path: "/0" }] });
  expect(s.picture().data).toEqual([1]);
  wire().give({ n: 4, t: "snap", id: 1, rev: 1, data: [9] });
  expect(s.picture().data).toEqual([9]);
});

test("a patch that doesn't fit makes it ask anew", () => {
  state();
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: {} });
  wire().give({ n: 2, t: "patch", id: 1, from: 1, rev: 2, ops: [{ op: "remove", path: "/x" }] });
  expect(wire().of("sub")).toHaveLength(2);
});

test("frames are acknowledged every 32, or after 200 ms", () => {
  state();
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: 0 });
  expect(wire().of("ack")).toHaveLength(0);
  vi.advanceTimersByTime(200);
  expect(
    wire()
      .of("ack")
      .map((f) => f.n),
  ).toEqual([1]);
  for (let n = 2; n <= 33; n++) wire().give({ n, t: "patch", id: 1, from: n - 1, rev: n, ops: [] });
  expect(
    wire()
      .of("ack")
      .map((f) => f.n),
  ).toEqual([1, 33]);
});

test("data stays while the server is gone, and goes on when it is back", () => {
  const s = state();
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: "old" });
  wire().onclose?.({ code: 1006 });
  expect(live.link.state).toBe("gone");
  expect(live.link.lostAt).toBeGreaterThan(0);
  expect(s.picture().data).toBe("old");
  vi.advanceTimersByTime(250);
  expect(wires).toHaveLength(2);
  expect(live.link.state).toBe("gone"); // until it says welcome
  open({ epoch: "e2" });
  expect(live.link).toEqual({ state: "open", lostAt: 0, retryAt: 0 });
  expect(wire().of("sub")).toHaveLength(1);
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: "new" });
  expect(s.picture().data).toBe("new");
});

test("it tries again less and less often, up to 2 s", () => {
  for (const wait of [250, 500, 1000, 2000, 2000]) {
    const n = wires.length;
    wire().onclose?.({ code: 1006 });
    vi.advanceTimersByTime(wait - 1);
    expect(wires).toHaveLength(n);
    vi.advanceTimersByTime(1);
    expect(wires).toHaveLength(n + 1);
  }
});

test("a session that ended asks for another, and is not tried again", () => {
  wire().onclose?.({ code: 4401 });
  vi.advanceTimersByTime(10_000);
  expect(denied).toBe(1);
  expect(wires).toHaveLength(1);
});

test("who asks for the same shares one subscription; it ends after the last", () => {
  const end = [
    live.subscribe("actor", { actor: "a" }).hold(),
    live.subscribe("actor", { actor: "a" }).hold(),
  ];
  expect(wire().of("sub")).toHaveLength(1);
  end[0]?.();
  end[0]?.(); // twice counts once
  vi.advanceTimersByTime(5000);
  expect(wire().of("unsub")).toHaveLength(0);
  end[1]?.();
  vi.advanceTimersByTime(1999);
  expect(wire().of("unsub")).toHaveLength(0);
  vi.advanceTimersByTime(1);
  expect(wire().of("unsub")).toHaveLength(1);
});

test("who comes back before it ends finds what was there", () => {
  const end = state;
  const s = end();
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: 5 });
  const again = live.subscribe("state", { actor: "a" });
  expect(again.picture()).toBe(s.picture());
});

test("an error is told, the data stays, and it can be asked again", () => {
  const s = state();
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: 5 });
  wire().give({ n: 2, t: "error", id: 1, error: { code: "storage_unavailable", message: "m" } });
  expect(s.picture()).toMatchObject({ data: 5, error: { code: "storage_unavailable" } });
  s.again();
  expect(wire().of("sub")).toHaveLength(2);
});

test("a window moves without asking anew", () => {
  const s = live.subscribe("actors", {}, { from: 0, to: 100 }, "own");
  s.hold();
  s.window({ from: 100, to: 200 });
  s.window({ from: 100, to: 200 });
  expect(wire().of("sub")[0]?.window).toEqual({ from: 0, to: 100 });
  expect(
    wire()
      .of("window")
      .map((f) => [f.from, f.to]),
  ).toEqual([[100, 200]]);
});

test("a window that moved while the server was gone is asked for anew", () => {
  const s = live.subscribe("actors", {}, { from: 0, to: 100 }, "own");
  s.hold();
  wire().onclose?.({ code: 1006 });
  s.window({ from: 300, to: 400 });
  vi.advanceTimersByTime(250);
  open({ epoch: "e1", resumed: true });
  expect(wire().of("sub")[0]?.window).toEqual({ from: 300, to: 400 });
});

test("a stream grows, and what was dropped is known", () => {
  const s = live.subscribe("history", {});
  s.hold();
  const items = (...seqs: number[]) => seqs.map((seq) => ({ seq }));
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: items(1, 2) });
  wire().give({ n: 2, t: "items", id: 1, items: items(3) });
  wire().give({ n: 3, t: "items", id: 1, items: items(9), dropped: { from: 4, to: 8, count: 5 } });
  const now = s.stream<{ seq: number }>();
  expect(now.items.map((i) => i.seq)).toEqual([1, 2, 3, 9]);
  expect(now.dropped).toEqual([{ from: 4, to: 8, count: 5 }]);
});

test("a stream that begins anew takes nothing twice, and knows of the gap", () => {
  const s = live.subscribe("logs", {});
  s.hold();
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: [{ seq: 1 }, { seq: 2 }] });
  wire().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(250);
  open({ epoch: "e2" });
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: [{ seq: 2 }, { seq: 3 }] });
  expect(s.stream<{ seq: number }>().items.map((i) => i.seq)).toEqual([1, 2, 3]);
  wire().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(250);
  open({ epoch: "e3" });
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: [{ seq: 50 }] });
  expect(s.stream().dropped).toEqual([{ from: 4, to: 49, count: 0 }]);
});

test("a stream of another run of the server begins at nothing", () => {
  const meta = { epoch: "run1" } as ToClient["meta"] & object;
  wire().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(250);
  open({ epoch: "e2", meta });
  const s = live.subscribe("history", {});
  s.hold();
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: [{ seq: 70 }] });
  wire().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(250);
  open({ epoch: "e3", meta: { ...meta, epoch: "run2" } });
  wire().give({ n: 1, t: "snap", id: 1, rev: 1, data: [{ seq: 1 }] });
  expect(s.stream<{ seq: number }>().items.map((i) => i.seq)).toEqual([1]);
});

test("nobody looks: the server may send less", () => {
  live.rate(2);
  expect(
    wire()
      .of("rate")
      .map((f) => f.hz),
  ).toEqual([2]);
  live.rate(2);
  expect(wire().of("rate")).toHaveLength(1);
});
