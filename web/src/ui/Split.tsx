import type { ReactNode } from "react";
import { Button } from "./Button";
import css from "./Split.module.css";

interface Props {
  label: string;
  /** Above the list: filter, total, buttons. */
  tools?: ReactNode;
  children: ReactNode;
  /** The selected thing, beside the list; in its place on narrow screens. */
  aside?: ReactNode;
}

/** A list and what is selected of it. */
export function Split({ label, tools, children, aside }: Props) {
  return (
    <div className={css.page} data-sel={aside ? "" : undefined}>
      <section className={css.list} aria-label={label}>
        {tools && <div className={css.tools}>{tools}</div>}
        <div className={css.rows}>{children}</div>
      </section>
      {aside}
    </div>
  );
}

interface PaneProps {
  label: string;
  head: ReactNode;
  close(): void;
  children: ReactNode;
}

/** The pane of what is selected. */
export function Pane({ label, head, close, children }: PaneProps) {
  return (
    <aside className={css.pane} aria-label={label}>
      <header className={css.head}>
        {head}
        <span className={css.space} />
        <Button look="bare" icon="close" label="Close" onClick={close} />
      </header>
      <div className={css.body}>{children}</div>
    </aside>
  );
}

/** Names and values, one a line. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className={css.facts}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={css.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What can be done with what is selected. */
export function Actions({ children }: { children: ReactNode }) {
  return <div className={css.actions}>{children}</div>;
}

/** A part of a pane, with a heading and what belongs beside it. */
export function Section({
  title,
  beside,
  children,
}: {
  title: ReactNode;
  beside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={css.section}>
      <h2>
        {title} {beside}
      </h2>
      {children}
    </section>
  );
}

/** A number of what is listed, in the tools. */
export function Total({ children }: { children: ReactNode }) {
  return (
    <span className={css.total} role="status">
      {children}
    </span>
  );
}

/** Choices that can be on together. */
export function Chips({
  label,
  all,
  on,
  toggle,
  own = false,
}: {
  /** In a line of their own. */
  own?: boolean;
  label: string;
  all: readonly string[];
  on: readonly string[];
  toggle(name: string): void;
}) {
  return (
    <fieldset className={css.chips} data-own={own || undefined}>
      <legend className="visually-hidden">{label}</legend>
      {all.map((c) => (
        <button
          key={c}
          type="button"
          className={css.chip}
          aria-pressed={on.includes(c)}
          onClick={() => toggle(c)}
        >
          {c}
        </button>
      ))}
    </fieldset>
  );
}
