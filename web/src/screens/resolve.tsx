import { createRoute, redirect } from "@tanstack/react-router";
import { failedOf, get } from "../api/http";
import type { Actor } from "../api/types.gen";
import { root } from "../root";
import { LinkButton } from "../ui/LinkButton";
import { Problem } from "../ui/States";

/** /a/:type/:key…: a link that apps and logs can write without knowing an id. */
export const resolveRoute = createRoute({
  getParentRoute: () => root,
  path: "/a/$",
  async loader({ location }) {
    const parts = location.pathname
      .replace(/^.*?\/a\//, "")
      .split("/")
      .map(decodeURIComponent);
    const [type = "", ...key] = parts;
    const a = await get<Actor>("/resolve", { type, key: JSON.stringify(key) });
    throw redirect({ to: "/actors/$id/state", params: { id: a.id }, replace: true });
  },
  errorComponent: ({ error, reset }) => (
    <Problem error={failedOf(error)} retry={reset}>
      <LinkButton to="/actors">All actors</LinkButton>
    </Problem>
  ),
});
