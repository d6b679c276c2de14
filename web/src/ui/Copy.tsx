import { useEffect, useState } from "react";
import { Button } from "./Button";
import css from "./Copy.module.css";

/** Copies a text; says so for a moment. */
export function CopyButton({
  text,
  label = "Copy",
  words,
}: {
  text: string | (() => string);
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
        void copy(typeof text === "function" ? text() : text).then(() => setDone(true));
      }}
    >
      {words && (done ? "Copied" : words)}
    </Button>
  );
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
