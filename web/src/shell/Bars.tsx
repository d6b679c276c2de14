import { useState } from "react";
import type { Build } from "../api/types.gen";
import { useCommands } from "../keys/registry";
import { live, useLink, useReadOnly, useTopic } from "../live/hooks";
import { Button } from "../ui/Button";
import { openInEditor } from "../ui/Frame";
import { Icon } from "../ui/icons";
import { useNow } from "../ui/Time";
import css from "./Bars.module.css";

/** What concerns every screen: the server is gone, the code doesn't build. */
export function Bars() {
  return (
    <div className="shell-bars">
      <Disconnected />
      <BuildFailed />
    </div>
  );
}

function Disconnected() {
  const link = useLink();
  const now = useNow();
  if (!link.lostAt) return null;
  const wait = Math.max(0, Math.ceil((link.retryAt - now) / 1000));
  return (
    <div className={css.bar} data-tone="warn" role="status">
      <Icon name="errors" />
      <span className={css.text}>
        Server gone, {wait > 0 ? `retrying in ${wait} s` : "retrying"}. What you see is{" "}
        {Math.max(0, Math.round((now - link.lostAt) / 1000))} s old; edits are kept.
      </span>
      <Button onClick={() => live.start()}>Retry now</Button>
    </div>
  );
}

function BuildFailed() {
  const { data: build } = useTopic<Build>("build", {});
  const [open, setOpen] = useState(true);
  const readOnly = useReadOnly();
  const first = build?.status === "failed" ? build.problems[0] : undefined;
  useCommands(
    first?.file && !readOnly
      ? [
          {
            id: "build.open",
            title: `Open ${first.file}:${first.line} in the editor`,
            group: "View",
            keys: "o",
            run: () => openInEditor(first),
          },
        ]
      : [],
  );
  if (build?.status !== "failed") return null;
  const more = build.problems.length - 1;
  return (
    <section className={css.build} role="alert" aria-label="The build failed">
      <div className={css.bar} data-tone="error">
        <Icon name="errors" />
        <span className={css.text}>
          <strong>Build failed</strong>: {first?.text ?? "the code can't be loaded"}
          {more > 0 && <span className={css.more}> and {more} more</span>}
          <span className={css.more}> — the code before it goes on serving</span>
        </span>
        {first?.file && !readOnly && (
          <Button icon="editor" onClick={() => openInEditor(first)}>
            {first.file}:{first.line}
          </Button>
        )}
        <Button
          look="bare"
          icon={open ? "up" : "down"}
          label={open ? "Hide the code" : "Show the code"}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        />
      </div>
      {open &&
        build.problems.slice(0, 3).map((p) => (
          <div key={`${p.file}:${p.line}:${p.column}:${p.text}`} className={css.problem}>
            {p.lineText && (
              <pre className={css.code}>
                {p.before && `${p.line - 1} │ ${p.before}\n`}
                {p.line} │ {p.lineText}
                {"\n"}
                {" ".repeat(String(p.line).length)} │{" "}
                <span className={css.caret}>
                  {p.lineText.slice(0, Math.max(0, p.column - 1)).replace(/[^\t]/g, " ")}
                  {"^".repeat(Math.max(1, Math.min(p.length, p.lineText.length - p.column + 1)))}
                </span>
              </pre>
            )}
            {(p !== first || !p.lineText) && <p>{p.text}</p>}
            {p.notes?.map((n) => (
              <p key={n} className={css.more}>
                {n}
              </p>
            ))}
            {p.hint && <p className={css.more}>{p.hint}</p>}
          </div>
        ))}
    </section>
  );
}
