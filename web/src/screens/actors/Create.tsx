import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { failedOf, post } from "../../api/http";
import { tag } from "../../api/tagged";
import type { Actor, Failed, Type } from "../../api/types.gen";
import { Button } from "../../ui/Button";
import { Command } from "../../ui/Copy";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { target, word } from "../../ui/format";
import { Problem } from "../../ui/States";
import css from "./Create.module.css";

interface Props {
  open: boolean;
  close(): void;
  types: readonly Type[];
  type: string | undefined;
}

/** Makes an actor: its type, its key and, if it takes one, its input. */
export function CreateDialog({ open, close, types, type }: Props) {
  return (
    <Dialog open={open} close={close} title="Create an actor">
      <Form close={close} types={types} type={type ?? types[0]?.type ?? ""} />
    </Dialog>
  );
}

function Form({
  close,
  types,
  type: first,
}: {
  close(): void;
  types: readonly Type[];
  type: string;
}) {
  const navigate = useNavigate();
  const [type, setType] = useState(first);
  const [name, setName] = useState("");
  const [input, setInput] = useState("");
  const [error, setError] = useState<Failed>();
  const key = keyOf(name);
  const parsed = parse(input);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    if ("error" in parsed) return;
    try {
      const body = {
        type,
        key,
        ...(parsed.value === undefined ? {} : { input: tag(parsed.value) }),
      };
      const a = await post<Actor>("/actors", body);
      close();
      await navigate({ to: "/actors/$id/state", params: { id: a.id } });
    } catch (e) {
      setError(failedOf(e));
    }
  };
  const command = `rivet create ${word(target(type, key))}${input.trim() ? ` --input ${word(input.trim())}` : ""}`;
  return (
    <form className={css.form} onSubmit={(e) => void submit(e)}>
      <Field label="Type">
        <select value={type} onChange={(e) => setType(e.target.value)}>
          {types.map((t) => (
            <option key={t.type}>{t.type}</option>
          ))}
        </select>
      </Field>
      <Field label="Key" hint="Parts are separated by /; a / within a part is written \/">
        <input
          value={name}
          onChange={(e) => setName(e.target.value)}
          placeholder="eu/42"
          spellCheck={false}
          autoComplete="off"
          data-autofocus=""
        />
      </Field>
      <Field
        label="Input"
        hint="JSON; empty: none"
        error={"error" in parsed ? parsed.error : undefined}
      >
        <textarea
          value={input}
          onChange={(e) => setInput(e.target.value)}
          rows={3}
          spellCheck={false}
        />
      </Field>
      {error && <Problem error={error} />}
      <div className={css.foot}>
        <Command text={command} />
        <Button type="submit" look="primary" disabled={"error" in parsed || type === ""}>
          Create
        </Button>
      </div>
    </form>
  );
}

/** The parts of a key as people write it. */
export function keyOf(text: string): string[] {
  if (text === "") return [];
  const parts = [];
  let part = "";
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === "\\" && i + 1 < text.length) part += text[++i];
    else if (c === "/") {
      parts.push(part);
      part = "";
    } else part += c;
  }
  return [...parts, part];
}

function parse(text: string): { value: unknown } | { error: string } {
  if (text.trim() === "") return { value: undefined };
  try {
    return { value: JSON.parse(text) };
  } catch (e) {
    return { error: e instanceof Error ? e.message : "This is no JSON." };
  }
}
