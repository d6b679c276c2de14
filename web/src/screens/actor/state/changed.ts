import { useEffect, useRef, useState } from "react";
import { childrenOf } from "../../../api/tree";
import type { Tagged } from "../../../api/types.gen";

const shownFor = 1300;
const most = 300;

/**
 * The places of a tree that have just changed, and what they are in. Patches
 * share what they don't touch, so only what differs is looked at.
 */
export function useChanged(value: Tagged | undefined): ReadonlySet<string> {
  const before = useRef(value);
  const [changed, setChanged] = useState<ReadonlySet<string>>(none);
  useEffect(() => {
    const old = before.current;
    before.current = value;
    if (old === undefined || value === undefined || old === value) return;
    const set = changes(old, value);
    if (set.size === 0) return;
    setChanged(set);
    const t = setTimeout(() => setChanged(none), shownFor);
    return () => clearTimeout(t);
  }, [value]);
  return changed;
}

const none: ReadonlySet<string> = new Set();

/** Pointers of what differs between two trees, and of what that is in. */
export function changes(a: Tagged, b: Tagged): Set<string> {
  const out = new Set<string>();
  const walk = (x: Tagged, y: Tagged, path: string) => {
    if (x === y || out.size > most) return;
    const olds = new Map(childrenOf(x, path).map((c) => [c.path, c.value]));
    for (const c of childrenOf(y, path)) {
      const old = olds.get(c.path);
      if (old === c.value) continue;
      if (typeof c.value !== "object" || c.value === null || old === undefined) out.add(c.path);
      else {
        const n = out.size;
        walk(old, c.value, c.path);
        if (out.size > n || JSON.stringify(old) !== JSON.stringify(c.value)) out.add(c.path);
      }
    }
  };
  walk(a, b, "");
  return out;
}
