import { expect, test } from "vitest";
import { unfinished } from "./unfinished";

test.each<[string, boolean]>([
  ["", false],
  ["1 + 1", false],
  ["1 +", true],
  ["a =", true],
  ["a.", true],
  ["f(", true],
  ["f(1,", true],
  ["f(1)", false],
  ["f(1))", false],
  ["{", true],
  ["{ a: 1 }", false],
  ["function f() {", true],
  ["function f() { return 1 }", false],
  ["const f = (x: number) =>", true],
  ["if (x) {\n  y()\n} else", true],
  ["`a", true],
  ["`a`", false],
  ["`a ${b", true],
  ["'}'", false],
  ["/* a", true],
  ["/* a */", false],
  ["// {", false],
  ["/[/(]/.test(a)", false],
  ["a++", false],
  ["x!", false],
  [".use counter/{", false],
  ["[1, 2", true],
  ["await counter('a').increment(5)", false],
])("%j: goes on on the next line: %s", (code, want) => {
  expect(unfinished(code)).toBe(want);
});
