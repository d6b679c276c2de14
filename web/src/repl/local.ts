import type { get as apiGet } from "../api/http";
import { preview } from "../api/tree";
import type { Actor, Entry, ReplAnswer, ReplPart } from "../api/types.gen";
import { live } from "../live/hooks";
import { clock } from "../ui/format";

/** What the dot-commands of this side need: the server can't run them. */
export interface Local {
  get: typeof apiGet;
  use: string;
  /** Lines of this session, for .save. */
  typed: readonly string[];
  /** What .on began, and how to end it. */
  ons: Map<string, () => void>;
  tell(parts: readonly ReplPart[], at?: number): void;
  clear(): void;
}

type Run = (l: Local, rest: string) => Promise<ReplAnswer | undefined>;

/** Takes ".name rest" apart; ".5" and "...x" are no commands. */
export function command(code: string): { name: string; rest: string } | undefined {
  const m = /^\s*(\.[a-z]\S*)\s*([\s\S]*)$/i.exec(code);
  return m?.[1] ? { name: m[1], rest: (m[2] ?? "").trim() } : undefined;
}

/** What this side runs of the dot-commands; undefined: the server does. */
export function local(name: string): Run | undefined {
  return { ".on": on, ".off": off, ".clear": clear, ".save": save, ".load": load, ".exit": exit }[
    name
  ];
}

/** An actor's name as people write it, taken apart; \ escapes / in a key. */
export function parseTarget(text: string): { type: string; key: string[] } {
  const parts = [...text.matchAll(/(?:^|\/)((?:\\.|[^\\/])*)/g)].map((m) =>
    (m[1] ?? "").replace(/\\(.)/g, "$1"),
  );
  return { type: parts[0] ?? "", key: parts.slice(1) };
}

function said(style: string, text: string): ReplAnswer {
  return {
    id: "",
    line: 0,
    logs: [],
    us: 0,
    output: { text, parts: [[style, text]], value: null },
  };
}

function refused(message: string, hint: string): ReplAnswer {
  const parts: ReplPart[] = [
    ["error", message],
    ["muted", " [invalid_request]"],
    ["", `\n  ${hint}`],
  ];
  const text = parts.map((p) => p[1]).join("");
  return {
    id: "",
    line: 0,
    logs: [],
    us: 0,
    error: { code: "invalid_request", message, hint, text, parts },
  };
}

/** Prints the events of a name of the actor in use, as they come. */
async function on(l: Local, event: string): Promise<ReplAnswer> {
  if (event === "" || /\s/.test(event)) return refused("Which event?", "As in: .on newCount");
  if (l.use === "") return refused("No actor is in use.", "Name one: .use counter/my-counter");
  const { use } = l;
  const name = `${use} ${event}`;
  if (l.ons.has(name)) return said("muted", `${event} of ${use} is on already`);
  const { type, key } = parseTarget(use);
  const actor = await l.get<Actor>("/resolve", { type, key: JSON.stringify(key) });
  const since = Date.now();
  const filter = `kind:event name:${JSON.stringify(event)}`;
  const sub = live.subscribe("history", { actor: actor.id, filter, last: -1 });
  let seen = 0;
  const hear = () => {
    for (const e of sub.stream<Entry>().items) {
      if (e.seq <= seen) continue;
      seen = e.seq;
      if (e.at < since || e.name !== event) continue;
      const args = Array.isArray(e.args) ? e.args.map((v) => preview(v, 200)).join(", ") : "";
      l.tell(
        [
          ["muted", `${clock(e.at)} ${use} `],
          ["special", event],
          ["", `(${args})`],
        ],
        e.at,
      );
    }
  };
  const release = sub.hold();
  const deaf = sub.listen(hear);
  l.ons.set(name, () => {
    deaf();
    release();
  });
  return said("muted", `events "${event}" of ${use} print as they come; .off ends it`);
}

/** Ends what .on began; without a name all of it. */
async function off(l: Local, event: string): Promise<ReplAnswer> {
  const ended = [...l.ons.keys()].filter((n) => event === "" || n.endsWith(` ${event}`)).sort();
  for (const n of ended) {
    l.ons.get(n)?.();
    l.ons.delete(n);
  }
  return said("muted", ended.length > 0 ? `off: ${ended.join(", ")}` : "nothing was on");
}

async function clear(l: Local): Promise<undefined> {
  l.clear();
}

/** Has the browser save the session's lines. */
async function save(l: Local, file: string): Promise<ReplAnswer> {
  const name = file || "session.ts";
  const a = document.createElement("a");
  const address = URL.createObjectURL(new Blob([`${l.typed.join("\n")}\n`]));
  a.href = address;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  return said("muted", `${l.typed.length} lines in ${name}, where your browser saves files`);
}

async function load(): Promise<ReplAnswer> {
  return refused("A page sees no files.", "Paste the lines, or: rivet repl < setup.ts");
}

async function exit(): Promise<ReplAnswer> {
  return refused("A page doesn't end.", "Ctrl+` opens and closes the drawer; .clear clears it.");
}
