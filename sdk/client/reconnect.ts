import { ActorError } from "./errors.js";

/** What may pass: the server's own trouble, not a no. */
const transient = [
  "internal_error",
  "actor_not_ready",
  "actor_overloaded",
  "server_overloaded",
  "storage_unavailable",
  "shutting_down",
  "out_of_memory",
  "proxy_error",
  "action_timed_out",
  "conn_not_found",
  "incorrect_conn_token",
  "connection_lost",
  "encoding_unavailable",
];

/** How long to wait before the next attempt, in milliseconds; half of it is chance. */
export function reconnectDelay(code: number, failures: number, random: () => number): number {
  if (failures === 0 && (code === 1012 || code === 1001)) return random() * 250;
  const most = Math.min(250 * 2 ** failures, 30_000);
  return most / 2 + (random() * most) / 2;
}

/** Why a connection was closed, if it was said. */
export function refusalOf(
  wasOpen: boolean,
  code: number,
  reason: string,
  error: Error | undefined,
): Error | undefined {
  if (reason === "`onConnect` failed") {
    return ActorError.isActorError(error)
      ? new ActorError(error.code, error.message, error.metadata, { cause: reason })
      : new ActorError("connect_failed", "The actor's onConnect failed.");
  }
  if (wasOpen) return undefined;
  if (error) return error;
  if (code === 1011 && /^[a-z][a-z0-9_]*$/.test(reason)) {
    return new ActorError(reason, `The server refused the connection: ${reason}`);
  }
  return undefined;
}

/** Whether an error is a no that asking again can't change. */
export function isRefusal(error: Error): boolean {
  return ActorError.isActorError(error) && !transient.includes(error.code);
}
