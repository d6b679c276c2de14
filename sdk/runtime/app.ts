/** The registry inside an app, and an app around the registry. */
import type { HonoContext } from "../internal/hono.js";
import { host } from "./host.js";

type Handler = (c: HonoContext) => Promise<Response>;

/** As much of a Hono app as is used here. */
interface HonoApp {
  fetch(request: Request): Response | Promise<Response>;
  route(path: string, app: unknown): unknown;
  all(path: string, handler: Handler): unknown;
  routes: { path: string }[];
  getPath?: unknown;
}

/** Answers a Request or a Hono context; the path may begin with `/registry` or not. */
export function handler(input: Request | HonoContext): Promise<Response> {
  const request = isContext(input) ? input.req.raw : input;
  return enter(request, registryPath(new URL(request.url).pathname));
}

/** Hands a request to the registry. */
function enter(request: Request, path: string): Promise<Response> {
  try {
    return host().door(request, path);
  } catch (error) {
    return Promise.reject(error);
  }
}

function isContext(input: Request | HonoContext): input is HonoContext {
  return typeof input === "object" && input !== null && "req" in input;
}

/** The registry's part of a path, wherever it was mounted: what its routes begin with. */
function registryPath(path: string): string {
  let rest = path;
  while (rest === "/registry" || rest.startsWith("/registry/"))
    rest = rest.slice("/registry".length);
  if (rest !== path || /^\/(actors|inspect)(\/|$)/.test(rest)) return rest;
  const mount = /\/registry(?=\/|$)|(?=\/actors\/)/.exec(rest);
  if (mount) return rest.slice(mount.index + mount[0].length);
  return rest === "/" ? "" : rest;
}

/** As much of a Hono app as `app.route(path, hono)` reads, and callers of `fetch` and `request`. */
export function honoOf(): unknown {
  const all: Handler = (c) => {
    const { raw, routePath = "" } = c.req;
    const { pathname } = new URL(raw.url);
    const prefix = routePath.replace(/\/?\*$/, "");
    const inside = prefix !== "" && (pathname === prefix || pathname.startsWith(`${prefix}/`));
    return inside ? enter(raw, registryPath(pathname.slice(prefix.length) || "/")) : handler(c);
  };
  return {
    fetch: handler,
    request: (input: string | URL | Request, init?: RequestInit) =>
      handler(
        input instanceof Request ? input : new Request(new URL(input, "http://localhost"), init),
      ),
    routes: [{ basePath: "/", path: "/*", method: "ALL", handler: all }],
    errorHandler: (error: unknown): never => {
      throw error;
    },
  };
}

/** Whether the registry can be mounted in an app. */
export function isHono(app: unknown): app is HonoApp {
  const a = app as Partial<HonoApp>;
  return Array.isArray(a.routes) && typeof a.route === "function" && typeof a.all === "function";
}

/** An app with all that `app` has, and after it the registry at `mount`. `app` stays as it is. */
export function mounted(app: HonoApp, mount: string): HonoApp {
  const Hono = app.constructor as new (options: object) => HonoApp;
  const outer = new Hono(app.getPath ? { getPath: app.getPath } : {});
  outer.route("/", app);
  const inside: Handler = (c) =>
    enter(c.req.raw, new URL(c.req.raw.url).pathname.slice(mount.length));
  outer.all(mount, inside);
  outer.all(`${mount}/*`, inside);
  return outer;
}
