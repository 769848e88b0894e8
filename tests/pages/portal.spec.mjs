// The customer's door: a link that only a button spends, the statement of a period, its proof, and what one can take along.

import { readFileSync } from "node:fs";
import { Book, charged, yuan } from "../tools/book.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";
import { randomUUID } from "node:crypto";

const NAME = "宁波恒茂进出口有限公司";
let book;
let customer;

/** A customer with a past: settled, paid in part, overdue, not due, disputed, and dollars. */
async function history() {
  const id = customer.id;
  const settled = charged(id, "INV-2608-0001", "2026-08-14", "2026-09-13", 46_780, { reference: "OOLU2608001", description: "海运费，宁波至汉堡，1×40HQ" });
  const partly = charged(id, "INV-2609-0002", "2026-09-09", "2026-10-09", 15_400, { description: "拖车费、报关费" });
  const disputed = charged(id, "INV-2610-0003", "2026-10-08", "2026-11-07", 9_860, { description: "滞箱费、查验费" });
  const fresh = charged(id, "INV-2611-0004", "2026-11-03", "2026-12-03", 96_200.5, { reference: "MSKU 123-4567", description: "海运费，宁波至洛杉矶，2×40HQ" });
  const dollars = charged(id, "INV-2611-0005", "2026-11-12", "2026-12-12", 1, { amount: { amount: "3450.00", currency: "USD" } });
  const [first, second] = [randomUUID(), randomUUID()];
  const received = (receipt, date, amount) => ({ customer: id, date, fact: { kind: "received", id: receipt, amount: yuan(amount), reference: `B-${date}` } });
  const applied = (receipt, to, date, amount) => ({
    customer: id,
    date,
    fact: { kind: "allocated", item: to.fact.id, source: { by: "receipt", receipt }, amount: yuan(amount) },
  });
  await book.facts(
    settled, partly, disputed, fresh, dollars,
    received(first, "2026-10-20", 46_780), applied(first, settled, "2026-10-20", 46_780),
    received(second, "2026-11-10", 20_000), applied(second, partly, "2026-11-10", 5_400),
    { customer: id, date: "2026-11-15", fact: { kind: "disputed", item: disputed.fact.id, open: true } },
  );
}

test.beforeEach(async ({ edge }) => {
  if (book?.edge !== edge) {
    book = await Book.create(edge, "portal", { name: "远澜国际货运代理（宁波）有限公司", name_en: "Yuanlan Freight", demo_today: "2026-11-20" });
    [customer] = await book.customers({ code: "C001", name: NAME, name_en: "Ningbo Hengmao" });
    await book.customers({ code: "C002", name: "杭州启明" });
    await history();
  }
});

/** Opens the statement by a fresh link. */
async function enter(page, code = "C001") {
  await page.goto(`/portal/#t=${await book.link("portal", code)}`);
  await page.getByRole("button", { name: /打开对账单|Open the statement/ }).click();
  await expect(page.locator(".answer .proof")).toBeVisible();
}

test("a link opens once, by a press of the button and not by being looked at", async ({ page, context }) => {
  const token = await book.link("portal", "C001");
  await page.goto(`/portal/#t=${token}`);
  await expect(page.getByRole("heading", { name: "您的对账单" })).toBeVisible();
  await checkAccess(page);
  await page.reload();
  await page.getByRole("button", { name: "打开对账单" }).click();
  await expect(page.getByRole("heading", { name: NAME })).toBeVisible();
  await expect(page.getByText("演示账簿，日期停在 2026-11-20")).toBeVisible();
  // The token has left the address, and the session outlives a reload.
  expect(page.url()).not.toContain("#t=");
  await page.reload();
  await expect(page.getByRole("heading", { name: NAME })).toBeVisible();

  await context.clearCookies();
  await page.goto("about:blank");
  await page.goto(`/portal/#t=${token}`);
  await page.getByRole("button", { name: "打开对账单" }).click();
  await expect(page.getByRole("heading", { name: "链接已经用过，或者过期了" })).toBeVisible();
  await checkAccess(page);
});

test("the statement adds up, is recomputed here, and says what is late", async ({ page }) => {
  await enter(page);
  await expect(page.getByText("已在您的浏览器里重算，与账簿一致")).toBeVisible();
  const yuanAccount = page.locator(".account").first();
  await expect(yuanAccount.locator(".total")).toHaveText("¥101,460.50");
  await expect(yuanAccount.getByText("壹拾万壹仟肆佰陆拾元伍角整")).toBeVisible();
  const part = (label) => yuanAccount.locator(".sums > div", { hasText: label }).locator(".v");
  await expect(part("期初余额")).toHaveText("¥25,260.00");
  await expect(part("本期应收")).toHaveText("¥96,200.50");
  await expect(part("本期已付")).toHaveText("−¥20,000.00");
  const open = yuanAccount.getByRole("table").first();
  await expect(open.getByRole("row", { name: /INV-2609-0002/ })).toContainText("42\u00a0天");
  await expect(open.getByRole("row", { name: /INV-2610-0003/ })).toContainText("争议中");
  await expect(open.locator("tfoot")).toContainText("减：未核销收款");
  await expect(page.locator(".account").nth(1).locator(".total")).toHaveText("US$3,450.00");
  await checkAccess(page);
});

test("another month, other days, and a customer with nothing", async ({ page }) => {
  await enter(page);
  await page.getByLabel("期间").selectOption({ label: "2026-10" });
  await expect(page.locator(".account .total").first()).toHaveText("¥25,260.00");
  await expect(page.locator(".no")).toContainText("2026-10-01 至 2026-10-31");
  await page.getByLabel("期间").selectOption("own");
  await page.getByLabel("从", { exact: true }).fill("2026-08-01");
  await expect(page.locator(".no")).toContainText("2026-08-01 至 2026-10-31");
  const payment = page.getByRole("row", { name: /收到您的付款/ });
  await expect(payment).toContainText("46,780.00");
  // The line says by which reference it came and which document it has settled.
  await expect(payment).toContainText("B-2026-10-20");
  await expect(payment).toContainText(/付 \S+/);
  await checkAccess(page);
  await enter(page, "C002");
  await expect(page.getByText("这段时间没有往来，也没有余额")).toBeVisible();
});

test("a document is found by invoice number or bill of lading, whatever the period", async ({ page }) => {
  await enter(page);
  const search = page.getByLabel("找账单");
  await search.fill("oolu 2608001");
  const found = page.getByRole("region", { name: "查找结果" });
  await expect(found.getByRole("row", { name: /INV-2608-0001/ })).toContainText("2026-10-20 付清");
  await search.fill("msku1234567");
  await expect(found.getByRole("row", { name: /INV-2611-0004/ })).toContainText("未付");
  await checkAccess(page);
  await search.fill("nothing like it");
  await expect(found).toContainText("没有找到这样的账单");
});

test("figures that differ from the book's are shown, both of them", async ({ page }) => {
  await page.route("**/statement?*", async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    body.statement.accounts[0].closing.amount = "101461.50";
    await route.fulfill({ response, json: body });
  });
  await enter(page);
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("¥101,460.50");
  await expect(alert).toContainText("¥101,461.50");
  const download = page.waitForEvent("download");
  await alert.getByRole("button", { name: "报告给我们" }).click();
  const evidence = JSON.parse(readFileSync(await (await download).path(), "utf8"));
  expect(evidence.facts.length).toBeGreaterThan(5);
  await checkAccess(page);
});

test("the statement goes along as CSV, and onto paper with a slip", async ({ page }) => {
  await enter(page);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "下载 CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("statement-C001-2026-11-01-2026-11-20.csv");
  const text = readFileSync(await file.path(), "utf8");
  expect(text).toContain("CNY,期末余额,2026-11-20,,,,,,,101460.50,");
  await page.emulateMedia({ media: "print" });
  await expect(page.getByRole("heading", { name: "对账回执" })).toBeVisible();
  await expect(page.locator(".answer")).toBeHidden();
});

test("in English, and out again", async ({ page }) => {
  await enter(page);
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { name: "Ningbo Hengmao" })).toBeVisible();
  await expect(page.getByText("Recomputed in your browser: same as the book")).toBeVisible();
  await checkAccess(page);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Statement" })).toBeVisible();
  await page.reload();
  await expect(page.getByText("Open this page from the link that you were sent")).toBeVisible();
  await page.getByRole("button", { name: "中文" }).click();
});

test("without the network it says so and offers to try again", async ({ page, context }) => {
  await enter(page);
  await context.setOffline(true);
  await page.getByLabel("期间").selectOption({ label: "2026-10" });
  await expect(page.getByRole("alert")).toContainText("现在连不上");
  await context.setOffline(false);
  await page.getByRole("button", { name: "再试一次" }).click();
  await expect(page.locator(".account .total").first()).toHaveText("¥25,260.00");
});
