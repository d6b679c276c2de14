/** Small helpers that need no server. */
import { runtimeHooks } from "./internal/hooks.js";

/** The SDK's version. */
export const VERSION = "0.1.0";

/** An environment variable of the server, Node, Bun or Deno; `undefined` elsewhere. */
export function getEnvUniversal(name: string): string | undefined {
  const hooks = runtimeHooks();
  if (hooks?.env) return hooks.env(name);
  const scope = globalThis as {
    Deno?: { env?: { get(name: string): string | undefined } };
    process?: { env?: Record<string, string | undefined> };
  };
  try {
    const found = scope.process?.env?.[name];
    return found ?? scope.Deno?.env?.get(name);
  } catch {
    return undefined; // Deno without the permission
  }
}

/** The `User-Agent` of a client, e.g. `RivetKit/0.1.0 Node.js/22`. */
export function httpUserAgent(): string {
  const agent = (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent;
  return `RivetKit/${VERSION}${agent ? ` ${agent}` : ""}`;
}

/** Bytes of a string (UTF-8), an ArrayBuffer or a view of one; views share their memory. */
export function toUint8Array(data: string | ArrayBufferLike | ArrayBufferView): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (typeof data === "string") return new TextEncoder().encode(data);
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  return new Uint8Array(data);
}

/** A thrown value as text; the stack only where `_RIVETKIT_ERROR_STACK` is 1. */
export function stringifyError(error: unknown): string {
  if (!(error instanceof Error)) {
    if (typeof error === "string") return error;
    try {
      return JSON.stringify(error) ?? String(error);
    } catch {
      return String(error);
    }
  }
  const stack = getEnvUniversal("_RIVETKIT_ERROR_STACK") === "1" && error.stack;
  return `${error.name}: ${error.message}${stack ? `\n${stack}` : ""}`;
}

/** Fails if it is ever reached; for the default branch of an exhaustive switch. */
export function assertUnreachable(value: never): never {
  throw new Error(`unreachable value: ${String(value)}`);
}
