import { actor } from "@rivetkit/actor";

const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  actions: { increment: (c, n = 1) => (c.state.count += n) },
});

export default counter;
