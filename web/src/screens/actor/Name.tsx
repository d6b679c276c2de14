import type { Actor } from "../../api/types.gen";
import { shown, target } from "../../ui/format";
import css from "./Name.module.css";

/** An actor's name, as the command line takes it. */
export function Name({ actor }: { actor: Pick<Actor, "type" | "key"> }) {
  return (
    <span className={css.name} title={shown(target(actor.type, actor.key))}>
      <span className={css.type}>{actor.type}</span>
      {shown(target("", actor.key))}
    </span>
  );
}
