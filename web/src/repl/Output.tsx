import { memo, useState } from "react";
import type { ReplAnswer, ReplPart } from "../api/types.gen";
import { Button } from "../ui/Button";
import { CopyButton } from "../ui/Copy";
import { Frame } from "../ui/Frame";
import { bytes, took } from "../ui/format";
import css from "./Output.module.css";
import type { Item } from "./session";

/** One input with what came of it, or what was told in between. */
export const OutputItem = memo(function OutputItem({
  item,
  again,
}: {
  item: Item;
  again(code: string): void;
}) {
  if (item.kind === "told")
    return (
      <div className={css.told}>
        <Parts parts={item.parts} />
      </div>
    );
  return (
    <div className={css.item} data-running={item.running || undefined}>
      <div className={css.input}>
        <span className={css.prompt}>{item.use}&gt;</span>
        <button
          type="button"
          className={css.code}
          title="Edit it and run it again"
          onClick={() => again(item.code)}
        >
          {item.code}
        </button>
      </div>
      {item.running && <p className={css.running}>running</p>}
      {item.answer && <Answer answer={item.answer} />}
    </div>
  );
});

function Answer({ answer: a }: { answer: ReplAnswer }) {
  return (
    <>
      {a.notes?.map((n) => (
        <p key={n.kind} className={css.note}>
          {n.text}
        </p>
      ))}
      {a.logs.map((l, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never change
        <div key={i} className={css.log} data-level={l.level}>
          <Parts parts={[["", l.message]]} />
          {l.at && <span className={css.at}>{l.at}</span>}
        </div>
      ))}
      {a.output && (
        <div className={css.result}>
          <Parts parts={a.output.parts} />
          <span className={css.side}>
            {a.us > 0 && <span>{took(a.us)}</span>}
            <CopyButton text={a.output.text} label="Copy the result" />
          </span>
        </div>
      )}
      {a.error && (
        <div className={css.error} role="alert">
          <Parts parts={a.error.parts} />
          {a.error.at?.frame && !a.error.at.file.startsWith("REPL") && <Frame at={a.error.at} />}
        </div>
      )}
    </>
  );
}

const most = 10_000;

/** Text in styled parts; what is long opens at a click. */
export function Parts({ parts }: { parts: readonly ReplPart[] }) {
  const [all, setAll] = useState(false);
  const size = parts.reduce((n, p) => n + p[1].length, 0);
  const shown = all ? parts : cut(parts, most);
  return (
    <pre className={css.text}>
      {shown.map(([style, text], i) =>
        style === "" ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name, and never change
          <span key={i} data-style={style}>
            {text}
          </span>
        ),
      )}
      {size > most && !all && (
        <Button look="bare" icon="down" onClick={() => setAll(true)}>
          Show all {bytes(size)}
        </Button>
      )}
    </pre>
  );
}

function cut(parts: readonly ReplPart[], n: number): readonly ReplPart[] {
  const out: ReplPart[] = [];
  let left = n;
  for (const [style, text] of parts) {
    if (left <= 0) break;
    out.push([style, text.slice(0, left)]);
    left -= text.length;
  }
  return out;
}
