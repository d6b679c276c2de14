import { useRef, useState } from "react";
import { ApiError, failedOf, get, part } from "../../../api/http";
import { below, type Conflict, merge, settle } from "../../../api/merge";
import { TaggedError, untag } from "../../../api/tagged";
import { preview } from "../../../api/tree";
import type { Failed, Patch, State, Tagged } from "../../../api/types.gen";
import { shownKeys, useCommands } from "../../../keys/registry";
import { useOffline } from "../../../live/hooks";
import { diff } from "../../../live/patch";
import { Button } from "../../../ui/Button";
import { CodeEditor, type CodeEditorHandle } from "../../../ui/CodeEditor";
import { Dialog } from "../../../ui/Dialog";
import { Diff } from "../../../ui/Diff";
import { Problem } from "../../../ui/States";
import css from "./Editor.module.css";
import { type Draft, keepText, save, send, setDraft, textOf } from "./edits";
import { lineOf, problemOf } from "./json";

/** What is about to be saved. */
interface Review {
  rev: number;
  before: Tagged;
  patch: Patch;
  /** What was merged: others have changed the state meanwhile. */
  merged: boolean;
}

interface Clash {
  rev: number;
  theirs: Tagged;
  merged: Tagged;
  conflicts: readonly Conflict[];
  by: Record<string, "mine" | "theirs">;
}

interface Props {
  id: string;
  draft: Draft;
  /** The state's revision now. */
  rev: number;
}

/** Edits a part of a state: text → dry run → what changes → save, or merge. */
export function StateEditor({ id, draft, rev }: Props) {
  const editor = useRef<CodeEditorHandle>(null);
  const offline = useOffline();
  const [error, setError] = useState<Failed>();
  const [review, setReview] = useState<Review>();
  const [clash, setClash] = useState<Clash>();
  const [busy, setBusy] = useState(false);

  const close = () => setDraft(id, undefined);
  const wrong = (f: Failed, at?: { from: number; to: number }) => {
    setError(f);
    if (at) editor.current?.mark([{ ...at, message: f.message }]);
  };

  /** What the text means, or undefined once the mistake has been told. */
  const parsed = (): Tagged | undefined => {
    let value: Tagged;
    try {
      value = JSON.parse(draft.text) as Tagged;
    } catch (e) {
      const at = problemOf(draft.text);
      const before = draft.text.slice(0, at?.from ?? 0).split("\n");
      const place = `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
      wrong(
        {
          code: "invalid_json",
          message: `${place}: this is no JSON from here on.`,
          hint: messageOf(e),
        },
        at,
      );
      return undefined;
    }
    try {
      untag(value);
    } catch (e) {
      if (!(e instanceof TaggedError) && !(e instanceof Error)) throw e;
      // A reference may lead out of the part that is edited: the engine knows.
      if (draft.path !== "" && draft.text.includes('"$ref"')) return value;
      wrong({
        code: "invalid_state",
        message: messageOf(e),
        hint: 'Tagged JSON writes a Date as {"$date": ms}, a Map as {"$map": [[key, value]]}.',
      });
      return undefined;
    }
    return value;
  };

  const look = async (base: Tagged, at: number, next: Tagged, merged = false) => {
    const ops = below(draft.path, diff(base, next));
    if (ops.length === 0) {
      wrong({ code: "nothing_changed", message: "Nothing is different from the state as it is." });
      return;
    }
    setBusy(true);
    try {
      await send(id, at, ops, true);
      setError(undefined);
      editor.current?.mark([]);
      setReview({ rev: at, before: base, patch: ops, merged });
    } catch (e) {
      await refused(e, next);
    } finally {
      setBusy(false);
    }
  };

  /** Others were faster, or the engine doesn't take it. */
  const refused = async (e: unknown, mine: Tagged) => {
    const f = failedOf(e);
    if (!(e instanceof ApiError) || f.code !== "state_conflict") {
      wrong(f, lineOf(draft.text, f.message, draft.path));
      return;
    }
    const now = await get<State>(`/actors/${part(id)}/state`, { path: draft.path });
    const m = merge(draft.base, mine, now.value);
    if (m.conflicts.length > 0) {
      setClash({
        rev: now.rev,
        theirs: now.value,
        merged: m.merged,
        conflicts: m.conflicts,
        by: {},
      });
      return;
    }
    rebase(now.rev, now.value, m.merged);
    await look(now.value, now.rev, m.merged, true);
  };

  const rebase = (at: number, base: Tagged, next: Tagged) => {
    const text = textOf(next);
    setDraft(id, { ...draft, rev: at, base, text });
    editor.current?.set(text);
  };

  const check = () => {
    const value = parsed();
    if (value !== undefined) void look(draft.base, draft.rev, value);
  };

  const commit = async () => {
    if (!review) return;
    setBusy(true);
    try {
      await save(id, review.rev, review.patch);
      setReview(undefined);
      close();
    } catch (e) {
      setReview(undefined);
      const mine = parsed();
      if (mine !== undefined) await refused(e, mine);
    } finally {
      setBusy(false);
    }
  };

  const settled = () => {
    if (!clash) return;
    let next = clash.merged;
    for (const c of clash.conflicts) next = settle(next, c, clash.by[c.path] ?? "theirs");
    setClash(undefined);
    rebase(clash.rev, clash.theirs, next);
    void look(clash.theirs, clash.rev, next, true);
  };

  useCommands([
    {
      id: "state.save",
      title: "Review and save the state",
      group: "State",
      keys: "Mod+s",
      everywhere: true,
      run: () => (review ? void commit() : check()),
    },
    {
      id: "state.discard",
      title: "Stop editing the state",
      group: "State",
      keys: "Escape",
      run: close,
    },
  ]);

  return (
    <section className={css.editor} aria-label="Edit the state">
      <header className={css.head}>
        <h2>
          Edit <code>{draft.path || "the whole state"}</code>
        </h2>
        {rev > draft.rev && (
          <span className={css.moved} role="status">
            The state has changed since you began; saving merges.
          </span>
        )}
        <span className={css.space} />
        <Button onClick={close}>Discard</Button>
        <Button
          look="primary"
          onClick={check}
          disabled={busy || offline}
          title={`Review and save   ${shownKeys("Mod+s").join(" ")}`}
        >
          Review
        </Button>
      </header>
      {error && <Problem error={error} />}
      <div className={css.text}>
        <CodeEditor
          ref={editor}
          label="State as tagged JSON"
          initial={draft.text}
          onChange={(t) => keepText(id, t)}
        />
      </div>
      <Dialog
        open={review !== undefined}
        close={() => setReview(undefined)}
        title="What this changes"
        size="large"
        actions={
          <>
            <Button onClick={() => setReview(undefined)}>Go on editing</Button>
            <Button
              look="primary"
              disabled={busy || offline}
              onClick={() => void commit()}
              data-autofocus=""
            >
              Save
            </Button>
          </>
        }
      >
        {review?.merged && (
          <p>Others have changed the state meanwhile. Their changes stay; these are yours:</p>
        )}
        {review && <ReviewDiff review={review} path={draft.path} />}
      </Dialog>
      <Merge clash={clash} set={setClash} done={settled} />
    </section>
  );
}

function messageOf(e: unknown): string {
  return e instanceof Error ? e.message : String(e);
}

function ReviewDiff({ review, path }: { review: Review; path: string }) {
  // The places of a part are told as places of the whole.
  const inner = review.patch.map((op) => ({ ...op, path: op.path.slice(path.length) })) as Patch;
  return <Diff before={review.before} patch={inner} />;
}

/** Places that both sides changed: for each, one of the two. */
function Merge({
  clash,
  set,
  done,
}: {
  clash: Clash | undefined;
  set(c: Clash | undefined): void;
  done(): void;
}) {
  return (
    <Dialog
      open={clash !== undefined}
      close={() => set(undefined)}
      title="The state has changed meanwhile"
      size="large"
      actions={
        <>
          <Button onClick={() => set(undefined)}>Go on editing</Button>
          <Button
            look="primary"
            disabled={clash?.conflicts.some((c) => !clash.by[c.path]) ?? true}
            onClick={done}
          >
            Use these
          </Button>
        </>
      }
    >
      <p>
        These places were changed by you and by others. Nothing is overwritten unless you say so:
      </p>
      {clash?.conflicts.map((c) => (
        <fieldset key={c.path} className={css.conflict}>
          <legend>
            <code>{c.path || "the whole"}</code>
          </legend>
          {(["mine", "theirs"] as const).map((side) => (
            <label key={side} className={css.side}>
              <input
                type="radio"
                name={`side${c.path}`}
                checked={clash.by[c.path] === side}
                onChange={() => set({ ...clash, by: { ...clash.by, [c.path]: side } })}
              />
              <span>{side === "mine" ? "yours" : "as it is now"}</span>
              <code>{c[side] === undefined ? "(removed)" : preview(c[side], 300)}</code>
            </label>
          ))}
          <p className={css.base}>
            It was <code>{c.base === undefined ? "(not there)" : preview(c.base, 300)}</code>
          </p>
        </fieldset>
      ))}
    </Dialog>
  );
}
