import type { Actor, State } from "../../api/types.gen";
import { useTopic } from "../../live/hooks";
import { StatusBadge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { bytes, count } from "../../ui/format";
import { LinkButton } from "../../ui/LinkButton";
import { Problem, Skeleton } from "../../ui/States";
import { Time } from "../../ui/Time";
import { Tree } from "../../ui/Tree";
import { ActorMenu } from "../actor/Lifecycle";
import { Name } from "../actor/Name";
import css from "./Preview.module.css";

/** The selected actor beside the list: how it is, and what it has in mind. */
export function ActorPreview({ id, close }: { id: string; close(): void }) {
  const actor = useTopic<Actor>("actor", { actor: id });
  const state = useTopic<State>("state", { actor: id });
  const a = actor.data;
  return (
    <aside className={css.pane} aria-label="Selected actor">
      <header className={css.head}>
        {a ? <Name actor={a} /> : <span className={css.id}>{id}</span>}
        <Button look="bare" icon="close" label="Close" onClick={close} />
      </header>
      {actor.error && !a && <Problem error={actor.error} retry={actor.retry} />}
      {a ? (
        <>
          <div className={css.facts}>
            <StatusBadge status={a.status} />
            <Fact name="connections" value={count(a.conns)} />
            <Fact name="errors" value={count(a.errors)} />
            <Fact name="changes" value={count(a.rev)} />
            <Fact name="state" value={bytes(a.stateBytes)} />
            <span className={css.fact}>
              active <Time at={a.activeAt} />
            </span>
          </div>
          <div className={css.actions}>
            <LinkButton to="/actors/$id/state" params={{ id }} look="primary">
              Open
            </LinkButton>
            <ActorMenu actor={a} />
          </div>
          <div className={css.state}>
            {state.error ? (
              <Problem error={state.error} retry={state.retry} />
            ) : state.data ? (
              <Tree label="State" value={state.data.value} />
            ) : (
              <Skeleton rows={6} label="Loading the state" />
            )}
          </div>
        </>
      ) : (
        !actor.error && <Skeleton rows={9} label="Loading the actor" />
      )}
    </aside>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <span className={css.fact}>
      <b>{value}</b> {name}
    </span>
  );
}
