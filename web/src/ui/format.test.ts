import { expect, test } from "vitest";
import { age, bytes, count, shown, target, took, until, word } from "./format";

test.each([
  [-5, "due"],
  [900, "in 1 s"],
  [61_000, "in 1 min 1 s"],
  [7_200_000, "in 2 h 0 min"],
  [90_000_000, "in 1 d 1 h"],
])("%d ms are %s", (ms, want) => {
  expect(until(ms)).toBe(want);
});

test("numbers have units", () => {
  expect([0, 1023, 1024, 15_000, 5_242_880].map(bytes)).toEqual([
    "0 B",
    "1023 B",
    "1.0 KiB",
    "15 KiB",
    "5.0 MiB",
  ]);
  expect([5, 1500, 12_000, 2_500_000].map(took)).toEqual(["5 µs", "1.5 ms", "12 ms", "2.5 s"]);
  expect(count(1234567)).toBe("1\u202f234\u202f567");
  expect([0, 5_000, 120_000, 90_000_000].map((ms) => age(0, ms))).toEqual([
    "now",
    "5 s ago",
    "2 min ago",
    "1 day ago",
  ]);
});

test("an actor is written as the command line reads it", () => {
  expect(target("game", ["eu", "4/2"])).toBe("game/eu/4\\/2");
  expect(target("counter", [])).toBe("counter");
  expect(target("counter", [""])).toBe("counter/");
});

test("a word of a shell is quoted if it must be", () => {
  expect(word("a/b-c")).toBe("a/b-c");
  expect(word("it's $x")).toBe("'it'\\''s $x'");
  expect(word("")).toBe("''");
});

test("what can't be seen is written out", () => {
  expect(shown("a\u202eb\u0000\u001b[31m\u200fé😀\n")).toBe(
    "a\\u202eb\\u0000\\u001b[31m\\u200fé😀\n",
  );
});
