import { useEffect, useRef, useSyncExternalStore } from "react";
import { failedOf } from "../api/http";
import { Button } from "./Button";
import css from "./Toast.module.css";

interface Note {
  id: number;
  text: string;
  tone: "plain" | "error";
  action?: { label: string; run(): void } | undefined;
}

let notes: readonly Note[] = [];
let next = 1;
const heard = new Set<() => void>();

function change(to: readonly Note[]) {
  notes = to;
  for (const f of heard) f();
}

function drop(id: number) {
  change(notes.filter((n) => n.id !== id));
}

/** Says something for a few seconds; an action mends what was done. */
export function toast(text: string, action?: Note["action"], tone: Note["tone"] = "plain"): void {
  const id = next++;
  // What can be undone is the last thing that was done.
  const others = action ? notes.filter((n) => !n.action) : notes;
  change([...others.slice(-2), { id, text, tone, action }]);
  setTimeout(() => drop(id), action || tone === "error" ? 10_000 : 3000);
}

/** Says what failed. */
export function toastError(e: unknown): void {
  const f = failedOf(e);
  toast(f.hint ? `${f.message} ${f.hint}` : f.message, undefined, "error");
}

/** Where toasts appear: above everything, dialogs too. */
export function Toasts() {
  const list = useSyncExternalStore(
    (f) => {
      heard.add(f);
      return () => heard.delete(f);
    },
    () => notes,
  );
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const b = box.current;
    if (!b) return;
    // Shown anew, it is on top of whatever has been opened since.
    if (b.matches(":popover-open")) b.hidePopover();
    if (list.length > 0) b.showPopover();
  }, [list]);
  return (
    <div ref={box} popover="manual" className={css.toasts} role="status">
      {list.map((n) => (
        <div key={n.id} className={css.toast} data-tone={n.tone}>
          <span className={css.text}>{n.text}</span>
          {n.action && (
            <Button
              onClick={() => {
                n.action?.run();
                drop(n.id);
              }}
            >
              {n.action.label}
            </Button>
          )}
          <Button look="bare" icon="close" label="Dismiss" onClick={() => drop(n.id)} />
        </div>
      ))}
    </div>
  );
}
