import { createRoute, useNavigate } from "@tanstack/react-router";
import { target, word } from "../../ui/format";
import { LogList } from "../logs/LogList";
import { logSearch } from "../logs/search";
import { useActor } from "./context";
import { actorRoute } from "./route";

export const actorLogsRoute = createRoute({
  getParentRoute: () => actorRoute,
  path: "/logs",
  validateSearch: logSearch,
  component: ActorLogs,
});

/** What one actor logged. */
function ActorLogs() {
  const a = useActor();
  const search = actorLogsRoute.useSearch();
  const navigate = useNavigate();
  return (
    <LogList
      actor={a.id}
      search={search}
      set={(s) =>
        void navigate({
          to: "/actors/$id/logs",
          params: { id: a.id },
          search: logSearch({ ...search, ...s }),
          replace: true,
        })
      }
      command={`rivet logs ${word(target(a.type, a.key))} --follow`}
    />
  );
}
