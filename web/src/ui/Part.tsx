import { preview, sizeOf } from "../api/tree";
import type { Tagged } from "../api/types.gen";
import { CopyButton } from "./Copy";
import css from "./Part.module.css";
import { Section } from "./Split";
import { Tree } from "./Tree";

/** A value with a name, in a pane. */
export function Part({ title, value }: { title: string; value: Tagged }) {
  return (
    <Section
      title={title}
      beside={
        <CopyButton
          text={() => JSON.stringify(value, null, 2)}
          label={`Copy ${title.toLowerCase()}`}
        />
      }
    >
      {sizeOf(value) > 0 ? (
        <Tree label={title} value={value} inline />
      ) : (
        <pre className={css.value}>{preview(value, 20_000)}</pre>
      )}
    </Section>
  );
}
