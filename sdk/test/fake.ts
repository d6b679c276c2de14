import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import { decode, encode } from "../client/cbor.js";

type Json = Record<string, unknown>;

/** One opened connection of a client, WebSocket or SSE. */
export interface FakeConn {
  readonly encoding: string;
  readonly query: Json;
  readonly params: unknown;
  readonly protocols: string[];
  readonly headers: IncomingMessage["headers"];
  /** Messages of the client so far. */
  readonly got: Json[];
  send(body: Json): void;
  close(code: number, reason: string): void;
  cut(): void;
}

export interface Fake {
  readonly url: string;
  readonly requests: { path: string; headers: IncomingMessage["headers"]; body: unknown }[];
  readonly conns: FakeConn[];
  /** Answers an action over HTTP: its output, or an error to throw. */
  act: (name: string, args: unknown[], response: ServerResponse) => unknown;
  /** Called with each connection before its greeting; true: it has answered itself. */
  greet: (conn: FakeConn) => boolean;
  /** Called with each message of a connection. */
  hear: (conn: FakeConn, message: Json) => void;
  /** What a POST of a message is refused with, if it is. */
  refuse: (message: Json) => Fault | undefined;
  /** How long WebSockets are refused. */
  refuseSockets: boolean;
  stop(): Promise<void>;
}

export class Fault {
  readonly body: Json;
  readonly status: number;
  constructor(body: Json, status = 400) {
    this.body = body;
    this.status = status;
  }
}

/** A scripted server of protocol v0. */
export async function startFake(): Promise<Fake> {
  let ids = 0;
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has("rivetkit") ? "rivetkit" : false),
  });
  const server = createServer((request, response) => void answer(request, response));
  server.on("upgrade", (request, socket, head) => {
    if (fake.refuseSockets) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => accept(ws, request));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const fake: Fake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    conns: [],
    act: (_name, args) => args[0],
    greet: () => false,
    hear: () => {},
    refuse: () => undefined,
    refuseSockets: false,
    stop: async () => {
      for (const ws of sockets.clients) ws.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return fake;

  function add(conn: FakeConn): void {
    fake.conns.push(conn);
    if (!fake.greet(conn)) conn.send({ i: { ai: "actor1", ci: `conn${++ids}`, ct: "secret" } });
  }

  function accept(ws: WebSocket, request: IncomingMessage): void {
    const protocols = (request.headers["sec-websocket-protocol"] ?? "").split(/, */);
    const find = (prefix: string): string | undefined =>
      protocols.find((p) => p.startsWith(prefix))?.slice(prefix.length);
    const encoding = find("encoding.") ?? "json";
    const params = find("conn_params.");
    const conn: FakeConn = {
      encoding,
      query: JSON.parse(decodeURIComponent(find("query.") ?? "null")),
      params: params === undefined ? undefined : JSON.parse(decodeURIComponent(params)),
      protocols,
      headers: request.headers,
      got: [],
      send: (body) =>
        ws.send(encoding === "cbor" ? encode({ b: body }) : JSON.stringify({ b: body })),
      close: (code, reason) => ws.close(code, reason),
      cut: () => ws.terminate(),
    };
    ws.on("message", (data: Buffer, binary: boolean) => {
      if (request.url?.includes("/raw/websocket/")) {
        ws.send(data, { binary });
        return;
      }
      const message = (binary ? decode(data) : JSON.parse(String(data))) as { b: Json };
      conn.got.push(message.b);
      fake.hear(conn, message.b);
    });
    if (request.url?.includes("/raw/websocket/")) {
      fake.conns.push(conn);
      ws.send(`first ${request.url}`);
    } else add(conn);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const encoding = String(request.headers["x-rivetkit-encoding"] ?? "json");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const path = (request.url ?? "").replace("/registry", "");
    const isRaw = path.startsWith("/actors/raw/");
    const body = isRaw ? String(raw) : raw.length ? read(encoding, raw) : undefined;
    fake.requests.push({ path, headers: request.headers, body });
    const write = (value: unknown, status = 200): void => {
      response.writeHead(status).end(encoding === "cbor" ? encode(value) : JSON.stringify(value));
    };
    if (isRaw) {
      response.writeHead(201, { "x-method": request.method ?? "" }).end(`${path} ${body}`);
    } else if (path === "/actors/connect/sse") stream(request, response, encoding);
    else if (path === "/actors/message") {
      const conn = fake.conns.at(-1);
      const message = (body as { b: Json }).b;
      const fault = fake.refuse(message);
      if (fault) return write(fault.body, fault.status);
      conn?.got.push(message);
      if (conn) fake.hear(conn, message);
      response.end("{}");
    } else {
      try {
        const name = decodeURIComponent(path.split("/").at(-1) ?? "");
        const out =
          path === "/actors/resolve"
            ? fake.act("resolve", [], response)
            : await fake.act(name, (body as { a: unknown[] }).a, response);
        if (response.writableEnded || out === hang) return;
        if (path === "/actors/resolve") write({ i: typeof out === "string" ? out : "actor1" });
        else write(out === undefined ? {} : { o: out });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        write(error.body, error.status);
      }
    }
  }

  function stream(request: IncomingMessage, response: ServerResponse, encoding: string): void {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const params = request.headers["x-rivetkit-conn-params"];
    add({
      encoding,
      query: JSON.parse(String(request.headers["x-rivetkit-query"])),
      params: params === undefined ? undefined : JSON.parse(String(params)),
      protocols: [],
      headers: request.headers,
      got: [],
      send: (message) => {
        const text =
          encoding === "cbor"
            ? Buffer.from(encode({ b: message })).toString("base64")
            : JSON.stringify({ b: message });
        response.write(`data: ${text}\n\n`);
      },
      close: (code, reason) =>
        response.end(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`),
      cut: () => response.destroy(),
    });
  }
}

/** What `act` returns to leave a call without an answer. */
export const hang = Symbol("hang");

function read(encoding: string, raw: Buffer): unknown {
  return encoding === "cbor" ? decode(raw) : JSON.parse(String(raw));
}
