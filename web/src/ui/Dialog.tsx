import { type ReactNode, useEffect, useId, useRef } from "react";
import { Button } from "./Button";
import css from "./Dialog.module.css";

interface Props {
  open: boolean;
  close(): void;
  title: string;
  children: ReactNode;
  /** Buttons, the one that goes on last. */
  actions?: ReactNode;
  size?: "small" | "large";
  /** Without a head: the content has its own. */
  bare?: boolean;
}

/** A modal dialog: the browser's, so Esc, focus and the rest of the page behave. */
export function Dialog({
  open,
  close,
  title,
  children,
  actions,
  size = "small",
  bare = false,
}: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const d = ref.current;
    if (!d) return;
    if (open && !d.open) {
      d.showModal();
      d.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    }
    if (!open && d.open) d.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc is the key that does the same
    <dialog
      ref={ref}
      className={css.dialog}
      data-size={size}
      aria-labelledby={bare ? undefined : id}
      aria-label={bare ? title : undefined}
      onClose={close}
      onClick={(e) => {
        if (e.target === ref.current) close(); // beside it
      }}
    >
      {open && (
        <div className={css.box}>
          {!bare && (
            <header className={css.head}>
              <h2 id={id}>{title}</h2>
              <Button look="bare" icon="close" label="Close" onClick={close} />
            </header>
          )}
          {bare ? children : <div className={css.body}>{children}</div>}
          {actions && <footer className={css.foot}>{actions}</footer>}
        </div>
      )}
    </dialog>
  );
}
