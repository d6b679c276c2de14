import { actor, setup } from "@rivetkit/actor";

const counter = actor({
  onAuth: () => {},
  state: { count: 0 },
  actions: {
    increment: (c, n: number = 1) => (c.state.count += n),
    get: (c) => c.state.count,
    boom: () => {
	const 漢字 = "日本"; throw new TypeError("bad thing");
    },
    spam: (c, n: number) => {
      for (let i = 0; i < n; i++) c.log.info("again and again");
    },
  },
});

export const registry = setup({ use: { counter } });
