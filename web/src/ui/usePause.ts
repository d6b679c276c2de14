import { useCallback, useRef, useState } from "react";
import type { Stream } from "../live/socket";

/**
 * A stream that can be held still. What comes meanwhile is kept, and is there
 * when it goes on: nothing is missed.
 */
export function usePause<T>(s: Stream<T>): {
  items: readonly T[];
  paused: boolean;
  /** How many have come since it was paused. */
  waiting: number;
  toggle(): void;
} {
  const held = useRef<{ items: readonly T[]; of: T | undefined } | null>(null);
  const [paused, setPaused] = useState(false);
  const toggle = useCallback(() => {
    held.current = held.current ? null : { items: s.items.slice(), of: s.items.at(-1) };
    setPaused(held.current !== null);
  }, [s.items]);
  const h = held.current;
  if (!paused || !h) return { items: s.items, paused: false, waiting: 0, toggle };
  const at = h.of === undefined ? -1 : s.items.lastIndexOf(h.of);
  return { items: h.items, paused, waiting: s.items.length - 1 - at, toggle };
}
