import { useEffect, useState } from "react";
import { Button } from "./Button";
import css from "./Copy.module.css";
import { toastError } from "./Toast";

/** Copies a text; says so for a moment. */
export function CopyButton({
  text,
  label = "Copy",
  words,
}: {
  text: string | (() => string | Promise<string>);
  label?: string;
  words?: string;
}) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const t = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(t);
  }, [done]);
  return (
    <Button
      look="bare"
      icon={done ? "check" : "copy"}
      label={words ? undefined : done ? "Copied" : label}
      title={label}
      onClick={(e) => {
        e.stopPropagation();
        void copyFrom(text).then(() => setDone(true), toastError);
      }}
    >
      {words && (done ? "Copied" : words)}
    </Button>
  );
}

async function copyFrom(text: string | (() => string | Promise<string>)): Promise<void> {
  return copy(typeof text === "function" ? await text() : text);
}

/** A command to type, and the button that copies it. */
export function Command({ text }: { text: string }) {
  return (
    <span className={css.command}>
      <code>{text}</code>
      <CopyButton text={text} label="Copy the command" />
    </span>
  );
}

/** Puts a text into the clipboard, also where the page is not served securely. */
export async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  (document.querySelector("dialog:modal") ?? document.body).append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
