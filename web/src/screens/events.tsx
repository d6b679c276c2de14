import { createRoute, useNavigate } from "@tanstack/react-router";
import { root } from "../root";
import { EventList } from "./events/EventList";
import { eventSearch } from "./events/search";

export const eventsRoute = createRoute({
  getParentRoute: () => root,
  path: "/events",
  validateSearch: eventSearch,
  component: Events,
});

/** What happened, across all actors. */
function Events() {
  const search = eventsRoute.useSearch();
  const navigate = useNavigate();
  return (
    <>
      <h1 className="visually-hidden">Events</h1>
      <EventList
        search={search}
        set={(s) =>
          void navigate({ to: "/events", search: eventSearch({ ...search, ...s }), replace: true })
        }
        command="rivet events --follow"
      />
    </>
  );
}
