/** Callbacks of one kind. One that throws doesn't keep the others from running. */
export class Listeners<Args extends unknown[]> {
  readonly #callbacks = new Map<object, (...args: Args) => void>();

  get size(): number {
    return this.#callbacks.size;
  }

  /** Adds a callback, the same one as often as it is given; returns how to remove it. */
  add(callback: (...args: Args) => void): () => void {
    const key = {};
    this.#callbacks.set(key, callback);
    return () => {
      this.#callbacks.delete(key);
    };
  }

  call(...args: Args): void {
    for (const callback of [...this.#callbacks.values()]) {
      try {
        callback(...args);
      } catch (error) {
        report(error);
      }
    }
  }
}

/** Tells the platform of an error that nobody caught. */
function report(error: unknown): void {
  const scope = globalThis as { reportError?: (error: unknown) => void };
  if (scope.reportError) scope.reportError(error);
  else console.error(error);
}
