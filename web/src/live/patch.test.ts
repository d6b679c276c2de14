import { expect, test } from "vitest";
import type { Patch, Tagged } from "../api/types.gen";
import { applyPatch, diff, partsOf, pointerOf } from "./patch";

test.each<[string, unknown, Patch, unknown]>([
  ["add to an object", { a: 1 }, [{ op: "add", path: "/b", value: 2 }], { a: 1, b: 2 }],
  ["add into an array", [1, 3], [{ op: "add", path: "/1", value: 2 }], [1, 2, 3]],
  ["add at the end", [1], [{ op: "add", path: "/-", value: 2 }], [1, 2]],
  ["replace the whole", { a: 1 }, [{ op: "replace", path: "", value: null }], null],
  ["remove", { a: 1, b: 2 }, [{ op: "remove", path: "/a" }], { b: 2 }],
  ["move", { a: [1], b: {} }, [{ op: "move", from: "/a/0", path: "/b/x" }], { a: [], b: { x: 1 } }],
  ["copy", { a: 1 }, [{ op: "copy", from: "/a", path: "/b" }], { a: 1, b: 1 }],
  [
    "escapes",
    { "a/b": { "~": 1 } },
    [{ op: "replace", path: "/a~1b/~0", value: 2 }],
    { "a/b": { "~": 2 } },
  ],
])("%s", (_, doc, patch, want) => {
  const before = JSON.stringify(doc);
  expect(applyPatch(doc, patch)).toEqual(want);
  expect(JSON.stringify(doc)).toBe(before);
});

test.each<[string, unknown, Patch]>([
  ["replace of what isn't there", {}, [{ op: "replace", path: "/a", value: 1 }]],
  ["an index beyond the end", [1], [{ op: "add", path: "/3", value: 1 }]],
  ["below a number", { a: 1 }, [{ op: "add", path: "/a/b", value: 1 }]],
  ["a test that fails", { a: 1 }, [{ op: "test", path: "/a", value: 2 }]],
  ["inherited members", {}, [{ op: "remove", path: "/toString" }]],
])("%s doesn't fit", (_, doc, patch) => {
  expect(() => applyPatch(doc, patch)).toThrow();
});

test("__proto__ stays a key", () => {
  const doc = applyPatch({}, [{ op: "add", path: "/__proto__", value: { x: 1 } }]);
  expect(JSON.stringify(doc)).toBe('{"__proto__":{"x":1}}');
  expect(Object.getPrototypeOf(doc)).toBe(Object.prototype);
});

test("what isn't touched is shared", () => {
  const doc = { a: { x: 1 }, b: { y: 1 } };
  const out = applyPatch(doc, [{ op: "replace", path: "/b/y", value: 2 }]);
  expect(out.a).toBe(doc.a);
});

test("pointers and parts are inverse", () => {
  for (const parts of [[], [""], ["a/b", "~", "~1"], ["0", "-"]])
    expect(partsOf(pointerOf(parts))).toEqual(parts);
});

test("a diff makes one of the other", () => {
  const docs: Tagged[] = [
    {},
    { a: 1 },
    { a: 1, b: [1, 2, 3] },
    { b: [1, 3], a: 1 },
    [1, 2, 3],
    [0, 1, 2, 3],
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: 3 }, 5],
    { $date: 1 },
    { $map: [["k", 1]] },
    {
      $map: [
        ["k", 2],
        ["l", 1],
      ],
    },
    null,
    "x",
  ];
  for (const a of docs)
    for (const b of docs) expect(JSON.stringify(applyPatch(a, diff(a, b)))).toBe(JSON.stringify(b));
  expect(diff({ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } })).toEqual([
    { op: "replace", path: "/a/c", value: 3 },
  ]);
});
