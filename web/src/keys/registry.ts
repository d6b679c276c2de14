import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { settings } from "../settings";

/** One thing that can be done: by key, from the palette, from a button. */
export interface Command {
  /** Unique among those registered at a time, e.g. "actors.filter". */
  id: string;
  title: string;
  /** In the palette and in help. */
  group: "Go to" | "Actor" | "List" | "State" | "View" | "Help";
  /** "Mod+k", "g a", "/", "Shift+ArrowRight"; several are written with " | " between. */
  keys?: string;
  /** More words that find it. */
  words?: string;
  run(): void;
  /** Fires in text fields too, and whether or not single letters are on. */
  everywhere?: boolean;
  /** Keys only: not in the palette. */
  quiet?: boolean;
}

interface Layer {
  commands: readonly Command[];
  /** When its component was first rendered: what is inside comes after what it is in. */
  order: number;
}

let stack: readonly Layer[] = [];
let rendered = 0;
let all: readonly Command[] = [];
const heard = new Set<() => void>();

function tell() {
  const seen = new Map<string, Command>();
  for (const layer of stack) for (const c of layer.commands) seen.set(c.id, c);
  all = [...seen.values()];
  for (const f of heard) f();
}

/** Every command that can be run now. */
export function useAllCommands(): readonly Command[] {
  return useSyncExternalStore(
    (f) => {
      heard.add(f);
      return () => heard.delete(f);
    },
    () => all,
  );
}

/**
 * Registers commands while the component is there. Where two have the same
 * keys, the innermost wins.
 */
export function useCommands(commands: readonly Command[]): void {
  const [order] = useState(() => rendered++);
  const layer = useRef<Layer>({ commands, order });
  const shape = commands.map((c) => `${c.id} ${c.title} ${c.keys ?? ""}`).join("\n");
  layer.current.commands = commands;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape is what others see
  useEffect(() => {
    const l = layer.current;
    stack = [...stack, l].sort((a, b) => a.order - b.order);
    tell();
    return () => {
      stack = stack.filter((x) => x !== l);
      tell();
    };
  }, [shape]);
}

/** Runs a command by its id, if it is there. */
export function runCommand(id: string): void {
  find((c) => c.id === id)?.run();
}

function find(match: (c: Command) => boolean): Command | undefined {
  for (let i = stack.length - 1; i >= 0; i--) {
    const c = stack[i]?.commands.find(match);
    if (c) return c;
  }
  return undefined;
}

export const mac = /Mac|iP(hone|ad)/.test(navigator.platform);

/** A pressed key as commands write it. */
export function keyOf(e: KeyboardEvent): string {
  let k = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  if (k === " ") k = "Space";
  const mods = [];
  if (mac ? e.metaKey : e.ctrlKey) mods.push("Mod");
  if (mac && e.ctrlKey) mods.push("Ctrl");
  if (e.altKey) mods.push("Alt");
  // A character that needs Shift says so by itself.
  if (e.shiftKey && (e.key.length > 1 || /[a-z]/i.test(e.key))) mods.push("Shift");
  return [...mods, k].join("+");
}

/** What stands on the keys: ⌘K or Ctrl K. */
export function shownKeys(keys: string): string[] {
  const names: Record<string, string> = {
    Mod: mac ? "⌘" : "Ctrl",
    Shift: mac ? "⇧" : "Shift",
    Alt: mac ? "⌥" : "Alt",
    ArrowUp: "↑",
    ArrowDown: "↓",
    ArrowLeft: "←",
    ArrowRight: "→",
    Escape: "Esc",
  };
  return (keys.split(" | ")[0] ?? "")
    .split(/[+ ](?=.)/)
    .map((k) => names[k] ?? (k.length === 1 ? k.toUpperCase() : k));
}

function typing(target: EventTarget | null): boolean {
  // A field of a dialog that was just closed has the keys until the page is painted.
  if (!(target instanceof HTMLElement) || !target.checkVisibility()) return false;
  // An editor in a shadow root is seen as its host.
  return (
    target.isContentEditable ||
    target.dataset["typing"] !== undefined ||
    /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
  );
}

let pending = "";
let pendingAt = 0;

function pressed(e: KeyboardEvent): void {
  if (e.defaultPrevented || e.isComposing || /^(Shift|Control|Alt|Meta)$/.test(e.key)) return;
  const key = keyOf(e);
  const single = !/^(Mod|Ctrl|Alt)\+/.test(key) && e.key.length === 1;
  const inField = typing(e.target);
  const modal = document.querySelector("dialog:modal") !== null;
  const prefix = pending && Date.now() - pendingAt < 1500 ? `${pending} ` : "";
  pending = "";
  const allowed = (c: Command) =>
    c.everywhere === true || (!inField && !modal && (!single || settings.get().singleKeys));
  const has = (c: Command, keys: string) =>
    c.keys?.split(" | ").includes(keys) === true && allowed(c);
  const c = find((c) => has(c, prefix + key)) ?? find((c) => has(c, key));
  if (c) {
    e.preventDefault();
    c.run();
    return;
  }
  if (!inField && !modal && find((c) => c.keys?.startsWith(`${key} `) === true && allowed(c))) {
    pending = key;
    pendingAt = Date.now();
    e.preventDefault();
  }
}

/** Listens to the keyboard; the page calls it once. */
export function listenToKeys(): void {
  document.addEventListener("keydown", pressed);
}
