/** `@hono/node-server` inside rivet: rivet listens, the app answers. */

import { runtimeHooks } from "./internal/hooks.js";
import { notInRivet } from "./internal/outside.js";
import type { ServeApp } from "./types/definition.js";

/** What `serve` takes. `port` and `hostname` count like those of `runServer`. */
export interface ServeOptions {
  fetch: ServeApp["fetch"];
  port?: number;
  hostname?: string;
  // biome-ignore lint/suspicious/noExplicitAny: options of other servers are taken and ignored
  [other: string]: any;
}

/** Where a server listens. */
export interface AddressInfo {
  address: string;
  family: string;
  port: number;
}

/** As much of Node's `http.Server` as callers of `serve` use. */
export interface ServerType {
  address(): AddressInfo;
  close(done?: (error?: Error) => void): ServerType;
  listen(...ignored: unknown[]): ServerType;
  on(event: string, listener: (...args: never[]) => void): ServerType;
  once(event: string, listener: (...args: never[]) => void): ServerType;
  ref(): ServerType;
  unref(): ServerType;
}

/**
 * Serves an app beside the registry: `/registry` stays rivet's, unless the app
 * mounts the registry's `hono` or `handler` itself.
 *
 * @example serve({ fetch: app.fetch, port: 3000 });
 */
export function serve(options: ServeOptions, listening?: (info: AddressInfo) => void): ServerType {
  const server = createAdaptorServer(options);
  const { hostname, port } = options;
  runtimeHooks()?.serve?.(
    { fetch: (request) => options.fetch(request, {}) },
    { ...(hostname === undefined ? {} : { hostname }), ...(port === undefined ? {} : { port }) },
  );
  if (listening) queueMicrotask(() => listening(server.address()));
  return server;
}

/** The server that `serve` gives; rivet has it listen. */
export function createAdaptorServer(options: ServeOptions): ServerType {
  if (!runtimeHooks()?.serve) throw notInRivet("@hono/node-server");
  const server: ServerType = {
    address: () => ({
      address: options.hostname ?? "127.0.0.1",
      family: "IPv4",
      port: options.port ?? 8080,
    }),
    close(done) {
      if (done) queueMicrotask(done);
      return server;
    },
    listen: () => server,
    on: () => server,
    once: () => server,
    ref: () => server,
    unref: () => server,
  };
  return server;
}

/** Node's request listener has no meaning here. */
export function getRequestListener(): never {
  throw notInRivet("getRequestListener()");
}
