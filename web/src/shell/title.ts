import { useEffect } from "react";
import { useMeta } from "../live/hooks";

/** What stands in the browser's tab: the place, then the project. undefined: another says it. */
export function useTitle(place: string | undefined): void {
  const project = useMeta()?.project ?? "rivet";
  useEffect(() => {
    if (place !== undefined) document.title = `${place} · ${project}`;
  }, [place, project]);
}
