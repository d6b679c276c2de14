import { createRoute, redirect } from "@tanstack/react-router";
import { aboutRoute } from "./about";
import { connectionsRoute } from "./connections";
import { actorEventsRoute } from "./events";
import { actorLogsRoute } from "./logs";
import { actorRoute } from "./route";
import { actorScheduleRoute } from "./schedule";
import { stateRoute } from "./state";

const index = createRoute({
  getParentRoute: () => actorRoute,
  path: "/",
  beforeLoad({ params }) {
    throw redirect({ to: "/actors/$id/state", params, replace: true });
  },
});

/** One actor's screens, a line each; tabs.ts says in what order they are shown. */
export const actorRoutes = actorRoute.addChildren([
  index,
  stateRoute,
  actorEventsRoute,
  connectionsRoute,
  actorScheduleRoute,
  actorLogsRoute,
  aboutRoute,
]);
