import { actor, setup } from "@rivetkit/actor";

const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  onFetch: (_c, request) =>
    new URL(request.url).pathname === "/cors"
      ? new Response("the actor's own", { headers: { "access-control-allow-origin": "https://actor.example" } })
      : new Response(request.body, { headers: { "x-url": request.url, "x-method": request.method } }),
  onWebSocket: (_c, socket) => socket.addEventListener("message", ({ data }) => socket.send(`echo ${data}`)),
  actions: { increment: (c, n = 1) => (c.state.count += n) },
});

export const registry = setup({ use: { counter } });
