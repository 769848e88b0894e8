// The credit department's day: find a customer, age the book at a past date, try a policy out, have it approved, stop a
// customer, record money.

import { randomUUID } from "node:crypto";
import { Book, yuan } from "../tools/book.mjs";
import { fill } from "../tools/freight.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";

const TODAY = "2026-11-20";

/** The book of this file: made by its first test, moved on by each. */
let made;

async function bookOf(edge) {
  made ??= (async () => {
    const book = await Book.create(edge, "desk", { name: "宁波远澜国际货运代理有限公司", name_en: "Yuanlan Freight", demo_today: TODAY });
    const { customers, facts } = await fill(book, { count: 60, months: 14, today: TODAY });
    const officer = await book.signIn("officer");
    const assessed = await officer.write("POST", "assessments", { customers: [] });
    expect(assessed.body).toMatchObject({ assessed: 60, failed: [] });
    return { book, customers, facts };
  })();
  return made;
}

/** Signs somebody in by a link, as they would. */
async function signIn(page, edge, who, path = "/customers") {
  const { book } = await bookOf(edge);
  await page.goto(`/desk${path}#t=${await book.link("desk", who)}`);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("navigation", { name: "主导航" })).toBeVisible();
}

const go = (page, place) => page.getByRole("navigation", { name: "主导航" }).getByRole("link", { name: place }).click();
const number = async (locator) => Number((await locator.innerText()).replaceAll(",", "").replace("−", "-"));

test("finds a customer, opens the file, and comes back to the same list", async ({ page, edge }) => {
  // Makes the book first, and axe reads all its rows.
  test.slow();
  await signIn(page, edge, "officer");
  const { customers } = await bookOf(edge);
  const rows = page.locator("tbody:not(.gap) > tr");
  await expect(rows).toHaveCount(60);
  await expect(page.getByText("演示账簿")).toBeVisible();
  await checkAccess(page);

  // "/" goes to the search line from anywhere; the code finds one.
  await page.keyboard.press("/");
  await page.keyboard.type(customers[7].code);
  await expect(rows).toHaveCount(1);
  await rows.getByRole("link").press("Enter");
  await expect(page.getByRole("heading", { name: customers[7].name })).toBeVisible();
  await expect(page.getByRole("region", { name: "客户档案" }).getByText("注册资本")).toBeVisible();
  await checkAccess(page);

  // Its account, made again here.
  await page.getByRole("button", { name: "往来" }).click();
  await expect(page.getByText("已在您的浏览器里重算，与账簿一致")).toBeVisible();
  await checkAccess(page);
  await page.reload();
  await expect(page.getByText("已在您的浏览器里重算，与账簿一致")).toBeVisible();

  // The score with its points.
  await page.getByRole("button", { name: "评分" }).click();
  await expect(page.getByRole("img", { name: /^得分 [0-9.]+，满分 100/ })).toBeVisible();
  await checkAccess(page);

  // Esc closes the file and keeps the search.
  await page.locator("body").press("Escape");
  await expect(page.getByRole("region", { name: "客户档案" })).toHaveCount(0);
  await expect(page).not.toHaveURL(/tab=/);
  await expect(page.getByRole("searchbox")).toHaveValue(customers[7].code);
  await page.goBack();
  await expect(page.getByRole("heading", { name: customers[7].name })).toBeVisible();
});

test("the aged balance of a past day ties out", async ({ page, edge }) => {
  const { facts } = await bookOf(edge);
  await signIn(page, edge, "officer");
  await go(page, "账龄");
  // Today's is compared with what the book keeps.
  await expect(page.getByText("已在您的浏览器里重算，与账簿一致")).toBeVisible();
  await page.goto("/desk/aging?as-of=2026-06-30");
  await expect(page.getByText("截至 2026-06-30")).toBeVisible();
  await expect(page.getByText("已在您的浏览器里重算，与账簿一致")).toBeVisible();
  await checkAccess(page);

  // The same sums, straight from the facts.
  const cents = (amount) => Math.round(Number(amount.amount) * 100);
  const by = facts.filter(({ date }) => date <= "2026-06-30");
  const sum = (kind, currency) => by.filter(({ fact }) => fact.kind === kind && fact.amount.currency === currency).reduce((sum, { fact }) => sum + cents(fact.amount), 0);
  for (const currency of ["CNY", "USD"]) {
    const cells = page.locator("tfoot tr").filter({ hasText: currency }).locator("td");
    const open = (sum("charged", currency) - sum("allocated", currency)) / 100;
    const unapplied = (sum("received", currency) - sum("allocated", currency)) / 100;
    // Behind the bands stands what of them is disputed and past due, then what is open and what isn't applied.
    expect(await number(cells.nth(9))).toBe(open);
    expect(await number(cells.nth(10))).toBe(unapplied);
    let bands = 0;
    for (let band = 1; band <= 7; band += 1) bands += Math.round((await number(cells.nth(band))) * 100);
    expect(bands / 100).toBe(open);
  }

  // What is past due is the overdue of the list and the files, and what is disputed besides.
  await expect(page.getByText(/^已过到期日 .* = 逾期 .*（客户名单、档案和订单规则用这个数）\+ 争议/)).toHaveCount(2);

  // As a file, a line for each row and each total.
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "下载 CSV" }).click()]);
  expect(download.suggestedFilename()).toBe("账龄-2026-06-30.csv");

  // A month back, and back to where we were.
  await page.getByRole("button", { name: "上个月底" }).click();
  await expect(page).toHaveURL(/as-of=2026-05-31/);
  await page.getByRole("button", { name: "今天" }).click();
  await expect(page).not.toHaveURL(/as-of/);
});

test("a policy is tried out, submitted, and approved by somebody else", async ({ page, edge, browser }) => {
  await signIn(page, edge, "officer", "/what-if");
  const granted = page.locator(".kpi").filter({ hasText: "授信总额" });
  await expect(granted.locator(".value")).toBeVisible();
  await checkAccess(page);
  const before = await granted.locator(".value").innerText();
  await expect(page.getByRole("button", { name: "提交为新版本" })).toBeDisabled();

  // Every weight moves something: grades, limits, what is tolerated, what is held.
  await page.getByRole("slider", { name: "AA", exact: true }).press("Home");
  await expect(granted.locator(".value")).not.toHaveText(before);
  await expect(page.getByText(/^60\u{a0}户，.*毫秒$/u)).toBeVisible();
  await page.getByRole("slider", { name: "A 起", exact: true }).press("PageUp");
  await page.getByRole("slider", { name: "超额容忍度" }).press("Home");
  await page.getByRole("slider", { name: "逾期暂缓", exact: true }).press("ArrowLeft");
  await expect(page).toHaveURL(/tolerance=0/);
  await expect(page).toHaveURL(/hold=59/);
  const moved = await granted.locator(".value").innerText();
  await page.reload();
  await expect(granted.locator(".value")).toHaveText(moved);
  const first = page.locator(".affected tbody:not(.gap) > tr").first();
  // Anywhere on the row, not only on the name.
  await first.locator("td").nth(1).click();
  await expect(page.getByRole("complementary", { name: "一户客户" })).toBeVisible();
  await checkAccess(page);
  await page.locator("body").press("Escape");
  await expect(page.getByRole("complementary", { name: "一户客户" })).toHaveCount(0);

  // A draft that contradicts itself is explained and cannot go.
  await page.getByRole("textbox", { name: "逾期暂缓", exact: true }).fill("180");
  await page.getByRole("textbox", { name: "逾期暂缓", exact: true }).press("Enter");
  await page.getByRole("textbox", { name: "逾期不予" }).fill("100");
  await page.getByRole("textbox", { name: "逾期不予" }).press("Enter");
  // It stands above the results that it doesn't have, names the days that collide, and how to mend them.
  const fault = page.getByRole("alert").filter({ hasText: "这份草案不成立" });
  await expect(fault).toContainText("逾期不予（100 天）少于暂缓（180 天）：请把不予调到 180 天 以上，或把暂缓降到 100 天");
  await expect(fault).toBeInViewport();
  await expect(page.getByRole("button", { name: "提交为新版本" })).toBeDisabled();
  await page.getByRole("textbox", { name: "逾期不予" }).fill("200");
  await page.getByRole("textbox", { name: "逾期不予" }).press("Enter");
  await expect(page.getByRole("alert")).toHaveCount(0);

  // What differs is read once more before it goes.
  await page.getByRole("button", { name: "提交为新版本" }).click();
  const dialog = page.getByRole("dialog", { name: "提交这份草案？" });
  await expect(dialog.getByRole("row", { name: "订单检查 › 超额容忍度 5% 0%" })).toBeVisible();
  await checkAccess(page);
  await dialog.getByRole("button", { name: "提交", exact: true }).click();
  await expect(page.getByRole("heading", { name: "v2" })).toBeVisible();
  await expect(page.getByText("等人批准", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "批准" })).toHaveCount(0);
  // The whole of it can be read, and the first version is nobody's own approval.
  await expect(page.getByText("随账簿附带的标准政策")).toBeVisible();
  await page.getByText("整份制度").first().click();
  await expect(page.locator(".policy-text").getByRole("heading", { name: /额度/ }).first()).toBeVisible();
  await checkAccess(page);

  const other = await browser.newContext({ locale: "zh-CN", timezoneId: "Asia/Shanghai", baseURL: edge.url });
  const manager = await other.newPage();
  await signIn(manager, edge, "manager", "/policy");
  await manager.getByRole("button", { name: "批准" }).click();
  await manager.getByRole("dialog", { name: "批准 v2？" }).getByRole("button", { name: "批准，即日生效" }).click();
  await expect(manager.getByText("v2 生效")).toBeVisible();
  await other.close();
  // The drafter's page hears of it by itself.
  await expect(page.getByText("v2 生效")).toBeVisible();
});

test("everyone is assessed again, and a customer's supply is stopped", async ({ page, edge }) => {
  const { customers } = await bookOf(edge);
  await signIn(page, edge, "officer");
  await page.getByRole("button", { name: "重新评定" }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^评定 60/ }).click();
  await expect(page.getByRole("dialog", { name: "评定完了" })).toContainText("评定了 60");
  await checkAccess(page);
  await page.getByRole("dialog").getByRole("button", { name: "好" }).click();

  await page.goto(`/desk/customers/${customers[3].id}`);
  const file = page.getByRole("region", { name: "客户档案" });
  await file.getByRole("button", { name: "停止供货" }).click();
  const dialog = page.getByRole("dialog", { name: /^停止供货给/ });
  await expect(dialog.getByRole("button", { name: "停止供货" })).toBeDisabled();
  await dialog.getByRole("textbox", { name: "理由" }).fill("三次承诺未兑现");
  await dialog.getByRole("button", { name: "停止供货" }).click();
  await expect(file.getByText("停止供货 2026-11-20 起")).toBeVisible();
  await expect(file.getByText("三次承诺未兑现")).toBeVisible();
});

test("an order's decision is explained and replayed", async ({ page, edge }) => {
  const { book, customers } = await bookOf(edge);
  const officer = await book.signIn("officer");
  const customer = customers[3].id;
  const order = { id: randomUUID(), customer, amount: yuan(1000), terms: { kind: "net", days: 15 } };
  const held = await officer.write("POST", "orders", { order, decision: randomUUID() });
  expect(held.body.status).toBe("refused");
  await signIn(page, edge, "officer", `/customers/${customer}?tab=orders`);
  await page.getByRole("button", { name: "看理由" }).click();
  await expect(page.getByText("已停止供货", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "重放" }).click();
  await expect(page.getByText("重放一致，摘要相同")).toBeVisible();
  await checkAccess(page);
});

test("money that came in settles documents and no more than came in", async ({ page, edge }) => {
  const { customers } = await bookOf(edge);
  await signIn(page, edge, "finance", `/customers/${customers[5].id}?tab=money`);
  const record = page.getByRole("button", { name: /^登记到款 ¥/ });
  await page.getByRole("textbox", { name: "到款金额（元）" }).fill("1000");
  await page.getByRole("textbox", { name: "到款金额（元）" }).blur();
  const parts = page.locator(".applications").getByRole("textbox");
  await parts.first().fill("1500");
  await expect(page.getByText(/核销比到款多 ¥500.00/)).toBeVisible();
  await expect(record).toBeDisabled();
  await page.getByRole("button", { name: "从最早的开始" }).click();
  await expect(page.getByText("未核销 ¥0.00")).toBeVisible();
  await checkAccess(page);
  await record.click();
  await expect(page.getByText("已登记到款 ¥1,000.00")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "到款金额（元）" })).toHaveValue("");
});

test("an auditor sees and cannot act", async ({ page, edge }) => {
  await signIn(page, edge, "auditor");
  await expect(page.locator("tbody:not(.gap) > tr")).toHaveCount(60);
  for (const name of ["重新评定", "停止供货"]) await expect(page.getByRole("button", { name, exact: true })).toHaveCount(name === "停止供货" ? 1 : 0);
  await go(page, "试算");
  await expect(page.locator(".kpi").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "提交为新版本" })).toHaveCount(0);
});
