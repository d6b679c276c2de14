import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { alone, expect, type Server, Studio } from "./fixture";

// How quick it is is told, not asserted: these run on whatever machine there is.
// What is asserted doesn't depend on it: what is shown, how much the page holds.

/** Tells a measured value with the test's result. */
function tell(what: string): void {
  alone.info().annotations.push({ type: "measured", description: what });
  console.log(`measured: ${what}`);
}

interface Frames {
  median: number;
  p95: number;
  worst: number;
  long: number;
}

/** Counts frames and long tasks from now on, until `frames` is asked. */
async function count(page: Page): Promise<void> {
  await page.evaluate(() => {
    const w = window as unknown as { frames: number[]; tasks: number[]; counting: boolean };
    Object.assign(w, { frames: [], tasks: [], counting: true });
    new PerformanceObserver((l) => {
      for (const e of l.getEntries()) w.tasks.push(e.duration);
    }).observe({ type: "longtask" });
    let last = performance.now();
    const frame = (now: number) => {
      w.frames.push(now - last);
      last = now;
      if (w.counting) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

function frames(page: Page): Promise<Frames> {
  return page.evaluate(() => {
    const w = window as unknown as { frames: number[]; tasks: number[]; counting: boolean };
    w.counting = false;
    const sorted = w.frames.slice(1).sort((a, b) => a - b);
    const at = (q: number) => Math.round((sorted[Math.floor(sorted.length * q)] ?? 0) * 10) / 10;
    return {
      median: at(0.5),
      p95: at(0.95),
      worst: Math.round(sorted.at(-1) ?? 0),
      long: Math.round(Math.max(0, ...w.tasks)),
    };
  });
}

const text = (f: Frames) =>
  `frames: median ${f.median} ms, p95 ${f.p95} ms, worst ${f.worst} ms; longest task ${f.long} ms`;

const nodes = (page: Page) => page.evaluate(() => document.querySelectorAll("*").length);

/** Scrolls a list for some frames, a screenful and a half at a time. */
async function scroll(page: Page, label: string): Promise<Frames> {
  await count(page);
  await page.getByRole("grid", { name: label }).evaluate(async (g) => {
    for (let i = 0; i < 90; i++) {
      g.scrollTop += i < 60 ? 400 : (g.scrollHeight / 90) * (i % 7);
      await new Promise(requestAnimationFrame);
    }
  });
  return frames(page);
}

alone(
  "18: 100,000 actors: scrolled, filtered, sorted, to the end",
  async ({ page, guard, own }) => {
    alone.setTimeout(240_000);
    const server = await own({}, "--memory");
    await guard.watch(page, () => server.url);
    const file = join(server.dir, "many.jsonl");
    const rows = Array.from({ length: 100_000 }, (_, i) =>
      JSON.stringify({
        rivet: 1,
        type: "counter",
        key: [`user-${i}`],
        state: { count: i, by: {} },
      }),
    );
    await writeFile(file, `${rows.join("\n")}\n`);
    await server.cli("import", file, "--quiet");
    const began = Date.now();
    await new Studio(page, server).open("/actors");
    const grid = page.getByRole("grid", { name: "Actors" });
    await expect(grid).toHaveAttribute("aria-rowcount", "100000");
    tell(`100,000 actors: signed in and listed after ${Date.now() - began} ms`);

    tell(`100,000 actors scrolled: ${text(await scroll(page, "Actors"))}`);
    expect(await nodes(page)).toBeLessThan(1500);

    await page.goto(`${server.url}/studio/actors?sort=key`);
    await expect(grid).toHaveAttribute("aria-rowcount", "100000");
    await grid.focus();
    await page.keyboard.press("End");
    await expect(page.locator('[aria-rowindex="100000"]')).toContainText("user-99999");
    await page.keyboard.press("Home");
    await expect(page.locator('[aria-rowindex="1"]')).toContainText("user-0");
    await page.keyboard.press("/");
    const asked = Date.now();
    await page.keyboard.insertText("key:user-77*");
    await expect(grid).toHaveAttribute("aria-rowcount", "1111");
    tell(`a filter of 100,000 actors: on screen after ${Date.now() - asked} ms`);
    await page.getByRole("button", { name: "State", exact: true }).click();
    await expect(page).toHaveURL(/sort=-stateBytes/);
    await expect(grid).toHaveAttribute("aria-rowcount", "1111");
    expect(await nodes(page)).toBeLessThan(1500);
  },
);

alone("19: 10,000 events and 5 MB of state, on a slow machine", async ({ page, guard, own }) => {
  alone.setTimeout(180_000);
  const server = await own();
  await guard.watch(page, () => server.url);
  const id = await server.actor("echo", "large");
  await server.call("echo", "large", "fill", 5_000_000);
  const many = await server.actor("counter", "many");
  for (let i = 0; i < 20; i++) await server.call("counter", "many", "burst", 500);
  const studio = new Studio(page, server);
  await studio.open("/settings");
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });

  await studio.go(`/actors/${many}/events?kind=events`);
  const list = page.getByRole("grid", { name: "Events" });
  await expect(page.getByRole("row", { name: /tick 10000/ })).toBeVisible();
  const few = await nodes(page);
  const scrolled = await scroll(page, "Events");
  tell(`events at a quarter of the speed: ${text(scrolled)}; ${await nodes(page)} elements`);
  expect(await nodes(page)).toBeLessThan(few + 300);
  await list.focus();
  await page.keyboard.press("End");
  await expect(page.getByRole("row", { name: /tick 10000/ })).toBeVisible();

  await studio.go("/settings");
  await count(page);
  const began = Date.now();
  await page.evaluate((to) => {
    history.pushState(null, "", to);
    window.dispatchEvent(new PopStateEvent("popstate"));
  }, `/studio/actors/${id}/state`);
  await expect(page.getByRole("treeitem").filter({ hasText: "texts" })).toBeVisible();
  tell(`5 MB of state at a quarter of the speed: there after ${Date.now() - began} ms`);
  await page.getByRole("searchbox", { name: "Filter the state" }).fill("row4999");
  await expect(page.getByRole("treeitem").filter({ hasText: "row4999" })).toBeVisible();
  tell(`5 MB of state, opened and searched: ${text(await frames(page))}`);
  expect(await nodes(page)).toBeLessThan(1500);
});

/** The memory of the server's process in MiB. */
async function memory(server: Server): Promise<number> {
  const status = await readFile(`/proc/${server.pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
}

/** Some seconds of 5,000 events/s; how long calls of another actor took meanwhile, in ms. */
async function flood(server: Server, seconds: number): Promise<{ p99: number; rate: number }> {
  const took: number[] = [];
  let sent = 0;
  const began = Date.now();
  const end = began + seconds * 1000;
  const source = (async () => {
    while (Date.now() < end) {
      await server.call("counter", "flood", "burst", 500);
      sent += 500;
      const ahead = began + sent / 5 - Date.now();
      if (ahead > 0) await new Promise((r) => setTimeout(r, ahead));
    }
  })();
  while (Date.now() < end) {
    const at = performance.now();
    await server.call("counter", "calm", "increment");
    took.push(performance.now() - at);
    await new Promise((r) => setTimeout(r, 10));
  }
  await source;
  took.sort((a, b) => a - b);
  const p99 = Math.round((took[Math.floor(took.length * 0.99)] ?? 0) * 10) / 10;
  return { p99, rate: Math.round((sent / (Date.now() - began)) * 1000) };
}

alone(
  "20: 5,000 events a second: a page that looks, and one that stalls",
  async ({ page, context, guard, own }) => {
    alone.setTimeout(180_000);
    const server = await own({}, "--memory");
    await guard.watch(page, () => server.url);
    const id = await server.actor("counter", "flood");
    await server.actor("counter", "calm");
    const before = await flood(server, 3);
    tell(`without a page: ${before.rate} events/s, another actor's calls p99 ${before.p99} ms`);

    await new Studio(page, server).open(`/actors/${id}/events?kind=events`);
    await count(page);
    const looked = await flood(server, 4);
    tell(
      `a page that looks: ${looked.rate} events/s, p99 ${looked.p99} ms; ${text(await frames(page))}`,
    );
    expect(await nodes(page)).toBeLessThan(1500);
    const newest = (await server.call("counter", "flood", "get")) as number;
    await expect(page.getByRole("row", { name: new RegExp(`tick ${newest}`) })).toBeVisible();

    // Ten tabs that take nothing any more: their sockets are open, and nobody reads.
    const tabs = [];
    for (let i = 0; i < 3; i++) {
      const tab = await context.newPage();
      await new Studio(tab, server).open(`/actors/${id}/events`);
      const session = await context.newCDPSession(tab);
      await session.send("Debugger.enable");
      await session.send("Debugger.pause");
      tabs.push({ tab, session });
    }
    const settled = await memory(server);
    const stalled = await flood(server, 4);
    const after = await memory(server);
    tell(
      `3 tabs that stall: ${stalled.rate} events/s, p99 ${stalled.p99} ms; server ${settled} → ${after} MiB`,
    );
    // What isn't taken isn't kept: the ring of the history is all that may grow.
    expect(after - settled).toBeLessThan(192);
    for (const { tab, session } of tabs) {
      await session.send("Debugger.disable");
      const last = (await server.call("counter", "flood", "get")) as number;
      await expect(tab.getByRole("row", { name: new RegExp(`tick ${last}`) })).toBeVisible();
    }
  },
);
