/** A signal that follows several; `release` lets go of them. */
export interface Followed {
  readonly signal: AbortSignal;
  release(): void;
}

/** A signal that aborts with the first of `signals`, for its reason. */
export function follow(signals: readonly (AbortSignal | undefined)[]): Followed {
  const controller = new AbortController();
  const stops: (() => void)[] = [];
  for (const signal of signals) {
    if (!signal) continue;
    const abort = (): void => controller.abort(signal.reason);
    if (signal.aborted) abort();
    else {
      signal.addEventListener("abort", abort, { once: true });
      stops.push(() => signal.removeEventListener("abort", abort));
    }
  }
  return {
    signal: controller.signal,
    release: () => {
      for (const stop of stops) stop();
    },
  };
}

/** `work`, or the reason of `signal` as soon as it aborts, whatever becomes of `work`. */
export function abortable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const done = (): void => signal.removeEventListener("abort", abort);
    work().then(
      (value) => {
        done();
        resolve(value);
      },
      (error) => {
        done();
        reject(error);
      },
    );
  });
}
