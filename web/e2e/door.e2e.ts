import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { alone, expect, test } from "./fixture";
import { bothThemes } from "./screens";

alone(
  "1: the printed address shows the actors, and keeps no token",
  async ({ page, guard, own, context }) => {
    const server = await own();
    await guard.watch(page, () => server.url);
    await server.call("counter", "first", "increment", 5);
    // The one that `rivet dev` prints has a token, the one of `rivet studio` a code.
    for (const address of [`${server.url}/studio/#t=${server.token}`, await server.studio()]) {
      await context.clearCookies();
      await page.goto("about:blank");
      await page.evaluate(() => history.replaceState(null, ""));
      await page.goto(address);
      await expect(page.getByRole("row", { name: /counter\/first/ })).toBeVisible();
      await expect(page).toHaveURL(`${server.url}/studio/actors`);
      const secret = address.replace(/.*#.=/, "");
      const kept = await page.evaluate(() =>
        JSON.stringify([
          document.cookie,
          document.referrer,
          { ...localStorage },
          { ...sessionStorage },
        ]),
      );
      expect(kept).not.toContain(secret);
      await page.goBack();
      expect(page.url()).toBe("about:blank");
      await page.goForward();
      expect(page.url()).not.toContain(secret);
    }
  },
);

test("2: who has no token, or comes by another name, sees nothing", async ({
  page,
  server,
  guard,
}) => {
  guard.allow(/status of 401/);
  await guard.watch(page, () => server.url);
  await server.actor("counter", "hidden");
  await page.goto(`${server.url}/studio/#t=wrong`);
  await expect(page.getByRole("heading", { name: "Open the Studio" })).toBeVisible();
  await page.getByLabel("Token").fill("wrong");
  await page.getByRole("button", { name: "Open", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("unauthorized");
  await expect(page.getByRole("navigation", { name: "Sections" })).toHaveCount(0);
  await expect(page.getByText("hidden")).toHaveCount(0);

  const get = (path: string, method: string, headers: Record<string, string>) =>
    new Promise<number>((resolve, reject) => {
      const r = request(`${server.url}${path}`, { method, headers }, (a) => {
        a.resume();
        resolve(a.statusCode ?? 0);
      });
      r.on("error", reject).end();
    });
  const auth = { Authorization: `Bearer ${server.token}` };
  expect(await get("/studio/api/v1/actors", "GET", {})).toBe(401);
  expect(await get("/studio/api/v1/actors", "GET", auth)).toBe(200);
  for (const path of ["/studio/", "/studio/api/v1/hello", "/studio/api/v1/actors"])
    expect(await get(path, "GET", { Host: "evil.example" })).toBe(421);
  expect(
    await get("/studio/api/v1/actors", "POST", { ...auth, Origin: "http://evil.example" }),
  ).toBe(403);
});

test("17: a read-only session changes nothing: every route refuses, no control offers it", async ({
  studio,
  server,
}) => {
  const { page } = studio;
  await server.call("counter", "ro", "increment", 1);
  await server.call("timer", "ro", "later", 3_600_000);
  const [counter, timer] = [await server.actor("counter", "ro"), await server.actor("timer", "ro")];
  await studio.open("/actors", "--read-only");
  await expect(page.getByText("read-only")).toBeVisible();

  const writes = await routes();
  expect(writes.length).toBeGreaterThan(15);
  const session = await page.evaluate(() => sessionStorage.getItem("rivet.studio.session"));
  const bearer = (JSON.parse(session ?? "{}") as { session: string }).session;
  for (const [method, path] of writes) {
    const at = path.replace(/\{id\}/, counter).replace(/\{\w+\}/g, "x");
    const r = await fetch(`${server.url}/studio/api/v1${at}`, {
      method,
      headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" },
      body: "{}",
    });
    expect([method, at, r.status, await r.text()].join(" ")).toMatch(/ 403 .*read_only/);
  }

  const offers =
    /\b(create|edit|save|destroy|sleep|wake|restart|disconnect|run now|retry|cancel|send)\b/i;
  for (const path of [
    "/actors",
    `/actors?sel=${counter}`,
    `/actors/${counter}/state?path=/count`,
    `/actors/${counter}/events`,
    `/actors/${counter}/connections`,
    `/actors/${timer}/schedule`,
    `/actors/${counter}/logs`,
    `/actors/${counter}/about`,
    "/schedule",
    "/errors",
    "/repl",
  ]) {
    await studio.go(path);
    await expect(page.locator("main h1").first()).toBeAttached();
    await expect(page.getByRole("status", { name: /^Loading/ })).toHaveCount(0);
    for (const b of await page.locator("main").getByRole("button").all()) {
      const name = (await b.getAttribute("aria-label")) ?? (await b.textContent()) ?? "";
      expect(`${path}: ${name}`).not.toMatch(offers);
    }
    expect(await bothThemes(page, path)).toEqual([]);
  }
  await page.keyboard.press("Control+k");
  for (const o of await page.getByRole("option").allTextContents())
    expect(o).not.toMatch(/^(State|Actor|List).*(edit|create|destroy|sleep|wake|send)/i);
});

/** The routes that the server registers as ones that write. */
async function routes(): Promise<[string, string][]> {
  const source = join(import.meta.dirname, "../../internal/studio/studio.go");
  const text = await readFile(source, "utf8");
  return [...text.matchAll(/\bwrite\("(\w+) ([^"]+)"/g)].map((m) => [m[1] ?? "", m[2] ?? ""]);
}

test("23: without a network everything works: nothing asks another origin", async ({
  studio,
  server,
  context,
}) => {
  // The guard fails on a request elsewhere; here it couldn't be answered either.
  await context.route(
    (url) => url.host !== new URL(server.url).host,
    (r) => r.abort("internetdisconnected"),
  );
  const { page } = studio;
  await server.call("counter", "offline", "increment");
  const id = await server.actor("counter", "offline");
  await studio.open(`/actors/${id}/state`);
  await expect(page.getByRole("treeitem").first()).toBeVisible();
  await page.keyboard.press("e");
  await expect(page.getByRole("textbox", { name: "State as tagged JSON" })).toBeVisible();
  for (const path of ["/events", "/logs", "/schedule", "/errors", "/repl", "/settings"]) {
    await studio.go(path);
    await expect(page.locator("main h1")).toHaveCount(1);
  }
});
