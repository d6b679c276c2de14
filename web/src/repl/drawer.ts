import { useSyncExternalStore } from "react";

/** Whether the drawer is open, how high it is, and the actor that it was opened for. */
interface State {
  open: boolean;
  height: number;
  use: string;
}

let state: State = { open: false, height: 300, use: "" };
const heard = new Set<() => void>();

export const drawer = {
  get: (): State => state,
  set(change: Partial<State>): void {
    state = { ...state, ...change };
    for (const f of heard) f();
  },
};

export function useDrawer(): State {
  return useSyncExternalStore((f) => {
    heard.add(f);
    return () => heard.delete(f);
  }, drawer.get);
}
