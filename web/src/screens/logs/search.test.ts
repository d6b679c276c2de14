import { expect, test } from "vitest";
import { levelFilter, logSearch } from "./search";

test.each([
  [undefined, undefined, ""],
  ["error", undefined, "level:error,critical"],
  ["debug,warn", "type:cart", "level:trace,debug,warn type:cart"],
  ["nonsense", "x", "x"],
])("%s and %s are %s", (level, q, want) => {
  expect(levelFilter(level, q)).toBe(want);
});

test("an address is read, nonsense left out", () => {
  expect(logSearch({ level: "info", seq: "-1", q: 4 })).toEqual({ level: "info" });
});
