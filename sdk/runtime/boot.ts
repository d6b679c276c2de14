/** The TypeScript half of the runtime: `boot` connects it to Go (internal/isolate). */
import { ActorConnBase } from "../client/conn.js";
import { ClientCore } from "../client/core.js";
import { ActorError } from "../client/errors.js";
import { ActorHandleBase } from "../client/handle.js";
import { ClientBase } from "../client/proxy.js";
import type { RuntimeHooks } from "../internal/hooks.js";
import type { LogLevel } from "../log.js";
import { Actor } from "./actor.js";
import { authorize } from "./auth.js";
import { Conn, Conns } from "./conn.js";
import { Context, levels, Schedule } from "./context.js";
import { ServerDriver } from "./driver.js";
import { type Host, setHost } from "./host.js";
import { Server } from "./registry.js";
import { type ReplHost, repl } from "./repl.js";

/** The functions that Go calls. What users throw never leaves them. */
export function boot(host: Host): object {
  setHost(host);
  for (const c of [Conn, Conns, Context, Schedule, ActorHandleBase, ActorConnBase, ClientCore])
    host.opaque(c.prototype);
  host.opaque(ClientBase);
  const server = new Server();
  const actors = new Map<number, Actor>();
  const hooks: RuntimeHooks = {
    createServer: (registry, config) => server.output(registry, config),
    runServer: (registry, config) => server.output(registry, config),
    serve: (app, config) => server.serveAlone(app, config),
    registered: (registry) => {
      server.made.push(registry);
    },
    clientDriver: () => new ServerDriver(),
    log: (level: LogLevel, name, message, args) => host.logger(levels[level], name, message, args),
    env: (name) => host.env(name),
    position: () => host.position(),
  };
  Object.defineProperty(globalThis, "__rivet_runtime", { value: hooks, configurable: true });

  return {
    describe: (entry: unknown) => server.describe(entry),
    make(h: number, name: string, id: string, key: string[], region: string): Actor | undefined {
      const type = server.types.get(name);
      if (!type) return undefined;
      const actor = new Actor(h, type, id, key, region);
      actors.set(h, actor);
      return actor;
    },
    /** What a type's config gives as `part`, "state" or "connState", for `rivet check`. */
    initial: (name: string, part: "state" | "connState") => server.types.get(name)?.config[part],
    drop: (a: Actor) => actors.delete(a.h),
    start: (a: Actor, isNew: boolean, create: boolean, input: unknown) =>
      void a.start(isNew, create, input),
    restore: (a: Actor, slot: number, subscriptions: string[], gone: boolean, parted: boolean) =>
      a.restore(slot, subscriptions, gone, parted),
    invoke: (a: Actor, call: number, slot: number, name: string, ...args: unknown[]) =>
      a.invoke(call, slot, name, args),
    act: (a: Actor, call: number, slot: number, name: string, ...args: unknown[]) =>
      void a.act(call, new Context(a, a.slots.get(slot) ?? slot), name, args),
    run: (a: Actor, call: number, _slot: number, name: string, ...args: unknown[]) =>
      a.run(call, name, args),
    connect: (a: Actor, call: number, slot: number) => void a.connect(call, slot),
    disconnect: (a: Actor, slot: number) => void a.disconnect(slot),
    subscribe(a: Actor, slot: number, event: string, on: boolean): void {
      const subscriptions = a.slots.get(slot)?.subscriptions;
      if (on) subscriptions?.add(event);
      else subscriptions?.delete(event);
    },
    watch: (a: Actor, call: number, pending: PromiseLike<unknown>) => a.watch(call, pending),
    stateChanged: (a: Actor) => a.stateChanged(),
    part: (a: Actor) => void a.part(),
    makeError: (
      code: string,
      message: string,
      metadata: unknown,
      isPublic: boolean,
      statusCode: number,
    ) =>
      new ActorError(
        code,
        message,
        metadata,
        statusCode ? { public: isPublic, statusCode } : { public: isPublic },
      ),
    authorize: (name: string, request: () => unknown, intents: string, params: unknown) =>
      authorize(server.types.get(name)?.hooks.onAuth, request, intents, params),
    fetch: (
      a: Actor,
      request: unknown,
      auth: unknown,
      done: (response: unknown) => void,
      refused: (error: unknown) => void,
    ) => a.fetch(request, auth, done, refused),
    socket: (
      a: Actor,
      id: number,
      request: Request | undefined,
      auth: unknown,
      protocol: string,
      refused: (error: unknown) => void,
    ) => a.socket(id, request, auth, protocol, refused),
    serveFetch: (
      request: unknown,
      mount: string,
      done: (response: unknown) => void,
      refused: (error: unknown) => void,
    ) => server.fetch(request, mount, done, refused),
    app: () => server.describeApp(),
    repl: (go: ReplHost) => repl(go),
    allowOrigin: (
      origin: string,
      request: () => Request,
      done: (allow: unknown) => void,
      refused: (error: unknown) => void,
    ) => server.allowOrigin(origin, request, done, refused),
  };
}
