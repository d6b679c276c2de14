import { expect, test } from "vitest";
import { flatten, hasCuts, holderOf, isShort, parentsOf, preview, search, sizeOf } from "./tree";
import type { Tagged } from "./types.gen";

const state: Tagged = {
  owner: { name: "Ada", since: { $date: 0 } },
  prices: {
    $map: [
      ["apple", 1.5],
      [{ id: 1 }, 2],
    ],
  },
  list: [1, { $hole: 3 }, "x"],
  odd: { $obj: [["$date", { deep: true }]] },
};

test("only what is open is listed", () => {
  expect(flatten(state, new Set()).map((n) => n.name)).toEqual(["owner", "prices", "list", "odd"]);
  expect(flatten(state, new Set(["/owner"])).map((n) => n.path)).toEqual([
    "/owner",
    "/owner/name",
    "/owner/since",
    "/prices",
    "/list",
    "/odd",
  ]);
});

test("maps, holes and keys with $ have their own names", () => {
  const names = flatten(state, new Set(["/prices", "/list", "/odd"])).map((n) => [n.name, n.path]);
  expect(names).toContainEqual(['"apple"', "/prices/$map/0/1"]);
  expect(names).toContainEqual(["{id: 1}", "/prices/$map/1/1"]);
  expect(names).toContainEqual(["1…3", "/list/1"]);
  expect(names).toContainEqual(["4", "/list/2"]);
  expect(names).toContainEqual(["$date", "/odd/$obj/0/1"]);
});

test("names, values and what they are in are found", () => {
  expect([...search(state, "ada")]).toEqual(["/owner/name"]);
  expect([...search(state, "deep")]).toEqual(["/odd/$obj/0/1/deep"]);
  expect(parentsOf(state, "/odd/$obj/0/1/deep")).toEqual(["/odd", "/odd/$obj/0/1"]);
});

test.each<[Tagged, string]>([
  [{ $undef: 1 }, "undefined"],
  [{ $num: "-0" }, "-0"],
  [{ $big: "12" }, "12n"],
  [{ $date: 0 }, "1970-01-01T00:00:00.000Z"],
  [{ $date: 8.7e15 }, "Invalid Date"],
  [{ $re: ["a", "g"] }, "/a/g"],
  [{ $bytes: "AQI=", type: "Uint8Array" }, "Uint8Array, 2 bytes"],
  [{ $err: { name: "TypeError", message: "m", stack: "" } }, "TypeError: m"],
  [{ $set: [] }, "Set(0) {}"],
  [{ $map: [["a", 1]] }, 'Map(1) {"a" → 1}'],
  [[1, 2], "(2) [1, 2]"],
  [{ a: "b" }, '{a: "b"}'],
])("%j is written %s", (v, text) => {
  expect(preview(v)).toBe(text);
});

test("a preview is never longer than asked for, by much", () => {
  const wide = Object.fromEntries(
    Array.from({ length: 5000 }, (_, i) => [`key${i}`, "x".repeat(500)]),
  );
  expect(preview(wide, 80).length).toBeLessThan(100);
  expect(sizeOf(wide)).toBe(5000);
});

test("what was left out is counted, and asked for where it belongs", () => {
  const rest = (kind: string, size: number): Tagged => ({ $cut: { kind, size, bytes: 9 } });
  const v: Tagged = {
    list: [1, 2, rest("items", 40)],
    map: { $map: [["a", 1], rest("items", 7)] },
    obj: { a: 1, "…": rest("members", 3) },
    deep: rest("array", 5),
    whole: [1],
  };
  expect(["list", "map", "obj"].map((k) => sizeOf(v[k] as Tagged))).toEqual([42, 8, 4]);
  expect(["list", "map", "obj", "whole"].map((k) => isShort(v[k]))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(hasCuts(v)).toBe(true);
  expect(hasCuts({ a: [{ b: 1 }] })).toBe(false);
  const rows = flatten(v, new Set(["/list", "/map", "/obj"])).filter((n) => n.sort === "cut");
  expect(rows.map((n) => holderOf(n.path, n.value))).toEqual(["/list", "/map", "/obj", "/deep"]);
  expect(rows.map((n) => preview(n.value))).toEqual([
    "40 more: open to load",
    "7 more: open to load",
    "3 more: open to load",
    "array of 5: open to load",
  ]);
});
