import { useNavigate } from "@tanstack/react-router";
import { signOut } from "../api/http";
import { type Command, useCommands } from "../keys/registry";
import { live } from "../live/hooks";
import { settings } from "../settings";
import { copy } from "../ui/Copy";
import { toast } from "../ui/Toast";
import { sections } from "./sections";

/** Commands that every screen has. */
export function GlobalCommands() {
  const navigate = useNavigate();
  const go: Command[] = sections.map((s) => ({
    id: `go.${s.to}`,
    title: s.title,
    group: "Go to",
    keys: `g ${s.key}`,
    run: () => void navigate({ to: s.to }),
  }));
  useCommands([
    ...go,
    {
      id: "link.copy",
      title: "Copy a link to this place",
      group: "View",
      keys: "y",
      run: () => void copy(location.href).then(() => toast("Copied the link")),
    },
    ...(["dark", "light", "system"] as const).map(
      (theme): Command => ({
        id: `theme.${theme}`,
        title: `Theme: ${theme}`,
        group: "View",
        words: "colours appearance",
        run: () => settings.set({ theme }),
      }),
    ),
    {
      id: "density",
      title: "Switch between normal and compact rows",
      group: "View",
      words: "density",
      run: () =>
        settings.set({ density: settings.get().density === "compact" ? "normal" : "compact" }),
    },
    {
      id: "signout",
      title: "Sign out of this tab",
      group: "View",
      run: () =>
        void signOut().finally(() => {
          live.stop();
          void navigate({ to: "/auth" });
        }),
    },
  ]);
  return null;
}
