import { ActorError, MalformedResponseMessage } from "./errors.js";
import { strictJSON } from "./json.js";
import type { Encoding } from "./types.js";

/** One encoding of the wire. */
export interface Codec {
  readonly encoding: Encoding;
  readonly contentType: string;
  /** `what` names the value in errors, in whose paths `inner` is not shown. */
  encode(value: unknown, what: string, inner?: string): string | Uint8Array;
  /** @throws MalformedResponseMessage */
  decode(data: string | Uint8Array): unknown;
  /** The payload of an SSE event. */
  decodeText(text: string): unknown;
}

const json: Codec = {
  encoding: "json",
  contentType: "application/json",
  encode: (value, what, inner) => strictJSON(value, what, "use encoding cbor", inner),
  decode: (data) => {
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    return attempt(() => JSON.parse(text), text);
  },
  decodeText: (text) => attempt(() => JSON.parse(text), text),
};

let cbor: Codec | undefined;

/** The codec of `encoding` if it is there already. */
export function loadedCodec(encoding: Encoding): Codec | undefined {
  return encoding === "json" ? json : cbor;
}

/**
 * The codec of `encoding`. CBOR is a chunk of its own, loaded at its first need.
 *
 * @throws ActorError `encoding_unavailable` if it can't be loaded.
 */
export async function loadCodec(encoding: Encoding): Promise<Codec> {
  const loaded = loadedCodec(encoding);
  if (loaded) return loaded;
  let module: typeof import("./cbor.js");
  try {
    module = await import("./cbor.js");
  } catch (cause) {
    throw new ActorError("encoding_unavailable", "The CBOR codec could not be loaded.", undefined, {
      cause,
    });
  }
  const { encode, decode, fromBase64 } = module;
  cbor = {
    encoding: "cbor",
    contentType: "application/octet-stream",
    encode,
    decode: (data) => {
      if (typeof data === "string") throw malformed(data);
      return attempt(() => decode(data), data);
    },
    decodeText: (text) => attempt(() => decode(fromBase64(text)), text),
  };
  return cbor;
}

function attempt(decode: () => unknown, data: string | Uint8Array): unknown {
  try {
    return decode();
  } catch (cause) {
    throw malformed(data, cause);
  }
}

function malformed(data: string | Uint8Array, cause?: unknown): MalformedResponseMessage {
  const start = typeof data === "string" ? data.slice(0, 80) : printable(data.subarray(0, 80));
  return new MalformedResponseMessage(
    `the server sent what isn't of the protocol, beginning ${JSON.stringify(start)}`,
    { cause },
  );
}

function printable(data: Uint8Array): string {
  return Array.from(data, (b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : ".")).join("");
}
