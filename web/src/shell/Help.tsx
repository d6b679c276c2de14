import { useState } from "react";
import { type Command, shownKeys, useAllCommands, useCommands } from "../keys/registry";
import { Dialog } from "../ui/Dialog";
import css from "./Help.module.css";

const groups: readonly Command["group"][] = ["Go to", "List", "Actor", "State", "View", "Help"];

/** The keys that work here, from the registry that makes them work. */
export function Help() {
  const [open, setOpen] = useState(false);
  const all = useAllCommands();
  useCommands([
    { id: "help", title: "Keyboard shortcuts", group: "Help", keys: "?", run: () => setOpen(true) },
  ]);
  return (
    <Dialog open={open} close={() => setOpen(false)} title="Keyboard shortcuts" size="large">
      <div className={css.groups}>
        {groups.map((g) => {
          const list = all.filter((c) => c.group === g && c.keys);
          return (
            list.length > 0 && (
              <section key={g} className={css.group}>
                <h3>{g}</h3>
                <dl>
                  {list.map((c) => (
                    <div key={c.id} className={css.row}>
                      <dt>{c.title}</dt>
                      <dd>
                        <Keys keys={c.keys ?? ""} />
                      </dd>
                    </div>
                  ))}
                </dl>
              </section>
            )
          );
        })}
      </div>
    </Dialog>
  );
}

export function Keys({ keys }: { keys: string }) {
  return (
    <span className={css.keys}>
      {keys
        .split(" | ")
        .slice(0, 2)
        .flatMap((k, i) => [
          ...(i > 0 ? [" / "] : []),
          ...shownKeys(k).map((s) => <kbd key={`${k} ${s}`}>{s}</kbd>),
        ])}
    </span>
  );
}
