import { actorRoutes } from "./actor/routes";
import { actorsRoute, homeRoute } from "./actors";
import { authRoute } from "./auth";
import { eventsRoute } from "./events";
import { resolveRoute } from "./resolve";
import { settingsRoute } from "./settings";

/** Every screen, one line each. */
export const routes = [
  homeRoute,
  authRoute,
  actorsRoute,
  actorRoutes,
  eventsRoute,
  resolveRoute,
  settingsRoute,
];
