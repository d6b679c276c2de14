import { createRoute, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { State } from "../../api/types.gen";
import { useTopic } from "../../live/hooks";
import { Filter } from "../../ui/Filter";
import { Problem, Skeleton } from "../../ui/States";
import { Tree } from "../../ui/Tree";
import { actorRoute } from "./route";
import css from "./state.module.css";

export const stateRoute = createRoute({
  getParentRoute: () => actorRoute,
  path: "/state",
  validateSearch: (s: Record<string, unknown>): { path?: string } =>
    typeof s["path"] === "string" ? { path: s["path"] } : {},
  component: StateScreen,
});

/** What an actor has in mind; one that sleeps isn't woken for it. */
function StateScreen() {
  const { id } = stateRoute.useParams();
  const { path } = stateRoute.useSearch();
  const navigate = useNavigate();
  const { data, error, retry } = useTopic<State>("state", { actor: id });
  const [filter, setFilter] = useState("");
  if (error && !data) return <Problem error={error} retry={retry} />;
  if (!data) return <Skeleton rows={10} label="Loading the state" />;
  return (
    <div className={css.page}>
      <div className={css.tools}>
        <Filter
          value={filter}
          onChange={setFilter}
          label="Filter the state"
          placeholder="Filter by key or value"
        />
      </div>
      <div className={css.tree}>
        <Tree
          label="State"
          value={data.value}
          filter={filter}
          selected={path}
          onSelect={(path) =>
            void navigate({
              to: "/actors/$id/state",
              params: { id },
              search: { path },
              replace: true,
            })
          }
        />
      </div>
    </div>
  );
}
