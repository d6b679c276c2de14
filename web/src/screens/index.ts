import { actorRoutes } from "./actor/routes";
import { actorsRoute, homeRoute } from "./actors";
import { authRoute } from "./auth";
import { errorsRoute } from "./errors";
import { eventsRoute } from "./events";
import { logsRoute } from "./logs";
import { replRoute } from "./repl";
import { resolveRoute } from "./resolve";
import { scheduleRoute } from "./schedule";
import { settingsRoute } from "./settings";

/** Every screen, one line each. */
export const routes = [
  homeRoute,
  authRoute,
  actorsRoute,
  actorRoutes,
  eventsRoute,
  logsRoute,
  scheduleRoute,
  errorsRoute,
  replRoute,
  resolveRoute,
  settingsRoute,
];
