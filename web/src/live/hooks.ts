import { useCallback, useEffect, useId, useMemo, useSyncExternalStore } from "react";
import { get } from "../api/http";
import { session, setSession } from "../api/session";
import type { List, Meta, Query, Window } from "../api/types.gen";
import { type Link, Live, type Picture, type Stream, type Subscription, type Wire } from "./socket";

let denied = () => {};

/** The connection of this page. */
export const live = new Live({
  connect() {
    const at = new URL("/studio/api/v1/ws", location.href);
    at.protocol = at.protocol === "https:" ? "wss:" : "ws:";
    return new WebSocket(at, "rivet.studio.v1") as Wire;
  },
  session: () => session()?.session,
  denied() {
    setSession(undefined);
    denied();
  },
});

/** Starts the connection, and keeps its pace by whether anybody looks. */
export function startLive(onDenied: () => void): void {
  denied = onDenied;
  const pace = () => {
    live.rate(document.hidden ? 2 : 20);
    if (!document.hidden) live.start();
  };
  document.addEventListener("visibilitychange", pace);
  window.addEventListener("online", () => live.start());
  pace();
  live.start();
}

export function useLink(): Link {
  return useSyncExternalStore(live.listen, () => live.link);
}

export function useMeta(): Meta | undefined {
  return useSyncExternalStore(live.listen, () => live.meta);
}

/** Whether changes are refused: controls that change are not shown then. */
export function useReadOnly(): boolean {
  return useSyncExternalStore(
    live.listen,
    () => live.meta?.readOnly ?? session()?.readOnly ?? false,
  );
}

/** Whether changes can't be sent at this moment. */
export function useOffline(): boolean {
  return useSyncExternalStore(live.listen, () => live.link.lostAt > 0);
}

function useSubscription(
  topic: string,
  query: Query | null,
  first?: Window,
  own = "",
): Subscription | null {
  const key = query && `${topic} ${JSON.stringify(query)} ${own}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: key stands for topic, query and own
  const sub = useMemo(() => query && live.subscribe(topic, query, first, own), [key]);
  useEffect(() => sub?.hold(), [sub]);
  return sub;
}

const none: Picture<never> = { data: undefined, error: undefined };
const never = () => () => {};

/** What a hook of a topic gives. */
export interface Live1<T> extends Picture<T> {
  retry(): void;
}

/**
 * The present picture of a topic, kept current. A null query asks for nothing.
 *
 * @example const { data, error, retry } = useTopic<State>("state", { actor: id });
 */
export function useTopic<T>(topic: string, query: Query | null): Live1<T> {
  const sub = useSubscription(topic, query);
  const p = useSyncExternalStore(sub?.listen ?? never, () => (sub ? sub.picture<T>() : none));
  const retry = useCallback(() => sub?.again(), [sub]);
  return { ...p, retry };
}

/** A topic that shows a window of a list, and how to move it. */
export function useWindow<T>(
  topic: string,
  query: Query,
  first: Window,
): Live1<T> & { move(w: Window): void } {
  const own = useId();
  const sub = useSubscription(topic, query, first, own);
  const p = useSyncExternalStore(sub?.listen ?? never, () => (sub ? sub.picture<T>() : none));
  const retry = useCallback(() => sub?.again(), [sub]);
  const move = useCallback((w: Window) => sub?.window(w), [sub]);
  return { ...p, retry, move };
}

const empty: Stream<never> = { items: [], version: 0, dropped: [], began: false, error: undefined };

/** What a stream gives, and how to see more of it. */
export interface Streamed<T> extends Stream<T> {
  retry(): void;
  /** Fetches what came before the first item; false: there is nothing more. */
  older(): Promise<boolean>;
}

/**
 * Entries as they come: topics history and logs. What the socket left out,
 * because this page was too slow for it, is fetched.
 */
export function useStream<T extends { seq: number }>(
  topic: "history" | "logs",
  query: Query | null,
): Streamed<T> {
  const sub = useSubscription(topic, query);
  const s = useSyncExternalStore(sub?.listen ?? never, () => (sub ? sub.stream<T>() : empty));
  const retry = useCallback(() => sub?.again(), [sub]);
  const actor = query?.actor;
  const filter = query?.filter;
  const page = useCallback(
    (from: number | undefined, to: number, limit: number) =>
      get<List<T>>(`/${topic}`, { actor, filter, from, to, limit }),
    [topic, actor, filter],
  );
  const dropped = s.dropped[0];
  useEffect(() => {
    if (!sub || !dropped) return;
    let over = false;
    const fetchAll = async () => {
      let to = dropped.to;
      const found: T[] = [];
      for (let pages = 0; pages < 10 && to >= dropped.from; pages++) {
        const l = await page(dropped.from, to, 500);
        found.push(...l.items);
        const last = l.items.at(-1);
        if (!last || !l.next) break;
        to = last.seq - 1;
      }
      if (!over) sub.insert(found, dropped);
    };
    fetchAll().catch(() => {
      if (!over) sub.insert([], dropped); // evicted, or the server is gone
    });
    return () => {
      over = true;
    };
  }, [sub, dropped, page]);
  const older = useCallback(async () => {
    const first = sub?.stream<T>().items[0]?.seq ?? 0;
    if (!sub || first <= 1) return false;
    const l = await page(undefined, first - 1, 500);
    sub.insert(l.items);
    return l.items.length > 0;
  }, [sub, page]);
  return { ...s, retry, older };
}
