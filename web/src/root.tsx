import { createRootRoute, redirect } from "@tanstack/react-router";
import { signIn } from "./api/http";
import { session, takeToken } from "./api/session";
import { live } from "./live/hooks";
import { NotFound, Shell } from "./shell/Shell";

/** The root of all screens: none is shown without a session. */
export const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  async beforeLoad({ location }) {
    if (location.pathname === "/auth") return;
    const t = takeToken();
    if (t) {
      try {
        await signIn(t);
      } catch {
        // an old token beside a session that holds is no reason to ask again
      }
    }
    if (!session()) throw redirect({ to: "/auth", search: { next: location.href } });
    live.start();
  },
});
