import { session, setSession } from "./session";
import type { Failed, Failure, Patch, Session, SessionRequest } from "./types.gen";

export const base = "/studio/api/v1";

/** An answer that is an error, or none at all (code `unreachable`). */
export class ApiError extends Error {
  readonly status: number;
  readonly failed: Failed;
  /** Of a state_conflict: the revision that the state has, and what changed since. */
  readonly rev: number | undefined;
  readonly patch: Patch | undefined;

  constructor(status: number, body: Failure) {
    super(body.error.message);
    this.name = "ApiError";
    this.status = status;
    this.failed = body.error;
    this.rev = body.rev;
    this.patch = body.patch;
  }

  get code(): string {
    return this.failed.code;
  }
}

/** What went wrong, whatever was thrown. */
export function failedOf(e: unknown): Failed {
  if (e instanceof ApiError) return e.failed;
  return { code: "internal_error", message: e instanceof Error ? e.message : String(e) };
}

let onDenied: () => void = () => {};

/** Says what happens when a session no longer opens the server. */
export function whenDenied(f: () => void): void {
  onDenied = f;
}

export type Params = Record<string, string | number | undefined>;

/** The path of a route of the API, its parts escaped, its parameters appended. */
export function url(path: string, params?: Params): string {
  const q = new URLSearchParams();
  for (const [k, v] of Object.entries(params ?? {}))
    if (v !== undefined && v !== "") q.set(k, String(v));
  const text = q.toString();
  return base + path + (text ? `?${text}` : "");
}

async function send(
  method: string,
  path: string,
  params: Params | undefined,
  body: unknown,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const headers: Record<string, string> = {};
  const s = session();
  if (s) headers["Authorization"] = `Bearer ${s.session}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let r: Response;
  try {
    r = await fetch(url(path, params), {
      method,
      headers,
      cache: "no-store",
      credentials: "omit",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (e) {
    if (signal?.aborted) throw e;
    throw new ApiError(0, {
      error: {
        code: "unreachable",
        message: "The server doesn't answer.",
        hint: "Is rivet dev still running? This page goes on by itself once it is.",
      },
    });
  }
  if (r.status === 204) return undefined;
  const text = await r.text();
  const parsed = parse(text);
  if (r.ok) return parsed;
  if (r.status === 401 && path !== "/session") {
    setSession(undefined);
    onDenied();
  }
  throw new ApiError(r.status, isFailure(parsed) ? parsed : unreadable(r.status, text));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isFailure(b: unknown): b is Failure {
  return typeof b === "object" && b !== null && "error" in b;
}

function unreadable(status: number, text: string): Failure {
  return {
    error: { code: "bad_answer", message: `The server answered ${status}: ${text.slice(0, 200)}` },
  };
}

/** Reads a route. */
export function get<T>(path: string, params?: Params, signal?: AbortSignal): Promise<T> {
  return send("GET", path, params, undefined, signal) as Promise<T>;
}

/** Changes something. */
export function post<T>(path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  return send("POST", path, undefined, body ?? {}, signal) as Promise<T>;
}

export function patch<T>(path: string, body: unknown): Promise<T> {
  return send("PATCH", path, undefined, body, undefined) as Promise<T>;
}

export function del(path: string, body?: unknown): Promise<void> {
  return send("DELETE", path, undefined, body, undefined) as Promise<void>;
}

/** Path parts of ids, keys and names. */
export function part(text: string): string {
  return encodeURIComponent(text);
}

/** Swaps a token, or a code that works once, for a session. */
export async function signIn(by: SessionRequest): Promise<Session> {
  const s = await post<Session>("/session", by);
  setSession(s);
  return s;
}

/** Ends the session, here and on the server. */
export async function signOut(): Promise<void> {
  try {
    await del("/session");
  } finally {
    setSession(undefined);
  }
}
