/**
 * A deep copy of plain data; functions and instances of classes are kept by
 * reference, so `vars` may hold anything.
 */
export function copyVars<T>(value: T, seen = new Map<object, unknown>()): T {
  if (typeof value !== "object" || value === null) return value;
  const done = seen.get(value);
  if (done !== undefined) return done as T;
  const keep = <C extends object>(copy: C): C => {
    seen.set(value, copy);
    return copy;
  };
  if (Array.isArray(value)) {
    const copy = keep(new Array<unknown>(value.length));
    for (const key of Object.keys(value)) copy[Number(key)] = copyVars(value[Number(key)], seen);
    return copy as T;
  }
  const proto: unknown = Object.getPrototypeOf(value);
  if (proto === Map.prototype) {
    const copy = keep(new Map<unknown, unknown>());
    for (const [k, v] of value as unknown as Map<unknown, unknown>)
      copy.set(copyVars(k, seen), copyVars(v, seen));
    return copy as T;
  }
  if (proto === Set.prototype) {
    const copy = keep(new Set<unknown>());
    for (const v of value as unknown as Set<unknown>) copy.add(copyVars(v, seen));
    return copy as T;
  }
  if (proto === Date.prototype) return keep(new Date((value as unknown as Date).getTime())) as T;
  if (proto === RegExp.prototype) {
    const { source, flags, lastIndex } = value as unknown as RegExp;
    return keep(Object.assign(new RegExp(source, flags), { lastIndex })) as T;
  }
  if (proto === ArrayBuffer.prototype) return keep((value as unknown as ArrayBuffer).slice(0)) as T;
  if (ArrayBuffer.isView(value)) return copyView(value, proto as object, seen) as T;
  if (proto !== Object.prototype && proto !== null) return value;
  const copy = keep(Object.create(proto as object | null) as Record<string, unknown>);
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
    if ("value" in descriptor) descriptor.value = copyVars(descriptor.value, seen);
    Object.defineProperty(copy, key, descriptor);
  }
  return copy as T;
}

interface ViewConstructor {
  readonly BYTES_PER_ELEMENT?: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): object;
}

/** Views of one buffer are views of one copy. */
function copyView(view: ArrayBufferView, proto: object, seen: Map<object, unknown>): object {
  const isBytes = view instanceof Uint8Array; // or a Buffer, which has no constructor to call
  const View = (isBytes ? Uint8Array : view.constructor) as ViewConstructor;
  const length = view.byteLength / (View.BYTES_PER_ELEMENT ?? 1);
  const copy = new View(copyVars(view.buffer, seen), view.byteOffset, length);
  if (Object.getPrototypeOf(copy) !== proto) Object.setPrototypeOf(copy, proto);
  seen.set(view, copy);
  return copy;
}
