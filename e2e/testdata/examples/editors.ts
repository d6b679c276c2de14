// editors URL both|many|read KEY TRANSPORT: prints the text at the end.
import { bind } from "./bind";
import { createClient, type Transport } from "@rivetkit/actor/client";
import * as Y from "yjs";
import type { registry } from "./registry";

const [url, what, key, transport] = process.argv.slice(2) as [string, string, string, Transport];
const client = createClient<typeof registry>(url, { transport });

/** A document, and a promise of its text when `done` says so. */
async function editor() {
  const doc = new Y.Doc();
  const text = doc.getText("text");
  const conn = client.doc.getOrCreate(key).connect();
  const until = (done: (text: string) => boolean) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (done(text.toString())) resolve(text.toString());
      };
      doc.on("update", look);
      look();
    });
  return { doc, text, conn, until };
}

const a = await editor();
switch (what) {
  case "both": {
    const b = await editor();
    a.text.insert(0, "Hello"); // before it is bound: as if offline
    bind(a.doc, a.conn);
    await b.conn.ready;
    bind(b.doc, b.conn);
    b.text.insert(0, "World"); // at the same time
    const [one, two] = await Promise.all([a, b].map((e) => e.until((t) => t.length === 10)));
    if (one !== two) throw new Error(`${one} and ${two}`);
    console.log(one);
    break;
  }
  case "many": {
    bind(a.doc, a.conn);
    await a.conn.ready;
    for (let n = 0; n < 250; n++) a.text.insert(n, "x");
    // Actions of a connection run in order: all edits are in when this one is answered.
    console.log(await a.conn.text());
    break;
  }
  case "read":
    bind(a.doc, a.conn);
    console.log(await a.until((t) => t !== ""));
}
await client.dispose();
