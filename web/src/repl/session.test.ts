import { beforeEach, expect, test, vi } from "vitest";

/** A server that answers when it is told to, with what it was asked. */
function server() {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const post = async (path: string, body: unknown) => {
    const { code } = body as { code: string };
    if (path === "/repl/history") return undefined;
    asked.push(code);
    if (code !== "") await new Promise<void>((r) => waiting.push(r));
    return { id: "s", line: 1, logs: [], us: 1, output: { text: code, parts: [["", code]] } };
  };
  const del = vi.fn(async () => undefined);
  const get = async () => ({ items: ["old"] });
  return { asked, waiting, all: { get, post, del } as never, del };
}

beforeEach(() => {
  const kept = new Map<string, string>();
  const storage = {
    getItem: (k: string) => kept.get(k) ?? null,
    setItem: (k: string, v: string) => kept.set(k, v),
    removeItem: (k: string) => kept.delete(k),
  };
  vi.stubGlobal("sessionStorage", storage);
  vi.stubGlobal("localStorage", storage);
  vi.stubGlobal("location", { href: "http://localhost/studio/" });
});

async function made() {
  const { Repl } = await import("./session");
  const s = server();
  return { s, repl: new Repl(s.all) };
}

test("inputs typed ahead run one after another, none is lost", async () => {
  const { s, repl } = await made();
  void repl.run("one");
  const both = repl.run("two");
  await vi.waitFor(() => expect(s.asked).toEqual(["", "one"]));
  expect(repl.see().running).toBe(true);
  s.waiting.shift()?.();
  await vi.waitFor(() => expect(s.asked).toEqual(["", "one", "two"]));
  s.waiting.shift()?.();
  await both;
  expect(repl.see().running).toBe(false);
  expect(repl.see().items.map((i) => i.kind === "input" && i.answer?.output?.text)).toEqual([
    "one",
    "two",
  ]);
});

test("an interrupt stops the line that runs and forgets those behind it", async () => {
  const { s, repl } = await made();
  void repl.run("one");
  const both = repl.run("two");
  await vi.waitFor(() => expect(s.asked).toEqual(["", "one"]));
  await repl.interrupt();
  expect(s.del).toHaveBeenCalledWith("/repl/s");
  s.waiting.shift()?.();
  await both;
  expect(s.asked).toEqual(["", "one"]);
  expect(repl.see().items).toHaveLength(1);
});

test("a server that is gone is told as an error of the line", async () => {
  const { Repl } = await import("./session");
  const { ApiError } = await import("../api/http");
  const gone = async () => {
    throw new ApiError(0, { error: { code: "unreachable", message: "Gone.", hint: "Wait." } });
  };
  const repl = new Repl({ get: gone, post: gone, del: gone } as never);
  await repl.run("one");
  const [i] = repl.see().items;
  expect(i?.kind === "input" && i.answer?.error?.text).toBe("Gone. [unreachable]\n  Wait.");
});

test("what was typed is recalled, here and from others", async () => {
  const { s, repl } = await made();
  expect(await repl.history()).toEqual(["old"]);
  const ran = repl.run("one");
  await vi.waitFor(() => expect(s.waiting).toHaveLength(1));
  s.waiting.shift()?.();
  await ran;
  expect(await repl.history()).toEqual(["old", "one"]);
});

test("an actor's name comes apart as it was put together", async () => {
  const { parseTarget } = await import("./local");
  const { target } = await import("../ui/format");
  for (const key of [["a"], ["a/b", "c\\d"], [""], []]) {
    expect(parseTarget(target("counter", key))).toEqual({ type: "counter", key });
  }
});
