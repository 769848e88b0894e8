// The parts of the pages, each as the gallery shows it: accessible in both languages and themes, and good to the hand.

import { openGallery, serveGallery } from "../tools/gallery.mjs";
import { checkAccess, expect, test as pages } from "../tools/pages.mjs";

const test = pages.extend({
  edge: async ({}, use) => use(undefined),
  baseURL: async ({}, use) => {
    const { url, stop } = await serveGallery();
    await use(url);
    stop();
  },
});

for (const theme of ["light", "dark"]) {
  for (const lang of ["zh-CN", "en"]) {
    test(`the parts are accessible, ${theme}, ${lang}`, async ({ page, baseURL }) => {
      await openGallery(page, baseURL, lang, theme);
      await expect(page.locator("html")).toHaveAttribute("lang", lang);
      await checkAccess(page);
    });
  }
}

test("nothing is wider than a small phone", async ({ page, baseURL }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const lang of ["zh-CN", "en"]) {
    await openGallery(page, baseURL, lang, "light");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  }
});

test.describe("in Chinese", () => {
  test.beforeEach(({ page, baseURL }) => openGallery(page, baseURL, "zh-CN", "light"));

  test("an amount is tidied while it is typed, and judged at once", async ({ page }) => {
    const amount = page.getByLabel("本单金额（元）");
    const status = page.locator(".verdict");
    await expect(status).toContainText("暂缓");
    await amount.fill("");
    await amount.pressSequentially("1234567.5");
    await expect(amount).toHaveValue("1,234,567.5");
    await amount.press("Home");
    await amount.press("ArrowRight");
    await amount.pressSequentially("9");
    await expect(amount).toHaveValue("19,234,567.5");
    expect(await amount.evaluate((input) => input.selectionStart)).toBe(2);
    // Backspace on a thousands mark takes the digit before it.
    await amount.press("ArrowRight");
    await amount.press("Backspace");
    await expect(amount).toHaveValue("1,234,567.5");
    expect(await amount.evaluate((input) => input.selectionStart)).toBe(1);
    await amount.fill("8.6万");
    await expect(amount).toHaveValue("86,000");
    await amount.blur();
    await expect(amount).toHaveValue("86,000.00");
    await expect(page.getByText("捌万陆仟元整")).toBeVisible();
    await expect(status).toContainText("准予，有提示");
    await amount.fill("86000.005");
    await expect(amount).toHaveAccessibleDescription("最多两位小数，请改成 86,000.01");
    await expect(amount).toHaveAttribute("aria-invalid", "true");
  });

  test("an amount is not touched while 汉字 are composed", async ({ page }) => {
    const amount = page.getByLabel("本单金额（元）");
    await amount.fill("");
    const session = await page.context().newCDPSession(page);
    await session.send("Input.imeSetComposition", { text: "２８．６", selectionStart: 4, selectionEnd: 4 });
    await expect(amount).toHaveValue("２８．６");
    await session.send("Input.insertText", { text: "２８．６万" });
    await expect(amount).toHaveValue("286,000");
  });

  test("a suggestion fills the form, a second tap takes it back", async ({ page }) => {
    const amount = page.getByLabel("本单金额（元）");
    const suggestion = page.getByRole("button", { name: /^预付/ });
    await suggestion.click();
    await expect(suggestion).toHaveAttribute("aria-pressed", "true");
    await expect(amount).toHaveValue("225,700.00");
    await suggestion.click();
    await expect(amount).toHaveValue("286,400.00");
  });

  test("a weight moves with the keyboard, and its number can be typed", async ({ page }) => {
    const rod = page.getByRole("slider", { name: "超额容忍度" });
    await rod.focus();
    await rod.press("ArrowRight");
    await expect(rod).toHaveAttribute("aria-valuetext", "3.5\u00a0%");
    const number = page.getByRole("textbox", { name: "超额容忍度" });
    await number.fill("7.2");
    await number.press("Enter");
    await expect(rod).toHaveValue("70");
    await expect(number).toHaveValue("7.2");
    await number.fill("x");
    await number.press("Enter");
    await expect(number).toHaveValue("7.2");
    // The notch of the value in force reaches the style sheet under the page's policy.
    expect(await rod.evaluate((input) => input.style.getPropertyValue("--was"))).toBe("0.3333");
  });

  test("a dialog has its focus on the safe choice; Esc and the backdrop cancel", async ({ page }) => {
    const open = page.getByRole("button", { name: "放行…" });
    const dialog = page.getByRole("dialog", { name: "放行订单" });
    await open.click();
    await expect(dialog.getByRole("button", { name: "再想想" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(open).toBeFocused();
    await open.click();
    await page.mouse.click(5, 5);
    await expect(dialog).toBeHidden();
    await open.click();
    await dialog.getByRole("button", { name: /^放行/ }).click();
    await expect(page.getByText("已放行，授权号 R-26-1127")).toBeVisible();
  });

  test("a hundred thousand rows sort and scroll, and only those in sight exist", async ({ page }) => {
    const table = page.getByRole("region", { name: "客户" });
    await expect(table.getByRole("table")).toHaveAttribute("aria-rowcount", "100001");
    const rows = table.locator("tbody:not(.gap) tr");
    expect(await rows.count()).toBeLessThan(80);
    const top = () => table.evaluate((area) => {
      const edge = area.getBoundingClientRect();
      return document.elementFromPoint(edge.left + 20, edge.top + 60)?.closest("tr")?.textContent;
    });
    await table.scrollIntoViewIfNeeded();
    await expect.poll(top).toBeTruthy();
    const first = await top();
    await table.evaluate((area) => area.scrollTo(0, area.scrollHeight));
    await expect.poll(top).not.toBe(first);
    expect(await rows.count()).toBeLessThan(80);
    expect(await table.evaluate((area) => area.scrollHeight)).toBeGreaterThan(100_000 * 32);
    await table.getByRole("button", { name: "额度（元）" }).click();
    await expect(table.getByRole("columnheader", { name: "额度（元）" })).toHaveAttribute("aria-sort", "ascending");
    await table.evaluate((area) => area.scrollTo(0, 0));
    const names = rows.getByRole("button");
    await names.first().focus();
    await page.keyboard.press("ArrowDown");
    await expect(names.nth(1)).toBeFocused();
  });

  test("language and theme are the reader's, and kept", async ({ page }) => {
    await page.evaluate(() => localStorage.clear());
    await page.getByRole("button", { name: "English" }).click();
    await page.getByRole("radio", { name: "Dark" }).check({ force: true });
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    expect(await page.evaluate(() => [localStorage.getItem("xinheng.lang"), localStorage.getItem("xinheng.theme")])).toEqual(["en", "dark"]);
    await expect(page).toHaveTitle("Parts · Xinheng");
  });
});
