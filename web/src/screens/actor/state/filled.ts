import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { get, part } from "../../../api/http";
import { find, hasCuts, holderOf, isShort } from "../../../api/tree";
import type { State, Tagged } from "../../../api/types.gen";
import { applyPatch } from "../../../live/patch";
import { toastError } from "../../../ui/Toast";

const most = 20;

/**
 * A state with the parts that were left out of it and then asked for. A large
 * state comes without what lies deep and without the ends of long lists; opening
 * such a place fetches it, and searching fetches the whole.
 */
export function useFilled(
  id: string,
  state: State,
  whole: boolean,
): { value: Tagged; fill(path: string): void; loading: boolean } {
  const [parts, setParts] = useState<ReadonlyMap<string, Tagged>>(new Map());
  const [all, setAll] = useState<State>();
  const paths = useRef<string[]>([]);
  const load = useCallback(
    async (path: string) => {
      try {
        const s = await get<State>(`/actors/${part(id)}/state`, { path, depth: 4 });
        setParts((old) => new Map(old).set(path, s.value));
      } catch (e) {
        paths.current = paths.current.filter((p) => p !== path);
        setParts((old) => new Map([...old].filter(([p]) => p !== path)));
        return e;
      }
      return undefined;
    },
    [id],
  );
  // What was filled in belongs to a revision: it is read anew with the next.
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each revision
  useEffect(() => {
    for (const path of paths.current) void load(path);
  }, [state.rev, load]);
  const wanted = whole && hasCuts(state.value);
  const loading = wanted && all?.rev !== state.rev;
  useEffect(() => {
    if (!loading) return;
    let over = false;
    const t = setTimeout(() => {
      get<State>(`/actors/${part(id)}/state`).then((s) => {
        if (!over) setAll(s);
      }, toastError);
    }, 100);
    return () => {
      over = true;
      clearTimeout(t);
    };
  }, [id, loading]);
  const value = useMemo(() => {
    if (wanted && all) return all.value;
    let v = state.value;
    for (const [path, filled] of [...parts].sort((a, b) => a[0].length - b[0].length)) {
      const now = find(v, path);
      const cut = typeof now === "object" && now !== null && ("$cut" in now || isShort(now));
      if (cut) v = applyPatch(v, [{ op: "replace", path, value: filled }]);
    }
    return v;
  }, [state.value, parts, wanted, all]);
  const fill = useCallback(
    (at: string) => {
      const path = holderOf(at, find(value, at));
      paths.current = [...paths.current.filter((p) => p !== path), path].slice(-most);
      void load(path).then((e) => e !== undefined && toastError(e));
    },
    [load, value],
  );
  return { value, fill, loading };
}
