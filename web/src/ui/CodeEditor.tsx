import { type Ref, useEffect, useImperativeHandle, useRef, useState } from "react";
import css from "./CodeEditor.module.css";
import type { Editor, Mark } from "./codemirror";
import { Skeleton } from "./States";
import { toastError } from "./Toast";

export interface CodeEditorHandle {
  set(text: string): void;
  mark(marks: readonly Mark[]): void;
}

interface Props {
  ref?: Ref<CodeEditorHandle>;
  label: string;
  /** The text to begin with. */
  initial: string;
  onChange(text: string): void;
}

/** An editor of JSON; its code is loaded when one is first shown. */
export function CodeEditor({ ref, label, initial, onChange }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>(null);
  const change = useRef(onChange);
  change.current = onChange;
  const [ready, setReady] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; the text is its own from then on
  useEffect(() => {
    let over = false;
    const made = import("./codemirror").then(({ createEditor }) => {
      const h = host.current;
      if (over || !h) return;
      const e = createEditor(h, initial, () => change.current(e.text()), label);
      editor.current = e;
      setReady(true);
      e.focus();
    });
    made.catch(toastError); // its code comes from the server, which may be gone
    return () => {
      over = true;
      editor.current?.destroy();
      editor.current = null;
    };
  }, []);
  useImperativeHandle(ref, () => ({
    set: (t) => editor.current?.set(t),
    mark: (m) => editor.current?.mark(m),
  }));
  return (
    <div className={css.box}>
      {!ready && <Skeleton rows={6} label="Loading the editor" />}
      <div ref={host} className={css.host} data-typing="" />
    </div>
  );
}
