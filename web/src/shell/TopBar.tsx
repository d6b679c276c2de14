import { Link } from "@tanstack/react-router";
import type { Build } from "../api/types.gen";
import { runCommand, shownKeys } from "../keys/registry";
import { useLink, useMeta, useOffline, useReadOnly, useTopic } from "../live/hooks";
import { Button } from "../ui/Button";
import { Icon, Mark } from "../ui/icons";
import css from "./TopBar.module.css";

/** Project, connection, code and build: whether it runs, and whether anything is red. */
export function TopBar({ signedOut = false }: { signedOut?: boolean }) {
  const meta = useMeta();
  const readOnly = useReadOnly();
  const lost = useOffline();
  return (
    <header className={`shell-top ${css.top}`}>
      <Link to="/actors" className={css.home} title="All actors">
        <Mark />
        <span className="shell-name">{meta?.project ?? "rivet"}</span>
      </Link>
      {!signedOut && (
        <>
          {/* Not before the project's name is there: nothing moves. */}
          {(meta || lost) && <Connection />}
          <BuildState />
          {readOnly && (
            <span className={css.lock} title="Changes are refused by the server">
              <Icon name="lock" /> <span className={css.word}>read-only</span>
            </span>
          )}
          <span className={css.space} />
          <button type="button" className={css.search} onClick={() => runCommand("palette")}>
            <Icon name="search" />
            <span className={css.word}>Search or run a command</span>
            <kbd className={css.keys}>{shownKeys("Mod+k").join(" ")}</kbd>
          </button>
          <Button
            look="bare"
            icon="keyboard"
            label="Keyboard shortcuts"
            onClick={() => runCommand("help")}
          />
        </>
      )}
    </header>
  );
}

function Connection() {
  const link = useLink();
  const text = { idle: "connecting", connecting: "connecting", open: "live", gone: "disconnected" }[
    link.state
  ];
  return (
    <span
      className={css.state}
      data-tone={{ live: "ok", disconnected: "error" }[text] ?? "muted"}
      role="status"
    >
      <span className={css.dot} aria-hidden="true" />
      <span className={css.word}>{text}</span>
    </span>
  );
}

function BuildState() {
  const { data: build } = useTopic<Build>("build", {});
  if (!build) return null;
  const failed = build.status === "failed";
  return (
    <span
      className={css.state}
      data-tone={failed ? "error" : "muted"}
      title={
        failed
          ? "The last build failed; the code before it goes on serving"
          : "The version of the code that runs"
      }
    >
      <Icon name={failed ? "errors" : "check"} />
      <span className={css.word}>
        {failed ? "build failed" : "code"}{" "}
        {build.version && <code>{build.version.slice(0, 8)}</code>}
      </span>
    </span>
  );
}
