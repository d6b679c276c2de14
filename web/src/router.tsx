import { createRouter } from "@tanstack/react-router";
import { root } from "./root";
import { routes } from "./screens";

export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: "/studio",
  defaultPreload: false,
  scrollRestoration: false,
  // Search parameters are plain text: addresses are typed and read by people.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const q = new URLSearchParams();
    for (const [k, v] of Object.entries(search))
      if (v !== undefined && v !== "") q.set(k, String(v));
    const text = q.toString();
    return text && `?${text}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
