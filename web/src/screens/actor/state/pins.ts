import { useSyncExternalStore } from "react";

/** Places of a type's state that somebody wants in view, kept in this browser. */
const key = "rivet.studio.pins";
const heard = new Set<() => void>();
let all: Readonly<Record<string, readonly string[]>> = read();

function read(): Record<string, readonly string[]> {
  try {
    const v: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof v === "object" && v !== null ? (v as Record<string, readonly string[]>) : {};
  } catch {
    return {};
  }
}

const none: readonly string[] = [];

export function usePins(type: string): readonly string[] {
  return useSyncExternalStore(
    (f) => {
      heard.add(f);
      return () => heard.delete(f);
    },
    () => all[type] ?? none,
  );
}

export function togglePin(type: string, path: string): void {
  const now = all[type] ?? none;
  const to = now.includes(path) ? now.filter((p) => p !== path) : [...now, path].slice(-20);
  all = { ...all, [type]: to };
  localStorage.setItem(key, JSON.stringify(all));
  for (const f of heard) f();
}
