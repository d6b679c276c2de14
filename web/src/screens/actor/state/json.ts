/**
 * Where a text stops to be JSON, undefined if it is. Engines tell the position
 * in different words, or not at all.
 */
export function problemOf(text: string): { from: number; to: number } | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    const at = Math.min(scan(text), Math.max(0, text.length - 1));
    return { from: at, to: Math.min(at + 1, text.length) };
  }
}

const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them in strings
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/** The offset of the first token that can't stand where it stands. */
function scan(text: string): number {
  const open: string[] = [];
  let want = "value";
  token.lastIndex = 0;
  for (;;) {
    const from = token.lastIndex;
    const m = token.exec(text);
    const space = /[ \t\n\r]*/y;
    space.lastIndex = from;
    const at = from + (space.exec(text)?.[0].length ?? 0);
    if (!m) return at;
    const [, mark, string, word] = m;
    const inner = open.at(-1);
    if (want === "end") return at;
    if (
      (mark === "]" && inner === "[" && want !== "value") ||
      (mark === "}" && inner === "{" && (want === "comma" || want === "first key"))
    ) {
      open.pop();
      want = open.length > 0 ? "comma" : "end";
    } else if (want === "comma" && mark === ",") want = inner === "{" ? "key" : "value";
    else if ((want === "key" || want === "first key") && string) want = "colon";
    else if (want === "colon" && mark === ":") want = "value";
    else if (want === "value" || want === "first value") {
      if (mark === "{" || mark === "[") {
        open.push(mark);
        want = mark === "{" ? "first key" : "first value";
      } else if (string || word) want = open.length > 0 ? "comma" : "end";
      else return at;
    } else return at;
  }
}

/** The place of the text that a message names by its pointer. */
export function lineOf(
  text: string,
  message: string,
  base: string,
): { from: number; to: number } | undefined {
  const m = /(?:^|[\s"(])(\/[^\s":,)]*)/.exec(message);
  if (!m?.[1]) return undefined;
  const full = m[1].replace(/[.;!?]+$/, "");
  const path = full.startsWith(base) ? full.slice(base.length) : full;
  return rangeOf(text, path);
}

/** Where the value at a pointer stands in a text of JSON. */
export function rangeOf(text: string, pointer: string): { from: number; to: number } | undefined {
  const want = pointer
    .split("/")
    .slice(1)
    .map((p) => p.replaceAll("~1", "/").replaceAll("~0", "~"));
  let i = 0;
  let found: { from: number; to: number } | undefined;
  const space = () => {
    while (/\s/.test(text[i] ?? "")) i++;
  };
  const string = (): string => {
    const from = i++;
    while (i < text.length && text[i] !== '"') i += text[i] === "\\" ? 2 : 1;
    i++;
    return JSON.parse(text.slice(from, i)) as string;
  };
  const value = (depth: number, on: boolean): void => {
    space();
    const from = i;
    if (text[i] === "{" || text[i] === "[") {
      const object = text[i] === "{";
      i++;
      for (let n = 0; ; n++) {
        space();
        if (text[i] === "}" || text[i] === "]") break;
        let key = String(n);
        if (object) {
          key = string();
          space();
          i++; // :
        }
        value(depth + 1, on && want[depth] === key);
        space();
        if (text[i] === ",") i++;
        if (i >= text.length) return;
      }
      i++;
    } else if (text[i] === '"') string();
    else while (i < text.length && /[^\s,\]}]/.test(text[i] ?? "")) i++;
    if (on && depth === want.length) found = { from, to: i };
  };
  try {
    value(0, true);
  } catch {
    return undefined; // the text isn't JSON
  }
  return found;
}
