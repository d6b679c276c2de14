import { expect, test } from "vitest";
import { eventSearch, filterOf, toggleKind } from "./search";

test("an address is read, nonsense left out", () => {
  expect(eventSearch({ kind: "actions", q: "took:>5ms", seq: "12" })).toEqual({
    kind: "actions",
    q: "took:>5ms",
    seq: 12,
  });
  expect(eventSearch({ kind: 5, q: "", seq: "x" })).toEqual({});
});

test("kinds and text are one filter", () => {
  expect(filterOf({})).toBe("");
  expect(filterOf({ kind: "actions,connections", q: "name:inc*" })).toBe(
    "kind:action,connect,disconnect,subscribe,unsubscribe name:inc*",
  );
  expect(filterOf({ kind: "nonsense" })).toBe("");
});

test("a kind is added and taken away", () => {
  expect(toggleKind(undefined, "logs")).toBe("logs");
  expect(toggleKind("logs,errors", "logs")).toBe("errors");
});
