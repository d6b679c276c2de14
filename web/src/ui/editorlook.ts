import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

// The page's tokens reach into the shadow root.
export const look = EditorView.theme({
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
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "220px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent)",
    color: "var(--on-accent)",
  },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal" },
  ".cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { fontWeight: "600", textDecoration: "none" },
  ".cm-placeholder": { color: "var(--muted)" },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--ground-3)",
    color: "var(--muted)",
    border: "none",
  },
  ".cm-searchMatch": { backgroundColor: "color-mix(in srgb, var(--warn) 35%, transparent)" },
});

export const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--text)" },
  { tag: tags.string, color: "var(--ok)" },
  { tag: tags.number, color: "var(--accent)" },
  { tag: [tags.bool, tags.null, tags.keyword], color: "var(--event)" },
  { tag: tags.comment, color: "var(--muted)" },
  { tag: tags.regexp, color: "var(--warn)" },
  { tag: tags.punctuation, color: "var(--muted)" },
]);

/**
 * Typing over a selection, done by the editor rather than by the browser, which
 * would carry the styles of what it replaces into the text, and be blocked.
 */
export const overSelection = EditorView.domEventHandlers({
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
