import { expect, test } from "vitest";
import type { Param, Tagged } from "../../../api/types.gen";
import { argsOf, asCurl, asRivet, asTypeScript, controlOf, fieldsOf, freeArgs } from "./args";

const text: Param = { name: "sku", type: "string", schema: { type: "string" } };
const num: Param = {
  name: "n",
  type: "number",
  schema: { type: "number" },
  default: "1",
  optional: true,
};
const any: Param = { name: "o", type: "{ a: number }" };
const rest: Param = { name: "xs", type: "number[]", rest: true };
const room = { type: "room", key: ["eu", "4/2"] };

test.each<[string, readonly Param[], readonly string[], readonly Tagged[]]>([
  ["text is text, whatever it looks like", [text], ["5"], ["5"]],
  ["an empty text is a text", [text], [""], [""]],
  ["a number is one", [text, num], ["a", "5"], ["a", 5]],
  ["what is optional is left out", [text, num], ["a", ""], ["a"]],
  ["in between it is undefined", [num, text], ["", "a"], [{ $undef: 1 }, "a"]],
  ["JSON is tagged", [any], ['{"a":{"$big":"1"}}'], [{ a: { $big: "1" } }]],
  ["a rest is spread", [num, rest], ["1", "[2,3]"], [1, 2, 3]],
])("%s", (_, params, fields, args) => {
  expect(argsOf(params, fields)).toEqual({ args });
});

test.each<[string, readonly Param[], readonly string[], number]>([
  ["no JSON", [any], ["{"], 0],
  ["no number", [text, num], ["a", '"x"'], 1],
  ["what must be there isn't", [any], [""], 0],
  ["a rest that is no array", [rest], ["5"], 0],
])("%s is told at its field", (_, params, fields, at) => {
  expect(argsOf(params, fields)).toMatchObject({ at });
});

test("what was sent can be edited and sent again", () => {
  const params = [text, num, rest];
  for (const args of [["a"], ["a", 5], ["a", 5, 1, 2]])
    expect(argsOf(params, fieldsOf(params, args))).toEqual({ args });
});

test("a schema says which control fits", () => {
  expect(controlOf({ name: "x", schema: { enum: ["a", "b"] } })).toEqual({
    kind: "choice",
    of: ["a", "b"],
  });
  expect(controlOf({ name: "x", schema: { anyOf: [{ const: "a" }, { const: 2 }] } })).toEqual({
    kind: "choice",
    of: ["a", 2],
  });
  expect(controlOf({ name: "x", schema: { type: "boolean" } })).toEqual({ kind: "boolean" });
  expect(controlOf({ name: "x" })).toEqual({ kind: "json" });
});

test("unknown parameters are an array", () => {
  expect(freeArgs("")).toEqual({ args: [] });
  expect(freeArgs("[1]")).toEqual({ args: [1] });
  expect(freeArgs("1")).toMatchObject({ at: 0 });
});

test("a call is copied as a command, as a request and as code", () => {
  const args: Tagged[] = ["it's", 5, { a: { $big: "1" } }];
  expect(asRivet(room, "say", args)).toBe(
    `rivet call 'room/eu/4\\/2' say --typed 'it'\\''s' 5 '{"a":{"$big":"1"}}'`,
  );
  expect(asRivet(room, "say", ["5"])).toBe(`rivet call 'room/eu/4\\/2' say '"5"'`);
  expect(asRivet(room, "say", ["--x"])).toBe(`rivet call 'room/eu/4\\/2' say '"--x"'`);
  expect(asCurl("http://localhost:8080/registry", room, "say", args)).toContain(
    `-H 'X-RivetKit-Query: {"getForKey":{"name":"room","key":["eu","4/2"]}}'`,
  );
  expect(asTypeScript({ type: "my-room", key: [] }, "say", args)).toBe(
    `await client["my-room"].get([]).say("it's", 5, { a: 1n });`,
  );
});
