import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { childrenOf, flatten, type Node, parentsOf, preview, search, sizeOf } from "../api/tree";
import type { Tagged } from "../api/types.gen";
import { useCommands } from "../keys/registry";
import { shown } from "./format";
import { Icon } from "./icons";
import { useRowHeight } from "./Rows";
import css from "./Tree.module.css";

interface Props {
  label: string;
  value: Tagged;
  /** Shows only what matches, and what it is in. */
  filter?: string;
  selected?: string | undefined;
  onSelect?(path: string): void;
  /** Paths that have just changed. */
  changed?: ReadonlySet<string>;
  /** Opens what was left out, by asking for it. */
  onCut?(path: string): void;
  /** Beside a row: what can be done with it. */
  actions?(node: Node): ReactNode;
  /** It is what the screen is about: j and k go there from anywhere. */
  main?: boolean;
  /** Rows are as many as there are, without a scroll of their own. */
  inline?: boolean;
}

/**
 * A value as a tree. Only what is open is looked at, and only what is seen is in
 * the document, so a state of some megabytes opens as quickly as a small one.
 */
export function Tree(p: Props) {
  const box = useRef<HTMLDivElement>(null);
  const height = useRowHeight();
  const [toggled, setToggled] = useState<ReadonlySet<string>>(() => new Set());
  const initial = useMemo(() => firstOpen(p.value), [p.value]);
  const filter = useDeferredValue(p.filter); // typing goes on while it is looked for
  const found = useMemo(() => (filter ? search(p.value, filter) : undefined), [p.value, filter]);
  const open = useMemo(() => {
    const set = new Set(initial);
    for (const path of toggled) set.has(path) ? set.delete(path) : set.add(path);
    if (p.selected)
      for (const path of parentsOf(p.value, p.selected))
        if (!toggled.has(`x${path}`)) set.add(path);
    if (found) for (const path of found) for (const up of ups(path)) set.add(up);
    return set;
  }, [initial, toggled, found, p.selected, p.value]);
  const rows = useMemo(() => {
    const all = flatten(p.value, open);
    if (!found) return all;
    const keep = new Set<string>();
    for (const path of found) for (const up of ups(path)) keep.add(up);
    return all.filter(
      (n) => keep.has(n.path) || found.has(n.path) || (n.depth > 0 && under(n.path, found)),
    );
  }, [p.value, open, found]);
  const v = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 16,
    enabled: !p.inline,
  });
  const at = rows.findIndex((n) => n.path === p.selected);
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another place is selected
  useEffect(() => {
    if (at >= 0 && !p.inline) v.scrollToIndex(at);
  }, [p.selected]);
  const toggle = (path: string, to?: boolean) => {
    const now = open.has(path);
    if (to !== undefined && now === to) return;
    const next = new Set(toggled);
    next.has(path) ? next.delete(path) : next.add(path);
    next.add(`x${path}`); // a person has had a say in it
    setToggled(next);
  };
  const act = (n: Node) => {
    if (n.sort === "cut") p.onCut?.(n.path);
    else if (n.size > 0) toggle(n.path);
  };
  const step = (by: number) => () => {
    box.current?.focus({ preventScroll: true });
    const to = rows[at < 0 ? 0 : Math.max(0, Math.min(at + by, rows.length - 1))];
    if (to) p.onSelect?.(to.path);
  };
  useCommands(
    p.main
      ? [
          {
            id: "rows.next",
            title: "Next place",
            group: "State",
            keys: "j",
            quiet: true,
            run: step(1),
          },
          {
            id: "rows.before",
            title: "Place before",
            group: "State",
            keys: "k",
            quiet: true,
            run: step(-1),
          },
        ]
      : [],
  );
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey) return;
    const n = rows[at];
    const select = (i: number) => {
      const to = rows[Math.max(0, Math.min(i, rows.length - 1))];
      if (to) p.onSelect?.(to.path);
    };
    switch (e.key) {
      case "ArrowDown":
      case "j":
        select(at + 1);
        break;
      case "ArrowUp":
      case "k":
        select(at < 0 ? 0 : at - 1);
        break;
      case "Home":
        select(0);
        break;
      case "End":
        select(rows.length - 1);
        break;
      case "ArrowRight":
        if (n && n.size > 0) open.has(n.path) ? select(at + 1) : toggle(n.path, true);
        break;
      case "ArrowLeft": {
        if (!n) break;
        if (n.size > 0 && open.has(n.path)) toggle(n.path, false);
        else for (let i = at; i >= 0; i--) if ((rows[i]?.depth ?? 0) < n.depth) return select(i);
        break;
      }
      case "Enter":
      case " ":
        if (n) act(n);
        break;
      default:
        return;
    }
    e.preventDefault();
    e.stopPropagation();
  };
  const row = (n: Node, i: number, style?: React.CSSProperties) => (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys
    <div
      key={n.path}
      id={`place-${n.path}`}
      role="treeitem"
      tabIndex={-1}
      aria-level={n.depth + 1}
      aria-expanded={n.size > 0 ? open.has(n.path) : undefined}
      aria-selected={i === at}
      className={css.row}
      data-found={found?.has(n.path) || undefined}
      style={{ ...style, paddingLeft: 8 + n.depth * 16 }}
      onClick={() => {
        p.onSelect?.(n.path);
        if (n.size > 0 || n.sort === "cut") act(n);
      }}
    >
      <span className={css.arrow}>
        {n.size > 0 && <Icon name={open.has(n.path) ? "down" : "right"} size={12} />}
      </span>
      <span className={css.key}>{shown(n.name)}</span>
      <span
        className={css.value}
        data-sort={n.sort}
        data-flash={p.changed?.has(n.path) ? "" : undefined}
        key={p.changed?.has(n.path) ? preview(n.value, 200) : "still"}
      >
        {open.has(n.path) && n.size > 0 ? summary(n) : preview(n.value, 200)}
      </span>
      {p.actions && <span className={css.actions}>{p.actions(n)}</span>}
    </div>
  );
  if (rows.length === 0)
    return (
      <p className={css.none}>
        {p.filter
          ? "Nothing in this state matches."
          : sizeOf(p.value) === 0
            ? preview(p.value)
            : ""}
      </p>
    );
  return (
    <div
      ref={box}
      className={css.tree}
      data-inline={p.inline || undefined}
      role="tree"
      aria-label={p.label}
      tabIndex={0}
      data-tree=""
      aria-activedescendant={at >= 0 ? `place-${p.selected}` : undefined}
      onKeyDown={onKeyDown}
    >
      {p.inline ? (
        rows.map((n, i) => row(n, i))
      ) : (
        <div className={css.all} role="presentation" style={{ height: v.getTotalSize() }}>
          {v.getVirtualItems().map((i) => {
            const n = rows[i.index];
            return (
              n &&
              row(n, i.index, {
                position: "absolute",
                top: 0,
                left: 0,
                right: 0,
                transform: `translateY(${i.start}px)`,
              })
            );
          })}
        </div>
      )}
    </div>
  );
}

function summary(n: Node): string {
  switch (n.sort) {
    case "array":
      return `[${n.size}]`;
    case "map":
      return `Map(${n.size})`;
    case "set":
      return `Set(${n.size})`;
    case "object":
      return `{${n.size}}`;
  }
  return preview(n.value, 200);
}

/** Small states are open from the beginning, two levels deep. */
function firstOpen(v: Tagged): Set<string> {
  const out = new Set<string>();
  if (sizeOf(v) > 60) return out;
  let room = 60;
  for (const c of childrenOf(v, "")) {
    const n = sizeOf(c.value);
    if (n > 0 && n <= 20 && room - n > 0) {
      room -= n;
      out.add(c.path);
    }
  }
  return out;
}

/** Whether a place is in one of those that were found. */
function under(path: string, found: ReadonlySet<string>): boolean {
  for (let i = path.lastIndexOf("/"); i > 0; i = path.lastIndexOf("/", i - 1))
    if (found.has(path.slice(0, i))) return true;
  return false;
}

/** The pointers that lead to one, itself left out. */
function ups(path: string): string[] {
  const out: string[] = [];
  for (let i = path.lastIndexOf("/"); i > 0; i = path.lastIndexOf("/", i - 1))
    out.push(path.slice(0, i));
  return out;
}
