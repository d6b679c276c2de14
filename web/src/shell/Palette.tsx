import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { get } from "../api/http";
import type { Actor, List } from "../api/types.gen";
import { type Command, useAllCommands, useCommands } from "../keys/registry";
import { Dialog } from "../ui/Dialog";
import { shown, target } from "../ui/format";
import { Icon } from "../ui/icons";
import { Keys } from "./Help";
import css from "./Palette.module.css";

interface Choice {
  id: string;
  title: string;
  group: string;
  keys?: string | undefined;
  run(): void;
}

/** Every command, and every actor: by a few letters of its name. */
export function Palette() {
  const [open, setOpen] = useState(false);
  useCommands([
    {
      id: "palette",
      title: "Search or run a command",
      group: "Help",
      keys: "Mod+k",
      everywhere: true,
      quiet: true,
      run: () => setOpen((o) => !o),
    },
  ]);
  return (
    <Dialog open={open} close={() => setOpen(false)} title="Search or run a command" bare>
      <Search close={() => setOpen(false)} />
    </Dialog>
  );
}

function Search({ close }: { close(): void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const commands = useAllCommands();
  const { found: actors, of } = useActors(text);
  // Enter that is quicker than the answer waits for it: it is meant for what will be first.
  const [entered, setEntered] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const choices = useMemo(() => {
    const found = commands
      .filter((c) => !c.quiet && matches(c, text))
      .map((c): Choice => ({ ...c }));
    const first = text === "" ? [] : actors;
    return [...first, ...found];
  }, [commands, actors, text]);
  const chosen = Math.min(at, choices.length - 1);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const run = (c: Choice | undefined) => {
    if (!c) return;
    close();
    c.run();
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once the answer is there
  useEffect(() => {
    if (entered && of === text) run(choices[chosen]);
  }, [entered, of]);
  const key = (e: React.KeyboardEvent) => {
    const moves: Record<string, number> = {
      ArrowDown: chosen + 1,
      ArrowUp: chosen - 1,
      Home: e.ctrlKey ? 0 : chosen,
      End: e.ctrlKey ? choices.length - 1 : chosen,
      PageDown: chosen + 8,
      PageUp: chosen - 8,
    };
    const to = moves[e.key];
    if (e.key === "Enter") setEntered(true);
    else if (to !== undefined) setAt(Math.max(0, Math.min(to, choices.length - 1)));
    else return;
    e.preventDefault();
  };
  return (
    <div className={css.palette}>
      <div className={css.field}>
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: it is what the dialog was opened for
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={choices[chosen] ? `palette-${chosen}` : undefined}
          aria-label="Search or run a command"
          placeholder="Type an actor, a section, a command"
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(e) => {
            setText(e.target.value);
            setAt(0);
            setEntered(false);
          }}
          onKeyDown={key}
        />
      </div>
      <div ref={list} id="palette-list" role="listbox" aria-label="Found" className={css.list}>
        {choices.map((c, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
          <div
            key={c.id}
            id={`palette-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === chosen}
            className={css.choice}
            onMouseMove={() => setAt(i)}
            onClick={() => run(c)}
          >
            <span className={css.group}>{c.group}</span>
            <span className={css.title}>{c.title}</span>
            {c.keys && <Keys keys={c.keys} />}
          </div>
        ))}
        {choices.length === 0 && <p className={css.none}>Nothing is called so.</p>}
      </div>
    </div>
  );
}

/** Whether every word stands in a command's words, at the beginning of one of them. */
function matches(c: Command, text: string): boolean {
  const hay = ` ${c.group} ${c.title} ${c.words ?? ""}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((w) => hay.includes(w));
}

const nobody = { found: [], of: "" };

/** Actors whose name has the text, and the text that they are of: an answer takes a moment. */
function useActors(text: string): { found: Choice[]; of: string } {
  const navigate = useNavigate();
  const [{ found, of }, setFound] = useState<{ found: readonly Actor[]; of: string }>(nobody);
  useEffect(() => {
    if (text.trim() === "") return setFound({ found: [], of: text });
    const stop = new AbortController();
    const q = text
      .trim()
      .split(/\s+/)
      .map((w) => JSON.stringify(w))
      .join(" ");
    get<List<Actor>>("/actors", { q, limit: 8, sort: "-activeAt" }, stop.signal).then(
      (l) => setFound({ found: l.items, of: text }),
      () => {
        if (!stop.signal.aborted) setFound({ found: [], of: text }); // commands are found all the same
      },
    );
    return () => stop.abort();
  }, [text]);
  const choices = found.map((a) => ({
    id: `actor.${a.id}`,
    title: shown(target(a.type, a.key)),
    group: "Actor",
    run: () => void navigate({ to: "/actors/$id/state", params: { id: a.id } }),
  }));
  return { found: choices, of };
}
