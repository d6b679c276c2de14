import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { failedOf, get } from "../../api/http";
import { preview } from "../../api/tree";
import type { Entry, Failed, Op, Patch } from "../../api/types.gen";
import { KindBadge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/Copy";
import { bytes, full, shown, target, took } from "../../ui/format";
import { LinkButton } from "../../ui/LinkButton";
import { Part } from "../../ui/Part";
import { SourceLink } from "../../ui/SourceLink";
import { Fact, Facts, Pane, Section } from "../../ui/Split";
import { Gone, Problem, Skeleton } from "../../ui/States";
import { What } from "./EventList";
import css from "./Inspector.module.css";

interface Props {
  seq: number;
  withActor: boolean;
  /** Entries that are there already: those of the same trace are shown. */
  near: readonly Entry[];
  close(): void;
  go(seq: number): void;
}

/** All of one entry: arguments, result, error, changes, cause and company. */
export function EntryInspector({ seq, withActor, near, close, go }: Props) {
  const [entry, setEntry] = useState<Entry>();
  const [error, setError] = useState<Failed>();
  const [tries, setTries] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: tries asks again
  useEffect(() => {
    const stop = new AbortController();
    get<Entry>(`/history/${seq}`, {}, stop.signal).then(setEntry, (e: unknown) => {
      if (!stop.signal.aborted) setError(failedOf(e));
    });
    return () => stop.abort();
  }, [seq, tries]);
  const e = entry ?? near.find((x) => x.seq === seq);
  const gone = error?.code === "history_evicted" || error?.code === "not_found";
  return (
    <Pane
      label="Selected entry"
      close={close}
      head={
        <>
          {e && <KindBadge kind={e.kind} />}
          <span className={css.seq}>#{seq}</span>
          {e && <CopyButton text={() => JSON.stringify(e, null, 2)} label="Copy as JSON" />}
        </>
      }
    >
      {gone && !e ? (
        <Gone what="This entry is no longer kept.">
          <Button onClick={close}>Close</Button>
        </Gone>
      ) : error && !gone ? (
        <Problem
          error={error}
          retry={() => {
            setError(undefined);
            setTries(tries + 1);
          }}
        />
      ) : null}
      {e ? (
        <Body e={e} withActor={withActor} near={near} go={go} />
      ) : (
        !error && <Skeleton rows={8} label="Loading the entry" />
      )}
    </Pane>
  );
}

function Body({
  e,
  withActor,
  near,
  go,
}: {
  e: Entry;
  withActor: boolean;
  near: readonly Entry[];
  go(seq: number): void;
}) {
  const company = near.filter((x) => x.trace === e.trace);
  return (
    <>
      <p className={css.what}>
        <code>{shown((e.kind === "log" ? e.message : e.name) || e.kind)}</code>
      </p>
      <Facts>
        <Fact name="when">{full(e.at)}</Fact>
        {e.us > 0 && <Fact name="took">{took(e.us)}</Fact>}
        {withActor && e.type && (
          <Fact name="actor">
            <Link to="/actors/$id/events" params={{ id: e.actor }} search={{ seq: e.seq }}>
              <code>{shown(target(e.type, e.key ?? []))}</code>
            </Link>
          </Fact>
        )}
        {e.cause && (
          <Fact name="cause">
            {e.cause.seq ? (
              <button type="button" className={css.link} onClick={() => go(e.cause?.seq ?? 0)}>
                #{e.cause.seq}
              </button>
            ) : (
              e.cause.via
            )}
          </Fact>
        )}
        {e.conn && (
          <Fact name="connection">
            <code className={css.long}>{e.conn}</code>
          </Fact>
        )}
        {e.source && (
          <Fact name="from">
            <SourceLink at={e.source} />
          </Fact>
        )}
        {e.patch && e.patch.length > 0 && <Fact name="change">{e.rev}</Fact>}
        {e.version && (
          <Fact name="code">
            <code>{e.version.slice(0, 8)}</code>
          </Fact>
        )}
        <Fact name="kept as">{bytes(e.bytes)}</Fact>
      </Facts>
      {e.error && <Problem error={e.error} />}
      {e.args !== undefined && (
        <Part title={e.kind === "log" ? "Fields" : "Arguments"} value={e.args} />
      )}
      {e.output !== undefined && <Part title="Result" value={e.output} />}
      {e.patch && e.patch.length > 0 && <Changes patch={e.patch} actor={e.actor} />}
      {company.length > 1 && (
        <Section
          title="In the same trace"
          beside={<span className={css.count}>{company.length}</span>}
        >
          <ul className={css.trace}>
            {company.slice(0, 100).map((x) => (
              <li key={x.seq}>
                <button
                  type="button"
                  className={css.step}
                  aria-current={x.seq === e.seq}
                  onClick={() => go(x.seq)}
                >
                  <KindBadge kind={x.kind} />
                  <What e={x} />
                  <span className={css.count}>{x.us > 0 ? took(x.us) : ""}</span>
                </button>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

function Changes({ patch, actor }: { patch: Patch; actor: string }) {
  return (
    <Section
      title="Changed"
      beside={
        <>
          <span className={css.count}>{patch.length}</span>
          <CopyButton text={() => JSON.stringify(patch, null, 2)} label="Copy the patch" />
          {actor && (
            <LinkButton look="bare" icon="state" to="/actors/$id/state" params={{ id: actor }}>
              State now
            </LinkButton>
          )}
        </>
      }
    >
      <ul className={css.ops}>
        {patch.slice(0, 100).map((op, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: operations of a patch have an order and no name
          <li key={i} className={css.op} data-op={op.op}>
            <span className={css.sign}>{signs[op.op]}</span>
            <span className={css.path}>
              {actor ? (
                <Link to="/actors/$id/state" params={{ id: actor }} search={{ path: op.path }}>
                  {op.path || "the whole"}
                </Link>
              ) : (
                op.path
              )}
            </span>
            {"value" in op && <span className={css.to}>{preview(op.value, 500)}</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}

const signs: Record<Op["op"], string> = {
  add: "+",
  remove: "−",
  replace: "=",
  move: "→",
  copy: "⧉",
  test: "?",
};
