import { useReadOnly } from "../live/hooks";
import { openInEditor } from "./Frame";
import css from "./SourceLink.module.css";

/** A place "file:line:column" of the code; a click opens the editor there. */
export function SourceLink({ at }: { at: string }) {
  const readOnly = useReadOnly();
  const m = /^(.*?):(\d+)(?::(\d+))?$/.exec(at);
  if (!m?.[1] || readOnly) return <code>{at}</code>;
  const place = { file: m[1], line: Number(m[2]), column: Number(m[3] ?? 1) };
  return (
    <button
      type="button"
      className={css.link}
      title="Open in your editor"
      onClick={(e) => {
        e.stopPropagation();
        openInEditor(place);
      }}
    >
      {at}
    </button>
  );
}
