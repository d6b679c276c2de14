import { expect, test } from "vitest";
import { below, merge, settle } from "./merge";
import type { Tagged } from "./types.gen";

test.each<[string, Tagged, Tagged, Tagged, Tagged, string[]]>([
  ["apart", { a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 3 }, { a: 2, b: 3 }, []],
  ["both add", {}, { mine: 1 }, { theirs: 1 }, { theirs: 1, mine: 1 }, []],
  ["the same change", { a: 1 }, { a: 2 }, { a: 2 }, { a: 2 }, []],
  ["one place", { a: 1 }, { a: 2 }, { a: 3 }, { a: 3 }, ["/a"]],
  ["I change what they removed", { a: { x: 1 } }, { a: { x: 2 } }, {}, {}, ["/a"]],
  [
    "they change what I removed",
    { a: { x: 1 }, b: 1 },
    { b: 1 },
    { a: { x: 2 }, b: 1 },
    { a: { x: 2 }, b: 1 },
    ["/a"],
  ],
  ["both push", { l: [1] }, { l: [1, 2] }, { l: [1, 3] }, { l: [1, 3] }, ["/l"]],
  [
    "I edit an element, they insert before it",
    { l: [1, 2] },
    { l: [1, 5] },
    { l: [0, 1, 2] },
    { l: [0, 1, 2] },
    ["/l"],
  ],
  ["two elements of one array", { l: [1, 2] }, { l: [9, 2] }, { l: [1, 8] }, { l: [9, 8] }, []],
  [
    "a map's entries",
    {
      m: {
        $map: [
          ["a", 1],
          ["b", 1],
        ],
      },
    },
    {
      m: {
        $map: [
          ["a", 2],
          ["b", 1],
        ],
      },
    },
    {
      m: {
        $map: [
          ["a", 1],
          ["b", 3],
        ],
      },
    },
    {
      m: {
        $map: [
          ["a", 2],
          ["b", 3],
        ],
      },
    },
    [],
  ],
  [
    "a conflict and a change beside it",
    { a: 1, b: 1 },
    { a: 2, b: 2 },
    { a: 3, b: 1 },
    { a: 3, b: 2 },
    ["/a"],
  ],
])("%s", (_, base, mine, theirs, merged, conflicts) => {
  const m = merge(base, mine, theirs);
  expect(m.merged).toEqual(merged);
  expect(m.conflicts.map((c) => c.path)).toEqual(conflicts);
});

test("a conflict is settled by who is asked", () => {
  const m = merge({ a: 1 }, { a: 2 }, { a: 3 });
  const c = m.conflicts[0];
  if (!c) throw new Error("no conflict");
  expect(settle(m.merged, c, "mine")).toEqual({ a: 2 });
  expect(settle(m.merged, c, "theirs")).toEqual({ a: 3 });
  const gone = merge({ a: 1 }, {}, { a: 3 }).conflicts[0];
  if (!gone) throw new Error("no conflict");
  expect(settle({ a: 3 }, gone, "mine")).toEqual({});
});

test("a part's patch is one of the whole", () => {
  expect(below("/a", [{ op: "move", from: "/x", path: "/y" }])).toEqual([
    { op: "move", from: "/a/x", path: "/a/y" },
  ]);
});
