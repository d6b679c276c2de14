/** What `broadcast` and `send` throw if they aren't told which event. */
export function noEvent(method: string, name: unknown): TypeError {
  return new TypeError(`${method}() takes the name of an event, a string, not ${stringOf(name)}`);
}

function stringOf(value: unknown): string {
  return value === null || typeof value === "number" ? String(value) : typeof value;
}
