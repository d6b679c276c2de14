import { type FormEvent, useState } from "react";
import { failedOf, part, post } from "../../../api/http";
import type { Emitted, Failed } from "../../../api/types.gen";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field } from "../../../ui/Field";
import { Problem } from "../../../ui/States";
import { toast } from "../../../ui/Toast";
import { freeArgs } from "../call/args";

interface Props {
  actor: string;
  /** Whom: one connection, or all; undefined: the dialog is closed. */
  to: { conn?: string } | undefined;
  close(): void;
}

/** Sends an event as the actor would: to see what clients do with it. */
export function SendDialog({ actor, to, close }: Props) {
  return (
    <Dialog
      open={to !== undefined}
      close={close}
      title={to?.conn ? "Send an event to this connection" : "Send a test event"}
    >
      {to && <Form actor={actor} to={to} close={close} />}
    </Dialog>
  );
}

function Form({ actor, to, close }: { actor: string; to: { conn?: string }; close(): void }) {
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [error, setError] = useState<Failed>();
  const args = freeArgs(text);
  const submit = (e: FormEvent) => {
    e.preventDefault();
    if ("message" in args) return;
    post<Emitted>(`/actors/${part(actor)}/events`, { name, args: args.args, ...to }).then(
      () => {
        close();
        toast(`Sent ${name}`);
      },
      (e: unknown) => setError(failedOf(e)),
    );
  };
  return (
    <form onSubmit={submit}>
      <Field label="Event">
        <input
          value={name}
          onChange={(e) => setName(e.target.value)}
          spellCheck={false}
          autoComplete="off"
          data-autofocus=""
        />
      </Field>
      <Field
        label="Arguments"
        hint="A JSON array; empty: none"
        error={"message" in args ? args.message : undefined}
      >
        <textarea
          value={text}
          onChange={(e) => setText(e.target.value)}
          rows={3}
          placeholder="[]"
          spellCheck={false}
        />
      </Field>
      {error && <Problem error={error} />}
      <p>
        <Button type="submit" look="primary" disabled={name === "" || "message" in args}>
          Send
        </Button>
      </p>
    </form>
  );
}
