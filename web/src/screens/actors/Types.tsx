import type { Type } from "../../api/types.gen";
import { count } from "../../ui/format";
import css from "./Types.module.css";

interface Props {
  types: readonly Type[] | undefined;
  type: string | undefined;
  onType(type: string): void;
}

/** The actor types of the code, and how many actors each has. */
export function Types({ types, type, onType }: Props) {
  const all = types?.reduce((n, t) => n + t.count, 0) ?? 0;
  return (
    <nav className={css.types} aria-label="Actor types">
      <Item
        name="All types"
        n={types ? all : undefined}
        on={type === undefined}
        pick={() => onType("")}
      />
      {types?.map((t) => (
        <Item
          key={t.type}
          name={t.type}
          n={t.count}
          on={type === t.type}
          pick={() => onType(t.type)}
        />
      ))}
    </nav>
  );
}

function Item({
  name,
  n,
  on,
  pick,
}: {
  name: string;
  n: number | undefined;
  on: boolean;
  pick(): void;
}) {
  return (
    <button type="button" className={css.item} aria-pressed={on} onClick={pick} title={name}>
      <span className={css.name}>{name}</span>
      <span className={css.count}>{n === undefined ? "" : count(n)}</span>
    </button>
  );
}
