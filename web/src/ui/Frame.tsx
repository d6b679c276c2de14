import { post } from "../api/http";
import type { Place, Problem } from "../api/types.gen";
import { useReadOnly } from "../live/hooks";
import { Button } from "./Button";
import css from "./Frame.module.css";
import { toast, toastError } from "./Toast";

/** Opens a place of the code in the user's editor. */
export function openInEditor(at: { file: string; line: number; column: number }): void {
  post("/editor", { file: at.file, line: at.line, column: at.column }).then(
    () => toast(`Opened ${at.file}:${at.line} in your editor`),
    toastError,
  );
}

/** Lines of the user's code around a place, the line itself marked. */
export function Frame({ at }: { at: Place }) {
  const readOnly = useReadOnly();
  // The frame is at most two lines on each side, fewer at a file's begin.
  const before = Math.min(2, at.line - 1);
  return (
    <figure className={css.frame}>
      <figcaption className={css.caption}>
        <span className={css.file}>
          {at.file}:{at.line}:{at.column}
        </span>
        {!readOnly && (
          <Button look="bare" icon="editor" onClick={() => openInEditor(at)}>
            Open in editor
          </Button>
        )}
      </figcaption>
      {at.frame && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys scroll it
        <pre className={css.code} tabIndex={0}>
          {at.frame.map((text, i) => {
            const n = at.line - before + i;
            return (
              <div key={n} className={css.line} data-here={n === at.line || undefined}>
                <span className={css.number}>{n}</span>
                {text}
                {n === at.line && at.column > 0 && (
                  <div className={css.caret} aria-hidden="true">
                    <span className={css.number} />
                    {`${text.slice(0, at.column - 1).replace(/[^\t]/g, " ")}^`}
                  </div>
                )}
              </div>
            );
          })}
        </pre>
      )}
    </figure>
  );
}

/** A problem of a build, as a place. */
export function placeOf(p: Problem): Place {
  return { file: p.file, line: p.line, column: p.column };
}
