import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useCommands } from "../keys/registry";
import { useSettings } from "../settings";
import { Icon } from "./icons";
import css from "./Rows.module.css";

export interface Column<T> {
  id: string;
  title: string;
  /** A track of the grid: "96px", "minmax(160px, 1fr)". */
  width: string;
  /** Numbers stand at the right. */
  right?: boolean;
  sortable?: boolean;
  /** Hidden in lists narrower than this. */
  from?: 480 | 640 | 800 | 960;
  cell(row: T): ReactNode;
}

interface Props<T> {
  /** What the list is of, for those who can't see it. */
  label: string;
  columns: readonly Column<T>[];
  total: number;
  /** A row, undefined while it isn't known. */
  row(index: number): T | undefined;
  id(row: T): string;
  selected?: string | undefined;
  /** Sorted by a column, "-id" downwards. */
  sort?: string | undefined;
  onSort?(sort: string): void;
  onSelect?(row: T, index: number): void;
  onOpen?(row: T): void;
  /** Which rows are to be seen, To not included. */
  onRange?(from: number, to: number): void;
  /** Follows the end, as a log does, unless one has scrolled away from it. */
  tail?: boolean;
  tone?(row: T): "error" | "warn" | undefined;
}

/** How high a row is; it depends on density and on whether fingers are used. */
export function useRowHeight(): number {
  const { density } = useSettings();
  const [height, setHeight] = useState(read);
  // biome-ignore lint/correctness/useExhaustiveDependencies: density changes what is read
  useLayoutEffect(() => setHeight(read()), [density]);
  return height;
}

function read(): number {
  return (
    Number.parseInt(getComputedStyle(document.documentElement).getPropertyValue("--row"), 10) || 28
  );
}

/** How wide an element is, 0 until it is known. */
export function useWidth(ref: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const el = ref.current;
    if (!el) return;
    setWidth(el.clientWidth);
    const o = new ResizeObserver(() => setWidth(el.clientWidth));
    o.observe(el);
    return () => o.disconnect();
  }, [ref]);
  return width;
}

/** A virtualised list in columns: however many rows, a screenful in the document. */
export function Rows<T>(props: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const p = { ...props, columns: props.columns.filter((c) => (c.from ?? 0) <= width) };
  const height = useRowHeight();
  const [cursor, setCursor] = useState(-1);
  const atEnd = useRef(true);
  const v = useVirtualizer({
    count: p.total,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: 12,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured anew when rows change height
  useEffect(() => v.measure(), [height]);
  const items = v.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = (items.at(-1)?.index ?? -1) + 1;
  const { onRange } = p;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each row that is added
  useLayoutEffect(() => {
    if (p.tail && atEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [p.total, p.tail]);

  const move = (to: number) => {
    const i = Math.max(0, Math.min(to, p.total - 1));
    setCursor(i);
    v.scrollToIndex(i);
    const row = p.row(i);
    if (row) p.onSelect?.(row, i);
  };
  // From anywhere on the page: the list takes the focus, and the keys go on in it.
  const step = (by: number) => () => {
    box.current?.focus({ preventScroll: true });
    if (p.total > 0) move(cursorOf(p, cursor, first, last) + by);
  };
  useCommands([
    {
      id: "rows.next",
      title: "Next row",
      group: "List",
      keys: "j",
      quiet: true,
      run: step(1),
    },
    {
      id: "rows.before",
      title: "Row before",
      group: "List",
      keys: "k",
      quiet: true,
      run: step(-1),
    },
  ]);
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || p.total === 0) return;
    const page = Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / height) - 1);
    const here = cursorOf(p, cursor, first, last);
    const to: Record<string, number> = {
      j: here + 1,
      ArrowDown: here + 1,
      k: here - 1,
      ArrowUp: here - 1,
      PageDown: here + page,
      PageUp: here - page,
      Home: 0,
      End: p.total - 1,
    };
    const n = to[e.key];
    const row = here >= 0 ? p.row(here) : undefined;
    if (n !== undefined) move(n);
    else if (e.key === "Enter" && row && e.target === box.current) p.onOpen?.(row);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };
  // A row that was scrolled to before it was known is selected once it comes.
  const waiting = cursor >= 0 ? p.row(cursor) : undefined;
  const waitingID = waiting && p.id(waiting);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the row comes
  useEffect(() => {
    if (
      waiting &&
      waitingID !== p.selected &&
      cursor >= 0 &&
      document.activeElement === box.current
    )
      p.onSelect?.(waiting, cursor);
  }, [waitingID === undefined]);

  // A selection that is out of sight, or gone, has no element to name.
  const shown = items.some((i) => {
    const row = p.row(i.index);
    return row !== undefined && p.id(row) === p.selected;
  });
  const tracks = p.columns.map((c) => c.width).join(" ");
  return (
    <div className={css.frame}>
      <div
        ref={box}
        className={css.box}
        role="grid"
        aria-label={p.label}
        aria-rowcount={p.total}
        tabIndex={0}
        data-rows=""
        aria-activedescendant={shown ? `row-${p.selected}` : undefined}
        onKeyDown={onKeyDown}
        onScroll={(e) => {
          const b = e.currentTarget;
          atEnd.current = b.scrollHeight - b.scrollTop - b.clientHeight < height * 2;
        }}
      >
        <Head {...p} tracks={tracks} />
        <div role="rowgroup" className={css.rows} style={{ height: v.getTotalSize() }}>
          {items.map((i) => {
            const row = p.row(i.index);
            const id = row && p.id(row);
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys
              <div
                key={i.index}
                role="row"
                tabIndex={-1}
                id={id && `row-${id}`}
                aria-rowindex={i.index + 1}
                aria-selected={id !== undefined && id === p.selected}
                className={css.row}
                data-tone={row && p.tone?.(row)}
                style={{
                  height: i.size,
                  transform: `translateY(${i.start}px)`,
                  gridTemplateColumns: tracks,
                }}
                onClick={() => {
                  if (!row) return;
                  setCursor(i.index);
                  p.onSelect?.(row, i.index);
                  box.current?.focus({ preventScroll: true });
                }}
                onDoubleClick={() => row && p.onOpen?.(row)}
              >
                {row ? (
                  p.columns.map((c) => (
                    <div
                      key={c.id}
                      role="gridcell"
                      className={css.cell}
                      data-right={c.right || undefined}
                    >
                      {c.cell(row)}
                    </div>
                  ))
                ) : (
                  <div className={css.blank} />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Where the keys go on from: the selected row, if it is to be seen. */
function cursorOf<T>(p: Props<T>, cursor: number, first: number, last: number): number {
  const row = cursor >= 0 ? p.row(cursor) : undefined;
  if (row && p.id(row) === p.selected) return cursor;
  for (let i = first; i < last; i++) {
    const r = p.row(i);
    if (r && p.id(r) === p.selected) return i;
  }
  return Math.min(cursor, p.total - 1);
}

function Head<T>(p: Props<T> & { tracks: string }) {
  const down = p.sort?.startsWith("-") ?? false;
  const by = p.sort?.replace(/^-/, "");
  return (
    <div role="row" className={css.head} style={{ gridTemplateColumns: p.tracks }}>
      {p.columns.map((c) => (
        <div
          key={c.id}
          role="columnheader"
          className={css.cell}
          data-right={c.right || undefined}
          aria-sort={by === c.id ? (down ? "descending" : "ascending") : undefined}
        >
          {c.sortable && p.onSort ? (
            <button
              type="button"
              className={css.sort}
              data-on={by === c.id || undefined}
              onClick={() =>
                p.onSort?.(
                  by === c.id && !down
                    ? `-${c.id}`
                    : by === c.id
                      ? ""
                      : c.right
                        ? `-${c.id}`
                        : c.id,
                )
              }
            >
              {c.title}
              {by === c.id && <Icon name={down ? "down" : "up"} size={12} />}
            </button>
          ) : (
            c.title
          )}
        </div>
      ))}
    </div>
  );
}
