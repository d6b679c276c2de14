import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { get, part } from "../../../api/http";
import { find } from "../../../api/tree";
import type { State, Tagged } from "../../../api/types.gen";
import { applyPatch } from "../../../live/patch";
import { toastError } from "../../../ui/Toast";

const most = 20;

/**
 * A state with the parts that were left out of it and then asked for. A large
 * state comes without what lies deep; opening a place fetches that.
 */
export function useFilled(id: string, state: State): { value: Tagged; fill(path: string): void } {
  const [parts, setParts] = useState<ReadonlyMap<string, Tagged>>(new Map());
  const paths = useRef<string[]>([]);
  const load = useCallback(
    async (path: string) => {
      try {
        const s = await get<State>(`/actors/${part(id)}/state`, { path, depth: 3 });
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
  const fill = useCallback(
    (path: string) => {
      paths.current = [...paths.current.filter((p) => p !== path), path].slice(-most);
      void load(path).then((e) => e !== undefined && toastError(e));
    },
    [load],
  );
  const value = useMemo(() => {
    let v = state.value;
    for (const [path, filled] of [...parts].sort((a, b) => a[0].length - b[0].length)) {
      const now = find(v, path);
      if (typeof now === "object" && now !== null && "$cut" in now)
        v = applyPatch(v, [{ op: "replace", path, value: filled }]);
    }
    return v;
  }, [state.value, parts]);
  return { value, fill };
}
