import { typescriptLanguage } from "@codemirror/lang-javascript";
import { command } from "./local";

/**
 * Whether an input goes on on the next line: something is open at its end. What
 * is merely wrong is finished; the server says what is wrong with it.
 */
export function unfinished(code: string): boolean {
  const text = code.trimEnd();
  if (text === "" || command(code)) return false;
  let open = false;
  typescriptLanguage.parser.parse(text).iterate({
    enter(n) {
      // What the parser had to imagine at the end is what is still to be typed.
      if (n.type.isError) open = n.from === n.to && n.to >= text.length;
      else if (n.name === "BlockComment" && n.to >= text.length) open ||= !text.endsWith("*/");
    },
  });
  return open;
}
