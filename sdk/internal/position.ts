import { runtimeHooks } from "./hooks.js";

/**
 * Where the caller's caller stands, `file:line:col`, or "" where stacks don't
 * tell. `depth` counts frames: 0 is this function, 1 its caller, 2 the caller of that.
 */
export function callerPosition(depth: number): string {
  const known = runtimeHooks()?.position?.();
  if (known) return known;
  const frames = (new Error().stack ?? "")
    .split("\n")
    .map(positionOf)
    .filter((frame) => frame !== "");
  return frames[depth] ?? "";
}

/** The position in one line of a stack, of V8's, JavaScriptCore's or goja's make. */
function positionOf(line: string): string {
  const found = /([^\s()@]+):(\d+):(\d+)/.exec(line);
  if (!found) return "";
  const [, file = "", row, column] = found;
  return `${file.replace(/^file:\/\//, "")}:${row}:${column}`;
}
