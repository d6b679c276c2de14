import { isThenable } from "./actor.js";
import type { Hook } from "./type.js";

/**
 * Runs `onAuth` in all its written forms: `(opts)`, `(opts, params)` and
 * `(params, { request, intents })`. Returns what it returned, as JSON, or a
 * promise of it; what it throws is thrown. `request` makes the Request: most
 * hooks never look at it, so it is made at the first look. `intents` are
 * separated by blanks.
 */
export function authorize(
  onAuth: Hook | undefined,
  request: () => unknown,
  intents: string,
  params: unknown,
): unknown {
  if (!onAuth) return undefined; // the key is there, without a function: open to all
  const facts = new Facts(request, intents, params);
  const isData = isObject(params);
  const auth = onAuth(argument(params, isData, facts), params === undefined || isData ? argument(params, isData, facts) : params);
  if (auth === undefined) return undefined;
  return isThenable(auth) ? Promise.resolve(auth).then(cloned) : cloned(auth);
}

function cloned(auth: unknown): unknown {
  const text = JSON.stringify(auth);
  return text === undefined ? undefined : JSON.parse(text);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a hook may ask besides the client's own fields; made when it is asked for. */
class Facts {
  #request: unknown;
  #intents: Set<string> | undefined;

  constructor(
    readonly makeRequest: () => unknown,
    readonly names: string,
    readonly params: unknown,
  ) {}

  request(): unknown {
    this.#request ??= this.makeRequest();
    return this.#request;
  }

  intents(): Set<string> {
    this.#intents ??= new Set(this.names.split(" "));
    return this.#intents;
  }
}

/** An argument without fields of the client: ours stand on the prototype, unseen by loops and JSON. */
class Bare {
  readonly #facts: Facts;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  get request(): unknown {
    return this.#facts.request();
  }
  get req(): unknown {
    return this.#facts.request();
  }
  get intents(): Set<string> {
    return this.#facts.intents();
  }
  get params(): unknown {
    return this.#facts.params;
  }
}

/** The client's own fields, and beside them, unseen by loops and JSON, ours. */
function argument(params: unknown, isData: boolean, facts: Facts): object {
  if (!isData) return new Bare(facts);
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(params as object)) {
    Object.defineProperty(out, key, { value, writable: true, enumerable: true, configurable: true });
  }
  const ours = (name: string, get: () => unknown): void => {
    Object.defineProperty(out, name, { get, enumerable: false, configurable: true });
  };
  ours("request", () => facts.request());
  ours("req", () => facts.request());
  ours("intents", () => facts.intents());
  ours("params", () => facts.params);
  return out;
}
