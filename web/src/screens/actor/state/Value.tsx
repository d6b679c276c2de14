import { preview, sizeOf, sortOf } from "../../../api/tree";
import type { Tagged } from "../../../api/types.gen";
import { Tag } from "../../../ui/Badge";
import { Button } from "../../../ui/Button";
import { CopyButton } from "../../../ui/Copy";
import { bytes, target, word } from "../../../ui/format";
import { useActor } from "../context";
import { textOf } from "./edits";
import css from "./Value.module.css";

interface Props {
  path: string;
  value: Tagged | undefined;
  pinned: boolean;
  onPin(): void;
  /** undefined: it can't be edited now. */
  onEdit: (() => void) | undefined;
}

/** The selected place of a state: all of it, and what can be done with it. */
export function Value({ path, value, pinned, onPin, onEdit }: Props) {
  const a = useActor();
  const sort = sortOf(value);
  const size = value === undefined ? 0 : sizeOf(value);
  const text = value === undefined ? "" : textOf(value);
  return (
    <section className={css.pane} aria-label="Selected place">
      <header className={css.head}>
        <code className={css.path}>{path}</code>
        <CopyButton text={path} label="Copy the path" />
      </header>
      {value === undefined ? (
        <p className={css.gone}>There is nothing here any more.</p>
      ) : (
        <>
          <div className={css.facts}>
            <Tag>{sort}</Tag>
            {size > 0 && <span>{size} in it</span>}
            <span>{bytes(text.length)} as JSON</span>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and keys scroll it */}
          <pre className={css.text} tabIndex={0}>
            {typeof value === "string"
              ? value
              : size > 0
                ? text.slice(0, 20_000)
                : preview(value, 20_000)}
          </pre>
          <div className={css.actions}>
            {onEdit && (
              <Button icon="edit" onClick={onEdit}>
                Edit
              </Button>
            )}
            <Button icon="pin" aria-pressed={pinned} onClick={onPin}>
              {pinned ? "Pinned" : "Pin"}
            </Button>
            <CopyButton text={() => text} words="Value" label="Copy the value" />
            <CopyButton
              text={`rivet state ${word(target(a.type, a.key))} ${word(path)}`}
              words="Command"
              label="Copy as rivet state"
            />
          </div>
        </>
      )}
    </section>
  );
}
