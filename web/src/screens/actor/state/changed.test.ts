import { expect, test } from "vitest";
import { applyPatch } from "../../../live/patch";
import { changes } from "./changed";

test("what differs is found, with what it is in", () => {
  const a = { x: { y: 1, z: 1 }, list: [1, 2], m: { $map: [["k", 1]] } };
  const b = applyPatch(a, [
    { op: "replace", path: "/x/y", value: 2 },
    { op: "add", path: "/list/-", value: 3 },
    { op: "replace", path: "/m/$map/0/1", value: 5 },
  ]);
  expect([...changes(a, b)].sort()).toEqual([
    "/list",
    "/list/2",
    "/m",
    "/m/$map/0/1",
    "/x",
    "/x/y",
  ]);
});

test("a new picture of the same state is no change", () => {
  const a = { x: { y: [1, { z: null }] } };
  expect(changes(a, structuredClone(a)).size).toBe(0);
});
