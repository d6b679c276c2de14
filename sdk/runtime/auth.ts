import { isThenable } from "./actor.js";
import type { Hook } from "./type.js";

/**
 * Runs `onAuth` in all its written forms: `(opts)`, `(opts, params)` and
 * `(params, { request, intents })`. `done` gets what it returned, as JSON.
 */
export function authorize(
  onAuth: Hook | undefined,
  request: unknown,
  intents: string[],
  params: unknown,
  done: (auth: unknown) => void,
  refused: (error: unknown) => void,
): void {
  if (!onAuth) {
    done(undefined); // the key is there, without a function: open to all
    return;
  }
  try {
    const extra = { request, req: request, intents: new Set(intents), params };
    const first = argument(params, extra);
    const second = params === undefined || isObject(params) ? argument(params, extra) : params;
    const auth = onAuth(first, second);
    if (isThenable(auth)) auth.then((value) => settle(value, done, refused), refused);
    else settle(auth, done, refused);
  } catch (error) {
    refused(error);
  }
}

function settle(auth: unknown, done: (auth: unknown) => void, refused: (error: unknown) => void): void {
  let clone: unknown;
  try {
    const text = JSON.stringify(auth);
    clone = text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    refused(error);
    return;
  }
  done(clone);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The client's own fields, and beside them, unseen by loops and JSON, ours. */
function argument(params: unknown, extra: Record<string, unknown>): object {
  const out: Record<string, unknown> = {};
  if (isObject(params)) {
    for (const [key, value] of Object.entries(params)) {
      Object.defineProperty(out, key, { value, writable: true, enumerable: true, configurable: true });
    }
  }
  for (const [key, value] of Object.entries(extra)) {
    Object.defineProperty(out, key, { value, writable: true, enumerable: false, configurable: true });
  }
  return out;
}
