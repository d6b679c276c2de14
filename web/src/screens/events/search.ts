import type { Kind } from "../../api/types.gen";

/** What the address of a list of entries says. */
export interface EventSearch {
  kind?: string;
  q?: string;
  seq?: number;
}

export function eventSearch(s: Record<string, unknown>): EventSearch {
  const out: EventSearch = {};
  for (const k of ["kind", "q"] as const) {
    const v = s[k];
    if (typeof v === "string" && v !== "") out[k] = v;
  }
  const seq = Number(s["seq"]);
  if (Number.isInteger(seq) && seq > 0) out.seq = seq;
  return out;
}

/** Kinds that are chosen together: 14 buttons would be too many. */
export const groups: readonly { name: string; kinds: readonly Kind[] }[] = [
  { name: "actions", kinds: ["action"] },
  { name: "events", kinds: ["event"] },
  { name: "connections", kinds: ["connect", "disconnect", "subscribe", "unsubscribe"] },
  { name: "schedule", kinds: ["schedule"] },
  { name: "state", kinds: ["state"] },
  { name: "logs", kinds: ["log"] },
  { name: "errors", kinds: ["error"] },
  { name: "life", kinds: ["create", "start", "sleep", "reload"] },
];

/** The filter that an address means, in the language of the API. */
export function filterOf(s: EventSearch): string {
  const kinds = (s.kind ?? "").split(",").filter(Boolean);
  const of = groups.filter((g) => kinds.includes(g.name)).flatMap((g) => g.kinds);
  return [of.length > 0 ? `kind:${of.join(",")}` : "", s.q ?? ""].filter(Boolean).join(" ");
}

/** The kinds with one group more, or less. */
export function toggleKind(kind: string | undefined, name: string): string {
  const now = (kind ?? "").split(",").filter(Boolean);
  return (now.includes(name) ? now.filter((k) => k !== name) : [...now, name]).join(",");
}
