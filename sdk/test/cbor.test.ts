import { decode as reference, encode as referenceEncode } from "cbor-x";
import { describe, expect, it } from "vitest";
import { decode, encode, fromBase64 } from "../client/cbor.js";

const values: Record<string, unknown> = {
  nothing: [null, undefined, true, false],
  numbers: [0, 23, 24, 255, 256, 65536, -1, -5, -4294967296, 1.5, Infinity, NaN, 4294967295],
  "large integers": [4294967296, -4294967297, Number.MAX_SAFE_INTEGER],
  BigInt: [1n, -1n, 2n ** 63n, 2n ** 64n, -(2n ** 80n)],
  strings: ["", "ü漢😀", "x".repeat(70000)],
  objects: { a: { b: [1, { c: undefined }] }, __proto__x: 1 },
  dates: [new Date(0), new Date(1234567890123), new Date(-1)],
  bytes: [new Uint8Array([1, 2]), new Uint16Array([1, 65535]), new Float64Array([1.5])],
  collections: [
    new Map<unknown, unknown>([
      ["a", 1],
      [2, new Set([1, "x"])],
    ]),
  ],
};

describe("CBOR", () => {
  it.each(Object.entries(values))("keeps %s", (_name, value) => {
    expect(decode(encode(value))).toEqual(value);
  });

  it.each(Object.entries(values))("agrees with cbor-x about %s", (_name, value) => {
    expect(reference(encode(value))).toEqual(value);
    expect(decode(referenceEncode(value))).toEqual(value);
  });

  it("keeps -0, which cbor-x writes as 0", () => {
    expect(decode(encode(-0))).toBe(-0);
  });

  it("reads what others may write", () => {
    const vectors: [string, unknown][] = [
      ["bf61619f0203ffff", { a: [2, 3] }],
      ["f93c00", 1],
      ["fa3fc00000", 1.5],
      ["7f61616162ff", "ab"],
      ["5f41014102ff", new Uint8Array([1, 2])],
      ["1b0000000000000005", 5n],
      ["c074323031332d30332d32315432303a30343a30305a", new Date("2013-03-21T20:04:00Z")],
    ];
    for (const [hex, want] of vectors) {
      const data = Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
      expect(decode(data)).toEqual(want);
    }
  });

  it("makes no prototypes of keys", () => {
    const made = decode(referenceEncode(new Map([["__proto__", { evil: 1 }]])));
    expect(({} as { evil?: number }).evil).toBeUndefined();
    const object = decode(fromBase64("oWlfX3Byb3RvX1+hZGV2aWwB")) as { evil?: number };
    expect(object.evil).toBeUndefined();
    expect(Object.keys(object)).toEqual(["__proto__"]);
    expect(made).toBeInstanceOf(Map);
  });

  it.each([
    "",
    "81",
    "a1",
    "18",
    "ff",
    "9f",
    "fc",
    "1c",
    "0000",
    "7b00ffffffffffffff",
    "9bffffffffffffffff",
  ])("refuses %s", (hex) => {
    const data = Uint8Array.from(hex.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
    expect(() => decode(data)).toThrow();
  });

  it("refuses cycles and functions, with their path", () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    expect(() => encode(cycle)).toThrow(/nested too deeply/);
    expect(() => encode({ a: [1, () => 1] }, "x")).toThrow("x.a[1] is a function");
  });
});
