import { clientOver } from "../client/proxy.js";
import { fileOf, isActorDefinition } from "../internal/actor.js";
import type { HonoContext } from "../internal/hono.js";
import { isRegistry, setup } from "../internal/registry.js";
import type {
  AnyActorDefinition,
  Registry,
  RegistryActors,
  ServeApp,
  ServerOutput,
} from "../types/definition.js";
import type { CorsConfig, RunConfig } from "../types/run.js";
import { handler, honoOf, isHono, mounted } from "./app.js";
import { ServerDriver } from "./driver.js";
import { host } from "./host.js";
import { ActorType } from "./type.js";

/** What the entry exports. */
interface Exports {
  readonly registry?: unknown;
  readonly default?: unknown;
}

/** What the entry asked for while it ran. */
export class Server {
  /** Registries in the order of their making, by setup(). */
  readonly made: Registry[] = [];
  /** The one that createServer or runServer was called on. */
  served: Registry | undefined;
  config: RunConfig | undefined;
  app: ServeApp | undefined;
  /** The app came by serveAlone. */
  private alone = false;
  /** The entry has `handler` or `hono`. */
  private handed = false;
  private readonly mounts = new Map<string, ServeApp>();
  types = new Map<string, ActorType>();

  output<A extends RegistryActors>(
    registry: Registry<A>,
    config: RunConfig | undefined,
  ): ServerOutput<A> {
    this.served = registry as unknown as Registry;
    this.config = config ?? {};
    let client: ReturnType<typeof clientOver> | undefined;
    const server = this;
    return {
      get client() {
        client ??= clientOver(new ServerDriver(), {});
        return client as ServerOutput<A>["client"];
      },
      get hono() {
        server.handed = true;
        return honoOf();
      },
      get handler() {
        server.handed = true;
        return handler as (input: Request | HonoContext) => Promise<Response>;
      },
      serve(app?: ServeApp) {
        if (app) server.serve(app);
      },
    };
  }

  serve(app: ServeApp): void {
    this.app = app;
    this.mounts.clear();
    host().served();
  }

  /** Serves an app that has a server elsewhere; it may mount the registry itself. */
  serveAlone(app: ServeApp, config: RunConfig): void {
    this.alone = true;
    this.config = { ...this.config, ...config };
    this.serve(app);
  }

  /** What Go must know of the app. */
  describeApp(): object | undefined {
    if (!this.app) return undefined;
    const routes = isHono(this.app) ? [...new Set(this.app.routes.map(({ path }) => path))] : [];
    return { routes, whole: this.alone && this.handed };
  }

  /** The registry of the entry, as Go wants to know it, or what is wrong. */
  describe(entry: unknown): object {
    const found = this.find(entry);
    if (typeof found === "string") {
      return { error: found, hint: "Export one: `export const registry = setup({ use: { … } })`." };
    }
    this.types = new Map(
      Object.entries(found.config.use).map(([name, definition]) => [
        name,
        new ActorType(name, definition),
      ]),
    );
    return {
      actors: [...this.types.values()].map((type) => type.describe()),
      config: this.describeConfig(),
    };
  }

  private find(entry: unknown): Registry | string {
    const exports = (typeof entry === "object" && entry !== null ? entry : {}) as Exports;
    if (isRegistry(exports.registry)) return exports.registry;
    if (isRegistry(exports.default)) return exports.default;
    const all = new Set<Registry>();
    const names: string[] = [];
    for (const [name, value] of Object.entries(exports)) {
      if (isRegistry(value) && !all.has(value)) {
        all.add(value);
        names.push(name);
      }
    }
    if (all.size > 1) return `the entry exports several registries: ${names.join(", ")}`;
    for (const registry of all) return registry;
    const alone = exports.default;
    if (isActorDefinition(alone)) return setup({ use: { [defaultName(exports, alone)]: alone } });
    if (this.served) return this.served;
    // Its exports aren't there yet if it waits for an actor at top level.
    if (entry === undefined && this.made.length === 1) return this.made[0] as Registry;
    return this.made.length > 0
      ? "the entry makes a registry with setup(), but neither exports nor runs it"
      : "the entry exports no registry and runs no server";
  }

  /** Asks the app given to serve(app); `mount` is where the registry is in it, "" for nowhere. */
  fetch(
    request: unknown,
    mount: string,
    done: (response: unknown) => void,
    refused: (error: unknown) => void,
  ): void {
    settle(() => this.inside(mount)?.fetch(request as Request), done, refused);
  }

  private inside(mount: string): ServeApp | undefined {
    const { app } = this;
    if (!mount || !isHono(app)) return app;
    const known = this.mounts.get(mount);
    if (known) return known;
    const made = mounted(app, mount);
    this.mounts.set(mount, made);
    return made;
  }

  private describeConfig(): object {
    const c = this.config;
    if (!c) return { called: false };
    const token = c.studio?.token;
    const { driver } = c;
    const kept = (part: { type: string } | undefined): boolean =>
      part !== undefined && part.type !== "memory";
    const older =
      driver?.actor && !kept(driver.actor) && !kept(driver.manager) ? "memory" : "file-system";
    const type = driver?.type ?? (driver ? older : "");
    return {
      called: true,
      driver: type,
      dataPath: c.driver?.path ?? "",
      hostname: c.hostname ?? "",
      port: c.port ?? 0,
      basePath: c.basePath ?? "",
      maxIncomingMessageSize: c.maxIncomingMessageSize ?? 0,
      studioEnabled: c.studio?.enabled,
      studioToken: typeof token === "function" ? token() : (token ?? ""),
      studioOrigins: originsOf(c.studio?.cors),
      studioEndpoint: c.studio?.defaultEndpoint ?? "",
      cors: c.cors && describeCors(c.cors),
    };
  }

  /** Asks `cors.origin`: the origin to allow, or whether this one is. */
  allowOrigin(
    origin: string,
    request: () => Request,
    done: (allow: unknown) => void,
    refused: (error: unknown) => void,
  ): void {
    const ask = this.config?.cors?.origin;
    settle(
      () => (typeof ask === "function" ? ask(origin, contextOf(request)) : false),
      done,
      refused,
    );
  }
}

/** As much of a Hono context as origin functions read. */
function contextOf(request: () => Request): object {
  let made: Request | undefined;
  const raw = (): Request => {
    made ??= request();
    return made;
  };
  return {
    env: {},
    req: {
      get raw() {
        return raw();
      },
      get url() {
        return raw().url;
      },
      get method() {
        return raw().method;
      },
      get path() {
        return new URL(raw().url).pathname;
      },
      header: (name?: string) =>
        name === undefined
          ? Object.fromEntries(raw().headers)
          : (raw().headers.get(name) ?? undefined),
      query: (name: string) => new URL(raw().url).searchParams.get(name) ?? undefined,
    },
  };
}

/** Calls one of the two with what `work` gives, now or later. */
function settle(
  work: () => unknown,
  done: (value: unknown) => void,
  refused: (error: unknown) => void,
): void {
  try {
    const value = work();
    if (value instanceof Promise) value.then(done, refused);
    else done(value);
  } catch (error) {
    refused(error);
  }
}

/** The origins that are known without asking. */
function originsOf(cors: CorsConfig | undefined): string[] {
  const origin = cors?.origin;
  if (typeof origin === "string") return [origin];
  if (Array.isArray(origin)) return origin;
  return origin === true ? ["*"] : [];
}

function describeCors(cors: CorsConfig): object {
  return {
    origins: originsOf(cors),
    dynamic: typeof cors.origin === "function",
    allowMethods: cors.allowMethods ?? [],
    allowHeaders: cors.allowHeaders ?? [],
    exposeHeaders: cors.exposeHeaders ?? [],
    credentials: cors.credentials ?? true, // the clients send them always
    maxAge: cors.maxAge ?? 0,
  };
}

/** What a default-exported actor is called: as the export that is the same, else as the file that makes it. */
function defaultName(exports: Exports, definition: AnyActorDefinition): string {
  for (const [name, value] of Object.entries(exports)) {
    if (name !== "default" && value === definition) return name;
  }
  return fileOf(definition) || "default";
}
