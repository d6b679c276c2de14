import { expect, type Locator, type Page } from "@playwright/test";
import { test } from "./fixture";

/** The row of a place in the tree of a state. */
function place(page: Page, text: string): Locator {
  return page.getByRole("treeitem").filter({ hasText: text });
}

async function edit(page: Page, text: string): Promise<void> {
  await page.keyboard.press("e");
  const box = page.getByRole("textbox", { name: "State as tagged JSON" });
  await expect(box).toBeFocused();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
}

test("3: what another process changes is seen, and flashes", async ({ studio, server }) => {
  const { page } = studio;
  await server.call("counter", "seen", "increment", 0);
  const id = await server.actor("counter", "seen");
  await studio.open(`/actors/${id}/state`);
  await expect(place(page, "count")).toContainText("0");
  await page.evaluate(() => {
    const w = window as unknown as { seen: number; flashed: boolean };
    new MutationObserver(() => {
      const row = [...document.querySelectorAll("[role=treeitem]")].find((r) =>
        r.textContent?.startsWith("count"),
      );
      if (row?.textContent?.includes("4711")) w.seen ??= Date.now();
      if (row?.querySelector("[data-flash]")) w.flashed = true;
    }).observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
      attributes: true,
    });
  });
  const began = Date.now();
  await server.cli("call", "counter/seen", "increment", "4711");
  const ended = Date.now();
  await expect(place(page, "count")).toContainText("4711");
  const seen = await page.evaluate(() => (window as unknown as { seen: number }).seen);
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { flashed: boolean }).flashed))
    .toBe(true);
  test.info().annotations.push({
    type: "measured",
    description: `on screen ${seen - ended} ms after, ${seen - began} ms after the start of, rivet call`,
  });
});

test("4: an edit is saved, seen by the actor, and undone; both are kept as entries", async ({
  studio,
  server,
}) => {
  const { page } = studio;
  await server.call("counter", "edited", "increment", 2);
  const id = await server.actor("counter", "edited");
  await studio.open(`/actors/${id}/state?path=/count`);
  await expect(place(page, "count")).toBeVisible();
  await edit(page, "40");
  await page.keyboard.press("Control+s");
  const review = page.getByRole("dialog", { name: "What this changes" });
  await expect(review).toContainText("40");
  await page.keyboard.press("Control+s");
  await expect(review).toBeHidden();
  await expect(place(page, "count")).toContainText("40");
  expect(await server.call("counter", "edited", "get")).toBe(40);

  await page.locator("body").press("Control+z");
  await expect(place(page, "count")).toContainText("2");
  await expect.poll(() => server.call("counter", "edited", "get")).toBe(2);
  const kept = await server.api<{ items: { cause?: { via?: string } }[] }>(
    "GET",
    `/history?actor=${id}&filter=kind:state`,
  );
  expect(kept.items.filter((e) => e.cause?.via === "studio")).toHaveLength(2);
});

test("5: an edit over a change of others is merged; what both changed is asked", async ({
  studio,
  server,
  guard,
}) => {
  guard.allow(/status of 409/);
  const { page } = studio;
  await server.call("counter", "merged", "increment", 1, "ada");
  const id = await server.actor("counter", "merged");
  await studio.open(`/actors/${id}/state`);
  await expect(place(page, "count")).toBeVisible();

  // In different places: both stay.
  await edit(page, '{"count": 1, "by": {"ada": 1, "bob": 9}}');
  await server.call("counter", "merged", "increment", 1, "eve");
  await expect(page.getByText("The state has changed since you began")).toBeVisible();
  await page.keyboard.press("Control+s");
  const review = page.getByRole("dialog", { name: "What this changes" });
  await expect(review).toContainText("Others have changed the state meanwhile");
  await review.getByRole("button", { name: "Save" }).click();
  await expect(review).toBeHidden();
  const both = await server.api<{ value: unknown }>("GET", `/actors/${id}/state`);
  expect(both.value).toEqual({ count: 2, by: { ada: 1, bob: 9, eve: 1 } });

  // In the same place: nothing is overwritten unasked.
  await edit(page, '{"count": 70, "by": {"ada": 1, "bob": 9, "eve": 1}}');
  await server.call("counter", "merged", "increment", 1, "eve");
  await page.keyboard.press("Control+s");
  const clash = page.getByRole("dialog", { name: "The state has changed meanwhile" });
  await expect(clash).toContainText("/count");
  await expect(clash.getByRole("button", { name: "Use these" })).toBeDisabled();
  await clash.getByRole("radio", { name: "yours 70" }).check();
  for (const r of await clash.getByRole("radio", { name: /as it is now.*eve/ }).all())
    await r.check();
  await clash.getByRole("button", { name: "Use these" }).click();
  await review.getByRole("button", { name: "Save" }).click();
  await expect(review).toBeHidden();
  const asked = await server.api<{ value: unknown }>("GET", `/actors/${id}/state`);
  expect(asked.value).toEqual({ count: 70, by: { ada: 1, bob: 9, eve: 2 } });
});

test("5: what is no state is refused at its line", async ({ studio, server, guard }) => {
  guard.allow(/status of 422/);
  const { page } = studio;
  await server.call("counter", "refused", "increment", 0);
  const id = await server.actor("counter", "refused");
  await studio.open(`/actors/${id}/state`);
  await expect(place(page, "count")).toBeVisible();
  await edit(page, '{\n  "count": 1,\n  "by": () => 1\n}');
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("alert")).toContainText("Line 3");
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText('{\n  "count": {"$date": "no"},\n  "by": {}\n}');
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("alert")).toContainText("invalid_state");
  const { rev } = await server.api<{ rev: number }>("GET", `/actors/${id}/state`);
  const r = await server.ask("PATCH", `/actors/${id}/state`, {
    rev,
    patch: [{ op: "replace", path: "/nowhere/at/all", value: 1 }],
  });
  expect([r.status, ((await r.json()) as { error: { code: string } }).error.code]).toEqual([
    422,
    "invalid_state",
  ]);
});

test("16: a sleeping actor is looked at from all sides, and sleeps on", async ({
  studio,
  server,
}) => {
  const { page } = studio;
  await server.call("counter", "asleep", "increment", 7);
  const id = await server.actor("counter", "asleep");
  await server.api("POST", `/actors/${id}/sleep`);
  await studio.open(`/actors?sel=${id}`);
  await expect(page.getByRole("complementary").getByText("sleeping")).toBeVisible();
  await studio.go(`/actors/${id}/state`);
  await expect(place(page, "count")).toContainText("7");
  for (const tab of ["events", "connections", "schedule", "logs", "about"]) {
    await studio.go(`/actors/${id}/${tab}`);
    await expect(page.locator("main").getByText("sleeping").first()).toBeVisible();
  }
  const a = await server.api<{ status: string }>("GET", `/actors/${id}`);
  expect(a.status).toBe("sleeping");
});
