import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { alone, expect, type Server, Studio } from "./fixture";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const shots = process.env["SHOTS"];

/** Something to see on every screen. */
async function furnish(server: Server): Promise<Record<string, string>> {
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
function screens(ids: Record<string, string>): Record<string, string> {
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
async function still(page: Page): Promise<void> {
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

async function findings(page: Page): Promise<string[]> {
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

for (const theme of ["dark", "light"] as const)
  alone(`21: no screen has a serious finding of axe, in ${theme}`, async ({ page, guard, own }) => {
    alone.setTimeout(180_000);
    guard.allow(/status of 4\d\d/);
    const server = await own();
    await guard.watch(page, () => server.url);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const source = await readFile(axe, "utf8");
    const ids = await furnish(server);
    const studio = new Studio(page, server);
    await studio.open("/actors");
    const all: Record<string, string[]> = {};
    for (const [name, path] of Object.entries(screens(ids))) {
      await studio.go(path);
      await still(page);
      await page.evaluate(source);
      const found = await findings(page);
      if (found.length > 0) all[name] = found;
    }
    // What opens above a screen.
    await studio.go("/actors");
    for (const [name, keys] of Object.entries({
      palette: "Control+k",
      help: "?",
      create: "c",
      drawer: "Control+`",
    })) {
      await page.keyboard.press(keys);
      const above = page.getByRole("dialog").or(page.getByRole("region", { name: "REPL" }));
      await expect(above).toBeVisible();
      await still(page);
      await page.evaluate(source);
      const found = await findings(page);
      if (found.length > 0) all[name] = found;
      await page.keyboard.press("Escape");
      await expect(above).toHaveCount(0);
    }
    expect(all).toEqual({});
  });

for (const [width, height] of [
  [375, 700],
  [1280, 800],
  [3840, 2000],
] as const)
  alone(
    `24: at ${width} px nothing overflows, and nothing shifts once it is painted`,
    async ({ page, guard, own }) => {
      alone.setTimeout(180_000);
      guard.allow(/status of 4\d\d/);
      const server = await own();
      await guard.watch(page, () => server.url);
      await page.setViewportSize({ width, height });
      const ids = await furnish(server);
      const studio = new Studio(page, server);
      await studio.open("/actors");
      if (shots) await mkdir(shots, { recursive: true });
      const wide: Record<string, string> = {};
      const shifts: Record<string, string> = {};
      for (const [name, path] of Object.entries(screens(ids))) {
        await studio.go(path);
        await still(page);
        const seen = await page.evaluate(measure);
        if (seen.over.length > 0) wide[name] = seen.over.join("; ");
        if (seen.shift > 0.01) shifts[name] = `${seen.shift.toFixed(3)}: ${seen.moved.join("; ")}`;
        if (shots)
          for (const theme of ["dark", "light"] as const) {
            await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
            await page.screenshot({ path: join(shots, `${name}-${width}-${theme}.png`) });
          }
      }
      expect(wide).toEqual({});
      alone
        .info()
        .annotations.push({ type: "measured", description: `shifts ${JSON.stringify(shifts)}` });
      expect(shifts).toEqual({});
    },
  );

interface Shift {
  value: number;
  hadRecentInput: boolean;
  sources: { node: Element | null; previousRect: DOMRect; currentRect: DOMRect }[];
}

interface Measured {
  over: string[];
  shift: number;
  moved: string[];
}

/** What reaches out of the page, and how much has moved since it was painted. */
async function measure(): Promise<Measured> {
  const over: string[] = [];
  const clipped = (e: Element): boolean => {
    for (let p = e.parentElement; p; p = p.parentElement)
      if (
        getComputedStyle(p).overflowX !== "visible" &&
        p.getBoundingClientRect().right <= innerWidth + 1
      )
        return true;
    return false;
  };
  if (document.documentElement.scrollWidth > innerWidth) over.push("the page scrolls sideways");
  for (const e of document.querySelectorAll("#root *")) {
    const r = e.getBoundingClientRect();
    if (r.width > 0 && r.right > innerWidth + 1 && !clipped(e))
      over.push(`${e.tagName}.${e.className} ends at ${Math.round(r.right)}`);
  }
  const shifts = await new Promise<Shift[]>((done) => {
    new PerformanceObserver((l) => done(l.getEntries() as unknown as Shift[])).observe({
      type: "layout-shift",
      buffered: true,
    });
    setTimeout(() => done([]), 100); // nothing has shifted: nothing is reported
  });
  const own = shifts.filter((e) => !e.hadRecentInput);
  const moved = own.flatMap((e) =>
    e.sources.map(
      ({ node, previousRect: a, currentRect: b }) =>
        `${node?.nodeName}.${node?.className} ${a.x},${a.y} ${a.width}x${a.height} -> ${b.x},${b.y} ${b.width}x${b.height}`,
    ),
  );
  return { over: over.slice(0, 5), shift: own.reduce((n, e) => n + e.value, 0), moved };
}
