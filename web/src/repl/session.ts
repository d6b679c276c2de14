import { ApiError, del, failedOf, get, part, post } from "../api/http";
import type { ReplAnswer, ReplCompletions, ReplHistory, ReplPart } from "../api/types.gen";
import { command, type Local, local } from "./local";

/** What stands in the output, from top to bottom. */
export type Item =
  | { n: number; kind: "input"; code: string; use: string; answer?: ReplAnswer; running: boolean }
  | { n: number; kind: "told"; parts: readonly ReplPart[]; at: number };

/** What is to be seen of a session; a new object at each change. */
export interface Picture {
  items: readonly Item[];
  /** The actor in use, "": none. */
  use: string;
  running: boolean;
}

/** How a session reaches the server; tests have one of their own. */
export interface Server {
  get: typeof get;
  post: typeof post;
  del: typeof del;
}

const maxItems = 500;
const key = "rivet.studio.repl";

/**
 * The REPL of this tab: one session on the server, whichever of the drawer and
 * the page shows it. Its id outlives a reload of the page, and so do variables.
 */
export class Repl {
  private server: Server;
  private picture: Picture = { items: [], use: "", running: false };
  private heard = new Set<() => void>();
  private id = sessionStorage.getItem(key) ?? "";
  private next = 1;
  private turn: Promise<void> = Promise.resolve(); // when the last input has ended
  private waiting = 0; // inputs that haven't ended
  private stopped = 0; // how often it was interrupted
  private opening: Promise<void> | undefined;
  private inputs: string[] | undefined;
  private typed: string[] = [];
  private ons = new Map<string, () => void>();

  constructor(server: Server = { get, post, del }) {
    this.server = server;
  }

  listen = (f: () => void): (() => void) => {
    this.heard.add(f);
    return () => this.heard.delete(f);
  };

  see = (): Picture => this.picture;

  /** Makes the session on the server: what isn't known there can't be interrupted. */
  open(use = ""): Promise<void> {
    const code = use ? `.use ${use}` : "";
    const before = this.opening;
    const opened = (async () => {
      await before;
      if (before && code === "") return;
      const a = await this.send(code);
      for (const n of a.notes ?? []) this.tell([["muted", n.text]]);
      if (a.error) this.tell(a.error.parts);
    })();
    this.opening = opened;
    opened.catch(() => {
      if (this.opening === opened) this.opening = undefined; // the next input tries again
    });
    return opened;
  }

  /** Evaluates an input, after those before it; what came of it joins the output. */
  run(code: string): Promise<void> {
    if (code.trim() === "") return this.turn;
    const n = this.next++;
    const at = this.stopped;
    this.add({ n, kind: "input", code, use: this.picture.use, running: true });
    this.change({ running: true });
    this.waiting++;
    this.keep(code);
    this.turn = this.turn.then(async () => {
      const a = at === this.stopped ? await this.answer(code) : undefined;
      this.waiting--;
      this.answered(n, a);
    });
    return this.turn;
  }

  private async answer(code: string): Promise<ReplAnswer | undefined> {
    try {
      await this.open();
      const own = command(code);
      const f = own && local(own.name);
      if (f) return await f(this.reach(), own.rest);
      this.typed.push(code);
      return await this.send(code);
    } catch (e) {
      return unanswered(e);
    }
  }

  /** Stops the line that runs, and forgets those that wait behind it. */
  async interrupt(): Promise<void> {
    if (!this.picture.running) return;
    this.stopped++;
    if (this.id) await this.server.del(`/repl/${part(this.id)}`);
  }

  clear = (): void => this.change({ items: this.picture.items.filter((i) => running(i)) });

  /** The words that may stand at a place of an input. */
  complete(code: string, pos: number, signal: AbortSignal): Promise<ReplCompletions> {
    return this.server.post<ReplCompletions>(
      "/repl/complete",
      { session: this.id, code, pos },
      signal,
    );
  }

  /** What was typed before, here and in the project's other REPLs; oldest first. */
  async history(): Promise<readonly string[]> {
    if (!this.inputs) {
      const h = await this.server.get<ReplHistory>("/repl/history");
      this.inputs = [...h.items];
    }
    return this.inputs;
  }

  private async send(code: string): Promise<ReplAnswer> {
    const a = await this.server.post<ReplAnswer>("/repl", { session: this.id, code });
    if (a.id !== this.id) {
      this.id = a.id;
      sessionStorage.setItem(key, a.id);
    }
    this.change({ use: a.use ?? "" });
    return a;
  }

  private keep(code: string): void {
    if (this.inputs?.at(-1) !== code) this.inputs?.push(code);
    // That it can't be kept is no reason not to evaluate.
    this.server.post("/repl/history", { code }).catch(() => {});
  }

  /** What commands of this side may do. */
  private reach(): Local {
    return {
      get: this.server.get,
      use: this.picture.use,
      typed: this.typed,
      ons: this.ons,
      tell: (parts, at) => this.tell(parts, at),
      clear: this.clear,
    };
  }

  private answered(n: number, answer: ReplAnswer | undefined): void {
    const items = this.picture.items
      .map((i) => (i.n === n && i.kind === "input" ? { ...i, running: false, answer } : i))
      .filter((i) => i.n !== n || answer !== undefined);
    this.change({ items: items as readonly Item[], running: this.waiting > 0 });
  }

  private tell(parts: readonly ReplPart[], at = Date.now()): void {
    this.add({ n: this.next++, kind: "told", parts, at });
  }

  private add(i: Item): void {
    this.change({ items: [...this.picture.items.slice(1 - maxItems), i] });
  }

  private change(c: Partial<Picture>): void {
    this.picture = { ...this.picture, ...c };
    for (const f of this.heard) f();
  }
}

function running(i: Item): boolean {
  return i.kind === "input" && i.running;
}

/** That there is no answer, as one. */
function unanswered(e: unknown): ReplAnswer {
  const f = failedOf(e);
  const parts: ReplPart[] = [
    ["error", f.message],
    ["muted", ` [${f.code}]`],
  ];
  if (f.hint) parts.push(["", `\n  ${f.hint}`]);
  return {
    id: "",
    line: 0,
    logs: [],
    us: 0,
    error: {
      code: e instanceof ApiError ? e.code : f.code,
      message: f.message,
      text: parts.map((p) => p[1]).join(""),
      parts,
    },
  };
}

/** The one of this tab. */
export const repl = new Repl();
