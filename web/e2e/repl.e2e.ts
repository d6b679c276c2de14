import { expect, test } from "./fixture";

test("10: two actors in one expression, completion of actions, recall after reload", async ({
  studio,
}) => {
  const { page } = studio;
  await studio.open("/actors");
  await page.keyboard.press("Control+`");
  const drawer = page.getByRole("region", { name: "REPL" });
  const input = drawer.getByRole("textbox", { name: "Input of the REPL" });
  const output = drawer.getByRole("log", { name: "Output" });
  await expect(input).toBeFocused();

  await page.keyboard.type('counter("ra").increment(5)');
  await page.keyboard.press("Enter");
  await expect(output.getByText("5", { exact: true })).toBeVisible();
  await page.keyboard.type('(await counter("ra").get()) + (await counter("rb").increment(2))');
  await page.keyboard.press("Enter");
  await expect(output.getByText("7", { exact: true })).toBeVisible();

  await page.keyboard.type('counter("ra").incr');
  await expect(drawer.getByRole("option", { name: /increment/ })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(input).toHaveText('counter("ra").increment');
  await page.keyboard.type("(1)");
  await page.keyboard.press("Enter");
  await expect(output.getByText("6", { exact: true })).toBeVisible();

  await studio.reload();
  await page.keyboard.press("Control+`");
  await expect(input).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(input).toHaveText('counter("ra").increment(1)');
  await page.keyboard.press("ArrowUp");
  await expect(input).toContainText('counter("rb")');
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expect(input).not.toContainText("counter");
});

test("10: variables outlive a reload of the page, and a line that runs on is stopped", async ({
  studio,
}) => {
  const { page } = studio;
  await studio.open("/repl");
  const input = page.getByRole("textbox", { name: "Input of the REPL" });
  const output = page.getByRole("log", { name: "Output" });
  await expect(input).toBeFocused();
  await page.keyboard.type("const kept = 6 * 7");
  await page.keyboard.press("Enter");
  await expect(output.getByText("running")).toHaveCount(0);
  await page.keyboard.type("for (;;) {}");
  await page.keyboard.press("Enter");
  await expect(output.getByText("running")).toBeVisible();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(output.getByText("[interrupted]")).toBeVisible();
  await studio.reload();
  await expect(input).toBeFocused();
  await page.keyboard.type("kept");
  await page.keyboard.press("Enter");
  await expect(output.getByText("42", { exact: true })).toBeVisible();
});

test("10: an actor in use, its events as they come, errors at their line", async ({
  studio,
  server,
}) => {
  const { page } = studio;
  await server.actor("counter", "used");
  await studio.open("/repl?use=counter/used");
  const output = page.getByRole("log", { name: "Output" });
  const input = page.getByRole("textbox", { name: "Input of the REPL" });
  await expect(page.getByText("counter/used>")).toBeVisible();
  await expect(input).toBeFocused();
  await page.keyboard.type(".on newCount");
  await page.keyboard.press("Enter");
  await expect(output.getByText(/print as they come/)).toBeVisible();
  await page.keyboard.type("increment(11)");
  await page.keyboard.press("Enter");
  await expect(output.getByText("counter/used newCount(11)")).toBeVisible();
  await page.keyboard.type("boom()");
  await page.keyboard.press("Enter");
  await expect(output.getByRole("alert")).toContainText("boom: nothing there");
  await expect(output.getByRole("alert")).toContainText(/registry\.ts:\d+/);
});
