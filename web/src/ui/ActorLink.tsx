import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { get, part } from "../api/http";
import type { Actor } from "../api/types.gen";
import { shown, target } from "./format";

// Names never change, so one look is enough.
const names = new Map<string, string>();

/** An actor of which only the id is known, by its name. */
export function ActorLink({ id, q }: { id: string; q?: string }) {
  const [name, setName] = useState(names.get(id));
  useEffect(() => {
    if (names.has(id)) return;
    let over = false;
    get<Actor>(`/actors/${part(id)}`).then(
      (a) => {
        names.set(id, shown(target(a.type, a.key)));
        if (!over) setName(names.get(id));
      },
      () => {
        if (!over) setName(undefined); // it is gone: the id is all there is
      },
    );
    return () => {
      over = true;
    };
  }, [id]);
  return (
    <Link to="/actors/$id/events" params={{ id }} search={q ? { q } : {}}>
      <code>{name ?? id}</code>
    </Link>
  );
}
