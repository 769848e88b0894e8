// Stories told in a browser against real workerd. `npx playwright test -c tests/playwright.config.mjs` runs them alone,
// once `make test` has built what they need.

import { defineConfig } from "@playwright/test";
import { launchOptions } from "./tools/chromium.mjs";

export default defineConfig({
  testDir: "pages",
  testMatch: "*.spec.mjs",
  outputDir: "results",
  workers: 2,
  // What a story takes is no assertion: a machine that is busy beside is slower by an order of magnitude.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"]],
  use: { browserName: "chromium", launchOptions: launchOptions(), locale: "zh-CN", timezoneId: "Asia/Shanghai", trace: "retain-on-failure" },
});
