import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  syntaxHighlighting,
} from "@codemirror/language";
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
import { tags } from "@lezer/highlight";

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

// The page's tokens reach into the shadow root.
const look = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--ground)", fontSize: "12px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "18px" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--ground-2)", color: "var(--muted)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--ground-2)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    {
      backgroundColor: "color-mix(in srgb, var(--accent) 30%, transparent)",
    },
  ".cm-matchingBracket": {
    backgroundColor: "var(--ground-3) !important",
    outline: "1px solid var(--line)",
  },
  ".cm-panels": {
    backgroundColor: "var(--ground-2)",
    color: "var(--text)",
    borderColor: "var(--ground-3)",
  },
  ".cm-textfield, .cm-button": {
    backgroundColor: "var(--ground)",
    color: "var(--text)",
    backgroundImage: "none",
    border: "1px solid var(--line)",
    borderRadius: "4px",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--ground-3)",
    color: "var(--text)",
    border: "1px solid var(--line)",
  },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--ground-3)",
    color: "var(--muted)",
    border: "none",
  },
  ".cm-searchMatch": { backgroundColor: "color-mix(in srgb, var(--warn) 35%, transparent)" },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--text)" },
  { tag: tags.string, color: "var(--ok)" },
  { tag: tags.number, color: "var(--accent)" },
  { tag: [tags.bool, tags.null], color: "var(--event)" },
  { tag: tags.punctuation, color: "var(--muted)" },
]);

/**
 * Typing over a selection, done by the editor rather than by the browser, which
 * would carry the styles of what it replaces into the text, and be blocked.
 */
const overSelection = EditorView.domEventHandlers({
  beforeinput(e, view) {
    const { from, to, empty } = view.state.selection.main;
    const text = e.data;
    if (e.inputType !== "insertText" || e.isComposing || !text || empty) return false;
    e.preventDefault();
    const insert = () =>
      view.state.update(view.state.replaceSelection(text), {
        userEvent: "input.type",
        scrollIntoView: true,
      });
    if (!view.state.facet(EditorView.inputHandler).some((h) => h(view, from, to, text, insert)))
      view.dispatch(insert());
    return true;
  },
});

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
