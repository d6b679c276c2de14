import { type KeyboardEvent, useId, useRef } from "react";
import button from "./Button.module.css";
import { Icon, type IconName } from "./icons";
import css from "./Menu.module.css";

export interface MenuItem {
  label: string;
  icon?: IconName;
  danger?: boolean;
  disabled?: boolean;
  run(): void;
}

/** A menu behind a button, on the browser's popover. */
export function Menu({
  label,
  icon = "more",
  items,
}: {
  label: string;
  icon?: IconName;
  items: readonly MenuItem[];
}) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const place = () => {
    const l = list.current;
    const b = trigger.current?.getBoundingClientRect();
    if (!l || !b) return;
    const { width, height } = l.getBoundingClientRect();
    l.style.left = `${Math.max(8, Math.min(b.right - width, innerWidth - width - 8))}px`;
    l.style.top = `${b.bottom + height + 8 > innerHeight ? b.top - height - 4 : b.bottom + 4}px`;
    l.querySelector<HTMLElement>("[role=menuitem]:not(:disabled)")?.focus();
  };
  const onKeyDown = (e: KeyboardEvent) => {
    const all = [
      ...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]:not(:disabled)") ?? []),
    ];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[
      e.key
    ];
    if (to === undefined) {
      if (e.key === "Tab") list.current?.hidePopover();
      return;
    }
    all[to % all.length]?.focus();
    e.preventDefault();
    e.stopPropagation();
  };
  return (
    <>
      <button
        ref={trigger}
        type="button"
        className={button.button}
        data-look="plain"
        data-icon=""
        aria-label={label}
        title={label}
        aria-haspopup="menu"
        popoverTarget={id}
      >
        <Icon name={icon} />
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        tabIndex={-1}
        aria-label={label}
        className={css.menu}
        onKeyDown={onKeyDown}
        onToggle={(e) => e.newState === "open" && place()}
      >
        {items.map((i) => (
          <button
            key={i.label}
            type="button"
            role="menuitem"
            className={css.item}
            data-danger={i.danger || undefined}
            disabled={i.disabled}
            onClick={() => {
              list.current?.hidePopover();
              i.run();
            }}
          >
            {i.icon && <Icon name={i.icon} />}
            {i.label}
          </button>
        ))}
      </div>
    </>
  );
}
