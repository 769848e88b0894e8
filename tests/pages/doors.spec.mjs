// Each door opens, is accessible, follows deep links, can be installed, and opens again with the network cut.

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
