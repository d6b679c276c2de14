import { useSyncExternalStore } from "react";

/** What a person set for themselves; kept in this browser. */
export interface Settings {
  theme: "system" | "dark" | "light";
  density: "normal" | "compact";
  /** Whether letters alone are shortcuts (WCAG 2.1.4). */
  singleKeys: boolean;
  /** Whether times are relative. */
  relativeTimes: boolean;
}

const key = "rivet.studio.settings";
const defaults: Settings = {
  theme: "system",
  density: "normal",
  singleKeys: true,
  relativeTimes: true,
};

function read(): Settings {
  try {
    const s: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return { ...defaults, ...(typeof s === "object" ? s : {}) };
  } catch {
    return defaults;
  }
}

let current = read();
const heard = new Set<() => void>();

export const settings = {
  get: (): Settings => current,
  set(change: Partial<Settings>): void {
    current = { ...current, ...change };
    localStorage.setItem(key, JSON.stringify(current));
    const root = document.documentElement;
    if (current.theme === "system") delete root.dataset["theme"];
    else root.dataset["theme"] = current.theme;
    if (current.density === "compact") root.dataset["density"] = "compact";
    else delete root.dataset["density"];
    for (const f of heard) f();
  },
};

export function useSettings(): Settings {
  return useSyncExternalStore(
    (f) => {
      heard.add(f);
      return () => heard.delete(f);
    },
    () => current,
  );
}
