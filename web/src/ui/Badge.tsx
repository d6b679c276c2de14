import type { Kind, Status } from "../api/types.gen";
import css from "./Badge.module.css";

/** How an actor is: shape, word and colour, so that none is needed alone. */
export function StatusBadge({ status }: { status: Status }) {
  return (
    <span className={css.badge} data-status={status}>
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
        <path d={shapes[status]} />
      </svg>
      {status}
    </span>
  );
}

const shapes: Record<Status, string> = {
  awake: "M5 1a4 4 0 1 1 0 8 4 4 0 0 1 0-8",
  sleeping: "M5 1a4 4 0 1 1 0 8 4 4 0 0 1 0-8m0 1.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2",
  starting: "M5 1a4 4 0 0 1 4 4H5z M5 9a4 4 0 0 1-4-4h4z",
  failed: "M5 .5 9.8 9.2H.2z",
};

const kindShapes: Record<string, string> = {
  action: "M2 1.5v7L9 5z",
  event: "M5 .5 9.5 5 5 9.5.5 5z",
  schedule: "M5 1a4 4 0 1 1 0 8 4 4 0 0 1 0-8m-.6 1.5v3l2.2 1.3.6-1-1.6-1V2.500z",
  error: "M5 .5 9.8 9.2H.2z",
  log: "M1 2h8v1.5H1zM1 4.5h6V6H1zM1 7h8v1.500H1z",
  state: "M1.500 1.500h7v7h-7z",
  connect: "M5 1a4 4 0 1 1 0 8 4 4 0 0 1 0-8",
  disconnect: "M5 1a4 4 0 1 1 0 8 4 4 0 0 1 0-8m0 1.4a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2",
  subscribe: "M4.2 1h1.6v3.2H9v1.6H5.8V9H4.200V5.800H1V4.200h3.200z",
  unsubscribe: "M1 4.200h8v1.600H1z",
};
const lifeShape = "M1.500 3.500h7v3h-7z";

/** What an entry of the history tells of. */
export function KindBadge({ kind }: { kind: Kind }) {
  return (
    <span className={css.badge} data-kind={kind}>
      <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
        <path d={kindShapes[kind] ?? lifeShape} fillRule="evenodd" />
      </svg>
      {kind}
    </span>
  );
}

/** A short word in a frame. */
export function Tag({
  children,
  tone,
}: {
  children: string;
  tone?: "ok" | "warn" | "error" | "accent" | "event" | undefined;
}) {
  return (
    <span className={css.tag} data-tone={tone}>
      {children}
    </span>
  );
}
