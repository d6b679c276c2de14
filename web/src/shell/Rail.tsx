import { Link } from "@tanstack/react-router";
import type { ErrorGroup } from "../api/types.gen";
import { shownKeys } from "../keys/registry";
import { useTopic } from "../live/hooks";
import { count } from "../ui/format";
import { Icon } from "../ui/icons";
import css from "./Rail.module.css";
import { sections } from "./sections";

/** The sections; at the bottom of narrow screens. */
export function Rail() {
  return (
    <nav className={`shell-rail ${css.rail}`} aria-label="Sections">
      {sections.map((s) => (
        <Link
          key={s.to}
          to={s.to}
          className={css.link}
          title={`${s.title}   ${shownKeys(`g ${s.key}`).join(" ")}`}
          data-last={s.to === "/settings" || undefined}
        >
          <Icon name={s.icon} size={18} />
          <span className={css.title}>{s.title}</span>
          {s.to === "/errors" && <ErrorCount />}
        </Link>
      ))}
    </nav>
  );
}

/** How many errors are kept that look different: whether anything is red. */
function ErrorCount() {
  const { data } = useTopic<readonly ErrorGroup[]>("errors", {});
  if (!data || data.length === 0) return null;
  return <span className={css.count}>{count(data.length)}</span>;
}
