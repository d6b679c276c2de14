import type { IconName } from "../ui/icons";

/** What the rail shows and `g` goes to. A section stands here once its screen works. */
export const sections: readonly { to: string; title: string; icon: IconName; key: string }[] = [
  { to: "/actors", title: "Actors", icon: "actors", key: "a" },
  { to: "/events", title: "Events", icon: "events", key: "e" },
  { to: "/logs", title: "Logs", icon: "logs", key: "l" },
  { to: "/schedule", title: "Schedule", icon: "schedule", key: "s" },
  { to: "/errors", title: "Errors", icon: "errors", key: "x" },
  { to: "/repl", title: "REPL", icon: "repl", key: "r" },
  { to: "/settings", title: "Settings", icon: "settings", key: "," },
];
