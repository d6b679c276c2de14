import { createRoute, redirect } from "@tanstack/react-router";
import { failedOf, get } from "../api/http";
import type { Actor, Failed } from "../api/types.gen";
import { root } from "../root";
import { LinkButton } from "../ui/LinkButton";
import { Problem } from "../ui/States";

/** /a/:type/:key…: a link that apps and logs can write without knowing an id. */
export const resolveRoute = createRoute({
  getParentRoute: () => root,
  path: "/a/$",
  async loader({ location }): Promise<Failed> {
    const parts = location.pathname
      .replace(/^.*?\/a\//, "")
      .split("/")
      .map(decoded);
    const [type = "", ...key] = parts;
    let a: Actor;
    try {
      a = await get<Actor>("/resolve", { type, key: JSON.stringify(key) });
    } catch (e) {
      return failedOf(e);
    }
    throw redirect({ to: "/actors/$id/state", params: { id: a.id }, replace: true });
  },
  component: Unresolved,
});

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // a % that stands for itself
  }
}

function Unresolved() {
  const error = resolveRoute.useLoaderData();
  return (
    <>
      <h1 className="visually-hidden">No such actor</h1>
      <Problem error={error}>
        <LinkButton to="/actors">All actors</LinkButton>
      </Problem>
    </>
  );
}
