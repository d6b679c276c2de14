import { actor, setup } from "@rivetkit/actor";
import { createNanoEvents } from "nanoevents";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const emitter = createNanoEvents<{ tick: (n: number) => void }>();
      const heard: number[] = [];
      const off = emitter.on("tick", (n) => heard.push(n));
      emitter.emit("tick", 1);
      off();
      emitter.emit("tick", 2);
      return heard;
    },
  },
});

export const registry = setup({ use: { nanoevents: library } });
