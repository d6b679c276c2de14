import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect, type Page } from "@playwright/test";
import type { Server } from "./server";

/** Something to see on every screen. */
export async function furnish(server: Server): Promise<Record<string, string>> {
  for (const who of ["ada", "bob", "eve"])
    await server.call("counter", "main", "increment", 5, who);
  await server.call("counter", "main", "say", "the shelves are nearly empty");
  await server.ask("POST", `/actors/${await server.actor("counter", "main")}/actions/boom`, {
    args: [],
  });
  await server.ask("POST", `/actors/${await server.actor("counter", "main")}/actions/refuse`, {
    args: [],
  });
  for (let i = 0; i < 30; i++) await server.call("counter", `shelf ${i}`, "increment", i);
  await server.call("timer", "clock", "later", 3_600_000);
  const counter = await server.actor("counter", "main");
  const groups = await server.api<{ items: { fp: string }[] }>("GET", "/errors");
  const list = await server.api<{ items: { seq: number }[] }>(
    "GET",
    `/history?actor=${counter}&filter=kind:action&limit=1`,
  );
  return {
    counter,
    timer: await server.actor("timer", "clock"),
    empty: await server.actor("echo", "silent"),
    fp: groups.items[0]?.fp ?? "",
    seq: String(list.items[0]?.seq ?? ""),
  };
}

/** Every screen, in those of its states that an address leads to. */
export function screens(ids: Record<string, string>): Record<string, string> {
  const { counter, timer, empty, fp, seq } = ids;
  return {
    actors: `/actors?sel=${counter}`,
    "actors-none": "/actors?q=key:nobody",
    "actors-wrong": "/actors?q=conns:many",
    state: `/actors/${counter}/state?path=/by`,
    "state-none": `/actors/${empty}/state`,
    "actor-events": `/actors/${counter}/events?seq=${seq}`,
    "actor-events-gone": `/actors/${counter}/events?seq=999999999`,
    connections: `/actors/${counter}/connections`,
    "connection-gone": `/actors/${counter}/connections?conn=nobody`,
    "actor-schedule": `/actors/${timer}/schedule`,
    "actor-logs": `/actors/${counter}/logs`,
    about: `/actors/${counter}/about`,
    "actor-gone": "/actors/0000000000000000/state",
    events: "/events",
    logs: "/logs",
    schedule: "/schedule",
    "schedule-none": "/schedule?status=running",
    errors: `/errors/${fp}`,
    "error-gone": "/errors/nothing",
    repl: "/repl",
    settings: "/settings",
    nowhere: "/nowhere",
  };
}

/** Waits until a screen is what it will be. */
export async function still(page: Page): Promise<void> {
  await expect(page.locator("main")).not.toBeEmpty();
  await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
  await page.evaluate(
    () => new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r))),
  );
}

interface Finding {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** What axe finds serious on a page as it is. */
export async function findings(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, "utf8"));
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as {
      axe: { run(c: Document, o: object): Promise<{ violations: Finding[] }> };
    };
    return (await axe.run(document, { resultTypes: ["violations"] })).violations;
  });
  return found
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html} ${n.failureSummary ?? ""}`));
}

/** What axe finds on a page in both themes, with what is shown. */
export async function bothThemes(page: Page, name: string): Promise<string[]> {
  const all: string[] = [];
  for (const colorScheme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    all.push(...(await findings(page)).map((f) => `${name}, ${colorScheme}: ${f}`));
  }
  return all;
}
