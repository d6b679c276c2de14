import { expect, test } from "vitest";
import { lineOf, problemOf, rangeOf } from "./json";

const text = JSON.stringify({ a: { "b/c": [1, { x: '}",' }] }, z: null }, null, 2);

test.each([
  ["/a/b~1c/0", "1"],
  ["/a/b~1c/1/x", '"}\\","'],
  ["/z", "null"],
])("%s is found", (pointer, want) => {
  const r = rangeOf(text, pointer);
  expect(r && text.slice(r.from, r.to)).toBe(want);
});

test("what isn't there has no place", () => {
  expect(rangeOf(text, "/nope")).toBeUndefined();
  expect(rangeOf("{", "/a")).toBeUndefined();
});

test("a message's pointer is found in the part that is edited", () => {
  expect(lineOf('{"x": 1}', "A function can't be stored at /deep/x.", "/deep")).toEqual({
    from: 6,
    to: 7,
  });
  expect(lineOf('{"x": 1}', "no value at /deep/x: why", "/deep")).toEqual({ from: 6, to: 7 });
});

test.each([
  ['{"a":1,}', "}"],
  ['{"a" 1}', "1"],
  ['{\n "a": x\n}', "x"],
  ["[1, 2", "2"],
  ["{", "{"],
  ['{"a": "b\nc"}', '"'],
  ["[1,]", "]"],
  ["{} x", "x"],
])("%j goes wrong at %j", (text, want) => {
  const r = problemOf(text);
  expect(r && text.slice(r.from, r.to)).toBe(want);
});

test("JSON doesn't go wrong", () => {
  expect(problemOf('{"a": [1.5e3, {}, [], "\\u00e9", true]}')).toBeUndefined();
});
