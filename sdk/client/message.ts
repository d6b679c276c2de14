import type { TransportSink } from "./driver.js";
import { MalformedResponseMessage } from "./errors.js";
import { errorOf } from "./http.js";

/** What the link needs to know of a message besides what the sink was told. */
export interface Heard {
  /** The connection's id and secret, in its first message. */
  init?: { actorId: string; connectionId: string; token: string };
  /** A heartbeat: more will come. */
  heartbeat?: boolean;
}

/**
 * Tells the sink one message of the server.
 *
 * @throws MalformedResponseMessage
 */
export function deliver(message: unknown, sink: TransportSink): Heard {
  const body = object(object(message)?.b);
  if (!body) throw new MalformedResponseMessage("a message without a body");
  const init = object(body.i);
  if (init) {
    const heard = {
      actorId: String(init.ai),
      connectionId: String(init.ci),
      token: String(init.ct),
    };
    sink.opened(heard.actorId, heard.connectionId);
    return { init: heard };
  }
  if (body.hb !== undefined) return { heartbeat: true };
  const event = object(body.ev);
  const result = object(body.ar);
  if (event && typeof event.n === "string" && Array.isArray(event.a)) sink.event(event.n, event.a);
  else if (result) sink.result(Number(result.i), result.o);
  else if (body.e !== undefined) {
    const error = errorOf(body.e);
    if (!error) throw new MalformedResponseMessage("an error without a code");
    sink.failed(error);
  } else throw new MalformedResponseMessage("a message of unknown kind");
  return {};
}

function object(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}
