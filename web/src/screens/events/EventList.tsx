import { useCallback, useState } from "react";
import { preview } from "../../api/tree";
import type { Entry } from "../../api/types.gen";
import { useCommands } from "../../keys/registry";
import { useStream } from "../../live/hooks";
import { KindBadge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Filter } from "../../ui/Filter";
import { clock, count, shown, target, took, word } from "../../ui/format";
import { type Column, Rows } from "../../ui/Rows";
import { Chips, Split, Total } from "../../ui/Split";
import { Empty, Problem, Skeleton } from "../../ui/States";
import { toastError } from "../../ui/Toast";
import { usePause } from "../../ui/usePause";
import css from "./EventList.module.css";
import { EntryInspector } from "./Inspector";
import { type EventSearch, filterOf, groups, toggleKind } from "./search";

interface Props {
  /** Of one actor; undefined: of all. */
  actor?: string | undefined;
  search: EventSearch;
  set(change: EventSearch): void;
  /** A command that makes something happen. */
  command: string;
}

/** What happened: a live list with a waterfall, and all of the selected entry. */
export function EventList({ actor, search, set, command }: Props) {
  const filter = filterOf(search);
  const stream = useStream<Entry>("history", {
    ...(actor ? { actor } : {}),
    ...(filter ? { filter } : {}),
    last: 1000,
  });
  const { items, paused, waiting, toggle } = usePause(stream);
  const [range, setRange] = useState({ from: 0, to: 0 });
  const onRange = useCallback((from: number, to: number) => setRange({ from, to }), []);
  const span = spanOf(items, range.from, range.to);
  useCommands([
    {
      id: "events.pause",
      title: paused ? "Go on" : "Pause the list",
      group: "List",
      keys: "p",
      run: toggle,
    },
    ...(search.seq === undefined
      ? []
      : [
          {
            id: "events.close",
            title: "Close the entry",
            group: "List" as const,
            keys: "Escape",
            run: () => set({ ...search, seq: 0 }),
          },
        ]),
    {
      id: "events.older",
      title: "Load older entries",
      group: "List",
      run: () => void stream.older().catch(toastError),
    },
  ]);
  const wrong = stream.error?.code === "invalid_request";
  const close = () => set({ ...search, seq: 0 });
  const rest = items.length === 1 ? "1 entry" : `${count(items.length)} entries`;
  return (
    <Split
      label="Events"
      tools={
        <>
          <Filter
            value={search.q ?? ""}
            onChange={(q) => set({ ...search, q })}
            label="Filter events"
            placeholder="Filter: name:inc* took:>50ms path:/users/* error"
            error={wrong ? stream.error : undefined}
          />
          <Total>{paused && waiting > 0 ? `${count(waiting)} more` : rest}</Total>
          <Button icon={paused ? "play" : "pause"} aria-pressed={paused} onClick={toggle}>
            {paused ? "Go on" : "Pause"}
          </Button>
          <Chips
            own
            label="Kinds"
            all={groups.map((g) => g.name)}
            on={search.kind?.split(",") ?? []}
            toggle={(name) => set({ ...search, kind: toggleKind(search.kind, name) })}
          />
        </>
      }
      aside={
        search.seq !== undefined && (
          <EntryInspector
            key={search.seq}
            seq={search.seq}
            withActor={actor === undefined}
            near={items}
            close={close}
            go={(seq) => set({ ...search, seq })}
          />
        )
      }
    >
      {stream.error && !wrong ? (
        <Problem error={stream.error} retry={stream.retry} />
      ) : !stream.began ? (
        wrong ? null : (
          <Skeleton rows={14} label="Loading events" />
        )
      ) : items.length === 0 ? (
        filter ? (
          <Empty
            action={<Button onClick={() => set({ q: "", kind: "" })}>Show all</Button>}
            command={`rivet events --filter ${word(filter)}`}
          >
            Nothing that is kept matches. The command line filters by the same words:
          </Empty>
        ) : (
          <Empty command={command}>Nothing has happened yet. What does is kept here:</Empty>
        )
      ) : (
        <Rows<Entry>
          label="Events"
          columns={columns(actor === undefined, span)}
          total={items.length}
          row={(i) => items[i]}
          id={(e) => String(e.seq)}
          selected={search.seq === undefined ? undefined : String(search.seq)}
          onSelect={(e) => set({ ...search, seq: e.seq })}
          onRange={onRange}
          tail={!paused}
          tone={(e) => (e.error || e.kind === "error" ? "error" : undefined)}
        />
      )}
    </Split>
  );
}

interface Span {
  from: number;
  to: number;
}

/** The time that the rows in view cover, in µs. */
function spanOf(items: readonly Entry[], from: number, to: number): Span {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  for (let i = from; i < to && i < items.length; i++) {
    const e = items[i];
    if (!e) continue;
    first = Math.min(first, e.at * 1000);
    last = Math.max(last, e.at * 1000 + e.us);
  }
  return first < last ? { from: first, to: last } : { from: first, to: first + 1 };
}

function columns(withActor: boolean, span: Span): readonly Column<Entry>[] {
  const all: Column<Entry>[] = [
    {
      id: "at",
      title: "Time",
      width: "92px",
      cell: (e) => <time dateTime={new Date(e.at).toISOString()}>{clock(e.at)}</time>,
    },
    { id: "kind", title: "Kind", width: "104px", cell: (e) => <KindBadge kind={e.kind} /> },
  ];
  if (withActor)
    all.push({
      id: "actor",
      title: "Actor",
      width: "minmax(90px, 0.6fr)",
      from: 640,
      cell: (e) => (
        <code title={e.type && target(e.type, e.key ?? [])}>
          {e.type ? shown(target(e.type, e.key ?? [])) : ""}
        </code>
      ),
    });
  all.push(
    { id: "what", title: "What", width: "minmax(140px, 1fr)", cell: (e) => <What e={e} /> },
    {
      id: "took",
      title: "Took",
      width: "72px",
      right: true,
      from: 480,
      cell: (e) => (e.us > 0 ? took(e.us) : ""),
    },
    {
      id: "bar",
      title: "When, in view",
      width: "minmax(120px, 0.6fr)",
      from: 800,
      cell: (e) => <Bar e={e} span={span} />,
    },
  );
  return all;
}

/** An entry in one line. */
export function What({ e }: { e: Entry }) {
  const list = Array.isArray(e.args) ? e.args.map((v) => preview(v, 40)).join(", ") : "";
  const arrow = e.output !== undefined ? ` → ${preview(e.output, 40)}` : "";
  let text = "";
  switch (e.kind) {
    case "action":
    case "schedule":
      text = `${e.name ?? ""}(${list})${arrow}`;
      break;
    case "event":
      text = `${e.name ?? ""} ${list}`;
      break;
    case "log":
      text = `${e.message ?? ""}${e.args ? ` ${preview(e.args, 60)}` : ""}`;
      break;
    case "state":
      text = (e.patch ?? []).map((p) => p.path || "the whole").join(", ") || "nothing changed";
      break;
    default:
      text = [e.name, e.conn && `conn ${e.conn.slice(0, 8)}`].filter(Boolean).join(" ");
  }
  return (
    <code className={css.what} title={shown(text)}>
      {e.kind === "log" && (
        <span className={css.level} data-level={e.name}>
          {e.name}{" "}
        </span>
      )}
      {shown(text)}
      {e.error && (
        <span className={css.error}>
          {" "}
          {e.error.code}: {shown(e.error.message)}
        </span>
      )}
    </code>
  );
}

/** When an entry was, and for how long, among those in view. */
function Bar({ e, span }: { e: Entry; span: Span }) {
  const all = span.to - span.from;
  if (!(all > 0)) return null; // nothing is in view yet
  const at = (t: number) => Math.max(0, Math.min(100, ((t - span.from) / all) * 100));
  const left = Math.min(99, at(e.at * 1000));
  const width = Math.max(0, at(e.at * 1000 + e.us) - left);
  return (
    <svg
      className={css.bar}
      width="100%"
      height="10"
      aria-hidden="true"
      data-kind={e.error ? "error" : e.kind}
    >
      <rect x={`${left}%`} y="1" width={`${width}%`} height="8" rx="1" className={css.span} />
      <rect x={`${left}%`} y="1" width="3" height="8" rx="1" className={css.span} />
    </svg>
  );
}
