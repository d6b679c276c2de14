import { actor } from "@rivetkit/actor";

export const first = actor({ onAuth: () => {}, state: { n: 1 }, actions: { get: (c) => [c.name, c.state.n] } });
export const second = actor({ onAuth: () => {}, state: { n: 2 }, actions: { get: (c) => [c.name, c.state.n] } });
