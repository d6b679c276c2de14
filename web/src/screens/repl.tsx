import { createRoute } from "@tanstack/react-router";
import { useReadOnly } from "../live/hooks";
import { Repl } from "../repl/Repl";
import { root } from "../root";
import { Empty } from "../ui/States";
import css from "./repl.module.css";

export const replRoute = createRoute({
  getParentRoute: () => root,
  path: "/repl",
  validateSearch: (s: Record<string, unknown>): { use?: string } =>
    typeof s["use"] === "string" && s["use"] !== "" ? { use: s["use"] } : {},
  component: ReplScreen,
});

/** The REPL on a page of its own; the address may name an actor to use. */
function ReplScreen() {
  const { use } = replRoute.useSearch();
  const readOnly = useReadOnly();
  return (
    <div className={css.page}>
      <h1 className="visually-hidden">REPL</h1>
      {readOnly ? (
        <Empty command="rivet studio">
          Nothing can be changed here, and a line may change anything. A session that may change has
          a REPL:
        </Empty>
      ) : (
        <Repl use={use} />
      )}
    </div>
  );
}
