import type { Session, SessionRequest } from "./types.gen";

/**
 * The session of this tab: a bearer token in sessionStorage, never a cookie
 * (cookies ignore ports, so every other server on localhost would receive it).
 */
const key = "rivet.studio.session";
const tokenKey = "rivet.studio.token"; // boot.js puts it there
const readOnlyKey = "rivet.studio.ro";

let current: Session | undefined = read();

function read(): Session | undefined {
  try {
    const s: unknown = JSON.parse(sessionStorage.getItem(key) ?? "null");
    if (isSession(s) && s.expiresAt > Date.now()) return s;
  } catch {
    // what can't be read is no session
  }
  return undefined;
}

function isSession(s: unknown): s is Session {
  return typeof s === "object" && s !== null && "session" in s && "expiresAt" in s;
}

/** The session, if there is one. */
export function session(): Session | undefined {
  return current;
}

/** Keeps a session; undefined forgets it. */
export function setSession(s: Session | undefined): void {
  current = s;
  if (s) sessionStorage.setItem(key, JSON.stringify(s));
  else sessionStorage.removeItem(key);
}

/** What stood in the address, once, as the body that swaps it for a session. */
export function takeToken(): SessionRequest | undefined {
  const kept = sessionStorage.getItem(tokenKey);
  const readOnly = sessionStorage.getItem(readOnlyKey) === "1";
  sessionStorage.removeItem(tokenKey);
  sessionStorage.removeItem(readOnlyKey);
  if (!kept) return undefined;
  const secret = kept.slice(1);
  return {
    ...(kept.startsWith("c") ? { code: secret } : { token: secret }),
    ...(readOnly ? { readOnly } : {}),
  };
}
