import { useNavigate, useRouterState } from "@tanstack/react-router";
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { mac, useCommands } from "../keys/registry";
import { useReadOnly } from "../live/hooks";
import { drawer, useDrawer } from "../repl/drawer";
import { Repl } from "../repl/Repl";
import { Button } from "../ui/Button";
import css from "./Drawer.module.css";

const least = 120;

/** The REPL below every screen, at a key; on its own page it isn't there twice. */
export function Drawer() {
  const { open, height, use } = useDrawer();
  const readOnly = useReadOnly();
  const navigate = useNavigate();
  const onPage = useRouterState({ select: (s) => s.location.pathname === "/repl" });
  const from = useRef<Element | null>(null);
  const toggle = () => {
    if (onPage) {
      document.querySelector<HTMLElement>("[data-repl]")?.focus();
      return;
    }
    if (!open) from.current = document.activeElement;
    drawer.set({ open: !open });
    if (open) (from.current as HTMLElement | null)?.focus?.();
  };
  useCommands(
    readOnly
      ? []
      : [
          {
            id: "repl",
            title: open ? "Close the REPL" : "Open the REPL",
            group: "View",
            keys: mac ? "Ctrl+`" : "Mod+`",
            words: "console drawer typescript evaluate",
            everywhere: true,
            run: toggle,
          },
        ],
  );
  if (!open || onPage || readOnly) return null;
  const size = (h: number) =>
    drawer.set({ height: Math.max(least, Math.min(h, window.innerHeight - 200)) });
  return (
    <section
      className={`shell-drawer ${css.drawer}`}
      aria-label="REPL"
      style={{ height }}
      onKeyDown={(e) => {
        if (e.key !== "Escape" || e.defaultPrevented) return;
        e.preventDefault();
        toggle();
      }}
    >
      <Handle height={height} size={size} />
      <header className={css.head}>
        <h2>REPL</h2>
        <span className={css.space} />
        <Button
          look="bare"
          icon="up"
          label="Open as a page"
          onClick={() => void navigate({ to: "/repl" }).then(() => drawer.set({ open: false }))}
        />
        <Button look="bare" icon="close" label="Close the REPL" onClick={toggle} />
      </header>
      <div className={css.body}>
        <Repl use={use} />
      </div>
    </section>
  );
}

/** The upper edge, which moves: by pointer, or by keys. */
function Handle({ height, size }: { height: number; size(h: number): void }) {
  const drag = (e: PointerEvent) => {
    if (e.buttons === 1) size(window.innerHeight - e.clientY);
  };
  const key = (e: KeyboardEvent) => {
    const by: Record<string, number> = { ArrowUp: 24, ArrowDown: -24 };
    const d = by[e.key];
    if (d === undefined) return;
    size(height + d);
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-label="Height of the REPL"
      aria-orientation="horizontal"
      aria-valuenow={Math.round(height)}
      aria-valuemin={least}
      className={css.handle}
      onPointerDown={(e) => e.currentTarget.setPointerCapture(e.pointerId)}
      onPointerMove={drag}
      onKeyDown={key}
    />
  );
}
