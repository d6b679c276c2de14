import { type FormEvent, useRef, useState } from "react";
import { failedOf, part, post } from "../../../api/http";
import { preview, sizeOf } from "../../../api/tree";
import type { Action, Called, Failed, Param, Tagged, Type } from "../../../api/types.gen";
import { useCommands } from "../../../keys/registry";
import { useMeta, useOffline, useReadOnly, useTopic } from "../../../live/hooks";
import { Button } from "../../../ui/Button";
import { copy } from "../../../ui/Copy";
import { Field } from "../../../ui/Field";
import { target, took } from "../../../ui/format";
import { Menu } from "../../../ui/Menu";
import { Problem } from "../../../ui/States";
import { toast } from "../../../ui/Toast";
import { Tree } from "../../../ui/Tree";
import { useActor } from "../context";
import {
  argsOf,
  asCurl,
  asRivet,
  asTypeScript,
  controlOf,
  type Fields,
  fieldsOf,
  freeArgs,
  hintOf,
  known,
} from "./args";
import css from "./CallPanel.module.css";

/** A call that was made here. */
interface Made {
  id: number;
  action: string;
  args: readonly Tagged[];
  us?: number;
  output?: Tagged;
  error?: Failed;
}

// Calls of this tab, by actor: they are still there when one comes back.
const made = new Map<string, readonly Made[]>();
let next = 1;

/** Calls an action: a field a parameter, from the TypeScript of the action. */
export function CallPanel() {
  const a = useActor();
  const readOnly = useReadOnly();
  const { data: types } = useTopic<readonly Type[]>("types", {});
  const actions = types?.find((t) => t.type === a.type)?.actions ?? [];
  const [name, setName] = useState("");
  const [fields, setFields] = useState<Fields>([]);
  const [calls, setCalls] = useState<readonly Made[]>(made.get(a.id) ?? []);
  const action = actions.find((x) => x.name === name) ?? actions[0];
  const keep = (list: readonly Made[]) => {
    made.set(a.id, list);
    setCalls(list);
  };
  const send = async (action: string, args: readonly Tagged[]) => {
    const began = performance.now();
    const one: Made = { id: next++, action, args };
    try {
      const r = await post<Called>(`/actors/${part(a.id)}/actions/${part(action)}`, { args });
      Object.assign(one, { output: r.output, us: r.us });
    } catch (e) {
      Object.assign(one, {
        error: failedOf(e),
        us: Math.round((performance.now() - began) * 1000),
      });
    }
    keep([one, ...(made.get(a.id) ?? [])].slice(0, 10));
  };
  if (readOnly || actions.length === 0) return null;
  return (
    <section className={css.panel} aria-label="Call an action">
      <h2 className={css.title}>Call</h2>
      {action && (
        <Form
          key={action.name}
          actions={actions}
          action={action}
          fields={fields}
          setFields={setFields}
          pick={(n) => {
            setName(n);
            setFields([]);
          }}
          send={(args) => send(action.name, args)}
        />
      )}
      <ol className={css.calls} aria-label="Calls made here">
        {calls.map((c) => (
          <Result
            key={c.id}
            made={c}
            again={() => void send(c.action, c.args)}
            edit={() => {
              setName(c.action);
              const of = actions.find((x) => x.name === c.action);
              setFields(
                of && known(of) ? fieldsOf(of.params ?? [], c.args) : [JSON.stringify(c.args)],
              );
            }}
          />
        ))}
      </ol>
    </section>
  );
}

interface FormProps {
  actions: readonly Action[];
  action: Action;
  fields: Fields;
  setFields(f: Fields): void;
  pick(name: string): void;
  send(args: readonly Tagged[]): Promise<void>;
}

function Form({ actions, action, fields, setFields, pick, send }: FormProps) {
  const a = useActor();
  const meta = useMeta();
  const offline = useOffline();
  const [busy, setBusy] = useState(false);
  const [bad, setBad] = useState<{ at: number; message: string }>();
  const form = useRef<HTMLFormElement>(null);
  const params = action.params ?? [];
  const typed = known(action);
  const read = () => (typed ? argsOf(params, fields) : freeArgs(fields[0] ?? ""));
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const r = read();
    if ("message" in r) {
      setBad(r);
      return;
    }
    setBusy(true);
    await send(r.args);
    setBusy(false);
  };
  const copyAs = (what: string, f: (args: readonly Tagged[]) => string) => ({
    label: `Copy as ${what}`,
    icon: "copy" as const,
    run: () => {
      const r = read();
      if ("message" in r) setBad(r);
      else void copy(f(r.args)).then(() => toast(`Copied as ${what}`));
    },
  });
  useCommands([
    {
      id: "call.focus",
      title: `Call an action of ${target(a.type, a.key)}`,
      group: "Actor",
      keys: "a",
      run: () => form.current?.querySelector<HTMLElement>("select, input, textarea")?.focus(),
    },
  ]);
  const set = (i: number, v: string) => {
    const to = [...fields];
    while (to.length <= i) to.push("");
    to[i] = v;
    setBad(undefined);
    setFields(to);
  };
  return (
    <form ref={form} className={css.form} onSubmit={(e) => void submit(e)}>
      <Field label="Action">
        <select value={action.name} onChange={(e) => pick(e.target.value)}>
          {actions.map((x) => (
            <option key={x.name}>{x.name}</option>
          ))}
        </select>
      </Field>
      {action.doc && <p className={css.doc}>{action.doc}</p>}
      {typed ? (
        params.map((p, i) => (
          <ParamField
            key={p.name}
            param={p}
            value={fields[i] ?? ""}
            error={bad?.at === i ? bad.message : undefined}
            set={(v) => set(i, v)}
          />
        ))
      ) : (
        <Field label="Arguments" hint="A JSON array" error={bad?.message}>
          <textarea
            rows={2}
            value={fields[0] ?? ""}
            onChange={(e) => set(0, e.target.value)}
            placeholder="[]"
            spellCheck={false}
          />
        </Field>
      )}
      <div className={css.buttons}>
        <Button type="submit" icon="play" disabled={busy || offline}>
          Call {action.name}
        </Button>
        <Menu
          label="Copy this call"
          icon="copy"
          items={[
            copyAs("rivet call", (args) => asRivet(a, action.name, args)),
            copyAs("curl", (args) => asCurl(meta?.endpoint ?? "", a, action.name, args)),
            copyAs("TypeScript", (args) => asTypeScript(a, action.name, args)),
          ]}
        />
      </div>
    </form>
  );
}

function ParamField({
  param: p,
  value,
  error,
  set,
}: {
  param: Param;
  value: string;
  error: string | undefined;
  set(v: string): void;
}) {
  const c = controlOf(p);
  const label = (
    <>
      {p.rest && "…"}
      {p.name}
      <code className={css.type}>{hintOf(p)}</code>
      {p.optional && !p.default && <span className={css.type}> optional</span>}
    </>
  );
  return (
    <Field label={label} error={error}>
      {c.kind === "boolean" || c.kind === "choice" ? (
        <select value={value} onChange={(e) => set(e.target.value)}>
          <option value="">{p.optional ? "(left out)" : "choose"}</option>
          {(c.kind === "boolean" ? [true, false] : c.of).map((v) => (
            <option key={JSON.stringify(v)} value={JSON.stringify(v)}>
              {typeof v === "string" ? v : JSON.stringify(v)}
            </option>
          ))}
        </select>
      ) : c.kind === "json" ? (
        <textarea
          rows={2}
          value={value}
          onChange={(e) => set(e.target.value)}
          spellCheck={false}
          placeholder="JSON"
        />
      ) : (
        <input
          value={value}
          onChange={(e) => set(e.target.value)}
          inputMode={c.kind === "number" ? "decimal" : undefined}
          spellCheck={false}
          autoComplete="off"
        />
      )}
    </Field>
  );
}

/** What a call gave. */
function Result({ made: m, again, edit }: { made: Made; again(): void; edit(): void }) {
  const args = m.args.map((v) => preview(v, 40)).join(", ");
  return (
    <li className={css.result}>
      <div className={css.line}>
        <code className={css.call} title={`${m.action}(${args})`}>
          {m.action}({args})
        </code>
        <span className={css.took} data-failed={m.error ? "" : undefined}>
          {m.error ? "failed" : ""} {m.us !== undefined && took(m.us)}
        </span>
        <Button look="bare" icon="restart" label="Call again" onClick={again} />
        <Button look="bare" icon="edit" label="Edit and call again" onClick={edit} />
      </div>
      {m.error ? (
        <Problem error={m.error} />
      ) : m.output !== undefined && sizeOf(m.output) > 0 ? (
        <Tree label="Result" value={m.output} inline />
      ) : (
        <pre className={css.output}>{preview(m.output, 5000)}</pre>
      )}
    </li>
  );
}
