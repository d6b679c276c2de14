import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  ALLOWED_PUBLIC_HEADERS,
  actor,
  createClientWithDriver,
  createFileSystemDriver,
  createInlineClientDriver,
  generateConnToken,
  lookupInRegistry,
  RegistryConfigSchema,
  setup,
  UserError,
} from "../actor.js";
import type { ClientDriver } from "../client/driver.js";
import { ActorError, ActorNotFound, Forbidden, Unauthorized } from "../errors.js";
import type { RuntimeHooks } from "../internal/hooks.js";
import { startFake } from "./fake.js";

// biome-ignore lint/suspicious/noExplicitAny: configs that no type allows
const wrong = (config: any): any => actor(config);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe("setup names actor, key and line of a mistake", () => {
  it.each([
    ["an unknown key", { sttae: {} }, 'unknown key "sttae" (did you mean "state"?)'],
    ["a hook that is none", { onStart: 1 }, '"onStart" must be a function, not a number'],
    ["both of a pair", { state: {}, createState: () => ({}) }, 'both "state" and "createState"'],
    ["an action that is none", { actions: { x: 1 } }, '"actions.x" must be a function'],
    ["an unknown option", { options: { action: { timout: 1 } } }, '"options.action.timout"'],
    ["an option out of range", { options: { sleepTimeout: -1 } }, "positive number"],
  ])("%s", (_name, config, text) => {
    const use = { counter: wrong(config) };
    expect(() => setup({ use })).toThrow(text);
    expect(() => setup({ use })).toThrow(/^actor "counter" \(.*actor\.test\.ts:\d+:\d+\): /);
  });

  it("a name that is a client's own, and what is no actor", () => {
    expect(() => setup({ use: { get: actor({}) } })).toThrow('actor "get": this name');
    expect(() => setup({ use: { a: {} as never } })).toThrow("not made by actor()");
    expect(RegistryConfigSchema.safeParse({}).success).toBe(false);
    expect(() => wrong(7)).toThrow(TypeError);
  });

  it("and takes what is right", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const counter = actor({ connState: {}, createConnState: () => ({}), types: {}, actions: {} });
    expect(warn.mock.calls[0]?.[0]).toContain("createConnState wins");
    warn.mockRestore();
    const registry = setup({ use: { counter } });
    expect(lookupInRegistry(registry, "counter")).toBe(counter);
    expect(() => lookupInRegistry(registry, "toString")).toThrow(ActorNotFound);
  });
});

describe("a registry", () => {
  const registry = setup({ use: { counter: actor({ actions: { x: () => 1 } }) } });

  it("checks its run config", () => {
    expect(() => registry.runServer({ prot: 1 } as never)).toThrow(
      'runServer: unknown key "prot" (did you mean "port"?)',
    );
    expect(() => registry.createServer({ cors: { origin: 1 } } as never)).toThrow("cors.origin");
  });

  it("delegates inside rivet", () => {
    const runServer = vi.fn(() => "server");
    vi.stubGlobal("__rivet_runtime", { runServer } as unknown as RuntimeHooks);
    expect(registry.runWorker({ port: 1 })).toBe("server");
    expect(runServer).toHaveBeenCalledWith(registry, { port: 1 });
  });

  it("forwards to RIVET_URL outside", async () => {
    const fake = await startFake();
    vi.stubEnv("RIVET_URL", fake.url);
    const { client, handler, hono, serve } = registry.createServer();
    expect(await client.counter.get().action({ name: "x", args: [5] })).toBe(5);
    const request = new Request("http://me/registry/actors/raw/http/p?q=1", {
      method: "POST",
      body: "hi",
    });
    const response = await handler(request);
    expect([response.status, await response.text()]).toEqual([201, "/actors/raw/http/p?q=1 hi"]);
    expect(hono.routes).toHaveLength(1);
    expect(() => serve()).toThrow(/rivet dev/);
    expect(() => registry.runServer()).toThrow(/rivet dev/);
    expect(() => createInlineClientDriver()).toThrow(/rivet dev/);
    await client.dispose();
    await fake.stop();
  });
});

it("a client works over any driver", async () => {
  const call = vi.fn(async () => 7);
  // biome-ignore lint/suspicious/noExplicitAny: no registry
  const client = createClientWithDriver<any>({ call } as unknown as ClientDriver) as any;
  expect(await client.counter.get("a").x(1)).toBe(7);
  expect(call).toHaveBeenCalledWith(
    expect.objectContaining({
      query: { getForKey: { name: "counter", key: ["a"] } },
      action: "x",
      args: [1],
    }),
  );
});

describe("errors", () => {
  it("carry what a client sees", () => {
    const error = new UserError("m", { code: "k", meta: { a: 1 }, cause: "c" });
    expect(error).toMatchObject({ message: "m", code: "k", metadata: { a: 1 }, public: true });
    expect([error.name, error.cause, error.statusCode]).toEqual(["UserError", "c", 400]);
    expect(new UserError("m").code).toBe("user_error");
    expect(new Unauthorized().statusCode).toBe(401);
    expect(new Forbidden("m", { metadata: 1 })).toMatchObject({ code: "forbidden", metadata: 1 });
  });

  it("are recognised across copies of the SDK", async () => {
    vi.resetModules();
    const other = await import("../errors.js");
    const error = new other.UserError("m");
    expect(other.UserError).not.toBe(UserError);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toBeInstanceOf(ActorError);
    expect(error).not.toBeInstanceOf(Forbidden);
    class Mine extends ActorError {}
    expect(error).not.toBeInstanceOf(Mine);
    expect(new Mine("a", "b")).toBeInstanceOf(Mine);
  });
});

it("small things", () => {
  expect(ALLOWED_PUBLIC_HEADERS).toHaveLength(8);
  expect(generateConnToken()).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  expect(createFileSystemDriver({ path: "d" })).toEqual({ type: "file-system", path: "d" });
});

it("the runtime has no #private fields, which would be lowered to WeakMaps", () => {
  const folder = new URL("../runtime/", import.meta.url);
  for (const file of readdirSync(folder)) {
    const code = readFileSync(new URL(file, folder), "utf8").replace(
      /\/\*[\s\S]*?\*\/|\/\/.*/g,
      "",
    );
    expect(code.match(/#[A-Za-z_$][\w$]*/g) ?? [], file).toEqual([]);
  }
});
