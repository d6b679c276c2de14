import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  moveCompletionSelection,
  selectedCompletionIndex,
  startCompletion,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, insertNewline } from "@codemirror/commands";
import { typescriptLanguage } from "@codemirror/lang-javascript";
import { bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import type { ReplCompletions } from "../api/types.gen";
import { colours, look, overSelection } from "../ui/editorlook";
import { unfinished } from "./unfinished";

/** What an input does with what is typed. */
export interface Does {
  run(code: string): void;
  /** Ctrl+C with nothing selected. */
  interrupt(): void;
  clear(): void;
  complete(code: string, pos: number, signal: AbortSignal): Promise<ReplCompletions>;
  history(): Promise<readonly string[]>;
}

export interface Input {
  focus(): void;
  set(code: string): void;
  destroy(): void;
}

const kinds: Record<string, string> = {
  action: "method",
  key: "text",
  command: "keyword",
};

/** A line of the REPL, in a shadow root as every editor of the Studio. */
export function createInput(host: HTMLElement, does: Does): Input {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.replaceChildren();
  const recall = new Recall(does);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      extensions: [
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        typescriptLanguage,
        autocompletion({
          override: [(c) => options(does, c)],
          icons: false,
          // Enter runs the line; only who chose a word by Tab or an arrow takes it.
          selectOnOpen: false,
          interactionDelay: 0,
        }),
        overSelection,
        look,
        syntaxHighlighting(colours),
        EditorView.lineWrapping,
        EditorState.tabSize.of(2),
        placeholder("TypeScript, or .help"),
        EditorView.contentAttributes.of({ "aria-label": "Input of the REPL", tabindex: "0" }),
        Prec.high(keymap.of(keys(does, recall))),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap,
          ...historyKeymap,
        ]),
        EditorView.updateListener.of((u) => u.docChanged && recall.typed(u.state.doc.toString())),
      ],
    }),
  });
  return {
    focus: () => view.focus(),
    set: (code) => set(view, code),
    destroy: () => view.destroy(),
  };
}

function set(view: EditorView, code: string): void {
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: code },
    selection: { anchor: code.length },
    scrollIntoView: true,
  });
}

function keys(does: Does, recall: Recall) {
  const submit = (view: EditorView, anyway: boolean): boolean => {
    const code = view.state.doc.toString();
    if (!anyway && unfinished(code)) return insertNewline(view);
    if (code.trim() !== "") does.run(code);
    recall.reset();
    set(view, "");
    return true;
  };
  return [
    { key: "Enter", run: (v: EditorView) => submit(v, false) },
    { key: "Mod-Enter", run: (v: EditorView) => submit(v, true) },
    { key: "Shift-Enter", run: insertNewline },
    { key: "Alt-Enter", run: insertNewline },
    { key: "Tab", run: (v: EditorView) => accept(v) || startWord(v) },
    { key: "ArrowUp", run: (v: EditorView) => onEdge(v, 1) && recall.move(v, -1) },
    { key: "ArrowDown", run: (v: EditorView) => onEdge(v, -1) && recall.move(v, 1) },
    {
      key: "Ctrl-c",
      run: (v: EditorView) => {
        if (!v.state.selection.main.empty) return false; // it copies
        does.interrupt();
        recall.reset();
        set(v, "");
        return true;
      },
    },
    {
      key: "Ctrl-l",
      run: () => {
        does.clear();
        return true;
      },
    },
  ];
}

/** Takes the chosen word, or the first. */
function accept(v: EditorView): boolean {
  if (completionStatus(v.state) !== "active") return false;
  if (selectedCompletionIndex(v.state) === null) moveCompletionSelection(true)(v);
  return acceptCompletion(v);
}

/** Tab completes where there is something to complete; else it goes on to the next control. */
function startWord(v: EditorView): boolean {
  const { head } = v.state.selection.main;
  return v.state.doc.length > 0 && head > 0 && startCompletion(v);
}

/** Whether the cursor is on the first line (1) or the last (-1). */
function onEdge(v: EditorView, side: 1 | -1): boolean {
  const line = v.state.doc.lineAt(v.state.selection.main.head);
  return side === 1 ? line.number === 1 : line.number === v.state.doc.lines;
}

async function options(does: Does, c: CompletionContext) {
  const before = c.state.sliceDoc(0, c.pos);
  if (!c.explicit && !/[\w$.("'`]$/.test(before)) return null;
  const stop = new AbortController();
  c.addEventListener("abort", () => stop.abort());
  try {
    const found = await does.complete(c.state.doc.toString(), c.pos, stop.signal);
    if (found.options.length === 0) return null;
    return {
      from: found.from,
      options: found.options.map((o) => ({
        label: o.text,
        type: kinds[o.kind] ?? o.kind,
        ...(o.detail ? { detail: o.detail } : {}),
      })),
      validFor: /^[\w$]*$/,
    };
  } catch {
    return null; // the server is gone, or this was given up: there is nothing to propose
  }
}

/** Goes through what was typed before; what was being typed is at the end of it. */
class Recall {
  private does: Does;
  private at: number | undefined; // undefined: at what is being typed
  private draft = "";
  private own = false;

  constructor(does: Does) {
    this.does = does;
  }

  reset(): void {
    this.at = undefined;
    this.draft = "";
  }

  /** Hears of every change: one that isn't of recall is a draft. */
  typed(code: string): void {
    if (this.own) return;
    this.at = undefined;
    this.draft = code;
  }

  move(view: EditorView, by: 1 | -1): boolean {
    this.does
      .history()
      .then((all) => this.show(view, all, by))
      .catch(() => {}); // without a server there is nothing to recall
    return true;
  }

  private show(view: EditorView, all: readonly string[], by: 1 | -1): void {
    const now = this.at ?? all.length;
    const to = Math.max(0, Math.min(all.length, now + by));
    if (to === now) return;
    this.own = true;
    this.at = to === all.length ? undefined : to;
    set(view, all[to] ?? this.draft);
    this.own = false;
  }
}
