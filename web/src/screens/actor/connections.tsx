import { createRoute, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { del, part } from "../../api/http";
import type { Conn } from "../../api/types.gen";
import { useCommands } from "../../keys/registry";
import { useOffline, useReadOnly, useTopic } from "../../live/hooks";
import { Tag } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { CopyButton } from "../../ui/Copy";
import { Flash } from "../../ui/Flash";
import { bytes, count, full, plural, target, word } from "../../ui/format";
import { Part } from "../../ui/Part";
import { type Column, Rows } from "../../ui/Rows";
import { Actions, Fact, Facts, Pane, Split, Total } from "../../ui/Split";
import { Empty, Gone, Problem, Skeleton } from "../../ui/States";
import { Time } from "../../ui/Time";
import { toast, toastError } from "../../ui/Toast";
import { SendDialog } from "./connections/Send";
import { useActor } from "./context";
import { actorRoute } from "./route";

export const connectionsRoute = createRoute({
  getParentRoute: () => actorRoute,
  path: "/connections",
  validateSearch: (s: Record<string, unknown>): { conn?: string } =>
    typeof s["conn"] === "string" ? { conn: s["conn"] } : {},
  component: Connections,
});

/** Who is connected to an actor, and what it knows of them. */
function Connections() {
  const a = useActor();
  const { conn } = connectionsRoute.useSearch();
  const navigate = useNavigate();
  const readOnly = useReadOnly();
  const offline = useOffline();
  const { data, error, retry } = useTopic<readonly Conn[]>("connections", { actor: a.id });
  const [sending, setSending] = useState<{ conn?: string }>();
  const select = (to?: string) =>
    void navigate({
      to: "/actors/$id/connections",
      params: { id: a.id },
      search: to ? { conn: to } : {},
      replace: true,
    });
  useCommands([
    ...(readOnly
      ? []
      : [
          {
            id: "conns.send",
            title: "Send a test event to everybody",
            group: "Actor" as const,
            run: () => setSending({}),
          },
        ]),
    ...(conn
      ? [
          {
            id: "conns.close",
            title: "Close the connection's pane",
            group: "List" as const,
            keys: "Escape",
            run: () => select(),
          },
        ]
      : []),
  ]);
  const selected = data?.find((c) => c.id === conn);
  return (
    <Split
      label="Connections"
      tools={
        <>
          <Total>{data ? plural(data.length, "connection") : ""}</Total>
          {!readOnly && (
            <Button icon="events" onClick={() => setSending({})} disabled={offline}>
              Send a test event
            </Button>
          )}
          <SendDialog actor={a.id} to={sending} close={() => setSending(undefined)} />
        </>
      }
      aside={
        conn &&
        data && (
          <Details
            id={conn}
            conn={selected}
            actor={a.id}
            close={() => select()}
            send={() => setSending({ conn })}
          />
        )
      }
    >
      {error && !data ? (
        <Problem error={error} retry={retry} />
      ) : !data ? (
        <Skeleton rows={8} label="Loading connections" />
      ) : data.length === 0 ? (
        <Empty command={`rivet call ${word(target(a.type, a.key))} ACTION --listen EVENT`}>
          Nobody is connected. Clients connect with <code>.connect()</code>, and the command line
          does:
        </Empty>
      ) : (
        <Rows<Conn>
          label="Connections"
          columns={columns}
          total={data.length}
          row={(i) => data[i]}
          id={(c) => c.id}
          selected={conn}
          onSelect={(c) => select(c.id)}
          tone={(c) => (c.queueBytes > 64 * 1024 ? "warn" : undefined)}
        />
      )}
    </Split>
  );
}

const columns: readonly Column<Conn>[] = [
  {
    id: "id",
    title: "Connection",
    width: "minmax(110px, 1fr)",
    cell: (c) => <code title={c.id}>{c.id}</code>,
  },
  {
    id: "transport",
    title: "By",
    width: "116px",
    cell: (c) => `${c.transport}${c.encoding ? ` ${c.encoding}` : ""}`,
  },
  {
    id: "subs",
    title: "Events",
    width: "minmax(90px, 1fr)",
    from: 640,
    cell: (c) => <code>{c.subs.join(", ")}</code>,
  },
  { id: "since", title: "Since", width: "88px", right: true, cell: (c) => <Time at={c.since} /> },
  {
    id: "sent",
    title: "Sent",
    width: "64px",
    right: true,
    from: 480,
    cell: (c) => <Flash value={c.sent}>{count(c.sent)}</Flash>,
  },
  {
    id: "received",
    title: "Received",
    width: "72px",
    right: true,
    from: 640,
    cell: (c) => <Flash value={c.received}>{count(c.received)}</Flash>,
  },
  {
    id: "queue",
    title: "Queue",
    width: "72px",
    right: true,
    from: 800,
    cell: (c) => bytes(c.queueBytes),
  },
];

interface DetailsProps {
  id: string;
  conn: Conn | undefined;
  actor: string;
  close(): void;
  send(): void;
}

function Details({ id, conn: c, actor, close, send }: DetailsProps) {
  const readOnly = useReadOnly();
  const offline = useOffline();
  const disconnect = () =>
    void del(`/actors/${part(actor)}/connections/${part(id)}`, {
      reason: "closed in the Studio",
    }).then(() => toast("Disconnected; the client may come back"), toastError);
  return (
    <Pane
      label="Selected connection"
      close={close}
      head={
        <>
          <code>{id.slice(0, 8)}</code> <CopyButton text={id} label="Copy the id" />
        </>
      }
    >
      {!c ? (
        <Gone what="This connection is gone.">
          <Button onClick={close}>All connections</Button>
        </Gone>
      ) : (
        <>
          <Facts>
            <Fact name="id">
              <code>{c.id}</code>
            </Fact>
            <Fact name="by">
              {c.transport} {c.encoding}
            </Fact>
            <Fact name="since">{full(c.since)}</Fact>
            <Fact name="messages">
              {count(c.sent)} sent, {count(c.received)} received
            </Fact>
            <Fact name="queue">{bytes(c.queueBytes)}</Fact>
            <Fact name="events">
              {c.subs.length === 0 ? "none subscribed" : c.subs.map((s) => <Tag key={s}>{s}</Tag>)}
            </Fact>
          </Facts>
          {!readOnly && (
            <Actions>
              <Button icon="events" onClick={send} disabled={offline}>
                Send an event
              </Button>
              <Button look="danger" icon="close" onClick={disconnect} disabled={offline}>
                Disconnect
              </Button>
            </Actions>
          )}
          {c.params !== undefined && <Part title="Params" value={c.params} />}
          {c.auth !== undefined && <Part title="Auth" value={c.auth} />}
          {c.state !== undefined && <Part title="State" value={c.state} />}
        </>
      )}
    </Pane>
  );
}
