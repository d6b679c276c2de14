class Temperature {
  constructor(public degrees: number) {}
}

type Case = { make: () => unknown; right: (v: any) => boolean };

const same = (want: unknown): Case => ({ make: () => want, right: (v) => Object.is(v, want) });

const typed = (Kind: any, values: unknown[]): Case => ({
  make: () => Kind.from(values),
  right: (v) => v instanceof Kind && v.length === values.length && values.every((x, i) => Object.is(v[i], x)),
});

/** What a state may hold, and how to tell that it is what it was. */
export const values: Record<string, Case> = {
  undefined: same(undefined),
  null: same(null),
  true: same(true),
  text: same("h\u00e9llo \u{1F600} \ud800"),
  empty: same(""),
  NaN: same(Number.NaN),
  "-0": same(-0),
  Infinity: same(Number.POSITIVE_INFINITY),
  "-Infinity": same(Number.NEGATIVE_INFINITY),
  fraction: same(0.1 + 0.2),
  large: same(2 ** 53),
  bigint: same(123456789012345678901234567890n),
  negative: same(-5n),
  date: { make: () => new Date(1234567890123), right: (v) => v instanceof Date && v.getTime() === 1234567890123 },
  noDate: { make: () => new Date(Number.NaN), right: (v) => v instanceof Date && Number.isNaN(v.getTime()) },
  regexp: {
    make: () => Object.assign(/a\/(b+)/giu, { lastIndex: 1 }),
    right: (v) => v instanceof RegExp && v.source === "a\\/(b+)" && v.flags === "giu" && v.lastIndex === 1 && v.test("xA/BB") && (v.lastIndex = 1) > 0,
  },
  error: {
    make: () => new Error("broken", { cause: "why" }),
    right: (v) => v instanceof Error && v.message === "broken" && v.name === "Error" && v.cause === "why",
  },
  aggregate: {
    make: () => new AggregateError([new RangeError("one"), { two: 2 }], "both"),
    right: (v) => v instanceof AggregateError && v.message === "both" && v.errors[0] instanceof RangeError && v.errors[1].two === 2,
  },
  views: {
    make: () => {
      const a = new Uint8Array([1, 2, 3, 4]);
      return { a, w: new Uint16Array(a.buffer, 2), b: a.buffer };
    },
    right: (v) => v.a.buffer === v.b && v.w.buffer === v.b && v.w[0] === 0x0403 && v.w.byteOffset === 2 && v.a.length === 4,
  },
  typeError: {
    make: () => new TypeError("typed"),
    right: (v) => v instanceof TypeError && v.message === "typed" && v.name === "TypeError",
  },
  int8: typed(Int8Array, [-128, 127]),
  uint8: typed(Uint8Array, [0, 255]),
  clamped: typed(Uint8ClampedArray, [0, 255]),
  int16: typed(Int16Array, [-32768, 32767]),
  uint16: typed(Uint16Array, [0, 65535]),
  int32: typed(Int32Array, [-2147483648, 2147483647]),
  uint32: typed(Uint32Array, [0, 4294967295]),
  float32: typed(Float32Array, [1.5, -0]),
  float64: typed(Float64Array, [0.1, Number.NaN]),
  bigint64: typed(BigInt64Array, [-(2n ** 63n), 1n]),
  biguint64: typed(BigUint64Array, [2n ** 64n - 1n]),
  buffer: {
    make: () => new Uint8Array([1, 2, 3]).buffer,
    right: (v) => v instanceof ArrayBuffer && String(new Uint8Array(v)) === "1,2,3",
  },
  nodeBuffer: { make: () => Buffer.from("h\u00e9"), right: (v) => Buffer.isBuffer(v) && v.toString("utf8") === "h\u00e9" },
  mapOfObjects: {
    make: () => {
      const key = { k: 1 };
      return { key, map: new Map<unknown, unknown>([[key, "value"], [1, new Map([["x", 1]])]]) };
    },
    right: (v) => v.map instanceof Map && v.map.size === 2 && v.map.get(v.key) === "value" && v.map.get(1).get("x") === 1,
  },
  set: {
    make: () => new Set<unknown>([1, "1", { a: 1 }]),
    right: (v) => v instanceof Set && v.size === 3 && v.has(1) && v.has("1") && [...v][2].a === 1,
  },
  holes: {
    make: () => {
      const list = [1, 2, 3];
      delete list[1];
      list.length = 5;
      return list;
    },
    right: (v) => Array.isArray(v) && v.length === 5 && v[0] === 1 && v[2] === 3 && !(1 in v) && !(3 in v) && !(4 in v),
  },
  cycle: {
    make: () => {
      const o: Record<string, unknown> = { name: "o", list: [] };
      o.self = o;
      (o.list as unknown[]).push(o);
      return o;
    },
    right: (v) => v.self === v && v.list[0] === v && v.self.self.name === "o",
  },
  shared: {
    make: () => {
      const one = { n: 1 };
      return { a: one, b: [one], c: { n: 1 } };
    },
    right: (v) => v.a === v.b[0] && v.a !== v.c && v.a.n === 1,
  },
  undefinedMember: { make: () => ({ u: undefined }), right: (v) => "u" in v && v.u === undefined },
  bare: {
    make: () => Object.assign(Object.create(null), { a: 1 }),
    right: (v) => Object.getPrototypeOf(v) === null && v.a === 1,
  },
  protoKey: {
    make: () => JSON.parse('{"__proto__":{"evil":1}}'),
    right: (v) => Object.keys(v).join() === "__proto__" && v.evil === undefined,
  },
  instance: {
    make: () => new Temperature(20),
    right: (v) => v.degrees === 20 && JSON.stringify(v) === '{"degrees":20}',
  },
};
