import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { tag, untag } from "./tagged";

// The file that Go's codec is held against too.
const golden = readFileSync(
  new URL("../../../internal/wire/inspect/testdata/tagged.txt", import.meta.url),
  "utf8",
)
  .trimEnd()
  .split("\n")
  .map((line) => {
    const [name, text] = line.split("\t") as [string, string];
    return { name, text };
  });

test.each(golden)("$name comes back as it was", ({ text }) => {
  expect(tag(untag(JSON.parse(text)))).toEqual(JSON.parse(text));
});

test("the golden file has every kind", () => {
  expect(golden.length).toBeGreaterThan(25);
});

test("what was one object is one again", () => {
  const v = untag(JSON.parse('{"a":{"x":1},"b":[{"$ref":"/a"}],"self":{"$ref":""}}')) as {
    a: object;
    b: object[];
    self: object;
  };
  expect(v.b[0]).toBe(v.a);
  expect(v.self).toBe(v);
});

test("__proto__ is a key like others", () => {
  const v = untag(JSON.parse('{"__proto__":{"polluted":true}}')) as object;
  expect(Object.keys(v)).toEqual(["__proto__"]);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(JSON.stringify(tag(v))).toBe('{"__proto__":{"polluted":true}}');
});

test.each(['{"$cut":{"kind":"deep"}}', '{"$what":1}', '{"$num":"many"}', '{"$ref":"/nowhere"}'])(
  "%s means no value",
  (text) => {
    expect(() => untag(JSON.parse(text))).toThrow();
  },
);
