import { getEnvUniversal } from "../utils.js";
import type { ClientOptions, Encoding, Transport } from "./types.js";

/** {@link ClientOptions} with every default filled in. */
export interface Settings {
  /** With `/registry`, without a slash at its end. */
  readonly endpoint: string;
  readonly encoding: Encoding;
  readonly transport: Transport;
  readonly token: string | undefined;
  readonly headers: Record<string, string>;
  readonly fetch: typeof fetch;
  readonly WebSocket: ClientOptions["WebSocket"];
}

/** The base of all routes: `url`, else `RIVET_URL`, else localhost. */
export function endpointOf(url: string | undefined): string {
  const given = url ?? getEnvUniversal("RIVET_URL") ?? "http://localhost:8080";
  const base = (globalThis as { location?: { href?: string } }).location?.href;
  let parsed: URL;
  try {
    parsed = new URL(given, base);
  } catch (cause) {
    throw new TypeError(`createClient: ${JSON.stringify(given)} is no URL`, { cause });
  }
  const path = parsed.pathname.replace(/\/+$/, "");
  return parsed.origin + (path.endsWith("/registry") ? path : `${path}/registry`);
}

/** Whether a page or a worker of one runs this: no place for secrets, and it sets its own headers. */
export function inBrowser(): boolean {
  const scope = globalThis as { document?: unknown; importScripts?: unknown; process?: unknown };
  return (
    (scope.document !== undefined || scope.importScripts !== undefined) &&
    (scope.process as { versions?: { node?: string } } | undefined)?.versions?.node === undefined
  );
}

/** @throws TypeError for a token in a browser, or a URL that is none. */
export function settingsOf(url: string | undefined, options: ClientOptions): Settings {
  if (options.token !== undefined && inBrowser()) {
    throw new TypeError(
      "createClient: a token makes its bearer a server-side caller and can't be kept secret in a browser; use params",
    );
  }
  const custom = options.fetch;
  return {
    endpoint: endpointOf(url),
    encoding: options.encoding ?? "cbor",
    transport: options.transport ?? "websocket",
    token: options.token ?? (inBrowser() ? undefined : getEnvUniversal("RIVET_AUTH_TOKEN")),
    headers: options.headers ?? {},
    fetch: custom ?? ((input, init) => fetch(input, init)),
    WebSocket: options.WebSocket,
  };
}
