import type { ActorConn, ExtractActorsFromRegistry } from "@rivetkit/actor/client";
import * as Y from "yjs";
import type { registry } from "./registry";

type Doc = ExtractActorsFromRegistry<typeof registry>["doc"];

/**
 * Keeps `doc` and the actor's document the same until the returned function is
 * called. Edits made while the connection was away are sent when it is back.
 */
export function bind(doc: Y.Doc, conn: ActorConn<Doc>): () => void {
  const remote = Symbol("remote");
  const meet = async () => {
    Y.applyUpdate(doc, await conn.sync(Y.encodeStateVector(doc)), remote);
    await conn.edit(Y.encodeStateAsUpdate(doc)); // what it already has changes nothing
  };
  const again = () => {
    meet().catch((error) => {
      if (conn.status === "connected") console.error("sync", error); // else the next open tries again
    });
  };
  const local = (update: Uint8Array, origin: unknown) => {
    if (origin !== remote && conn.status === "connected") {
      conn.edit(update).catch(again);
    }
  };
  doc.on("update", local);
  const ends = [
    conn.on("edit", (update: Uint8Array) => Y.applyUpdate(doc, update, remote)),
    conn.onOpen(again),
    () => doc.off("update", local),
  ];
  if (conn.status === "connected") {
    again();
  }
  return () => {
    for (const end of ends) end();
  };
}
