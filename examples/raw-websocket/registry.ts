import { actor, setup, type UniversalWebSocket } from "@rivetkit/actor";

/** How many lines a room keeps. */
const KEPT = 100;

// A room with a line protocol of its own, for whoever has a WebSocket and no client
// library. Text is a line for everybody; bytes go to the others as they are.
const room = actor({
  onAuth: () => {},

  state: { lines: [] as string[] },
  createVars: () => ({ sockets: new Set<UniversalWebSocket>() }),

  onWebSocket: (c, websocket, { request }) => {
    const name = new URL(request.url).searchParams.get("name") ?? "guest";
    const { sockets } = c.vars;
    sockets.add(websocket);
    for (const line of c.state.lines) {
      websocket.send(line);
    }
    websocket.addEventListener("message", async ({ data }) => {
      if (data instanceof ArrayBuffer) {
        for (const other of sockets) {
          if (other !== websocket) other.send(data);
        }
        return;
      }
      if (data === "/quit") {
        websocket.close(4000, "bye");
        return;
      }
      const line = `${name}: ${data}`;
      c.state.lines.push(line);
      if (c.state.lines.length > KEPT) {
        c.state.lines.shift();
      }
      // Nobody sees a line that could be lost.
      await c.saveState({ immediate: true });
      for (const socket of sockets) {
        socket.send(line);
      }
    });
    websocket.addEventListener("close", () => {
      sockets.delete(websocket);
    });
  },

  actions: {
    lines: (c) => c.state.lines,
    present: (c) => c.vars.sockets.size,
  },
});

export const registry = setup({ use: { room } });
