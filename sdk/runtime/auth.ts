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
  const auth = onAuth(
    argument(params, isData, facts),
    params === undefined || isData ? argument(params, isData, facts) : params,
  );
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

/*
 * Symbols and not private fields: those are lowered to WeakMaps, which would
 * cost more than the rest of an open `onAuth`.
 */
const box = Symbol("facts");

/**
 * What a hook may ask besides the client's own fields; made when it is asked
 * for. It is the prototype of a hook's arguments, so that loops, spreading and
 * JSON see the client's fields alone.
 */
class Facts {
  private readonly [box]: {
    makeRequest: () => unknown;
    names: string;
    params: unknown;
    request?: unknown;
    intents?: Set<string>;
  };

  constructor(makeRequest: () => unknown, names: string, params: unknown) {
    this[box] = { makeRequest, names, params };
  }

  get request(): unknown {
    const b = this[box];
    b.request ??= b.makeRequest();
    return b.request;
  }

  get req(): unknown {
    return this.request;
  }

  get intents(): Set<string> {
    const b = this[box];
    b.intents ??= new Set(b.names.split(" "));
    return b.intents;
  }

  get params(): unknown {
    return this[box].params;
  }
}

/** The client's own fields, over ours; ours win over those of the same name. */
function argument(params: unknown, isData: boolean, facts: Facts): object {
  const out = Object.create(facts) as Record<string, unknown>;
  if (!isData) return out;
  for (const [key, value] of Object.entries(params as object)) {
    if (key in Facts.prototype && !(key in Object.prototype)) continue;
    Object.defineProperty(out, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  }
  return out;
}
