import type { IconName } from "../../ui/icons";

/** The tabs of an actor, in order: their keys are 1, 2, 3 … */
export const tabs = [
  { to: "/actors/$id/state", title: "State", icon: "state" },
  { to: "/actors/$id/events", title: "Events", icon: "events" },
  { to: "/actors/$id/connections", title: "Connections", icon: "connections" },
  { to: "/actors/$id/schedule", title: "Schedule", icon: "schedule" },
  { to: "/actors/$id/logs", title: "Logs", icon: "logs" },
  { to: "/actors/$id/about", title: "About", icon: "info" },
] as const satisfies readonly { to: string; title: string; icon: IconName }[];
