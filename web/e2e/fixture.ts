import { test as base, expect, type Page } from "@playwright/test";
import { Server } from "./server";

export { expect, Server };

/** What a page must not do, as it does it. */
export class Guard {
  readonly wrong: string[] = [];
  private over = false;
  private allowed: RegExp[] = [];

  /** Console errors that a test provokes: a server that is gone, a call that is refused. */
  allow(...what: RegExp[]): void {
    this.allowed.push(...what);
  }

  /** What follows is the test's end: its servers go. */
  rest(): void {
    this.over = true;
  }

  async watch(page: Page, origin: () => string): Promise<void> {
    page.on("console", (m) => {
      const text = `${m.text()} ${m.location().url}`;
      if (m.type() === "error" && !this.over && !this.allowed.some((a) => a.test(text)))
        this.wrong.push(`console: ${text}`);
    });
    page.on("pageerror", (e) => this.wrong.push(`uncaught: ${e.name} ${e.message} ${e.stack}`));
    page.on("dialog", (d) => {
      this.wrong.push(`dialog: ${d.message()}`);
      void d.dismiss();
    });
    page.on("request", (r) => {
      const at = new URL(r.url());
      if (/^(data|blob):$/.test(at.protocol)) return;
      if (origin() && at.host !== new URL(origin()).host) this.wrong.push(`request: ${r.url()}`);
    });
    await page.exposeFunction("reportToTest", (text: string) => this.wrong.push(`policy: ${text}`));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (e) => {
        const report = (window as unknown as { reportToTest(t: string): void }).reportToTest;
        report(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`);
      });
    });
  }
}

interface Each {
  /** A page that fails the test on any console error, report of the policy or foreign request. */
  studio: Studio;
  guard: Guard;
}

interface Shared {
  /** A server that tests of one worker share: each has actors of its own. */
  server: Server;
}

/** A signed-in page. */
export class Studio {
  readonly page: Page;
  server: Server;

  constructor(page: Page, server: Server) {
    this.page = page;
    this.server = server;
  }

  /** Signs in, and shows a screen. */
  async open(path: string, ...flags: string[]): Promise<void> {
    await this.page.goto(await this.server.studio(...flags));
    await expect(this.page.getByText("live", { exact: true })).toBeVisible();
    await this.go(path);
  }

  /** Loads the page anew. */
  async reload(): Promise<void> {
    await this.page.reload();
    await expect(this.page.getByText("live", { exact: true })).toBeVisible();
  }

  /** Shows a screen, loading the page anew. */
  async go(path: string): Promise<void> {
    await this.page.goto(`${this.server.url}/studio${path}`);
    await expect(this.page.getByText("live", { exact: true })).toBeVisible();
  }
}

export const test = base.extend<Each, Shared>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names from the pattern
    async ({}, use) => {
      const s = await Server.start();
      await use(s);
      await s.end();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  guard: async ({}, use) => {
    const g = new Guard();
    await use(g);
    expect(g.wrong).toEqual([]);
  },
  studio: async ({ page, server, guard }, use) => {
    const s = new Studio(page, server);
    await guard.watch(page, () => s.server.url);
    await use(s);
  },
});

/** A test with a server of its own, for what changes or ends it. */
export const alone = test.extend<{
  own: (env?: NodeJS.ProcessEnv, ...flags: string[]) => Promise<Server>;
}>({
  own: async ({ guard }, use) => {
    const all: Server[] = [];
    await use(async (env = {}, ...flags) => {
      const s = await Server.start(flags, env);
      all.push(s);
      return s;
    });
    guard.rest();
    for (const s of all) await s.end();
  },
});
