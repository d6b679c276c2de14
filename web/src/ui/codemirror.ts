import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, foldKeymap, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { colours, look, overSelection } from "./editorlook";

/** A place of the text where something is wrong. */
export interface Mark {
  from: number;
  to: number;
  message: string;
}

export interface Editor {
  text(): string;
  set(text: string): void;
  mark(marks: readonly Mark[]): void;
  focus(): void;
  destroy(): void;
}

/**
 * An editor of JSON in a shadow root: its styles are allowed there, while the
 * page's policy blocks those that are injected into the page itself.
 */
export function createEditor(
  host: HTMLElement,
  text: string,
  onChange: () => void,
  label: string,
): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        lintGutter(),
        json(),
        overSelection,
        look,
        syntaxHighlighting(colours),
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          ...searchKeymap,
          ...foldKeymap,
        ]),
        EditorView.updateListener.of((u) => u.docChanged && onChange()),
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    set: (t) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: t } }),
    mark(marks) {
      const end = view.state.doc.length;
      const all = marks.map(
        (m): Diagnostic => ({
          from: Math.min(m.from, end),
          to: Math.min(Math.max(m.to, m.from), end),
          severity: "error",
          message: m.message,
        }),
      );
      view.dispatch(setDiagnostics(view.state, all));
      const first = all[0];
      if (first) view.dispatch({ selection: { anchor: first.from }, scrollIntoView: true });
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
