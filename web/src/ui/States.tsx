import { type ReactNode, useEffect, useState } from "react";
import type { Failed } from "../api/types.gen";
import { Button } from "./Button";
import { Command } from "./Copy";
import { Frame } from "./Frame";
import { shown } from "./format";
import css from "./States.module.css";

/** Whether so much time has gone by that waiting should show. */
function useLate(ms = 150): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const t = setTimeout(() => setLate(true), ms);
    return () => clearTimeout(t);
  }, [ms]);
  return late;
}

/** Stands in for rows that are on their way, in their geometry. Nothing for 150 ms. */
export function Skeleton({ rows = 8, label = "Loading" }: { rows?: number; label?: string }) {
  const late = useLate();
  return (
    <div className={css.skeleton} role="status" aria-label={label} data-late={late || undefined}>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars have no other name
        <div key={i} className={css.bar} data-w={i % 4} />
      ))}
    </div>
  );
}

/** A list without anything in it: one sentence and one command. */
export function Empty({
  children,
  command,
  action,
}: {
  children: ReactNode;
  command?: string;
  action?: ReactNode;
}) {
  return (
    <div className={css.middle}>
      <p>{children}</p>
      {command && <Command text={command} />}
      {action}
    </div>
  );
}

/** What went wrong in one place; the rest of the page lives. */
export function Problem({
  error,
  retry,
  children,
}: {
  error: Failed;
  retry?: (() => void) | undefined;
  children?: ReactNode;
}) {
  return (
    <div className={css.problem} role="alert">
      <p className={css.code}>{error.code}</p>
      <p className={css.message}>{shown(error.message)}</p>
      {error.hint && <p className={css.hint}>{error.hint}</p>}
      {error.at && <Frame at={error.at} />}
      {(retry || children) && (
        <div className={css.actions}>
          {retry && (
            <Button icon="restart" onClick={retry}>
              Retry
            </Button>
          )}
          {children}
        </div>
      )}
    </div>
  );
}

/** Something that was here and is no more, and where to go on. */
export function Gone({ what, children }: { what: string; children: ReactNode }) {
  return (
    <div className={css.middle} role="status">
      <h1 className={css.gone}>{what}</h1>
      <div className={css.actions}>{children}</div>
    </div>
  );
}
