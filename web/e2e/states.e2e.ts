import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { alone, expect, Studio } from "./fixture";
import { bothThemes, furnish, screens, still } from "./screens";

/** Screens that show what the socket sends. */
const fed = [
  "actors",
  "state",
  "actor-events",
  "connections",
  "actor-schedule",
  "actor-logs",
  "events",
  "logs",
  "schedule",
  "errors",
];

/** Has a page's socket pass on what `change` makes of each first picture of a topic. */
async function socket(
  page: Page,
  change: (frame: { t: string; n: number; id: number }) => object | undefined,
): Promise<void> {
  await page.routeWebSocket(/\/ws$/, (ws) => {
    const server = ws.connectToServer();
    ws.onMessage((m) => server.send(m));
    server.onMessage((m) => {
      const f = JSON.parse(String(m)) as { t: string; n: number; id: number };
      const to = f.t === "snap" ? change(f) : f;
      if (to) ws.send(JSON.stringify(to));
    });
  });
}

alone(
  "21: what is loading, and what can't be read, is told on every screen",
  async ({ page, guard, own }) => {
    alone.setTimeout(180_000);
    guard.allow(/status of 4\d\d/);
    const server = await own();
    await guard.watch(page, () => server.url);
    const all = screens(await furnish(server));
    const error = { code: "storage_unavailable", message: "The disk is full.", hint: "Make room." };
    let broken = false;
    await socket(page, (f) => (broken ? { t: "error", n: f.n, id: f.id, error } : undefined));
    const studio = new Studio(page, server);
    await studio.open("/settings");
    const found: string[] = [];
    for (const name of fed) {
      broken = false;
      await studio.go(all[name] ?? "");
      await expect(page.getByRole("status", { name: /^Loading/ }).first()).toHaveAttribute(
        "data-late",
      );
      found.push(...(await bothThemes(page, `${name} loading`)));
      broken = true;
      await studio.go(all[name] ?? "");
      const alert = page.locator("main").getByRole("alert").first();
      await expect(alert).toContainText("The disk is full.");
      await expect(alert).toContainText("Make room.");
      await expect(alert.getByRole("button", { name: "Retry" })).toBeVisible();
      found.push(...(await bothThemes(page, `${name} in error`)));
    }
    expect(found).toEqual([]);
  },
);

alone(
  "21: a build that failed and a server that is gone are told on every screen",
  async ({ page, guard, own }) => {
    alone.setTimeout(180_000);
    guard.allow(/status of 4\d\d|WebSocket|ERR_CONNECTION|Failed to load/);
    const server = await own();
    await guard.watch(page, () => server.url);
    const all = screens(await furnish(server));
    const studio = new Studio(page, server);
    await studio.open("/settings");
    const file = join(server.dir, "registry.ts");
    const good = await readFile(file, "utf8");
    await writeFile(file, `${good}\nconst oops = ;\n`);
    const bar = page.getByRole("alert", { name: "The build failed" });
    await expect(bar).toContainText("const oops = ;");
    const found: string[] = [];
    for (const name of fed) {
      await studio.go(all[name] ?? "");
      await still(page);
      await expect(bar).toContainText("const oops = ;");
      found.push(...(await bothThemes(page, `${name}, not built`)));
    }
    await writeFile(file, good);
    await expect(bar).toHaveCount(0);

    await studio.go(all["state"] ?? "");
    await still(page);
    await server.down("SIGKILL");
    await expect(page.getByText(/Server gone, retrying/)).toBeVisible();
    for (const tab of ["State", "Events", "Connections", "Schedule", "Logs", "About"]) {
      await page
        .getByRole("navigation", { name: "Of this actor" })
        .getByRole("link", { name: tab })
        .click();
      await expect(page.getByText(/Server gone, retrying/)).toBeVisible();
      found.push(...(await bothThemes(page, `${tab}, server gone`)));
    }
    for (const to of ["Actors", "Events", "Logs", "Schedule", "Errors", "REPL", "Settings"]) {
      await page
        .getByRole("navigation", { name: "Sections" })
        .getByRole("link", { name: to })
        .click();
      await expect(page.getByText(/Server gone, retrying/)).toBeVisible();
      found.push(...(await bothThemes(page, `${to}, server gone`)));
    }
    // What had to be loaded from the server comes once it is back.
    await page.getByRole("link", { name: "REPL" }).click();
    await server.up();
    await expect(page.getByText(/Server gone/)).toHaveCount(0);
    await page.getByRole("textbox", { name: "Input of the REPL" }).focus();
    await page.keyboard.type("6 * 7");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("log").getByText("42", { exact: true })).toBeVisible();
    expect(found).toEqual([]);
  },
);

alone(
  "21: by keyboard alone: from the list to an actor, its events, an edit, and back",
  async ({ page, guard, own }) => {
    const server = await own();
    await guard.watch(page, () => server.url);
    await server.call("counter", "a", "increment", 1);
    await server.call("counter", "b", "increment", 2);
    await new Studio(page, server).open("/settings");

    // Tab goes through the top bar, the sections and the screen, in this order.
    await page.locator("body").press("Tab");
    const order: string[] = [];
    for (let i = 0; i < 14; i++) {
      order.push(
        await page.evaluate(() => {
          const e = document.activeElement;
          if (e?.closest("header.shell-top")) return "top";
          if (e?.closest(".shell-rail")) return "rail";
          return e?.closest("main") ? "main" : "elsewhere";
        }),
      );
      await page.keyboard.press("Tab");
    }
    expect(order.filter((w, i) => w !== order[i - 1])).toEqual(["top", "rail", "main"]);

    await page.locator("body").press("g");
    await page.keyboard.press("a");
    await expect(page.getByRole("row", { name: /counter\/a/ })).toBeVisible();
    await page.keyboard.press("c");
    await expect(page.getByRole("dialog", { name: "Create an actor" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.keyboard.press("/");
    await expect(page.getByRole("searchbox", { name: "Filter actors" })).toBeFocused();
    await page.keyboard.type("key:b");
    await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "1");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "2");
    await page.keyboard.press("j");
    await expect(page.getByRole("row", { selected: true })).toHaveCount(1);
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/actors\/\w+\/state/);
    const name = (await page.locator("main h1").textContent()) ?? "";
    await page.keyboard.press("2");
    await expect(page).toHaveURL(/\/events/);
    await expect(page.getByRole("row", { name: /increment/ })).toBeVisible();
    await page.keyboard.press("j");
    await expect(page.getByRole("complementary", { name: "Selected entry" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("complementary")).toHaveCount(0);
    await page.keyboard.press("1");
    await expect(page.getByRole("treeitem").first()).toBeVisible();
    await page.keyboard.press("e");
    await expect(page.getByRole("textbox", { name: "State as tagged JSON" })).toBeFocused();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('{"count": 9, "by": {}}');
    await page.keyboard.press("Control+s");
    await expect(page.getByRole("dialog", { name: "What this changes" })).toBeVisible();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("treeitem").filter({ hasText: "count" })).toContainText("9");
    await page.locator("body").press("Escape");
    await expect(page).toHaveURL(/\/actors\?sel=/);

    // The palette finds every command and every actor.
    await page.keyboard.press("Control+k");
    await page.keyboard.type(name.trim());
    await expect(
      page.getByRole("listbox", { name: "Found" }).getByRole("option").first(),
    ).toContainText(name.trim());
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/actors\/\w+\/state/);
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: /keyboard/i });
    for (const title of ["Edit the state", "Events", "Open the REPL"])
      await expect(help).toContainText(title);
  },
);
