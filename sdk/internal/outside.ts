import { createClient } from "../client/create.js";
import { ActorError } from "../client/errors.js";
import { endpointOf } from "../client/options.js";
import type { Client } from "../client/types.js";
import type { Registry, RegistryActors, ServerOutput } from "../types/definition.js";

/** What needs the binary, outside of it. */
export function notInRivet(what: string): ActorError {
  return new ActorError(
    "not_in_rivet",
    `${what} needs the rivet binary: start this file with \`rivet dev\``,
  );
}

/**
 * `createServer()` in a process of one's own: client and handler forward to the
 * rivet server at `RIVET_URL` (default http://localhost:8080).
 */
export function outsideServer<A extends RegistryActors>(
  how: "createServer" | "runServer",
): ServerOutput<A> {
  if (how === "runServer") throw notInRivet("runServer()");
  const handler = (input: Request | { req: { raw: Request } }): Promise<Response> =>
    forward("req" in input ? input.req.raw : input);
  let client: Client<Registry<A>> | undefined;
  return {
    get client() {
      client ??= createClient<Registry<A>>();
      return client;
    },
    handler,
    hono: honoOf(handler),
    serve: () => {
      throw notInRivet("serve()");
    },
  };
}

async function forward(request: Request): Promise<Response> {
  const url = new URL(request.url);
  const at = url.pathname.indexOf("/registry");
  const path = at < 0 ? url.pathname : url.pathname.slice(at + "/registry".length);
  const headers = new Headers(request.headers);
  headers.set("x-forwarded-host", url.host);
  headers.set("x-forwarded-proto", url.protocol.slice(0, -1));
  headers.delete("host");
  const init: RequestInit & { duplex?: "half" } = {
    method: request.method,
    headers,
    redirect: "manual",
    signal: request.signal,
  };
  if (request.body) {
    init.body = request.body;
    init.duplex = "half";
  }
  const response = await fetch(
    endpointOf(undefined) + (path === "/" ? "" : path) + url.search,
    init,
  );
  // fetch has decoded the body already
  const answer = new Headers(response.headers);
  answer.delete("content-encoding");
  answer.delete("content-length");
  return new Response(response.body, { status: response.status, headers: answer });
}

/** As much of a Hono app as `app.route(path, hono)` reads. */
function honoOf(handler: (request: Request) => Promise<Response>): unknown {
  const all = (c: { req: { raw: Request } }): Promise<Response> => handler(c.req.raw);
  return {
    fetch: handler,
    request: handler,
    routes: [{ basePath: "/", path: "/*", method: "ALL", handler: all }],
    errorHandler: (error: unknown): never => {
      throw error;
    },
  };
}
