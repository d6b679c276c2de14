/** As much of a Hono app as the registry needs to be mounted in one. */
type Context = { req: { raw: Request; path: string; routePath: string }; res: Response | undefined; headers: [string, string][] };
type Handler = (c: Context, next: () => Promise<void>) => unknown;
type Route = { method: string; path: string; handler: Handler };

export class Mini {
  routes: Route[] = [];
  notFoundHandler: () => Response = () => new Response("404 Not Found", { status: 404 });

  add(method: string, path: string, handler: Handler) {
    this.routes.push({ method, path, handler });
    return this;
  }
  use(path: string, handler: Handler) {
    return this.add("ALL", path, handler);
  }
  all(path: string, handler: Handler) {
    return this.add("ALL", path, handler);
  }
  get(path: string, handler: Handler) {
    return this.add("GET", path, handler);
  }
  post(path: string, handler: Handler) {
    return this.add("POST", path, handler);
  }
  notFound(handler: () => Response) {
    this.notFoundHandler = handler;
    return this;
  }
  route(prefix: string, app: { routes: Route[] }) {
    for (const { method, path, handler } of app.routes) {
      this.add(method, `${prefix === "/" ? "" : prefix}${path}`, handler);
    }
    return this;
  }
  /** Requests below `prefix` go to `handler` without it. */
  mount(prefix: string, handler: (request: Request) => Promise<Response>) {
    return this.all(`${prefix}/*`, (c) => {
      const url = new URL(c.req.raw.url);
      url.pathname = url.pathname.slice(prefix.length) || "/";
      return handler(new Request(url.href, c.req.raw));
    });
  }
  fetch = async (raw: Request): Promise<Response> => {
    const path = new URL(raw.url).pathname;
    const matching = this.routes.filter((r) => (r.method === "ALL" || r.method === raw.method) && matches(r.path, path));
    const c: Context = { req: { raw, path, routePath: "" }, res: undefined, headers: [] };
    const run = async (n: number): Promise<void> => {
      const route = matching[n];
      if (!route) {
        c.res ??= this.notFoundHandler();
        return;
      }
      c.req.routePath = route.path;
      const given = await route.handler(c, () => run(n + 1));
      if (given instanceof Response) c.res = given;
    };
    await run(0);
    const { status, body, headers } = c.res as Response;
    const merged = new Headers(headers);
    for (const [name, value] of c.headers) merged.set(name, value);
    return new Response(body, { status, headers: merged });
  };
}

function matches(pattern: string, path: string): boolean {
  if (pattern === "*" || pattern === "/*") return true;
  if (pattern.endsWith("/*")) return path === pattern.slice(0, -2) || path.startsWith(pattern.slice(0, -1));
  return pattern === path;
}
