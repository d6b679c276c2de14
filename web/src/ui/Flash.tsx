import { type ReactNode, useEffect, useRef } from "react";
import css from "./Flash.module.css";

/** Shows a change of its value once, by colour; nothing moves. */
export function Flash({ value, children }: { value: string | number; children: ReactNode }) {
  const ref = useRef<HTMLSpanElement>(null);
  const before = useRef(value);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    const el = ref.current;
    if (!el) return;
    el.removeAttribute("data-flash");
    void el.offsetWidth; // begins the animation anew
    el.setAttribute("data-flash", "");
  }, [value]);
  return (
    <span ref={ref} className={css.flash}>
      {children}
    </span>
  );
}
