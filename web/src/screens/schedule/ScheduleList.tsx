import { Link } from "@tanstack/react-router";
import { del, part, post } from "../../api/http";
import { preview } from "../../api/tree";
import type { Alarm, AlarmStatus } from "../../api/types.gen";
import { useCommands } from "../../keys/registry";
import { useOffline, useReadOnly, useTopic } from "../../live/hooks";
import { Tag } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { full, plural, shown, target, until } from "../../ui/format";
import { Part } from "../../ui/Part";
import { type Column, Rows } from "../../ui/Rows";
import { Actions, Chips, Fact, Facts, Pane, Split, Total } from "../../ui/Split";
import { Empty, Gone, Problem, Skeleton } from "../../ui/States";
import { useNow } from "../../ui/Time";
import { toast, toastError } from "../../ui/Toast";

export interface ScheduleSearch {
  status?: string;
  alarm?: string;
}

export function scheduleSearch(s: Record<string, unknown>): ScheduleSearch {
  const out: ScheduleSearch = {};
  for (const k of ["status", "alarm"] as const) {
    const v = s[k];
    if (typeof v === "string" && v !== "") out[k] = v;
  }
  return out;
}

const statuses: readonly AlarmStatus[] = ["pending", "running", "retrying", "failed"];
const tones = { pending: undefined, running: "accent", retrying: "warn", failed: "error" } as const;

interface Props {
  actor?: string | undefined;
  search: ScheduleSearch;
  set(change: ScheduleSearch): void;
}

/** Actions that run later, and those that failed for good. */
export function ScheduleList({ actor, search, set }: Props) {
  const { data, error, retry } = useTopic<readonly Alarm[]>("schedule", actor ? { actor } : {});
  const on = search.status?.split(",") ?? [];
  const list = data?.filter((a) => on.length === 0 || on.includes(a.status));
  useCommands(
    search.alarm
      ? [
          {
            id: "schedule.close",
            title: "Close the pane",
            group: "List",
            keys: "Escape",
            run: () => set({ ...search, alarm: "" }),
          },
        ]
      : [],
  );
  return (
    <Split
      label="Schedule"
      tools={
        <>
          <Chips
            label="Status"
            all={statuses}
            on={on}
            toggle={(s) =>
              set({
                ...search,
                status: (on.includes(s) ? on.filter((x) => x !== s) : [...on, s]).join(","),
              })
            }
          />
          <Total>{list ? plural(list.length, "action") : ""}</Total>
        </>
      }
      aside={
        search.alarm &&
        data && (
          <Details
            alarm={data.find((a) => a.id === search.alarm)}
            withActor={actor === undefined}
            close={() => set({ ...search, alarm: "" })}
          />
        )
      }
    >
      {error && !data ? (
        <Problem error={error} retry={retry} />
      ) : !list ? (
        <Skeleton rows={8} label="Loading the schedule" />
      ) : list.length === 0 ? (
        data && data.length > 0 ? (
          <Empty action={<Button onClick={() => set({ ...search, status: "" })}>Show all</Button>}>
            Nothing scheduled is {on.join(" or ")}.
          </Empty>
        ) : (
          <Empty command="rivet docs schedule">
            Nothing is scheduled. Actors do it with <code>c.schedule.after(ms, action)</code>:
          </Empty>
        )
      ) : (
        <Rows<Alarm>
          label="Schedule"
          columns={actor === undefined ? [actorColumn, ...columns] : columns}
          total={list.length}
          row={(i) => list[i]}
          id={(a) => a.id}
          selected={search.alarm}
          onSelect={(a) => set({ ...search, alarm: a.id })}
          tone={(a) =>
            a.status === "failed" ? "error" : a.status === "retrying" ? "warn" : undefined
          }
        />
      )}
    </Split>
  );
}

const actorColumn: Column<Alarm> = {
  id: "actor",
  title: "Actor",
  width: "minmax(72px, 0.7fr)",
  cell: (a) => (
    <code title={target(a.type ?? "", a.key ?? [])}>
      {a.type ? shown(target(a.type, a.key ?? [])) : a.actor}
    </code>
  ),
};

const columns: readonly Column<Alarm>[] = [
  {
    id: "status",
    title: "Status",
    width: "72px",
    cell: (a) => <Tag tone={tones[a.status]}>{a.status}</Tag>,
  },
  {
    id: "due",
    title: "Due",
    width: "104px",
    right: true,
    cell: (a) => <Due at={a.due} status={a.status} />,
  },
  {
    id: "action",
    title: "Action",
    width: "minmax(67px, 1fr)",
    cell: (a) => <code>{callOf(a)}</code>,
  },
  { id: "attempt", title: "Tries", width: "48px", right: true, from: 640, cell: (a) => a.attempt },
  {
    id: "error",
    title: "Last error",
    width: "minmax(100px, 1fr)",
    from: 800,
    cell: (a) => <span title={a.lastError}>{a.lastError}</span>,
  },
];

function callOf(a: Alarm): string {
  return `${a.action}(${Array.isArray(a.args) ? a.args.map((v) => preview(v, 40)).join(", ") : ""})`;
}

/** When it is due, counted down. */
function Due({ at, status }: { at: number; status: AlarmStatus }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={full(at)}>
      {status === "failed" ? "gave up" : status === "running" ? "now" : until(at - now)}
    </time>
  );
}

function Details({
  alarm: a,
  withActor,
  close,
}: {
  alarm: Alarm | undefined;
  withActor: boolean;
  close(): void;
}) {
  const readOnly = useReadOnly();
  const offline = useOffline();
  const act = (p: Promise<unknown>, said: string) => void p.then(() => toast(said), toastError);
  return (
    <Pane
      label="Selected action"
      close={close}
      head={a && <Tag tone={tones[a.status]}>{a.status}</Tag>}
    >
      {!a ? (
        <Gone what="This action has run, or was cancelled.">
          <Button onClick={close}>The schedule</Button>
        </Gone>
      ) : (
        <>
          <Facts>
            <Fact name="action">
              <code>{a.action}</code>
            </Fact>
            <Fact name="due">
              <Due at={a.due} status={a.status} /> ({full(a.due)})
            </Fact>
            {withActor && (
              <Fact name="actor">
                <Link to="/actors/$id/schedule" params={{ id: a.actor }}>
                  <code>{a.type ? shown(target(a.type, a.key ?? [])) : a.actor}</code>
                </Link>
              </Fact>
            )}
            <Fact name="tries">{a.attempt}</Fact>
            {a.setBy && <Fact name="set by">{a.setBy}</Fact>}
            {a.lastError && <Fact name="last error">{a.lastError}</Fact>}
            <Fact name="id">
              <code>{a.id}</code>
            </Fact>
          </Facts>
          {!readOnly && (
            <Actions>
              {a.status === "failed" ? (
                <Button
                  icon="restart"
                  disabled={offline}
                  onClick={() => act(post(`/schedule/${part(a.id)}/retry`), "It is tried again")}
                >
                  Retry
                </Button>
              ) : (
                <Button
                  icon="play"
                  disabled={offline || a.status === "running"}
                  onClick={() => act(post(`/schedule/${part(a.id)}/run`), "It runs now")}
                >
                  Run now
                </Button>
              )}
              <Button
                look="danger"
                icon="close"
                disabled={offline}
                onClick={() => act(del(`/schedule/${part(a.id)}`), "Cancelled")}
              >
                {a.status === "failed" ? "Forget" : "Cancel"}
              </Button>
            </Actions>
          )}
          <Part title="Arguments" value={a.args} />
        </>
      )}
    </Pane>
  );
}
