import { createRoute, useNavigate } from "@tanstack/react-router";
import { target, word } from "../../ui/format";
import { EventList } from "../events/EventList";
import { eventSearch } from "../events/search";
import { useActor } from "./context";
import { actorRoute } from "./route";

export const actorEventsRoute = createRoute({
  getParentRoute: () => actorRoute,
  path: "/events",
  validateSearch: eventSearch,
  component: ActorEvents,
});

/** What happened to one actor. */
function ActorEvents() {
  const a = useActor();
  const search = actorEventsRoute.useSearch();
  const navigate = useNavigate();
  return (
    <EventList
      actor={a.id}
      search={search}
      set={(s) =>
        void navigate({
          to: "/actors/$id/events",
          params: { id: a.id },
          search: eventSearch({ ...search, ...s }),
          replace: true,
        })
      }
      command={`rivet events ${word(target(a.type, a.key))} --follow`}
    />
  );
}
