// Which Chromium the page tests use: the system's, else Playwright's own; none is a failure that names the remedy.

import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

/** What to launch, as Playwright's `launchOptions`. */
export function launchOptions() {
  const system = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  const executablePath = system ?? chromium.executablePath();
  if (!existsSync(executablePath)) {
    throw new Error("No Chromium found. Install one: `apt-get install chromium fonts-noto-cjk`, or `npx playwright install chromium`.");
  }
  const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return { executablePath, args: [...asRoot, ...quiet] };
}
