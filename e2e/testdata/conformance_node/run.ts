// Runs one line in Node, in both encodings over both transports at once, and
// prints {"json websocket": what came out, …} as its last line. It ends because
// a disposed client lets Node exit, not because it is told to.
import { createInterface } from "node:readline";
import { createClient } from "@rivetkit/actor/client";
import * as lines from "the-lines";

type Line = (
  client: unknown,
  key: string,
  url: string,
  say: (word: string) => void,
  heard: (word: string) => Promise<void>,
) => unknown;

const [line, url, key] = process.argv.slice(2);
const ways = (["json", "cbor"] as const).flatMap((encoding) =>
  (["websocket", "sse"] as const).map((transport) => ({ encoding, transport })),
);

// A word is said once all ways have said it; the test answers with words.
const said: Record<string, number> = {};
const say = (word: string): void => {
  said[word] = (said[word] ?? 0) + 1;
  if (said[word] === ways.length) console.log(word);
};
const words = new Map<string, { promise: Promise<void>; come: () => void }>();
const wordOf = (word: string) => {
  let found = words.get(word);
  if (!found) {
    let come = (): void => {};
    const promise = new Promise<void>((resolve) => {
      come = resolve;
    });
    found = { promise, come };
    words.set(word, found);
  }
  return found;
};
const input = createInterface({ input: process.stdin });
input.on("line", (word) => wordOf(word).come());

const results: Record<string, unknown> = {};
const run = (lines as unknown as Record<string, Line>)[line];
await Promise.all(
  ways.map(async ({ encoding, transport }) => {
    const client = createClient<any>(url, { encoding, transport });
    const heard = (word: string) => wordOf(word).promise;
    results[`${encoding} ${transport}`] = await run(client, `${key}/${encoding}/${transport}`, url, say, heard);
    await client.dispose();
  }),
);
input.close();
console.log(JSON.stringify(results));
