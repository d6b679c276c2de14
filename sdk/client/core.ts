import { abortable, follow } from "./abort.js";
import type { ActorConnBase } from "./conn.js";
import type { ClientDriver } from "./driver.js";
import { ActorConnDisposed } from "./errors.js";

/** What a client's handles and connections share. */
export class ClientCore {
  readonly driver: ClientDriver;
  /** For all actors that are given none of their own. */
  readonly params: unknown;
  readonly random: () => number;
  readonly conns = new Set<ActorConnBase>();
  readonly #life = new AbortController();

  constructor(
    driver: ClientDriver,
    options: { params?: unknown; random?: () => number; signal?: AbortSignal },
  ) {
    this.driver = driver;
    this.params = options.params;
    this.random = options.random ?? Math.random;
    const { signal } = options;
    if (signal?.aborted) void this.dispose();
    else signal?.addEventListener("abort", () => void this.dispose(), { once: true });
  }

  /** Runs a request until it ends, one of `signals` aborts, or the client is disposed. */
  async run<T>(
    signals: readonly (AbortSignal | undefined)[],
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const followed = follow([this.#life.signal, ...signals]);
    try {
      return await abortable(followed.signal, () => work(followed.signal));
    } finally {
      followed.release();
    }
  }

  /** @throws ActorConnDisposed after `dispose`. */
  alive(): void {
    if (this.#life.signal.aborted) throw this.#life.signal.reason;
  }

  async dispose(): Promise<void> {
    this.#life.abort(new ActorConnDisposed("Client was disposed."));
    await Promise.all([...this.conns].map((conn) => conn.dispose()));
  }
}
