import { applyPatch, diff, PatchError, partsOf } from "../live/patch";
import { find, same } from "./tree";
import type { Op, Patch, Tagged } from "./types.gen";

/** One place that two sides changed, each in its way. */
export interface Conflict {
  path: string;
  /** undefined: it isn't there. */
  base: Tagged | undefined;
  mine: Tagged | undefined;
  theirs: Tagged | undefined;
}

export interface Merge {
  /** Theirs with those of my changes that touch nothing of theirs. */
  merged: Tagged;
  conflicts: Conflict[];
}

/**
 * Brings my changes of a base together with what others made of it meanwhile.
 * What both changed is a conflict, and stays as they have it: nothing of theirs
 * is overwritten unless somebody says so.
 */
export function merge(base: Tagged, mine: Tagged, theirs: Tagged): Merge {
  const ours = diff(base, mine);
  const others = diff(base, theirs);
  const conflicts = new Map<string, Conflict>();
  const free: Op[] = [];
  for (const op of ours) {
    const other = others.find((o) => meet(op, o));
    if (!other) {
      free.push(op);
      continue;
    }
    const path = commonOf(op, other);
    if (!conflicts.has(path))
      conflicts.set(path, {
        path,
        base: find(base, path),
        mine: find(mine, path),
        theirs: find(theirs, path),
      });
  }
  const real = [...conflicts.values()].filter((c) => !same(c.mine, c.theirs));
  // Within a place that is in conflict, no part of mine goes in by itself.
  const apart = free.filter((op) => !real.some((c) => inside(op.path, c.path)));
  try {
    return { merged: applyPatch(theirs, apart), conflicts: real };
  } catch (e) {
    if (!(e instanceof PatchError)) throw e;
    return { merged: theirs, conflicts: [{ path: "", base, mine, theirs }] };
  }
}

/** A state in which a conflict is settled by one side. */
export function settle(state: Tagged, c: Conflict, by: "mine" | "theirs"): Tagged {
  const v = by === "mine" ? c.mine : c.theirs;
  const now = find(state, c.path);
  if (v === undefined)
    return now === undefined ? state : applyPatch(state, [{ op: "remove", path: c.path }]);
  return applyPatch(state, [{ op: now === undefined ? "add" : "replace", path: c.path, value: v }]);
}

function inside(path: string, of: string): boolean {
  return path === of || path.startsWith(`${of}/`);
}

/** Whether two operations touch: one is inside the other, or both move elements of one array. */
function meet(a: Op, b: Op): boolean {
  return inside(a.path, b.path) || inside(b.path, a.path) || shifts(a, b) || shifts(b, a);
}

/** Whether a adds or removes an element of an array in which b stands. */
function shifts(a: Op, b: Op): boolean {
  if (a.op !== "add" && a.op !== "remove") return false;
  const parts = partsOf(a.path);
  if (!/^(\d+|-)$/.test(parts.at(-1) ?? "")) return false;
  const array = a.path.slice(0, a.path.lastIndexOf("/"));
  return inside(b.path, array) && b.path !== array;
}

function commonOf(a: Op, b: Op): string {
  if (shifts(a, b) || shifts(b, a)) {
    const up = (p: string) => p.slice(0, p.lastIndexOf("/"));
    const [x, y] = [up(a.path), up(b.path)];
    return x.length < y.length ? x : y;
  }
  return a.path.length < b.path.length ? a.path : b.path;
}

/** A patch of a part, as one of the whole. */
export function below(path: string, p: Patch): Patch {
  return p.map((op) => ({
    ...op,
    path: path + op.path,
    ...("from" in op ? { from: path + op.from } : {}),
  })) as Patch;
}
