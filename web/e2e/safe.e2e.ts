import { alone, expect, type Server, Studio } from "./fixture";
import { payloads } from "./payloads";

/** Fills every field that an actor or a client controls with a text. */
async function spread(server: Server, text: string, n: number): Promise<void> {
  const ask = (method: string, path: string, body?: unknown) =>
    server.ask(method, path, body).then((r) => r.arrayBuffer());
  const made = await server.ask("POST", "/actors", { type: "echo", key: [text] });
  const id = made.ok
    ? ((await made.json()) as { id: string }).id
    : await server.actor("echo", `refused ${n}`);
  // State key and value, event name and argument, log line and field, error and metadata, params.
  await ask("POST", `/actors/${id}/actions/keep`, { args: [text], params: { text } });
  await ask("POST", `/actors/${id}/actions/fail`, { args: [text] });
  await ask("POST", `/actors/${id}/actions/${encodeURIComponent(text)}`, { args: [text] });
  await ask("POST", `/actors/${id}/actions/wait`, { args: [text] });
}

alone(
  "22: whatever actors are called and say is shown as text, on every screen",
  async ({ page, guard, own }) => {
    alone.setTimeout(150_000);
    const server = await own();
    await guard.watch(page, () => server.url);
    for (const [n, text] of payloads.entries()) await spread(server, text, n);
    const first = await server.actor("echo", payloads[0] ?? "");
    await server.call("echo", "long", "keep", "<b>".repeat(350_000));
    const long = await server.actor("echo", "long");
    // A client's params, state and user agent.
    const stream = new AbortController();
    const client = await fetch(`${server.url}/registry/actors/connect/sse`, {
      signal: stream.signal,
      headers: {
        "User-Agent": payloads[0] ?? "",
        "X-RivetKit-Query": JSON.stringify({ getForKey: { name: "echo", key: [payloads[0]] } }),
        "X-RivetKit-Encoding": "json",
        "X-RivetKit-Conn-Params": JSON.stringify({ text: payloads[0], [payloads[1] ?? ""]: 1 }),
      },
    });
    expect(client.status).toBe(200);

    const studio = new Studio(page, server);
    await studio.open("/actors");
    await expect(
      page.getByRole("row", { name: "<img src=x onerror=alert(1)>" }).first(),
    ).toBeVisible();
    for (const path of [
      "/actors",
      `/actors?sel=${first}`,
      `/actors?q=${encodeURIComponent(JSON.stringify(payloads[1]))}`,
      `/actors/${first}/state?path=${encodeURIComponent(`/texts/${payloads[0]}`)}`,
      `/actors/${first}/events`,
      `/actors/${first}/connections`,
      `/actors/${first}/schedule`,
      `/actors/${first}/logs`,
      `/actors/${first}/about`,
      `/actors/${long}/state`,
      `/actors/${long}/events`,
      "/events",
      "/logs",
      "/schedule",
      "/errors",
      `/errors/${encodeURIComponent(payloads[0] ?? "")}`,
      `/events?q=${encodeURIComponent(payloads[0] ?? "")}`,
      `/repl?use=${encodeURIComponent(payloads[1] ?? "")}`,
      `/actors/${encodeURIComponent(payloads[0] ?? "")}/state`,
      `/auth?next=${encodeURIComponent("javascript:alert(1)")}`,
      `/auth?next=${encodeURIComponent("//evil.example")}`,
    ]) {
      guard.allow(/status of 4\d\d/);
      await page.goto(`${server.url}/studio${path}`);
      await expect(page.locator("main")).not.toBeEmpty();
      // What is selected opens its pane: the first, a middle and the last row.
      for (const key of ["Home", "PageDown", "End"]) {
        const grid = page.getByRole("grid").or(page.getByRole("tree"));
        if ((await grid.count()) === 0) break;
        await grid.first().focus();
        await page.keyboard.press(key);
        await page.evaluate(() => new Promise(requestAnimationFrame));
      }
      const odd = await page.evaluate(() => ({
        elements: document.querySelectorAll(
          "main :is(script, iframe, object, embed, base, meta, link, style, math, template, img)",
        ).length,
        handlers: [...document.querySelectorAll("main *")].filter((e) =>
          [...e.attributes].some((a) => a.name.startsWith("on")),
        ).length,
        links: [...document.querySelectorAll<HTMLAnchorElement>("main a")].filter(
          (a) => new URL(a.href).origin !== location.origin,
        ).length,
      }));
      expect({ path, ...odd }).toEqual({ path, elements: 0, handlers: 0, links: 0 });
    }
    await studio.go(`/actors/${first}/connections`);
    await page.getByRole("row", { name: /sse/ }).click();
    await expect(page.getByRole("complementary")).toContainText(payloads[0] ?? "");

    // In the REPL: as a result, a log line and an error.
    await studio.go("/repl");
    await page.getByRole("textbox", { name: "Input of the REPL" }).focus();
    await page.keyboard.insertText(
      `const all = ${JSON.stringify(payloads)}; console.log(...all); all`,
    );
    await page.keyboard.press("Enter");
    const output = page.getByRole("log", { name: "Output" });
    await expect(output.getByText("<details open ontoggle=alert(1)>").last()).toBeVisible();
    await page.keyboard.insertText("throw new Error(all.join('\\n'))");
    await page.keyboard.press("Enter");
    await expect(output.getByRole("alert")).toContainText("<svg onload=alert(1)>");
    stream.abort();
  },
);
