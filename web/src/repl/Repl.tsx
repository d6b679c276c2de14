import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { useCommands } from "../keys/registry";
import { useOffline } from "../live/hooks";
import { Button } from "../ui/Button";
import { Command } from "../ui/Copy";
import { toastError } from "../ui/Toast";
import type { Input } from "./input";
import { OutputItem } from "./Output";
import css from "./Repl.module.css";
import { repl } from "./session";

/** The REPL: what came of earlier inputs, and the next one. In the drawer and on its page. */
export function Repl({ use = "" }: { use?: string | undefined }) {
  const { items, use: using, running } = useSyncExternalStore(repl.listen, repl.see);
  const offline = useOffline();
  const input = useRef<Input>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void repl.open(use).catch(() => {}); // the next input tells why
  }, [use]);
  useCommands([
    { id: "repl.clear", title: "Clear the REPL", group: "View", run: repl.clear },
    ...(running
      ? [
          {
            id: "repl.stop",
            title: "Stop the line that runs",
            group: "View" as const,
            run: () => void repl.interrupt().catch(toastError),
          },
        ]
      : []),
  ]);
  // What is new is at the end, and so is the look.
  // biome-ignore lint/correctness/useExhaustiveDependencies: at each item
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [items]);
  const again = useCallback((code: string) => {
    input.current?.set(code);
    input.current?.focus();
  }, []);
  return (
    <div className={css.repl}>
      <div ref={box} className={css.output} role="log" aria-label="Output" tabIndex={-1}>
        {items.length === 0 && <Hello />}
        {items.map((i) => (
          <OutputItem key={i.n} item={i} again={again} />
        ))}
      </div>
      <div className={css.line}>
        <span className={css.prompt}>{using}&gt;</span>
        <Line ref={input} offline={offline} />
        {running && (
          <Button icon="close" onClick={() => void repl.interrupt().catch(toastError)}>
            Stop
          </Button>
        )}
        {offline && <span className={css.offline}>server gone</span>}
      </div>
    </div>
  );
}

function Hello() {
  return (
    <div className={css.hello}>
      <p>
        TypeScript on the server: <code>counter("a").increment(5)</code> calls an action,{" "}
        <code>.use counter/a</code> makes its actions plain functions, <code>.help</code> lists the
        rest. At a terminal:
      </p>
      <Command text="rivet repl" />
    </div>
  );
}

/** The editor of an input; its code is loaded when it is first shown. */
function Line({ ref, offline }: { ref: React.RefObject<Input | null>; offline: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState(false);
  const [tries, setTries] = useState(0);
  // Its code comes from the server: once that is back, it is asked for again.
  useEffect(() => {
    if (!offline) setTries((n) => n + 1);
  }, [offline]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: tries asks again
  useEffect(() => {
    if (ref.current) return;
    let over = false;
    const made = import("./input").then(({ createInput }) => {
      if (over || !host.current) return;
      ref.current = createInput(host.current, {
        run: (code) => void repl.run(code),
        interrupt: () => void repl.interrupt().catch(toastError),
        clear: repl.clear,
        complete: (code, pos, signal) => repl.complete(code, pos, signal),
        history: () => repl.history(),
      });
      setReady(true);
      ref.current.focus();
    });
    made.catch(() => setReady(false)); // the server is gone: the bar says so
    return () => {
      over = true;
    };
  }, [ref, tries]);
  useEffect(
    () => () => {
      ref.current?.destroy();
      ref.current = null;
    },
    [ref],
  );
  return (
    <div className={css.editor}>
      <div ref={host} data-typing="" data-repl="" aria-busy={!ready} />
    </div>
  );
}
