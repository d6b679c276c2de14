import type { ReactNode } from "react";
import css from "./Field.module.css";

/** A labelled control, with what it wants and what is wrong with it. */
export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the child is the control
    <label className={css.field} data-bad={error ? "" : undefined}>
      <span className={css.label}>{label}</span>
      {children}
      {error ? (
        <span className={css.error} role="alert">
          {error}
        </span>
      ) : (
        hint && <span className={css.hint}>{hint}</span>
      )}
    </label>
  );
}
