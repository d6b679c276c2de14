import { createRoute } from "@tanstack/react-router";
import type { Type } from "../../api/types.gen";
import { useReadOnly, useTopic } from "../../live/hooks";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/Copy";
import { openInEditor } from "../../ui/Frame";
import { bytes, count, full, target } from "../../ui/format";
import { Time } from "../../ui/Time";
import css from "./about.module.css";
import { useActor } from "./context";
import { actorRoute } from "./route";

export const aboutRoute = createRoute({
  getParentRoute: () => actorRoute,
  path: "/about",
  component: About,
});

/** What an actor is, apart from what it has in mind. */
function About() {
  const a = useActor();
  const readOnly = useReadOnly();
  const { data: types } = useTopic<readonly Type[]>("types", {});
  const type = types?.find((t) => t.type === a.type);
  return (
    <div className={css.page}>
      <dl className={css.facts}>
        <Fact name="Name" text={target(a.type, a.key)} copied />
        <Fact name="Id" text={a.id} copied />
        <Fact name="Key" text={JSON.stringify(a.key)} copied />
        <div className={css.fact}>
          <dt>Created</dt>
          <dd>
            <span>
              <Time at={a.createdAt} /> <span className={css.muted}>{full(a.createdAt)}</span>
            </span>
          </dd>
        </div>
        <div className={css.fact}>
          <dt>Last active</dt>
          <dd>
            <span>
              <Time at={a.activeAt} /> <span className={css.muted}>{full(a.activeAt)}</span>
            </span>
          </dd>
        </div>
        <Fact name="Changes" text={count(a.rev)} />
        <Fact name="State" text={bytes(a.stateBytes)} />
        {a.version && <Fact name="Code" text={a.version} copied />}
      </dl>
      {type && (
        <section className={css.section}>
          <h2>
            Type <code>{type.type}</code>
          </h2>
          {type.file && (
            <p className={css.source}>
              <code>
                {type.file}:{type.line ?? 1}
              </code>
              {!readOnly && (
                <Button
                  look="bare"
                  icon="editor"
                  onClick={() =>
                    openInEditor({ file: type.file ?? "", line: type.line ?? 1, column: 1 })
                  }
                >
                  Open in editor
                </Button>
              )}
            </p>
          )}
          <p className={css.muted}>
            {count(type.count)} of this type. It has{" "}
            {type.has.length > 0 ? type.has.join(", ") : "actions only"}.
          </p>
        </section>
      )}
    </div>
  );
}

function Fact({ name, text, copied = false }: { name: string; text: string; copied?: boolean }) {
  return (
    <div className={css.fact}>
      <dt>{name}</dt>
      <dd>
        <code>{text}</code>
        {copied && <CopyButton text={text} label={`Copy ${name}`} />}
      </dd>
    </div>
  );
}
