/** `hono/ws` inside rivet, as far as apps that are served by rivet need it. */
import type { HonoContext, WSEvents } from "./internal/hono.js";

export type { WSEvents } from "./internal/hono.js";

/**
 * A route for WebSockets of the app's own. They are not available yet: the route
 * answers 501, and says to use an actor's `onWebSocket`.
 */
export function upgradeWebSocket(
  _create: (c: never) => WSEvents | Promise<WSEvents>,
): (c: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
  return async (c, next) => {
    if (c.req.raw.headers.get("upgrade")?.toLowerCase() !== "websocket") {
      await next();
      return undefined;
    }
    return new Response(
      "WebSockets of an app's own routes are not available yet: use an actor's onWebSocket.",
      { status: 501 },
    );
  };
}

/** Makes an `upgradeWebSocket`; here there is one. */
export function defineWebSocketHelper(): typeof upgradeWebSocket {
  return upgradeWebSocket;
}
