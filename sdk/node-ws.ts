/** `@hono/node-ws` inside rivet: rivet upgrades by itself. */
import { upgradeWebSocket } from "./hono-ws.js";

/** What `createNodeWebSocket` gives. */
export interface NodeWebSocket {
  upgradeWebSocket: typeof upgradeWebSocket;
  /** Does nothing: the server is rivet's. */
  injectWebSocket: (server?: unknown) => void;
}

/**
 * @example const { injectWebSocket, upgradeWebSocket } = createNodeWebSocket({ app });
 */
export function createNodeWebSocket(_options: { app: unknown }): NodeWebSocket {
  return { upgradeWebSocket, injectWebSocket: () => {} };
}
