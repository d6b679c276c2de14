import { useSyncExternalStore } from "react";
import { ApiError, get, part, patch } from "../../../api/http";
import type { Edited, Patch, State, Tagged } from "../../../api/types.gen";
import { toast, toastError } from "../../../ui/Toast";

/** An edit that isn't saved: it outlives the screen, and the server's absence. */
export interface Draft {
  path: string;
  rev: number;
  base: Tagged;
  text: string;
}

interface Actor {
  draft?: Draft | undefined;
  /** What takes back each edit of this tab, the last one last. */
  undo: { rev: number; patch: Patch }[];
  version: number;
}

const actors = new Map<string, Actor>();
const heard = new Set<() => void>();

function of(id: string): Actor {
  const a = actors.get(id) ?? { undo: [], version: 0 };
  actors.set(id, a);
  return a;
}

function tell(a: Actor) {
  a.version++;
  for (const f of heard) f();
}

/** The edits of an actor in this tab. */
export function useEdits(id: string): { draft: Draft | undefined; undoable: number } {
  useSyncExternalStore(
    (f) => {
      heard.add(f);
      return () => heard.delete(f);
    },
    () => of(id).version,
  );
  const a = of(id);
  return { draft: a.draft, undoable: a.undo.length };
}

export function setDraft(id: string, draft: Draft | undefined): void {
  const a = of(id);
  a.draft = draft;
  tell(a);
}

/** Keeps a draft's text without telling anybody: whoever typed it has it. */
export function keepText(id: string, text: string): void {
  const d = of(id).draft;
  if (d) d.text = text;
}

/** Reads a part of a state whole, and begins to edit it. */
export async function begin(id: string, path: string): Promise<void> {
  try {
    const s = await get<State>(`/actors/${part(id)}/state`, { path });
    setDraft(id, { path, rev: s.rev, base: s.value, text: textOf(s.value) });
  } catch (e) {
    toastError(e);
  }
}

export function textOf(v: Tagged): string {
  return JSON.stringify(v, null, 2);
}

/** Sends an edit; `dryRun` asks only whether it would do. */
export function send(id: string, rev: number, ops: Patch, dryRun = false): Promise<Edited> {
  return patch<Edited>(`/actors/${part(id)}/state`, {
    rev,
    patch: ops,
    ...(dryRun ? { dryRun } : {}),
  });
}

/** Saves, remembers how to take it back, and offers to. */
export async function save(id: string, rev: number, ops: Patch): Promise<void> {
  const done = await send(id, rev, ops);
  const a = of(id);
  a.undo.push({ rev: done.rev, patch: done.undo });
  tell(a);
  toast("Saved", { label: "Undo", run: () => void undo(id) });
}

/** Takes the last edit back, as an edit of its own. */
export async function undo(id: string): Promise<void> {
  const a = of(id);
  const last = a.undo.at(-1);
  if (!last) return;
  try {
    await send(id, last.rev, last.patch);
    a.undo.pop();
    tell(a);
    toast("Taken back");
  } catch (e) {
    if (!(e instanceof ApiError) || e.code !== "state_conflict") return toastError(e);
    a.undo.pop();
    tell(a);
    toast(
      "The state has changed since: edit it by hand, nothing was overwritten",
      undefined,
      "error",
    );
  }
}
