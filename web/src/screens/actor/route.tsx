import { createRoute, Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { Actor } from "../../api/types.gen";
import { useCommands } from "../../keys/registry";
import { useReadOnly, useTopic } from "../../live/hooks";
import { drawer } from "../../repl/drawer";
import { root } from "../../root";
import { useTitle } from "../../shell/title";
import { StatusBadge } from "../../ui/Badge";
import { Flash } from "../../ui/Flash";
import { bytes, count, shown, target } from "../../ui/format";
import { Icon } from "../../ui/icons";
import { LinkButton } from "../../ui/LinkButton";
import { Gone, Problem, Skeleton } from "../../ui/States";
import { ActorContext } from "./context";
import { ActorMenu } from "./Lifecycle";
import { Name } from "./Name";
import css from "./route.module.css";
import { tabs } from "./tabs";

export const actorRoute = createRoute({
  getParentRoute: () => root,
  path: "/actors/$id",
  component: ActorScreen,
});

/** One actor: its head, its tabs, and the tab's screen below them. */
function ActorScreen() {
  const { id } = actorRoute.useParams();
  const { data: actor, error, retry } = useTopic<Actor>("actor", { actor: id });
  const readOnly = useReadOnly();
  const navigate = useNavigate();
  const strip = useRef<HTMLElement>(null);
  const place = useRouterState({ select: (s) => s.location.pathname });
  // On a narrow screen the tabs scroll: the present one is in view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each tab, and once the actor is there
  useEffect(() => {
    const tab = strip.current?.querySelector<HTMLElement>('[data-status="active"]');
    if (tab)
      strip.current?.scrollTo(
        tab.offsetLeft - (strip.current.clientWidth - tab.offsetWidth) / 2,
        0,
      );
  }, [place, actor === undefined]);
  useTitle(actor ? shown(target(actor.type, actor.key)) : "Actor");
  useCommands([
    ...tabs.map((t, i) => ({
      id: `tab.${t.to}`,
      title: `${t.title} of this actor`,
      group: "Actor" as const,
      keys: String(i + 1),
      run: () => void navigate({ to: t.to, params: { id } }),
    })),
    ...(actor && !readOnly
      ? [
          {
            id: "actor.repl",
            title: "Use this actor in the REPL",
            group: "Actor" as const,
            words: "console",
            run: () => drawer.set({ open: true, use: target(actor.type, actor.key) }),
          },
        ]
      : []),
    {
      id: "actor.back",
      title: "Back to all actors",
      group: "Actor",
      keys: "Escape",
      run: () => void navigate({ to: "/actors", search: { sel: id } }),
    },
  ]);
  if (error?.code === "actor_not_found")
    return (
      <Gone what="This actor is gone: it was destroyed, or it never was.">
        <LinkButton to="/actors">All actors</LinkButton>
      </Gone>
    );
  if (!actor)
    return error ? (
      <Problem error={error} retry={retry} />
    ) : (
      <Skeleton rows={12} label="Loading the actor" />
    );
  return (
    <ActorContext value={actor}>
      <div className={css.page}>
        <header className={css.head}>
          <h1 className={css.title}>
            <Link
              to="/actors"
              search={{ type: actor.type, sel: id }}
              className={css.back}
              aria-label="All actors of this type"
              title="All actors of this type"
            >
              <Icon name="actors" />
            </Link>
            <Name actor={actor} />
          </h1>
          <StatusBadge status={actor.status} />
          <Numbers actor={actor} />
          <span className={css.space} />
          <ActorMenu actor={actor} />
        </header>
        {actor.error && <Problem error={actor.error} />}
        <nav ref={strip} className={css.tabs} aria-label="Of this actor">
          {tabs.map((t, i) => (
            <Link
              key={t.to}
              to={t.to}
              params={{ id }}
              className={css.tab}
              title={`${t.title}   ${i + 1}`}
            >
              <Icon name={t.icon} />
              {t.title}
            </Link>
          ))}
        </nav>
        <div className={css.content}>
          <Outlet />
        </div>
      </div>
    </ActorContext>
  );
}

function Numbers({ actor: a }: { actor: Actor }) {
  return (
    <dl className={css.numbers}>
      <Quantity name="connection" n={a.conns} />
      <Quantity name="queued" n={a.queued} />
      <Quantity name="error" n={a.errors} tone={a.errors > 0 ? "error" : undefined} />
      <div className={css.number}>
        <dd>
          <Flash value={a.rev}>{bytes(a.stateBytes)}</Flash>
        </dd>
        <dt>state</dt>
      </div>
    </dl>
  );
}

function Quantity({ name, n, tone }: { name: string; n: number; tone?: "error" | undefined }) {
  return (
    <div className={css.number} data-tone={tone} data-zero={n === 0 || undefined}>
      <dd>
        <Flash value={n}>{count(n)}</Flash>
      </dd>
      <dt>{name === "queued" || n === 1 ? name : `${name}s`}</dt>
    </div>
  );
}
