/** As much of Hono's context as is used here. */
export interface HonoContext {
  req: { raw: Request; routePath?: string };
}

/** What the handler of a WebSocket route gives. */
export interface WSEvents {
  onOpen?: (event: Event, ws: never) => void;
  onMessage?: (event: MessageEvent, ws: never) => void;
  onClose?: (event: CloseEvent, ws: never) => void;
  onError?: (event: Event, ws: never) => void;
}
