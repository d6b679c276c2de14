import { actor } from "@rivetkit/actor";

export default actor({ onAuth: () => {}, state: { count: 0 }, actions: { increment: (c, n = 1) => (c.state.count += n) } });
