// Waits while the module loads.
export const awaited = await new Promise<string>((resolve) => setTimeout(() => resolve("top-level await"), 1));

class Fields {
  get = (k: string) => `get ${k}`;
  set = (k: string) => `set ${k}`;
  async = "async";
  static get = "static get";
  static async = 5;
  #hidden = 1;
  accessor grown = 2;
  static #count = 0;
  static {
    Fields.#count++;
  }
  has = (o: object) => #hidden in o;
  all = () => [this.get("a"), this.set("b"), this.async, Fields.get, Fields.async, this.#hidden, this.grown, Fields.#count, this.has(this), this.has({})];
}

async function* count(n: number, done: string[]) {
  try {
    for (let i = 1; i <= n; i++) {
      await Promise.resolve();
      yield i;
    }
  } finally {
    done.push(`closed after ${n}`);
  }
}

async function* through(done: string[]) {
  const last: unknown = yield* count(2, done);
  yield String(last);
}

function log<This, Args extends unknown[], R>(method: (this: This, ...args: Args) => R, context: ClassMethodDecoratorContext) {
  return function (this: This, ...args: Args): string {
    return `${String(context.name)}(${args.join()}) = ${method.call(this, ...args)}`;
  };
}

const register: string[] = [];
function registered(value: unknown, context: ClassDecoratorContext) {
  register.push(`${context.kind} ${context.name} ${typeof value}`);
}

@registered
class Decorated {
  @log
  add(a: number, b: number): unknown {
    return a + b;
  }
}

export const features: Record<string, () => unknown> = {
  fields: () => new Fields().all(),

  asyncGenerator: async () => {
    const done: string[] = [];
    const seen: unknown[] = [];
    for await (const x of through(done)) seen.push(x);
    for await (const x of count(5, done)) if (x === 2) break;
    const g = count(9, done);
    seen.push((await g.next()).value, (await g.return(undefined)).done);
    return { seen, done };
  },

  forAwait: async () => {
    const seen: unknown[] = [];
    for await (const x of [Promise.resolve(1), 2]) seen.push(x);
    try {
      for await (const x of [Promise.reject(new Error("no"))]) seen.push(x);
    } catch (error) {
      seen.push((error as Error).message);
    }
    return seen;
  },

  using: async () => {
    const order: string[] = [];
    {
      using a = { [Symbol.dispose]: () => order.push("dispose a") };
      await using b = {
        [Symbol.asyncDispose]: async () => {
          await Promise.resolve();
          order.push("dispose b");
        },
      };
      order.push(`body ${typeof a} ${typeof b}`);
    }
    return order;
  },

  decorators: () => [new Decorated().add(1, 2), register],

  topLevelAwait: () => awaited,

  dynamicImport: async () => {
    const { loaded } = await import("./shapes");
    const name = ["./", "nowhere"].join("");
    const refused = await import(name).then(
      () => "loaded",
      (error: unknown) => (error instanceof Error ? "an error" : typeof error),
    );
    return [loaded, refused];
  },

  iteratorHelpers: () => {
    const naturals = function* () {
      for (let i = 0; ; i++) yield i;
    };
    return [
      naturals().filter((n) => n % 2 === 1).map((n) => n * n).drop(1).take(3).toArray(),
      new Map([["a", 1]]).keys().toArray(),
      [1, 2, 3].values().reduce((a, b) => a + b),
      Iterator.from([3, 1]).flatMap((n) => [n, n]).toArray(),
      [1, 2].values().some((n) => n === 2),
      [1, 2].values().find((n) => n > 1),
    ];
  },

  streams: async () => {
    const seen: unknown[] = [];
    const stream = new ReadableStream({
      start(controller) {
        for (const x of ["a", "b"]) controller.enqueue(x);
        controller.close();
      },
    });
    for await (const chunk of stream as unknown as AsyncIterable<string>) seen.push(chunk);
    const text = new Response("h\u00e9llo").body as unknown as AsyncIterable<Uint8Array>;
    let n = 0;
    for await (const chunk of text) n += chunk.byteLength;
    return [seen, n, typeof Symbol.asyncIterator];
  },
};

export const patterns = (): Record<string, unknown> => ({
  letters: [/^\p{L}+$/u.test("h\u00e9\u00e9"), /^\p{L}+$/u.test("h\u00e91"), /^[\p{L}\d_-]+$/u.test("\u0436_1-")],
  runTime: [new RegExp("^\\p{Lu}", "u").test("\u00c9a"), new RegExp("^\\p{Lu}", "u").test("\u00e9a")],
  not: [/\P{L}/u.test("abc"), /\P{L}/u.test("a1")],
  script: [/^\p{Script=Greek}+$/u.test("\u03b1\u03b2"), /^\p{Script=Greek}+$/u.test("ab")],
  emoji: [/^\p{Extended_Pictographic}$/u.test("\u{1F600}"), /^\p{Emoji_Presentation}$/u.test("a")],
  replace: "a\u00e9-b".replace(/\p{L}/gu, "x"),
  sets: [/^[\p{L}--[a-z]]$/v.test("\u00e9"), /^[\p{L}--[a-z]]$/v.test("e")],
  source: /\p{L}+/giu.source,
  flags: /\p{L}+/giu.flags,
});

export const locales = (): Record<string, unknown> => ({
  number: (1234.5).toLocaleString("en-US"),
  plain: (1234567).toLocaleString(),
  money: (1234.5).toLocaleString("en-US", { style: "currency", currency: "USD" }),
  percent: (0.256).toLocaleString("en-US", { style: "percent" }),
  digits: (1.005).toLocaleString("en-US", { minimumFractionDigits: 2 }),
  bigint: 12345678901234567890n.toLocaleString("en-US"),
  month: new Date(0).toLocaleDateString("en-US", { timeZone: "UTC", month: "long" }),
  date: new Date(0).toLocaleDateString("en-US", { timeZone: "UTC" }),
  zone: new Date(0).toLocaleDateString("en-US", { timeZone: "America/New_York" }),
  format: new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" }).format(new Date(0)),
  list: [1234.5, new Date(0).getTime()].toLocaleString(),
});
