const plain = [RegExp, Error, Number, String, Boolean];

/**
 * A copy that later changes of `value` don't reach, and which is encoded as
 * `value` would be now: `toJSON` is asked now, what can't be encoded is kept for
 * the codec to refuse, a value that contains itself still does.
 */
export function snapshot<T>(value: T): T {
  return copy(value, new Map()) as T;
}

function copy(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const keep = <C extends object>(made: C): C => {
    seen.set(value, made);
    return made;
  };
  const inner = (item: unknown): unknown => copy(item, seen);
  if (Array.isArray(value)) {
    const made = keep([] as unknown[]);
    for (const item of value) made.push(inner(item));
    return made;
  }
  if (value instanceof Date) return new Date(value.getTime());
  if (value instanceof Map) {
    const made = keep(new Map());
    for (const [key, item] of value) made.set(inner(key), inner(item));
    return made;
  }
  if (value instanceof Set) {
    const made = keep(new Set());
    for (const item of value) made.add(inner(item));
    return made;
  }
  if (value instanceof ArrayBuffer) return value.slice(0);
  if (value instanceof DataView) {
    return new DataView(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength));
  }
  // not value.slice(): that of Node's Buffer shares its memory
  if (ArrayBuffer.isView(value)) return Uint8Array.prototype.slice.call(value);
  if (plain.some((type) => value instanceof type)) return value;
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") {
    const json = inner(toJSON.call(value));
    return { toJSON: () => json };
  }
  const made = keep(Object.create(Object.getPrototypeOf(value)));
  for (const [key, item] of Object.entries(value)) {
    // not an assignment, which a setter or `__proto__` would take
    const own = { value: inner(item), enumerable: true, writable: true, configurable: true };
    Object.defineProperty(made, key, own);
  }
  return made;
}
