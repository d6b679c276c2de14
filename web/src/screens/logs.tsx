import { createRoute, useNavigate } from "@tanstack/react-router";
import { root } from "../root";
import { LogList } from "./logs/LogList";
import { logSearch } from "./logs/search";

export const logsRoute = createRoute({
  getParentRoute: () => root,
  path: "/logs",
  validateSearch: logSearch,
  component: Logs,
});

/** What was logged, across all actors. */
function Logs() {
  const search = logsRoute.useSearch();
  const navigate = useNavigate();
  return (
    <>
      <h1 className="visually-hidden">Logs</h1>
      <LogList
        search={search}
        set={(s) =>
          void navigate({ to: "/logs", search: logSearch({ ...search, ...s }), replace: true })
        }
        command="rivet logs --follow"
      />
    </>
  );
}
