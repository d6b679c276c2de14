import { useEffect, useId, useRef, useState } from "react";
import type { Failed } from "../api/types.gen";
import { shownKeys, useCommands } from "../keys/registry";
import css from "./Filter.module.css";
import { Icon } from "./icons";

interface Props {
  value: string;
  onChange(text: string): void;
  label: string;
  placeholder: string;
  /** What is wrong with it, as the server says. */
  error?: Failed | undefined;
}

/** The field of a list's filter: `/` goes there, Esc empties it and leaves. */
export function Filter({ value, onChange, label, placeholder, error }: Props) {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    if (value !== sent.current) setText(value); // it was changed from elsewhere
    sent.current = value;
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const t = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, 80);
    return () => clearTimeout(t);
  }, [text, onChange]);
  useCommands([
    {
      id: "filter",
      title: label,
      group: "List",
      keys: "/",
      run: () => {
        field.current?.focus(); // not every browser's select does
        field.current?.select();
      },
    },
  ]);
  return (
    <div className={css.box} data-bad={error ? "" : undefined}>
      <Icon name="filter" />
      <input
        ref={field}
        className={css.field}
        type="search"
        aria-label={label}
        aria-invalid={error !== undefined}
        aria-describedby={error && id}
        placeholder={placeholder}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key !== "Escape") return;
          e.preventDefault();
          if (text) setText("");
          else field.current?.blur();
        }}
      />
      {!text && <kbd className={css.key}>{shownKeys("/")}</kbd>}
      {error && (
        <p className={css.error} id={id} role="alert">
          {error.message} {error.hint}
        </p>
      )}
    </div>
  );
}
