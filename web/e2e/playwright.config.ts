import { defineConfig } from "@playwright/test";

/** The Studio in a real browser, against the real binary: `npm run e2e`. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.e2e.ts",
  outputDir: "../node_modules/.e2e",
  globalSetup: "./build.ts",
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  // A browser on two busy cores: a test waits for conditions, not for times.
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: [["list"], ["json", { outputFile: "../node_modules/.e2e.json" }]],
  use: {
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: "reduce" },
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    },
  },
});
