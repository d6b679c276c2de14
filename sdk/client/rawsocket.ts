import { abortable } from "./abort.js";
import type { ActorRequest } from "./driver.js";
import { ActorError, HttpRequestError } from "./errors.js";
import type { Settings } from "./options.js";
import { newSocket, queryProtocols } from "./socket.js";

/** npm's `ws` beyond the platform's. */
type NodeSocket = WebSocket & { pause?(): void; resume?(): void; emit?(event: string): void };

/**
 * A raw WebSocket to `onWebSocket`, open. `open` is dispatched once more in the
 * next task, for code that waits for it; npm's `ws` is paused until then, since
 * it would lose messages that come before the caller listens.
 */
export async function openRawSocket(
  settings: Settings,
  request: ActorRequest & { path: string; protocols: readonly string[] },
): Promise<WebSocket> {
  const protocols = [...queryProtocols(request, "json"), "rivetkit", ...request.protocols];
  const socket: NodeSocket = await newSocket(
    settings,
    `/actors/raw/websocket${request.path}`,
    protocols,
  );
  const opening = (): Promise<WebSocket> =>
    new Promise((resolve, reject) => {
      const opened = (): void => {
        forget();
        socket.pause?.();
        later(() => {
          socket.resume?.();
          if (socket.emit) socket.emit("open");
          else socket.dispatchEvent(new Event("open"));
        });
        resolve(socket);
      };
      const closed = (event: CloseEvent): void => {
        forget();
        reject(refusal(socket.url, event.code, event.reason));
      };
      const failed = (): void => {}; // close follows, and says more
      const forget = (): void => {
        socket.removeEventListener("open", opened);
        socket.removeEventListener("close", closed);
      };
      socket.addEventListener("open", opened);
      socket.addEventListener("close", closed);
      socket.addEventListener("error", failed);
    });
  if (!request.signal) return opening();
  try {
    return await abortable(request.signal, opening);
  } catch (error) {
    socket.close();
    throw error;
  }
}

function refusal(url: string, code: number, reason: string): Error {
  if (/^[a-z][a-z0-9_]*$/.test(reason)) {
    return new ActorError(reason, `The server refused the WebSocket: ${reason}`);
  }
  return new HttpRequestError(`${url} did not open (code ${code}${reason && `, ${reason}`})`);
}

function later(run: () => void): void {
  const scope = globalThis as { setImmediate?: (run: () => void) => unknown };
  if (scope.setImmediate) scope.setImmediate(run);
  else setTimeout(run, 0);
}
