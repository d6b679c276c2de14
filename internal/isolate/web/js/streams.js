// The Streams Standard (vendor/webstreams), and the transforms built on it.

Object.assign(exports, require("vendor/webstreams"));
const { TransformStream } = exports;
const { TextDecoder, toBytes } = require("encoding");


/** A class with readable and writable. */
class Transform {
  #t;
  constructor(transformer) { this.#t = new TransformStream(transformer); }
  get readable() { return this.#t.readable; }
  get writable() { return this.#t.writable; }
}

exports.TextEncoderStream = class TextEncoderStream extends Transform {
  constructor() {
    let high = "";
    super({
      transform(chunk, c) {
        let s = high + `${chunk}`;
        high = "";
        const last = s.charCodeAt(s.length - 1);
        if (last >= 0xd800 && last <= 0xdbff) { high = s.slice(-1); s = s.slice(0, -1); }
        if (s) c.enqueue(require("encoding").encode(s));
      },
      flush(c) { if (high) c.enqueue(new Uint8Array([0xef, 0xbf, 0xbd])); },
    });
  }
  get encoding() { return "utf-8"; }
  get [Symbol.toStringTag]() { return "TextEncoderStream"; }
};

exports.TextDecoderStream = class TextDecoderStream extends Transform {
  #d;
  constructor(label, options) {
    const d = new TextDecoder(label, options);
    super({
      transform(chunk, c) { const s = d.decode(chunk, { stream: true }); if (s) c.enqueue(s); },
      flush(c) { const s = d.decode(); if (s) c.enqueue(s); },
    });
    this.#d = d;
  }
  get encoding() { return this.#d.encoding; }
  get fatal() { return this.#d.fatal; }
  get ignoreBOM() { return this.#d.ignoreBOM; }
  get [Symbol.toStringTag]() { return "TextDecoderStream"; }
};

function codec(make, format) {
  if (!["gzip", "deflate", "deflate-raw"].includes(`${format}`)) throw new TypeError(`Unsupported compression format: '${format}'`);
  const z = make(`${format}`);
  const emit = (chunks, c) => { for (const b of chunks) c.enqueue(b); };
  return {
    transform(chunk, c) { emit(z.write(toBytes(chunk === undefined ? null : chunk)), c); },
    flush(c) { emit(z.end(), c); },
    cancel() { z.close(); },
  };
}
exports.CompressionStream = class CompressionStream extends Transform {
  constructor(format) { super(codec(native.compress, format)); }
  get [Symbol.toStringTag]() { return "CompressionStream"; }
};
exports.DecompressionStream = class DecompressionStream extends Transform {
  constructor(format) { super(codec(native.decompress, format)); }
  get [Symbol.toStringTag]() { return "DecompressionStream"; }
};

/** Says whether a stream was read from or canceled. */
exports.isDisturbed = (s) => !!s._disturbed;
