// The customer's papers at the desk: a prospect is made, its file is written piece by piece, corrected, taken out of; its way
// through the stages goes by somebody else's approval.

import { Book } from "../tools/book.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";

const TODAY = "2026-11-20";
let last = 0;

const fresh = (edge) => Book.create(edge, `papers-${++last}`, { demo_today: TODAY });

async function enter(page, book, login, path) {
  await page.context().clearCookies();
  await page.goto(`/desk/${path}#t=${await book.link("desk", login)}`);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("navigation", { name: "主导航" })).toBeVisible();
}

const dialog = (page) => page.getByRole("dialog");
const written = (page, kind) => page.locator(".pieces", { has: page.getByRole("heading", { name: kind, exact: true }) });

/** Adds a piece: its kind, then what its fields say. */
async function add(page, kind, texts) {
  await page.getByRole("button", { name: "添加", exact: true }).click();
  await dialog(page).getByLabel("是什么").selectOption({ label: kind });
  await fill(page, texts);
  await dialog(page).getByRole("button", { name: "写进档案" }).click();
  await expect(dialog(page)).toHaveCount(0);
}

async function fill(page, texts) {
  for (const [label, text] of Object.entries(texts)) {
    const field = dialog(page).getByLabel(label, { exact: true });
    if ((await field.evaluate((element) => element.tagName)) === "SELECT") await field.selectOption({ label: text });
    else await field.fill(text);
  }
}

test("a prospect is made and its file written, corrected and taken out of", async ({ page, edge }) => {
  test.slow();
  const book = await fresh(edge);
  await enter(page, book, "officer", "customers");
  await page.getByRole("button", { name: "新建潜在客户" }).click();
  await checkAccess(page);
  await fill(page, { 客户编号: "P-001", 名称: "杭州新航供应链有限公司", 注册资本: "五百万" });
  await expect(dialog(page)).toContainText("注册资本不是金额");
  await fill(page, { 注册资本: "5,000,000" });
  await dialog(page).getByRole("button", { name: "建立" }).click();
  await expect(page).toHaveURL(/tab=papers/);
  await expect(page.getByRole("region", { name: "客户档案" })).toContainText("潜在");
  await expect(page.getByText("档案里还没有内容")).toBeVisible();
  await expect(page.getByRole("region", { name: "档案完整度" })).toContainText("联系人");
  await checkAccess(page);

  // What is missing is a press from where it is written down.
  await page.getByRole("region", { name: "档案完整度" }).getByRole("button", { name: "联系人" }).click();
  await expect(dialog(page)).toContainText("添加联系人");
  await expect(dialog(page).getByRole("button", { name: "写进档案" })).toBeDisabled();
  await fill(page, { 姓名: "王芳", 职务: "财务", 电话: "0574-8888 0000" });
  await dialog(page).getByRole("button", { name: "写进档案" }).click();
  await expect(written(page, "联系人")).toContainText("王芳");
  await expect(page.getByRole("region", { name: "档案完整度" }).getByRole("button", { name: "联系人" })).toHaveCount(0);

  await add(page, "证照", { 证照: "营业执照", 号码: "91330200MA2XXXXX1X", 有效到: "2026-01-31" });
  await expect(written(page, "证照")).toContainText("2026-01-31 已到期");
  await page.getByRole("button", { name: "添加", exact: true }).click();
  await dialog(page).getByLabel("是什么").selectOption({ label: "财务报表" });
  await fill(page, { 期末: "2025-12-31", 期间: "全年", 口径: "单体", 来源: "客户提供", 审计: "未审计" });
  const lines = dialog(page).getByRole("textbox", { name: /^科目和金额/ });
  await lines.fill("流动资产合计\t6,000,000.00\n资产总计\t10,000,000.00\n没有的科目\t1");
  await expect(dialog(page)).toContainText("这一行读不懂：“没有的科目");
  await lines.fill("流动资产合计\t6,000,000.00\n资产总计\t10,000,000.00\n负债合计\t6,000,000.00\n所有者权益合计\t3,000,000.00");
  await expect(dialog(page)).toContainText(/勾稽不上/);
  await lines.fill("流动资产合计\t6,000,000.00\n资产总计\t10,000,000.00\n负债合计\t6,000,000.00\n所有者权益合计\t4,000,000.00");
  await expect(dialog(page).getByText(/勾稽不上/)).toHaveCount(0);
  await checkAccess(page);
  await dialog(page).getByRole("button", { name: "写进档案" }).click();
  await expect(written(page, "财务报表")).toContainText("4 个科目".replace(" ", "\u00a0"));

  // A correction is another version; what is taken out counts no more.
  await written(page, "联系人").getByRole("button", { name: "更正" }).click();
  await expect(dialog(page).getByLabel("姓名")).toHaveValue("王芳");
  await fill(page, { 职务: "财务经理" });
  await dialog(page).getByRole("button", { name: "写进档案" }).click();
  await expect(written(page, "联系人")).toContainText("财务经理");
  await expect(written(page, "联系人")).toContainText("第 2 版");
  await written(page, "证照").getByRole("button", { name: "移出" }).click();
  await dialog(page).getByLabel("理由").fill("号码抄错");
  await dialog(page).getByRole("button", { name: "移出" }).click();
  await expect(written(page, "证照")).toHaveCount(0);

  // The sheet, and what another changed meanwhile.
  await page.getByRole("button", { name: "改资料" }).click();
  await expect(dialog(page).getByLabel("名称", { exact: true })).toHaveValue("杭州新航供应链有限公司");
  await fill(page, { 行业: "跨境电商" });
  await dialog(page).getByRole("button", { name: "保存" }).click();
  await page.getByRole("button", { name: "现状" }).click();
  await expect(page.locator(".facts.wide")).toContainText("跨境电商");
});

test("a customer is suspended by one and approved by another", async ({ page, edge }) => {
  const book = await fresh(edge);
  const [customer] = await book.customers({ code: "C1", name: "海川国际货运", salesperson: book.people.sales });
  const path = `customers/${customer.id}?tab=papers`;
  await enter(page, book, "officer", path);
  const stages = page.getByRole("region", { name: "合作阶段" });
  await stages.getByRole("button", { name: "合作 → 暂停" }).click();
  await dialog(page).getByLabel("理由").fill("连续两月未付");
  await dialog(page).getByRole("button", { name: "申请" }).click();
  await expect(stages).toContainText("陈信 申请 合作 → 暂停：连续两月未付");
  await expect(stages.getByRole("button", { name: "批准", exact: true })).toHaveCount(0);
  await enter(page, book, "manager", path);
  await stages.getByRole("button", { name: "批准", exact: true }).click();
  await dialog(page).getByLabel("理由").fill("同意");
  await dialog(page).getByRole("button", { name: "批准" }).click();
  await expect(stages.getByRole("heading", { level: 3 })).toContainText("暂停");
  await expect(page.getByRole("region", { name: "客户档案" }).locator(".chips")).toContainText("暂停");
});

test("who may only read writes nothing", async ({ page, edge }) => {
  const book = await fresh(edge);
  const [customer] = await book.customers({ code: "C1", name: "海川国际货运", salesperson: book.people.sales });
  await enter(page, book, "auditor", `customers/${customer.id}?tab=papers`);
  await expect(page.getByRole("region", { name: "合作阶段" })).toBeVisible();
  for (const name of ["添加", "改资料", "新建潜在客户"]) await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
  await expect(page.getByRole("region", { name: "合作阶段" }).getByRole("button")).toHaveCount(0);
});
