import { actor, setup } from "@rivetkit/actor";

const text = new TextEncoder();

// What is asked by other code of this process.
const asked = actor({
  state: { closes: [] as unknown[] },
  onFetch: (_c, request) => {
    if (new URL(request.url).pathname === "/throws") throw new Error("of the actor");
    if (new URL(request.url).pathname === "/big") return new Response("x".repeat(1 << 20));
    return new Response(request.body, { status: 201, headers: { "x-made-by": "asked", "x-method": request.method } });
  },
  onWebSocket: (c, socket, { request }) => {
    if (request.url.endsWith("/no")) throw new Error("not you");
    socket.addEventListener("open", () => socket.send(`open ${new URL(request.url).search} ${socket.protocol}`));
    socket.addEventListener("message", ({ data }) => socket.send(data as string));
    socket.addEventListener("close", ({ code, reason }) => {
      c.state.closes.push([code, reason]);
    });
  },
  actions: { closes: (c) => c.state.closes },
});

type Handle = {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  websocket(path: string, protocols?: string[]): Promise<any>;
};

// What a client in process sees, of the actor's and of the server's own.
async function report(handle: Handle, without: Handle) {
  // Each chunk is sent when the one before has come back.
  let send = (_chunk: string) => {};
  let end = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      send = (chunk) => controller.enqueue(text.encode(chunk));
      end = () => controller.close();
    },
  });
  send("one");
  const response = await handle.fetch("/echo?a=1", { method: "POST", body, duplex: "half" } as RequestInit);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const chunks = [(await reader.read()).value];
  send("two");
  chunks.push((await reader.read()).value);
  end();
  const { done } = await reader.read();

  const refused = await without.fetch("/p");
  const failed = await handle.fetch("/throws");
  await handle.fetch("/big"); // nobody reads it
  const big = (await (await handle.fetch("/big")).text()).length;
  const aborted = await handle
    .fetch("/echo", { signal: AbortSignal.abort(new Error("not wanted")) })
    .catch((error: Error) => error.message);

  const socket = await handle.websocket("/s?q=1", ["mine"]);
  const heard: unknown[] = [socket.readyState, socket.protocol];
  await new Promise<void>((resolve) => {
    socket.onopen = () => heard.push("open");
    socket.onmessage = ({ data }: { data: unknown }) => {
      heard.push(data);
      if (data === "last") socket.close(4002, "enough");
    };
    socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
      heard.push([code, reason]);
      resolve();
    };
    socket.send("first");
    socket.send("last");
  });
  heard.push(socket.readyState);
  const problem = (error: { code?: string; message: string }) => error.code ?? error.message;
  return {
    status: response.status,
    headers: [response.headers.get("x-made-by"), response.headers.get("x-method")],
    chunks,
    done,
    refused: [refused.status, ((await refused.json()) as { c: string }).c],
    failed: [failed.status, ((await failed.json()) as { m: string }).m],
    big,
    aborted,
    heard,
    noHandler: await without.websocket("/p").then(() => "open", problem),
    thrown: await handle.websocket("/no").then(() => "open", problem),
  };
}

const asker = actor({
  onAuth: () => {},
  actions: {
    ask: (c) => {
      const client = c.client<typeof registry>();
      return report(client.asked.getOrCreate(c.key) as unknown as Handle, client.asker.getOrCreate(["none"]) as unknown as Handle);
    },
    closes: (c) => c.client<typeof registry>().asked.getOrCreate(c.key).closes(),
  },
});

export const registry = setup({ use: { asked, asker } });
const { client, serve } = registry.createServer();
serve({
  fetch: async () =>
    Response.json(
      await report(client.asked.getOrCreate(["app"]) as unknown as Handle, client.asker.getOrCreate(["none"]) as unknown as Handle),
    ),
});
