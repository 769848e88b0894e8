// Each door opens, is accessible, follows deep links, can be installed, and opens again with the network cut.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Edge, FILES } from "../tools/edge.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";

test("the first page leads to every door", async ({ page }) => {
  await page.goto("/");
  for (const door of ["field", "desk", "portal"]) await expect(page.locator(`a[href="/${door}/"]`)).toBeVisible();
  await checkAccess(page);
});

const DOORS = { field: "信用检查", desk: "信用管理", portal: "对账单" };

for (const [door, heading] of Object.entries(DOORS)) {
  test(`${door} opens, at a deep link too`, async ({ page }) => {
    for (const path of [`/${door}/`, `/${door}/some/where`]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { name: heading })).toBeVisible();
    }
    await checkAccess(page);
  });

  test(`${door} opens without the network on the second visit`, async ({ page, context }) => {
    await page.goto(`/${door}/`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await context.setOffline(true);
    await page.goto(`/${door}/some/where`);
    await expect(page.getByRole("heading", { name: heading })).toBeVisible();
  });

  test(`${door} can be installed`, async ({ page }) => {
    await page.goto(`/${door}/`);
    const session = await page.context().newCDPSession(page);
    const { errors } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
  });
}

test("the reader's theme and language are there before the code is", async ({ page }) => {
  await page.addInitScript(() => {
    localStorage.setItem("xinheng.theme", "dark");
    localStorage.setItem("xinheng.lang", "en");
  });
  await page.route(/\.wasm$/, () => {});
  await page.goto("/desk/", { waitUntil: "commit" });
  await expect(page.getByRole("heading", { name: "Credit desk" })).toBeVisible();
  await expect(page.getByText("信用管理")).toBeHidden();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(19, 23, 26)");
});

test("the second visit asks the edge for no file", async ({ page, edge }) => {
  await page.goto("/field/");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.goto("/field/some/where");
  await expect(page.getByRole("heading", { name: DOORS.field })).toBeVisible();
  const loaded = await page.evaluate(() => {
    const entries = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return entries.map(({ name, transferSize, workerStart }) => ({ name, transferSize, worker: workerStart > 0 }));
  });
  expect(loaded.length).toBeGreaterThan(3);
  const files = loaded.filter(({ name }) => name.startsWith(edge.url) && !new URL(name).pathname.startsWith("/api/"));
  for (const { name, transferSize, worker } of files) {
    expect({ name, transferSize, worker }).toEqual({ name, transferSize: 0, worker: true });
  }
});

test("a new version waits until the reader takes it", async ({ page }) => {
  const files = mkdtempSync(join(tmpdir(), "xinheng-files-"));
  cpSync(FILES, files, { recursive: true });
  const edge = await Edge.start({ files });
  try {
    await page.goto(`${edge.url}/field/`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await expect(page.getByRole("heading", { name: DOORS.field })).toBeVisible();

    // A new build: another page, and a service worker that says so.
    const change = (name, from, to) => {
      const path = join(files, "field", name);
      writeFileSync(path, readFileSync(path, "utf8").replace(from, to));
    };
    change("index.html", "<head>", '<head><meta name="release" content="new">');
    change("sw.js", /VERSION = "[0-9a-f]+"/, 'VERSION = "0123456789abcdef"');

    // It is fetched behind the open page and announced; the page that is open, and a reload, stay with the old one.
    const announced = page.evaluate(() => new Promise((heard) => addEventListener("xinheng:update", () => heard(true), { once: true })));
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    expect(await announced).toBe(true);
    await page.reload();
    await expect(page.locator("meta[name=release]")).toHaveCount(0);

    // The reader takes it.
    await page.evaluate(async () => {
      const { waiting } = await navigator.serviceWorker.ready;
      const over = new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", done, { once: true }));
      waiting.postMessage("take over");
      await over;
    });
    await page.reload();
    await expect(page.locator("meta[name=release]")).toHaveCount(1);
    const kept = await page.evaluate(() => caches.keys());
    expect(kept).toEqual(["/field/0123456789abcdef"]);
  } finally {
    await page.goto("about:blank");
    await edge.stop();
    rmSync(files, { recursive: true });
  }
});
