import type { Codec } from "./codec.js";
import type { TransportSink } from "./driver.js";
import { MalformedResponseMessage } from "./errors.js";
import { errorOf } from "./http.js";

/** What names a connection to its server. */
export interface Identity {
  readonly actorId: string;
  readonly connectionId: string;
  readonly token: string;
}

/** What a wire itself wants to know of a message, before the sink does. */
export interface WireEars {
  greeted?(identity: Identity): void;
  /** A heartbeat: more will come. */
  heartbeat?(): void;
}

/** The message that calls an action. Throws if its arguments can't be encoded. */
export function encodeAction(
  codec: Codec,
  id: number,
  name: string,
  args: unknown[],
): string | Uint8Array {
  return codec.encode({ b: { ar: { i: id, n: name, a: args } } }, name, ".b.ar.a");
}

/** The message that begins or ends a subscription. */
export function encodeSubscription(codec: Codec, event: string, on: boolean): string | Uint8Array {
  return codec.encode({ b: { sr: { e: event, s: on } } }, event);
}

/** What a close event of an SSE stream says; 1006 if it isn't one of ours. */
export function closeOf(data: string): { code: number; reason: string } {
  let said: { code?: unknown; reason?: unknown } | null = null;
  try {
    said = JSON.parse(data);
  } catch {
    // somebody else's event
  }
  const { code, reason } = said ?? {};
  return {
    code: typeof code === "number" ? code : 1006,
    reason: typeof reason === "string" ? reason : "",
  };
}

/**
 * Tells the sink one message of the server.
 *
 * @throws MalformedResponseMessage
 */
export function deliver(message: unknown, sink: TransportSink, ears: WireEars): void {
  const body = object(object(message)?.b);
  if (!body) throw new MalformedResponseMessage("a message without a body");
  const init = object(body.i);
  if (init) {
    const identity = {
      actorId: String(init.ai),
      connectionId: String(init.ci),
      token: String(init.ct),
    };
    ears.greeted?.(identity);
    sink.opened(identity.actorId, identity.connectionId);
    return;
  }
  if (body.hb !== undefined) {
    ears.heartbeat?.();
    return;
  }
  const event = object(body.ev);
  const result = object(body.ar);
  if (event && typeof event.n === "string" && Array.isArray(event.a)) sink.event(event.n, event.a);
  else if (result) sink.result(Number(result.i), result.o);
  else if (body.e !== undefined) {
    const error = errorOf(body.e);
    if (!error) throw new MalformedResponseMessage("an error without a code");
    sink.failed(error);
  } else throw new MalformedResponseMessage("a message of unknown kind");
}

/** The short names of the protocol, in whatever object they come. */
interface Members {
  a?: unknown;
  ai?: unknown;
  ar?: unknown;
  b?: unknown;
  ci?: unknown;
  ct?: unknown;
  e?: unknown;
  ev?: unknown;
  hb?: unknown;
  i?: unknown;
  n?: unknown;
  o?: unknown;
}

function object(value: unknown): Members | undefined {
  return typeof value === "object" && value !== null ? value : undefined;
}
