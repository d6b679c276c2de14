import { useSyncExternalStore } from "react";
import { useSettings } from "../settings";
import { age, clock, full } from "./format";

let now = Date.now();
const heard = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function listen(f: () => void) {
  heard.add(f);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const g of heard) g();
  }, 1000);
  return () => {
    heard.delete(f);
    if (heard.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** The time, anew each second. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => now);
}

/** An instant: how long ago, or the time of day; the whole of it on hover. */
export function Time({ at }: { at: number }) {
  const n = useNow();
  const { relativeTimes } = useSettings();
  return (
    <time dateTime={new Date(at).toISOString()} title={full(at)}>
      {relativeTimes ? age(at, Math.max(n, at)) : clock(at)}
    </time>
  );
}
