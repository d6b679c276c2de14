import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { alone, expect, Studio, test } from "./fixture";

test("11: 500 events while paused: none is missing when it goes on", async ({ studio, server }) => {
  const { page } = studio;
  const id = await server.actor("counter", "paused");
  await studio.open(`/actors/${id}/events?kind=events`);
  const list = page.getByRole("region", { name: "Events" });
  await expect(list.getByText(/Nothing/)).toBeVisible();
  await server.call("counter", "paused", "burst", 3);
  await expect(page.getByRole("row", { name: /tick/ })).toHaveCount(3);
  await page.keyboard.press("p");
  await expect(page.getByRole("button", { name: "Go on" })).toBeVisible();
  for (let i = 0; i < 10; i++) await server.call("counter", "paused", "burst", 50);
  await expect(list.getByRole("status")).toContainText("500 more");
  await expect(page.getByRole("row", { name: /tick/ })).toHaveCount(3);
  await page.keyboard.press("p");
  await expect(page.getByRole("grid", { name: "Events" })).toHaveAttribute("aria-rowcount", "503");

  // Every one of them is there, as one goes through the list.
  const seen = new Set<string>();
  for (let row = 0; row < 503; row += 10) {
    await page.getByRole("grid").evaluate((g, r) => g.scrollTo(0, r * 28), row);
    const rows = page.getByRole("row", { name: /tick/ });
    await expect(page.locator(`[aria-rowindex="${Math.min(503, row + 10)}"]`)).toBeAttached();
    for (const t of await rows.allTextContents()) seen.add(/tick (\d+)/.exec(t)?.[1] ?? "");
  }
  expect([...seen].map(Number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 503 }, (_, i) => i + 1),
  );
});

test("11: the inspector shows arguments, result, patch and the cause", async ({
  studio,
  server,
}) => {
  const { page } = studio;
  await server.call("counter", "inspected", "increment", 31, "ada");
  const id = await server.actor("counter", "inspected");
  await studio.open(`/actors/${id}/events`);
  await page.getByRole("row", { name: /newCount/ }).click();
  const pane = page.getByRole("complementary");
  await expect(pane).toContainText("newCount");
  await expect(pane).toContainText("31");
  await pane.getByRole("button", { name: /^#\d+$/ }).click(); // its cause
  await expect(pane).toContainText("increment");
  await expect(pane).toContainText("ada");
  await expect(pane).toContainText("/count");
  await expect(page).toHaveURL(/seq=\d+/);
  await studio.reload();
  await expect(pane).toContainText("increment");
  await page.keyboard.press("Escape");
  await expect(pane).toHaveCount(0);
  // The filter language.
  await page.keyboard.press("/");
  await page.keyboard.type("kind:event name:new*");
  await expect(page.getByRole("grid")).toHaveAttribute("aria-rowcount", "1");
  await expect(page).toHaveURL(/q=kind/);
});

test("12: a connection is closed from the table; the client comes back", async ({
  studio,
  server,
}) => {
  const { page } = studio;
  const id = await server.actor("counter", "conns");
  const client = await createClient(server.url);
  const conn = client.counter.getOrCreate(["conns"]).connect();
  const heard: unknown[] = [];
  conn.on("newCount", (n) => heard.push(n));
  await studio.open(`/actors/${id}/connections`);
  await page.getByRole("row", { name: /newCount/ }).click();
  const first = new URL(page.url()).searchParams.get("conn");
  const pane = page.getByRole("complementary", { name: "Selected connection" });
  await expect(pane).toContainText("newCount");

  // A test event reaches it.
  await pane.getByRole("button", { name: "Send an event" }).click();
  await page.getByLabel("Event", { exact: true }).fill("newCount");
  await page.getByLabel("Arguments").fill("[12345]");
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect.poll(() => heard).toEqual([12345]);

  await pane.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByText("This connection is gone.")).toBeVisible();
  const row = page.getByRole("row", { name: /newCount/ });
  await expect(row).toBeVisible();
  await row.click();
  expect(new URL(page.url()).searchParams.get("conn")).not.toBe(first);
  await server.call("counter", "conns", "increment", 6);
  await expect.poll(() => heard).toEqual([12345, 6]);
  await client.dispose();
  await expect(page.getByText("Nobody is connected.")).toBeVisible();
});

test("13: a scheduled action that failed is tried again, and is gone", async ({
  studio,
  server,
  guard,
}) => {
  const { page } = studio;
  guard.allow(/status of 400.*\/run$/); // the action fails, and says so
  const id = await server.actor("timer", "late");
  await studio.open(`/actors/${id}/schedule`);
  await expect(page.getByText("Nothing is scheduled.")).toBeVisible();
  await server.call("timer", "late", "later", 3_600_000);
  const row = page.getByRole("row", { name: /due\("soon"\)/ });
  await expect(row).toContainText("pending");
  await expect(row).toContainText(/min|59|1 h/);
  await row.click();
  const pane = page.getByRole("complementary", { name: "Selected action" });
  await pane.getByRole("button", { name: "Run now" }).click();
  await expect(pane).toContainText("Not yet mended.");
  await server.call("timer", "late", "mend");
  // Whether it gave up or is about to try again, a person can have it run at once.
  await pane.getByRole("button", { name: /^(Retry|Run now)$/ }).click();
  await expect(page.getByText("This action has run, or was cancelled.")).toBeVisible();
  await expect(row).toHaveCount(0);

  await server.call("timer", "late", "later", 3_600_000);
  await row.click();
  await pane.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Nothing is scheduled.")).toBeVisible();
});

interface Client {
  counter: {
    getOrCreate(key: string[]): {
      connect(): { on(event: string, f: (...args: unknown[]) => void): void };
    };
  };
  dispose(): Promise<void>;
}

/** The SDK's own client, as a program of the user's has it. */
async function createClient(url: string): Promise<Client> {
  const sdk = "../../sdk/client.js";
  const { createClient: make } = (await import(sdk)) as {
    createClient(url: string, o: object): Client;
  };
  return make(url, { transport: "sse" });
}

alone(
  "14: a syntax error shows a bar with its place; o opens the editor; mended, it goes",
  async ({ page, guard, own }) => {
    const server = await own({ VISUAL: "./code" });
    const editor = join(server.dir, "code");
    const opened = join(server.dir, "opened");
    await writeFile(editor, `#!/bin/sh\nprintf '%s\\n' "$@" >${opened}\n`);
    await chmod(editor, 0o755);
    await guard.watch(page, () => server.url);
    await server.call("counter", "kept", "increment", 3);
    await new Studio(page, server).open("/actors");
    const file = join(server.dir, "registry.ts");
    const good = await readFile(file, "utf8");
    await writeFile(
      file,
      good.replace("get: (c) => c.state.count,", "get: (c) => c.state.count +,"),
    );
    const bar = page.getByRole("alert", { name: "The build failed" });
    await expect(bar).toContainText("Build failed");
    await expect(bar).toContainText("get: (c) => c.state.count +,");
    expect(await server.call("counter", "kept", "get")).toBe(3);
    await page.keyboard.press("o");
    await expect
      .poll(() => readFile(opened, "utf8").catch(() => ""))
      .toMatch(/registry\.ts:\d+:\d+/);
    await writeFile(file, good);
    await expect(bar).toHaveCount(0);
  },
);

alone(
  "15: the server goes: what is there stays, edits are kept, and it goes on by itself",
  async ({ page, guard, own }) => {
    guard.allow(/WebSocket|ERR_CONNECTION|Failed to load/);
    const server = await own();
    await guard.watch(page, () => server.url);
    await server.call("counter", "steady", "increment", 5);
    const id = await server.actor("counter", "steady");
    const studio = new Studio(page, server);
    await studio.open(`/actors/${id}/state`);
    await expect(page.getByRole("treeitem").filter({ hasText: "count" })).toContainText("5");
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await page.keyboard.press("e");
    await expect(page.getByRole("textbox", { name: "State as tagged JSON" })).toBeFocused();
    await page.keyboard.press("Control+a");
    await page.keyboard.insertText('{"count": 77, "by": {}}');

    await server.down("SIGKILL");
    await expect(page.getByText(/Server gone, retrying/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Review" })).toBeDisabled();
    await expect(page.getByRole("textbox", { name: "State as tagged JSON" })).toContainText("77");

    await server.up();
    await expect(page.getByText(/Server gone/)).toHaveCount(0);
    await expect(page.getByRole("button", { name: "Review" })).toBeEnabled();
    await expect(page.getByRole("textbox", { name: "State as tagged JSON" })).toContainText("77");
    await page.keyboard.press("Control+s");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await expect.poll(() => server.call("counter", "steady", "get")).toBe(77);
    await server.call("counter", "steady", "increment", 1);
    await expect(page.getByRole("treeitem").filter({ hasText: "count" })).toContainText("78");
    expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
  },
);
