/**
 * Marks objects so that several copies of the SDK in one program recognise each
 * other's: `instanceof` doesn't see across copies, symbols of the global
 * registry do.
 */

const prefix = "rivet.";

/** Marks `object` as a `kind`; the mark is invisible to loops and JSON. */
export function mark(object: object, kind: string): void {
  Object.defineProperty(object, Symbol.for(prefix + kind), { value: true, configurable: true });
}

/** Whether `value`, or a prototype of it, is marked as a `kind`. */
export function isMarked(value: unknown, kind: string): boolean {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  return (value as Record<symbol, unknown>)[Symbol.for(prefix + kind)] === true;
}

/**
 * Makes `instanceof cls` true for marked objects of other copies. A class that
 * extends `cls` elsewhere keeps the ordinary meaning.
 */
export function brandClass(cls: { prototype: object }, kind: string): void {
  mark(cls.prototype, kind);
  Object.defineProperty(cls, Symbol.hasInstance, {
    value(this: unknown, value: unknown): boolean {
      if (this === cls) return isMarked(value, kind);
      return Function.prototype[Symbol.hasInstance].call(this, value);
    },
  });
}
