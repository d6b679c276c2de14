import { actor, setup } from "@rivetkit/actor";

const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  onFetch: (_c, request) => new Response(`raw ${new URL(request.url).pathname} ${request.method}`),
  actions: { increment: (c, n = 1) => (c.state.count += n) },
});

export const registry = setup({ use: { counter } });
