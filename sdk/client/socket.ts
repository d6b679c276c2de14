import { getLogger } from "../log.js";
import type { Codec } from "./codec.js";
import type { TransportSink } from "./driver.js";
import { ActorError } from "./errors.js";
import type { RemoteDriver } from "./http.js";
import { asciiJSON, subprotocolText } from "./json.js";
import { deliver, encodeAction, encodeSubscription } from "./message.js";
import { inBrowser, type Settings } from "./options.js";
import type { Target, Wire } from "./remote.js";

/** How long a socket that has sent heartbeats may be silent, in milliseconds. */
export const silence = 35_000;

let warned = false;

/** Opens a WebSocket connection. `gone` tells that nobody waits for it any more. */
export async function openSocket(
  driver: RemoteDriver,
  target: Target,
  codec: Codec,
  sink: TransportSink,
  gone: () => boolean,
): Promise<Wire> {
  const protocols = [...queryProtocols(target, codec.encoding), "rivetkit", "rivet-hb"];
  const socket = await newSocket(driver.settings, "/actors/connect/websocket", protocols);
  socket.binaryType = "arraybuffer";
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let beating = false;
  let ended: () => void = () => {};
  const end = new Promise<void>((resolve) => {
    ended = resolve;
  });
  let over = false;
  const finish = (code: number, reason: string, error?: Error): void => {
    if (over) return;
    over = true;
    clearTimeout(watchdog);
    ended();
    sink.closed(code, reason, error);
  };
  const listen = (): void => {
    clearTimeout(watchdog);
    if (!beating || over) return;
    watchdog = setTimeout(() => {
      quietly(() => socket.close(4000, "silent"));
      finish(1006, "silent for too long");
    }, silence);
  };
  const heartbeat = (): void => {
    beating = true;
    listen();
  };
  socket.addEventListener("message", (event: MessageEvent) => {
    listen();
    try {
      const data = typeof event.data === "string" ? event.data : new Uint8Array(event.data);
      deliver(codec.decode(data), sink, { heartbeat });
    } catch (error) {
      quietly(() => socket.close(4000, "malformed message"));
      finish(1006, "malformed message", error as Error);
    }
  });
  // Without a listener npm's ws would throw. A close follows, but not in Node 20
  // from a WebSocket that didn't open.
  socket.addEventListener("error", () => {
    setTimeout(() => finish(1006, ""), 0);
  });
  socket.addEventListener("close", (event: CloseEvent) => finish(event.code, event.reason));
  const close = (code: number, reason: string): Promise<void> => {
    clearTimeout(watchdog);
    quietly(() => socket.close(code, reason));
    return end;
  };
  if (gone()) void close(1000, "");
  return {
    act: (id, name, args) => socket.send(encodeAction(codec, id, name, args) as string),
    subscribe: (event, on) => socket.send(encodeSubscription(codec, event, on) as string),
    close,
  };
}

/** The subprotocols that say which actor, in which encoding, and who asks. */
export function queryProtocols(target: Target, encoding: string): string[] {
  const protocols = [
    `query.${subprotocolText(asciiJSON(target.query, "query"))}`,
    `encoding.${encoding}`,
  ];
  if (target.params !== undefined) {
    protocols.push(`conn_params.${subprotocolText(asciiJSON(target.params, "params"))}`);
  }
  return protocols;
}

/** A WebSocket of the platform, or npm's `ws`, with the client's headers where it can. */
export async function newSocket(
  settings: Settings,
  path: string,
  protocols: string[],
): Promise<WebSocket> {
  const url = (settings.endpoint + path).replace(/^http/, "ws");
  const headers: { Authorization?: string } = { ...settings.headers };
  if (settings.token !== undefined) headers.Authorization ??= `Bearer ${settings.token}`;
  const wanted = Object.keys(headers).length > 0;
  const platform = (globalThis as { WebSocket?: Settings["WebSocket"] }).WebSocket;
  const given = settings.WebSocket;
  if (!given && platform) {
    if (!wanted) return new platform(url, protocols);
    if (!inBrowser()) {
      // Node, Bun and Deno take headers in place of the protocols
      return new platform(url, { protocols, headers } as unknown as string[]);
    }
    if (!warned) {
      warned = true;
      getLogger("client").warn("this platform's WebSocket sends no headers: use params instead");
    }
    return new platform(url, protocols);
  }
  const socket = given ?? (await nodeSocket());
  return new socket(url, protocols, wanted ? { headers } : undefined);
}

async function nodeSocket(): Promise<NonNullable<Settings["WebSocket"]>> {
  const name = "ws"; // not a literal: bundlers must leave it alone
  try {
    const module = await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
    return module.WebSocket ?? module.default;
  } catch (cause) {
    throw new ActorError(
      "websocket_unavailable",
      "This platform has no WebSocket: install the package `ws`, use Node 22 or newer, or pass createClient({ WebSocket }).",
      undefined,
      { cause },
    );
  }
}

function quietly(run: () => void): void {
  try {
    run();
  } catch {
    // it is closed already
  }
}
