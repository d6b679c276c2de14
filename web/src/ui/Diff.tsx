import { find, preview } from "../api/tree";
import type { Patch, Tagged } from "../api/types.gen";
import { applyPatch } from "../live/patch";
import css from "./Diff.module.css";

/** What a patch changes: each place with what it was and what it becomes. */
export function Diff({ before, patch }: { before: Tagged; patch: Patch }) {
  let state = before;
  const rows = patch.slice(0, 200).map((op, i) => {
    const was = op.op === "add" && /\/(\d+|-)$/.test(op.path) ? undefined : find(state, op.path);
    state = applyPatch(state, [op]);
    const is = op.op === "remove" ? undefined : "value" in op ? op.value : find(state, op.path);
    return { key: `${i}${op.path}`, path: op.path, was, is };
  });
  return (
    <div className={css.diff} role="table" aria-label="Changes">
      {rows.map((r) => (
        <div key={r.key} className={css.row} role="row">
          <span className={css.path} role="rowheader">
            {r.path || "the whole state"}
          </span>
          {r.was !== undefined && <Side sign="−" v={r.was} tone="was" />}
          {r.is !== undefined && <Side sign="+" v={r.is} tone="is" />}
        </div>
      ))}
      {patch.length > rows.length && (
        <p className={css.more}>and {patch.length - rows.length} more</p>
      )}
    </div>
  );
}

function Side({ sign, v, tone }: { sign: string; v: Tagged; tone: "was" | "is" }) {
  const text = preview(v, 2000);
  return (
    <code className={css.side} data-tone={tone} role="cell">
      <span aria-hidden="true">{sign}</span>{" "}
      <span className="visually-hidden">{tone === "was" ? "was" : "becomes"}</span>
      {text}
    </code>
  );
}
