import { Link } from "@tanstack/react-router";
import { preview } from "../../api/tree";
import type { Log } from "../../api/types.gen";
import { useCommands } from "../../keys/registry";
import { useStream } from "../../live/hooks";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/Copy";
import { Filter } from "../../ui/Filter";
import { clock, count, full, shown, target, word } from "../../ui/format";
import { Part } from "../../ui/Part";
import { type Column, Rows } from "../../ui/Rows";
import { SourceLink } from "../../ui/SourceLink";
import { Chips, Fact, Facts, Pane, Split, Total } from "../../ui/Split";
import { Empty, Problem, Skeleton } from "../../ui/States";
import { toastError } from "../../ui/Toast";
import { usePause } from "../../ui/usePause";
import css from "./LogList.module.css";
import { type LogSearch, levelFilter, levels } from "./search";

interface Props {
  actor?: string | undefined;
  search: LogSearch;
  set(change: LogSearch): void;
  command: string;
}

/** What actors, and the server's own code, log. */
export function LogList({ actor, search, set, command }: Props) {
  const filter = levelFilter(search.level, search.q);
  const stream = useStream<Log>("logs", {
    ...(actor ? { actor } : {}),
    ...(filter ? { filter } : {}),
    last: 1000,
  });
  const { items, paused, waiting, toggle } = usePause(stream);
  const on = search.level?.split(",").filter(Boolean) ?? [];
  const selected = items.find((l) => l.seq === search.seq);
  const close = () => set({ ...search, seq: 0 });
  useCommands([
    {
      id: "logs.pause",
      title: paused ? "Go on" : "Pause the list",
      group: "List",
      keys: "p",
      run: toggle,
    },
    {
      id: "logs.older",
      title: "Load older lines",
      group: "List",
      run: () => void stream.older().catch(toastError),
    },
    ...(selected
      ? [
          {
            id: "logs.close",
            title: "Close the line",
            group: "List" as const,
            keys: "Escape",
            run: close,
          },
        ]
      : []),
  ]);
  const wrong = stream.error?.code === "invalid_request";
  return (
    <Split
      label="Logs"
      tools={
        <>
          <Filter
            value={search.q ?? ""}
            onChange={(q) => set({ ...search, q })}
            label="Filter logs"
            placeholder='Filter: "payment" type:cart key:eu*'
            error={wrong ? stream.error : undefined}
          />
          <Total>
            {paused && waiting > 0
              ? `${count(waiting)} more`
              : `${count(items.length)} ${items.length === 1 ? "line" : "lines"}`}
          </Total>
          <Button icon={paused ? "play" : "pause"} aria-pressed={paused} onClick={toggle}>
            {paused ? "Go on" : "Pause"}
          </Button>
          <Chips
            own
            label="Levels"
            all={levels}
            on={on}
            toggle={(l) =>
              set({
                ...search,
                level: (on.includes(l) ? on.filter((x) => x !== l) : [...on, l]).join(","),
              })
            }
          />
        </>
      }
      aside={selected && <Details log={selected} withActor={actor === undefined} close={close} />}
    >
      {stream.error && !wrong ? (
        <Problem error={stream.error} retry={stream.retry} />
      ) : !stream.began ? (
        wrong ? null : (
          <Skeleton rows={14} label="Loading logs" />
        )
      ) : items.length === 0 ? (
        filter ? (
          <Empty
            action={<Button onClick={() => set({ q: "", level: "" })}>Show all</Button>}
            command={`rivet logs --filter ${word(filter)}`}
          >
            No line that is kept matches. The command line filters by the same words:
          </Empty>
        ) : (
          <Empty command={command}>
            Nothing was logged yet. Actors log with <code>c.log.info(…)</code> or{" "}
            <code>console.log</code>:
          </Empty>
        )
      ) : (
        <Rows<Log>
          label="Logs"
          columns={actor === undefined ? [...before, actorColumn, ...after] : [...before, ...after]}
          total={items.length}
          row={(i) => items[i]}
          id={(l) => String(l.seq)}
          selected={search.seq === undefined ? undefined : String(search.seq)}
          onSelect={(l) => set({ ...search, seq: l.seq })}
          tail={!paused}
          tone={(l) =>
            l.level === "error" || l.level === "critical"
              ? "error"
              : l.level === "warn"
                ? "warn"
                : undefined
          }
        />
      )}
    </Split>
  );
}

const before: readonly Column<Log>[] = [
  {
    id: "at",
    title: "Time",
    width: "92px",
    cell: (l) => <time dateTime={new Date(l.at).toISOString()}>{clock(l.at)}</time>,
  },
  { id: "level", title: "Level", width: "56px", cell: (l) => <Level level={l.level} /> },
];

const actorColumn: Column<Log> = {
  id: "actor",
  title: "Actor",
  width: "minmax(90px, 0.4fr)",
  from: 640,
  cell: (l) => (
    <code title={l.type && target(l.type, l.key ?? [])}>
      {l.type ? shown(target(l.type, l.key ?? [])) : "server"}
    </code>
  ),
};

const after: readonly Column<Log>[] = [
  {
    id: "message",
    title: "Message",
    width: "minmax(160px, 1.4fr)",
    cell: (l) => (
      <code className={css.message} title={l.message}>
        {shown(l.message)}
        {l.fields !== undefined && <span className={css.fields}> {preview(l.fields, 120)}</span>}
      </code>
    ),
  },
  {
    id: "source",
    title: "From",
    width: "minmax(110px, 0.4fr)",
    from: 800,
    cell: (l) => l.source && <SourceLink at={l.source} />,
  },
];

function Level({ level }: { level: string }) {
  return (
    <span className={css.level} data-level={level}>
      {level}
    </span>
  );
}

function Details({ log: l, withActor, close }: { log: Log; withActor: boolean; close(): void }) {
  return (
    <Pane
      label="Selected line"
      close={close}
      head={
        <>
          <Level level={l.level} />
          <span className={css.seq}>#{l.seq}</span>
          <CopyButton text={() => JSON.stringify(l, null, 2)} label="Copy as JSON" />
        </>
      }
    >
      <pre className={css.whole}>{shown(l.message)}</pre>
      <Facts>
        <Fact name="when">{full(l.at)}</Fact>
        {withActor && l.actor && (
          <Fact name="actor">
            <Link to="/actors/$id/logs" params={{ id: l.actor }}>
              <code>{shown(target(l.type ?? "", l.key ?? []))}</code>
            </Link>
          </Fact>
        )}
        {l.source && (
          <Fact name="from">
            <SourceLink at={l.source} />
          </Fact>
        )}
        {l.actor && (
          <Fact name="turn">
            <Link to="/actors/$id/events" params={{ id: l.actor }} search={{ seq: l.seq }}>
              what wrote it
            </Link>
          </Fact>
        )}
      </Facts>
      {l.fields !== undefined && <Part title="Fields" value={l.fields} />}
    </Pane>
  );
}
