import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { alone, expect, Studio } from "./fixture";
import { findings, furnish, screens, still } from "./screens";

const shots = process.env["SHOTS"];

for (const theme of ["dark", "light"] as const)
  alone(`21: no screen has a serious finding of axe, in ${theme}`, async ({ page, guard, own }) => {
    alone.setTimeout(180_000);
    guard.allow(/status of 4\d\d/);
    const server = await own();
    await guard.watch(page, () => server.url);
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    const ids = await furnish(server);
    const studio = new Studio(page, server);
    await studio.open("/actors");
    const all: Record<string, string[]> = {};
    for (const [name, path] of Object.entries(screens(ids))) {
      await studio.go(path);
      await still(page);
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
