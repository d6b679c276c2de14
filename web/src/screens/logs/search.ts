/** What the address of a list of lines says. */
export interface LogSearch {
  level?: string;
  q?: string;
  seq?: number;
}

export function logSearch(s: Record<string, unknown>): LogSearch {
  const out: LogSearch = {};
  for (const k of ["level", "q"] as const) {
    const v = s[k];
    if (typeof v === "string" && v !== "") out[k] = v;
  }
  const seq = Number(s["seq"]);
  if (Number.isInteger(seq) && seq > 0) out.seq = seq;
  return out;
}

/** The levels one chooses from. */
export const levels = ["debug", "info", "warn", "error"] as const;

/** The levels that a choice means. */
export function levelFilter(level: string | undefined, q: string | undefined): string {
  const on = (level ?? "").split(",").filter((l) => (levels as readonly string[]).includes(l));
  const all = on.flatMap((l) =>
    l === "debug" ? ["trace", "debug"] : l === "error" ? ["error", "critical"] : [l],
  );
  return [all.length > 0 ? `level:${all.join(",")}` : "", q ?? ""].filter(Boolean).join(" ");
}
