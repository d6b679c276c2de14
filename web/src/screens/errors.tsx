import { createRoute, useNavigate } from "@tanstack/react-router";
import type { ErrorGroup } from "../api/types.gen";
import { useCommands } from "../keys/registry";
import { useTopic } from "../live/hooks";
import { root } from "../root";
import { ActorLink } from "../ui/ActorLink";
import { Button } from "../ui/Button";
import { Filter } from "../ui/Filter";
import { Flash } from "../ui/Flash";
import { Frame } from "../ui/Frame";
import { count, full, plural, shown, word } from "../ui/format";
import { LinkButton } from "../ui/LinkButton";
import { type Column, Rows } from "../ui/Rows";
import { Actions, Fact, Facts, Pane, Section, Split, Total } from "../ui/Split";
import { Empty, Gone, Problem, Skeleton } from "../ui/States";
import { Time } from "../ui/Time";
import css from "./errors.module.css";

interface Search {
  q?: string;
}

export const errorsRoute = createRoute({
  getParentRoute: () => root,
  path: "/errors/{-$fp}",
  validateSearch: (s: Record<string, unknown>): Search =>
    typeof s["q"] === "string" && s["q"] !== "" ? { q: s["q"] } : {},
  component: Errors,
});

/** Errors that look the same, as one; each where it was thrown. */
function Errors() {
  const { q } = errorsRoute.useSearch();
  const { fp } = errorsRoute.useParams();
  const navigate = useNavigate();
  const { data, error, retry } = useTopic<readonly ErrorGroup[]>("errors", q ? { filter: q } : {});
  const go = (to: string | undefined) =>
    void navigate({
      to: "/errors/{-$fp}",
      params: { fp: to },
      search: q ? { q } : {},
      replace: true,
    });
  useCommands(
    fp
      ? [
          {
            id: "errors.close",
            title: "Close the error",
            group: "List",
            keys: "Escape",
            run: () => go(undefined),
          },
        ]
      : [],
  );
  const wrong = error?.code === "invalid_request";
  return (
    <>
      <h1 className="visually-hidden">Errors</h1>
      <Split
        label="Errors"
        tools={
          <>
            <Filter
              value={q ?? ""}
              onChange={(text) =>
                void navigate({
                  to: "/errors/{-$fp}",
                  params: { fp },
                  search: text ? { q: text } : {},
                  replace: true,
                })
              }
              label="Filter errors"
              placeholder="Filter: type:cart code:card_* name:pay"
              error={wrong ? error : undefined}
            />
            <Total>{data ? plural(data.length, "error") : ""}</Total>
          </>
        }
        aside={
          fp &&
          data && <Details group={data.find((g) => g.fp === fp)} close={() => go(undefined)} />
        }
      >
        {error && !wrong && !data ? (
          <Problem error={error} retry={retry} />
        ) : !data ? (
          wrong ? null : (
            <Skeleton rows={8} label="Loading errors" />
          )
        ) : data.length === 0 ? (
          <Empty command={`rivet events --filter ${word(q ? `error ${q}` : "error")}`}>
            {q
              ? "No error that is kept matches."
              : "Nothing has gone wrong, as far as the history that is kept goes back."}
          </Empty>
        ) : (
          <Rows<ErrorGroup>
            label="Errors"
            columns={columns}
            total={data.length}
            row={(i) => data[i]}
            id={(g) => g.fp}
            selected={fp}
            onSelect={(g) => go(g.fp)}
            tone={() => "error"}
          />
        )}
      </Split>
    </>
  );
}

const columns: readonly Column<ErrorGroup>[] = [
  {
    id: "count",
    title: "Count",
    width: "56px",
    right: true,
    cell: (g) => <Flash value={g.count}>{count(g.count)}</Flash>,
  },
  {
    id: "message",
    title: "Error",
    width: "minmax(160px, 1.6fr)",
    cell: (g) => (
      <span title={g.message}>
        <code className={css.code}>{g.code}</code> {shown(g.message)}
      </span>
    ),
  },
  {
    id: "where",
    title: "In",
    width: "minmax(100px, 0.6fr)",
    from: 480,
    cell: (g) => (
      <code>
        {g.type}.{g.name}
      </code>
    ),
  },
  {
    id: "actors",
    title: "Actors",
    width: "56px",
    right: true,
    from: 640,
    cell: (g) => count(g.actors.length),
  },
  {
    id: "first",
    title: "First",
    width: "88px",
    right: true,
    from: 800,
    cell: (g) => <Time at={g.first} />,
  },
  { id: "last", title: "Last", width: "88px", right: true, cell: (g) => <Time at={g.last} /> },
];

function Details({ group: g, close }: { group: ErrorGroup | undefined; close(): void }) {
  return (
    <Pane
      label="Selected error"
      close={close}
      head={g && <code className={css.code}>{g.code}</code>}
    >
      {!g ? (
        <Gone what="This error is no longer kept.">
          <Button onClick={close}>All errors</Button>
        </Gone>
      ) : (
        <>
          <p className={css.message}>{shown(g.message)}</p>
          <Facts>
            <Fact name="in">
              <code>
                {g.type}.{g.name}
              </code>
            </Fact>
            <Fact name="count">{count(g.count)}</Fact>
            <Fact name="first">{full(g.first)}</Fact>
            <Fact name="last">{full(g.last)}</Fact>
          </Facts>
          <Actions>
            <LinkButton
              to="/events"
              search={{ q: `error code:${g.code} name:${g.name}`, seq: g.seq }}
            >
              Occurrences
            </LinkButton>
          </Actions>
          {g.at && (
            <div className={css.frame}>
              <Frame at={g.at} />
            </div>
          )}
          <Section title="Actors" beside={<span className={css.muted}>{g.actors.length}</span>}>
            <ul className={css.actors}>
              {g.actors.map((id) => (
                <li key={id}>
                  <ActorLink id={id} q="error" />
                </li>
              ))}
            </ul>
          </Section>
        </>
      )}
    </Pane>
  );
}
