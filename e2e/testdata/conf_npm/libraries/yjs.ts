import { actor, setup } from "@rivetkit/actor";
import * as Y from "yjs";

const library = actor({
  onAuth: () => {},
  actions: {
    check: async () => {
      const a = new Y.Doc();
      const b = new Y.Doc();
      a.getText("t").insert(0, "hello");
      b.getMap("m").set("k", 1);
      Y.applyUpdate(b, Y.encodeStateAsUpdate(a));
      Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)));
      b.getText("t").insert(5, " there");
      Y.applyUpdate(a, Y.encodeStateAsUpdate(b, Y.encodeStateVector(a)));
      return [a.getText("t").toString(), a.getMap("m").get("k"), a.clientID !== b.clientID];
    },
  },
});

export const registry = setup({ use: { yjs: library } });
