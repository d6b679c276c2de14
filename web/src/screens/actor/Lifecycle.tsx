import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { del, part, post } from "../../api/http";
import type { Actor } from "../../api/types.gen";
import { type Command, useCommands } from "../../keys/registry";
import { useOffline, useReadOnly } from "../../live/hooks";
import { Button } from "../../ui/Button";
import { copy } from "../../ui/Copy";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { target, word } from "../../ui/format";
import { Menu, type MenuItem } from "../../ui/Menu";
import { toast, toastError } from "../../ui/Toast";

/** What can be done with an actor as a whole. */
export function ActorMenu({ actor }: { actor: Actor }) {
  const readOnly = useReadOnly();
  const offline = useOffline();
  const [destroying, setDestroying] = useState(false);
  const act = (what: "sleep" | "wake" | "restart", said: string) => () => {
    post<Actor>(`/actors/${part(actor.id)}/${what}`).then(() => toast(said), toastError);
  };
  const name = target(actor.type, actor.key);
  const writes: MenuItem[] = readOnly
    ? []
    : [
        actor.status === "awake" || actor.status === "starting"
          ? {
              label: "Put to sleep",
              icon: "sleep",
              disabled: offline,
              run: act("sleep", `${name} sleeps`),
            }
          : {
              label: "Wake",
              icon: "wake",
              disabled: offline,
              run: act("wake", `${name} is awake`),
            },
        {
          label: "Restart",
          icon: "restart",
          disabled: offline,
          run: act("restart", `${name} was restarted`),
        },
        {
          label: "Destroy…",
          icon: "trash",
          danger: true,
          disabled: offline,
          run: () => setDestroying(true),
        },
      ];
  const reads: MenuItem[] = [
    {
      label: "Copy the name",
      icon: "copy",
      run: () => void copy(name).then(() => toast(`Copied ${name}`)),
    },
    {
      label: "Copy as rivet state",
      icon: "copy",
      run: () => void copy(`rivet state ${word(name)}`).then(() => toast("Copied the command")),
    },
  ];
  useCommands(
    [...writes, ...reads].map(
      (i): Command => ({
        id: `actor.${i.label}`,
        title: `${i.label.replace("…", "")}: ${name}`,
        group: "Actor",
        run: i.run,
      }),
    ),
  );
  return (
    <>
      <Menu label="What can be done with this actor" items={[...writes, ...reads]} />
      <Destroy actor={actor} open={destroying} close={() => setDestroying(false)} />
    </>
  );
}

/** Nothing brings an actor back: who destroys one types its name. */
function Destroy({ actor, open, close }: { actor: Actor; open: boolean; close(): void }) {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const name = target(actor.type, actor.key);
  const destroy = () => {
    if (text !== name) return;
    del(`/actors/${part(actor.id)}`).then(() => {
      close();
      toast(`Destroyed ${name}`);
      void navigate({ to: "/actors" });
    }, toastError);
  };
  return (
    <Dialog
      open={open}
      close={() => {
        setText("");
        close();
      }}
      title="Destroy this actor?"
      actions={
        <>
          <Button onClick={close}>Keep it</Button>
          <Button look="danger" disabled={text !== name} onClick={destroy}>
            Destroy
          </Button>
        </>
      }
    >
      <p>
        Its state, its schedule and its connections go with it. Nothing brings them back;{" "}
        <code>rivet export {word(name)}</code> keeps a copy.
      </p>
      <Field
        label={
          <>
            Type <code>{name}</code>
          </>
        }
      >
        <input
          value={text}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => e.key === "Enter" && destroy()}
          autoComplete="off"
          spellCheck={false}
          data-autofocus=""
        />
      </Field>
    </Dialog>
  );
}
