import { actor, setup } from "@rivetkit/actor";
import * as Y from "yjs";

/** So many updates are kept one by one before they become one. */
const MERGE_AT = 100;

const doc = actor({
  onAuth: () => {},

  // What is kept is a list of updates: an edit writes itself, not the document.
  state: { updates: [] as Uint8Array[] },

  // What answers is the document that they make.
  createVars: (c) => {
    const doc = new Y.Doc();
    for (const update of c.state.updates) {
      Y.applyUpdate(doc, update);
    }
    return { doc };
  },

  actions: {
    /** What somebody who has `stateVector` misses; everything without one. */
    sync: (c, stateVector?: Uint8Array): Uint8Array =>
      Y.encodeStateAsUpdate(c.vars.doc, stateVector),

    /** Takes an edit in and tells everybody else. */
    edit: (c, update: Uint8Array) => {
      Y.applyUpdate(c.vars.doc, update); // throws if it is none
      c.state.updates.push(update);
      if (c.state.updates.length > MERGE_AT) {
        c.state.updates = [Y.encodeStateAsUpdate(c.vars.doc)];
      }
      for (const other of c.conns) {
        if (other.id !== c.conn.id) {
          other.send("edit", update);
        }
      }
    },

    text: (c): string => c.vars.doc.getText("text").toString(),
  },
});

export const registry = setup({ use: { doc } });
