import { createRoute, redirect, useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Actor, Type } from "../api/types.gen";
import { useCommands } from "../keys/registry";
import { useOffline, useReadOnly, useTopic, useWindow } from "../live/hooks";
import { root } from "../root";
import { StatusBadge } from "../ui/Badge";
import { Button } from "../ui/Button";
import { Filter } from "../ui/Filter";
import { Flash } from "../ui/Flash";
import { bytes, count, plural, shown, target, word } from "../ui/format";
import { type Column, Rows } from "../ui/Rows";
import { Empty, Problem, Skeleton } from "../ui/States";
import { Time } from "../ui/Time";
import { CreateDialog } from "./actors/Create";
import { ActorPreview } from "./actors/Preview";
import { Types } from "./actors/Types";
import css from "./actors.module.css";

interface Search {
  type?: string;
  q?: string;
  status?: string;
  sort?: string;
  sel?: string;
}

export const homeRoute = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad() {
    throw redirect({ to: "/actors" });
  },
});

export const actorsRoute = createRoute({
  getParentRoute: () => root,
  path: "/actors",
  validateSearch: (s: Record<string, unknown>): Search => {
    const out: Search = {};
    for (const k of ["type", "q", "status", "sort", "sel"] as const) {
      const v = s[k];
      if (typeof v === "string" && v !== "") out[k] = v;
    }
    return out;
  },
  component: Actors,
});

/** What the topic actors sends: a window of the sorted list. */
interface Part {
  from: number;
  total: number;
  items: readonly Actor[];
}

const chunk = 50;

function Actors() {
  const search = actorsRoute.useSearch();
  const navigate = useNavigate();
  const readOnly = useReadOnly();
  const offline = useOffline();
  const { data: types } = useTopic<readonly Type[]>("types", {});
  const query = {
    ...(search.type ? { type: search.type } : {}),
    ...(search.q ? { q: search.q } : {}),
    ...(search.status ? { status: search.status } : {}),
    ...(search.sort ? { sort: search.sort } : {}),
  };
  const list = useWindow<Part>("actors", query, { from: 0, to: 100 });
  const [creating, setCreating] = useState(false);
  const over = useRef(false);
  const shown = useHeld(list.data, over, JSON.stringify(query));

  const set = useCallback(
    (change: Search, replace = true) =>
      void navigate({
        to: "/actors",
        search: (old: Search) => clean({ ...old, ...change }),
        replace,
      }),
    [navigate],
  );
  const { move } = list;
  const onRange = useCallback(
    (from: number, to: number) =>
      move({
        from: Math.max(0, Math.floor(from / chunk) * chunk - chunk),
        to: Math.ceil(to / chunk) * chunk + chunk,
      }),
    [move],
  );
  const open = (a: Actor) => void navigate({ to: "/actors/$id/state", params: { id: a.id } });

  useCommands([
    ...(readOnly
      ? []
      : [
          {
            id: "actors.create",
            title: "Create an actor",
            group: "List" as const,
            keys: "c",
            run: () => setCreating(true),
          },
        ]),
    {
      id: "actors.clear",
      title: "Clear filter and selection",
      group: "List",
      keys: "Escape",
      run: () => set(search.sel ? { sel: "" } : { q: "", status: "", type: "" }),
    },
  ]);

  return (
    <div className={css.page} data-sel={search.sel ? "" : undefined}>
      <Types types={types} type={search.type} onType={(type) => set({ type, sel: "" }, false)} />
      <section className={css.list} aria-label="Actors">
        <h1 className="visually-hidden">Actors</h1>
        <div className={css.tools}>
          <Filter
            value={search.q ?? ""}
            onChange={(q) => set({ q })}
            label="Filter actors"
            placeholder="Filter: key:my* errors:>0 size:>1KiB"
            error={list.error?.code === "invalid_request" ? list.error : undefined}
          />
          <select
            className={css.select}
            aria-label="Status"
            value={search.status ?? ""}
            onChange={(e) => set({ status: e.target.value })}
          >
            <option value="">any status</option>
            {["awake", "sleeping", "starting", "failed"].map((s) => (
              <option key={s}>{s}</option>
            ))}
          </select>
          <span className={css.total} role="status">
            {shown ? plural(shown.total, "actor") : ""}
          </span>
          {!readOnly && (
            <Button icon="plus" onClick={() => setCreating(true)} disabled={offline}>
              Create
            </Button>
          )}
        </div>
        <div
          className={css.rows}
          onPointerEnter={() => {
            over.current = true;
          }}
          onPointerLeave={() => {
            over.current = false;
          }}
        >
          <Body
            shown={shown}
            error={list.error}
            retry={list.retry}
            filtered={Object.keys(query).some((k) => k !== "sort")}
            types={types}
            clear={() => set({ q: "", status: "", type: "" })}
            rows={(part) => (
              <Rows<Actor>
                label="Actors"
                columns={columns(search.type !== undefined)}
                total={part.total}
                row={(i) => part.items[i - part.from]}
                id={(a) => a.id}
                selected={search.sel}
                sort={search.sort}
                onSort={(sort) => set({ sort })}
                onSelect={(a) => set({ sel: a.id })}
                onOpen={open}
                onRange={onRange}
                tone={(a) => (a.status === "failed" ? "error" : undefined)}
              />
            )}
          />
        </div>
      </section>
      {search.sel && (
        <ActorPreview key={search.sel} id={search.sel} close={() => set({ sel: "" })} />
      )}
      <CreateDialog
        open={creating}
        close={() => setCreating(false)}
        types={types ?? []}
        type={search.type}
      />
    </div>
  );
}

function clean(s: Search): Search {
  return Object.fromEntries(Object.entries(s).filter(([, v]) => v)) as Search;
}

/**
 * The list as it is shown: while the pointer is over it rows keep their places,
 * only their values change, so that nobody clicks what has just moved away.
 */
function useHeld(
  part: Part | undefined,
  over: React.RefObject<boolean>,
  query: string,
): Part | undefined {
  const held = useRef<{ part: Part; query: string }>(undefined);
  const old = held.current;
  // While another list is on its way, the one before it stays.
  let out = part ?? old?.part;
  if (
    part &&
    old &&
    over.current &&
    old.query === query &&
    old.part.from === part.from &&
    old.part.items.length > 0
  ) {
    const now = new Map(part.items.map((a) => [a.id, a]));
    const stay = old.part.items.filter((a) => now.has(a.id));
    if (stay.length === old.part.items.length && stay.length === part.items.length)
      out = { ...part, items: old.part.items.map((a) => now.get(a.id) ?? a) };
  }
  useEffect(() => {
    held.current = out && { part: out, query };
  });
  return out;
}

interface BodyProps {
  shown: Part | undefined;
  error: ReturnType<typeof useTopic>["error"];
  retry(): void;
  filtered: boolean;
  types: readonly Type[] | undefined;
  clear(): void;
  rows(part: Part): React.ReactNode;
}

function Body({ shown, error, retry, filtered, types, clear, rows }: BodyProps) {
  const wrong = error?.code === "invalid_request"; // the field tells
  if (error && !wrong) return <Problem error={error} retry={retry} />;
  if (!shown) return wrong ? null : <Skeleton rows={14} label="Loading actors" />;
  if (shown.total > 0) return rows(shown);
  if (filtered)
    return (
      <Empty
        action={<Button onClick={clear}>Show all actors</Button>}
        command="rivet ls --filter 'status:awake'"
      >
        No actor matches. The command line filters by the same words:
      </Empty>
    );
  const first = types?.find((t) => t.actions.length > 0);
  const name = first?.type ?? "counter";
  const action = first?.actions[0]?.name ?? "increment";
  return (
    <Empty command={`rivet call ${word(target(name, [`my-${name}`]))} ${action}`}>
      There are no actors yet. They come into being when somebody calls them:
    </Empty>
  );
}

function columns(ofOneType: boolean): readonly Column<Actor>[] {
  return [
    {
      id: "status",
      title: "Status",
      width: "92px",
      sortable: true,
      cell: (a) => <StatusBadge status={a.status} />,
    },
    {
      id: "key",
      title: ofOneType ? "Key" : "Actor",
      width: "minmax(140px, 1fr)",
      sortable: true,
      cell: (a) => (
        <span className={css.name} title={shown(target(a.type, a.key))}>
          {!ofOneType && <span className={css.type}>{a.type}/</span>}
          {a.key.length > 0 ? (
            shown(target("", a.key).slice(1))
          ) : (
            <span className={css.type}>(no key)</span>
          )}
        </span>
      ),
    },
    {
      id: "conns",
      title: "Conns",
      width: "56px",
      right: true,
      sortable: true,
      from: 640,
      cell: (a) => <Count n={a.conns} />,
    },
    {
      id: "queued",
      title: "Queue",
      width: "56px",
      right: true,
      sortable: true,
      from: 800,
      cell: (a) => <Count n={a.queued} />,
    },
    {
      id: "errors",
      title: "Errors",
      width: "56px",
      right: true,
      sortable: true,
      from: 640,
      cell: (a) =>
        a.errors > 0 ? <span className={css.errors}>{count(a.errors)}</span> : <Count n={0} />,
    },
    {
      id: "rev",
      title: "Changes",
      width: "72px",
      right: true,
      sortable: true,
      from: 960,
      cell: (a) => (
        <Flash value={a.rev}>
          <Count n={a.rev} />
        </Flash>
      ),
    },
    {
      id: "stateBytes",
      title: "State",
      width: "72px",
      right: true,
      sortable: true,
      from: 480,
      cell: (a) => bytes(a.stateBytes),
    },
    {
      id: "activeAt",
      title: "Active",
      width: "88px",
      right: true,
      sortable: true,
      cell: (a) => (
        <Flash value={a.activeAt}>
          <Time at={a.activeAt} />
        </Flash>
      ),
    },
  ];
}

function Count({ n }: { n: number }) {
  return n === 0 ? <span className={css.zero}>0</span> : count(n);
}
