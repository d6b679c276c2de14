import { createRoute, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { get, part, post } from "../../api/http";
import { find, hasCuts, preview } from "../../api/tree";
import type { State, Tagged, Type } from "../../api/types.gen";
import { useCommands } from "../../keys/registry";
import { useOffline, useReadOnly, useTopic } from "../../live/hooks";
import { Button } from "../../ui/Button";
import { CopyButton, copy } from "../../ui/Copy";
import { Filter } from "../../ui/Filter";
import { Flash } from "../../ui/Flash";
import { target, word } from "../../ui/format";
import { Empty, Problem, Skeleton } from "../../ui/States";
import { toast, toastError } from "../../ui/Toast";
import { Tree } from "../../ui/Tree";
import { CallPanel } from "./call/CallPanel";
import { useActor } from "./context";
import { actorRoute } from "./route";
import { useChanged } from "./state/changed";
import { StateEditor } from "./state/Editor";
import { begin, textOf, undo, useEdits } from "./state/edits";
import { useFilled } from "./state/filled";
import { togglePin, usePins } from "./state/pins";
import { Value } from "./state/Value";
import css from "./state.module.css";

export const stateRoute = createRoute({
  getParentRoute: () => actorRoute,
  path: "/state",
  validateSearch: (s: Record<string, unknown>): { path?: string } =>
    typeof s["path"] === "string" ? { path: s["path"] } : {},
  component: StateScreen,
});

/** What an actor has in mind; one that sleeps isn't woken for it. */
function StateScreen() {
  const { id } = stateRoute.useParams();
  const { data, error, retry } = useTopic<State>("state", { actor: id });
  return (
    <div className={css.page}>
      <div className={css.state}>
        {error?.code === "state_not_enabled" ? (
          <Empty>This actor type has no state.</Empty>
        ) : error && !data ? (
          <Problem error={error} retry={retry} />
        ) : data ? (
          <Known id={id} state={data} />
        ) : (
          <Skeleton rows={12} label="Loading the state" />
        )}
      </div>
    </div>
  );
}

function Known({ id, state }: { id: string; state: State }) {
  const actor = useActor();
  const { path } = stateRoute.useSearch();
  const navigate = useNavigate();
  const readOnly = useReadOnly();
  const offline = useOffline();
  const [filter, setFilter] = useState("");
  const { draft, undoable } = useEdits(id);
  const pins = usePins(actor.type);
  const { value, fill, loading } = useFilled(id, state, filter !== "");
  const changed = useChanged(state.value);
  const none = typeof value === "object" && value !== null && "$undef" in value;
  const selected = path === undefined ? undefined : find(value, path);
  const select = (to: string | undefined) =>
    void navigate({
      to: "/actors/$id/state",
      params: { id },
      search: to === undefined ? {} : { path: to },
      replace: true,
    });
  const edit = () => void begin(id, path ?? "");
  useCommands([
    ...(readOnly || none
      ? []
      : [
          {
            id: "state.edit",
            title: path ? `Edit ${path}` : "Edit the state",
            group: "State" as const,
            keys: "e",
            run: edit,
          },
          {
            id: "state.undo",
            title: "Undo the last edit",
            group: "State" as const,
            keys: "Mod+z",
            run: () => void undo(id),
          },
        ]),
    ...(path === undefined
      ? []
      : [
          {
            id: "state.path",
            title: "Copy the selected path",
            group: "State" as const,
            run: () => void copy(path).then(() => toast(`Copied ${path}`)),
          },
          {
            id: "state.pin",
            title: "Pin the selected place",
            group: "State" as const,
            keys: "p",
            run: () => togglePin(actor.type, path),
          },
          {
            id: "state.unselect",
            title: "Select nothing",
            group: "State" as const,
            keys: "Escape",
            run: () => select(undefined),
          },
        ]),
  ]);
  const alone = readOnly && path === undefined; // there is nothing to show beside it
  if (draft) return <StateEditor id={id} draft={draft} rev={state.rev} />;
  return (
    <div className={css.split} data-alone={alone || undefined}>
      <div className={css.main}>
        <div className={css.tools}>
          <Filter
            value={filter}
            onChange={setFilter}
            label="Filter the state"
            placeholder={loading ? "Loading the whole state" : "Filter by key or value"}
          />
          <span className={css.rev} title="Changes of this actor so far">
            change <Flash value={state.rev}>{state.rev}</Flash>
          </span>
          <CopyButton text={() => wholeText(id, value)} label="Copy the state as tagged JSON" />
          {!readOnly && !none && (
            <>
              {undoable > 0 && (
                <Button icon="restart" onClick={() => void undo(id)} disabled={offline}>
                  Undo
                </Button>
              )}
              <Button icon="edit" onClick={edit} disabled={offline}>
                Edit
              </Button>
            </>
          )}
        </div>
        {pins.length > 0 && (
          <Pins type={actor.type} pins={pins} value={value} changed={changed} onSelect={select} />
        )}
        <div className={css.tree}>
          {none ? (
            <NoState id={id} />
          ) : (
            <Tree
              main
              label="State"
              value={value}
              filter={filter}
              selected={path}
              onSelect={select}
              changed={changed}
              onCut={fill}
            />
          )}
        </div>
      </div>
      <aside className={css.aside} hidden={alone}>
        {path !== undefined && (
          <Value
            path={path}
            value={selected}
            pinned={pins.includes(path)}
            onPin={() => togglePin(actor.type, path)}
            onEdit={readOnly || offline ? undefined : edit}
          />
        )}
        <CallPanel />
      </aside>
    </div>
  );
}

/** A state as text, also what isn't here of it. */
async function wholeText(id: string, value: Tagged): Promise<string> {
  if (!hasCuts(value)) return textOf(value);
  return textOf((await get<State>(`/actors/${part(id)}/state`)).value);
}

/** State is made when an actor first starts; some types have none. */
function NoState({ id }: { id: string }) {
  const actor = useActor();
  const readOnly = useReadOnly();
  const offline = useOffline();
  const { data: types } = useTopic<readonly Type[]>("types", {});
  const type = types?.find((t) => t.type === actor.type);
  if (!type?.has.includes("state")) return <Empty>Actors of this type have no state.</Empty>;
  const wake = () => void post(`/actors/${part(id)}/wake`).catch(toastError);
  return (
    <Empty
      command={`rivet call ${word(target(actor.type, actor.key))} ${type.actions[0]?.name ?? "ACTION"}`}
      action={
        !readOnly && (
          <Button icon="wake" onClick={wake} disabled={offline}>
            Wake it
          </Button>
        )
      }
    >
      This actor hasn't started yet; its state is made when it does, as at the first call:
    </Empty>
  );
}

interface PinsProps {
  type: string;
  pins: readonly string[];
  value: Tagged;
  changed: ReadonlySet<string>;
  onSelect(path: string): void;
}

/** Pinned places, above the tree: in view whatever is scrolled or filtered. */
function Pins({ type, pins, value, changed, onSelect }: PinsProps) {
  return (
    <ul className={css.pins} aria-label="Pinned">
      {pins.map((p) => {
        const v = find(value, p);
        const text = v === undefined ? "not there" : preview(v, 80);
        return (
          <li key={p} className={css.pin} data-changed={changed.has(p) || undefined}>
            <button type="button" className={css.pinned} onClick={() => onSelect(p)} title={p}>
              <code>{p}</code> <Flash value={text}>{text}</Flash>
            </button>
            <Button
              look="bare"
              icon="close"
              label={`Unpin ${p}`}
              onClick={() => togglePin(type, p)}
            />
          </li>
        );
      })}
    </ul>
  );
}
