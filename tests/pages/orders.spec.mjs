// Orders that wait, at the desk: seen in the queue, understood, let through, refused or held by hand by those who may.

import { randomUUID } from "node:crypto";
import { Book, charged, granted, yuan } from "../tools/book.mjs";
import { checkAccess, expect, test } from "../tools/pages.mjs";

const TODAY = "2026-11-20";
let last = 0;

/** A book whose customer has a limit of 100,000, and the order of a salesperson. */
async function fresh(edge, amount, more = {}) {
  const book = await Book.create(edge, `orders-page-${++last}`, { demo_today: TODAY });
  await book.enforce();
  const [customer] = await book.customers({ code: "C1", name: "海川国际货运", salesperson: book.people.sales });
  await book.facts(...granted(customer.id, "2026-11-01", 100_000));
  if (more.owed) await book.facts(charged(customer.id, "I-1", "2026-08-02", "2026-09-02", more.owed));
  const sales = await book.signIn("sales");
  const order = { id: randomUUID(), customer: customer.id, amount: yuan(amount), terms: { kind: "net", days: 30 }, description: "海运费" };
  const put = await sales.write("POST", "orders", { order, decision: randomUUID(), around: { planned: "2026-11-27" } });
  expect(put.status, JSON.stringify(put.body)).toBe(200);
  return { book, customer, sales, order };
}

/** Signs somebody in where the orders are. */
async function atOrders(page, book, login, path = "orders") {
  await page.goto(`/desk/${path}#t=${await book.link("desk", login)}`);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("heading", { name: "订单", exact: true })).toBeVisible();
}

const inQueue = (page) => page.getByRole("region", { name: "订单清单" }).getByRole("link", { name: /海川国际货运/ });
const opened = (page) => page.getByRole("region", { name: "订单", exact: true });

test("a hold goes from the queue to its release", async ({ page, edge }) => {
  const { book, sales, order } = await fresh(edge, 115_000);

  // The officer sees why, and that it is beyond their authority.
  await atOrders(page, book, "officer");
  await expect(page.getByRole("link", { name: /订单\s*1/ })).toBeVisible();
  const row = inQueue(page);
  await expect(row).toContainText("¥115,000.00");
  await expect(row).toContainText("2026-11-27 发货");
  await checkAccess(page);
  await row.focus();
  await page.keyboard.press("Enter");
  const one = opened(page);
  await expect(one.getByRole("heading", { name: "海川国际货运" })).toBeVisible();
  await expect(one).toContainText("暂缓");
  await expect(one).toContainText("怎样能过");
  await expect(one.locator(".remedies")).toContainText("预付 ¥10,000.00");
  await expect(one).toContainText("超出您的权限，信用经理可以放行");
  await expect(one.getByRole("button", { name: "放行" })).toBeDisabled();
  await checkAccess(page);
  await page.keyboard.press("Escape");
  await expect(one.getByRole("heading", { name: "海川国际货运" })).toHaveCount(0);

  // The manager lets it through, with a reason; the number is told and stands on record.
  await page.context().clearCookies();
  await atOrders(page, book, "manager", `orders/${order.id}`);
  await one.getByRole("button", { name: "放行" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("放行 海川国际货运 的 ¥115,000.00？");
  await expect(dialog).toContainText("超出额度 ¥15,000.00");
  await expect(dialog.getByRole("button", { name: "放行" })).toBeDisabled();
  await checkAccess(page);
  await dialog.getByLabel("理由").fill("水单已到，明天入账");
  await dialog.getByRole("button", { name: "放行" }).click();
  await expect(page.getByText(/已放行，授权号 261120-\d{4,}/)).toBeVisible();
  await expect(one).toContainText("已确认");
  await expect(one.locator(".releases")).toContainText("王经理 2026-11-20 放行超额 ¥15,000.00，至 2026-11-27");
  await expect(one.locator(".steps")).toContainText("水单已到，明天入账");
  await expect(page.getByText("没有订单在等")).toBeVisible();
  await expect(page.getByRole("link", { name: "订单", exact: true })).toBeVisible();
  const { status, steps } = (await sales.get(`orders/${order.id}`).then(({ body }) => ({ ...body, status: body.line.status })));
  expect([status, steps.at(-1).kind]).toEqual(["confirmed", "released"]);
  await page.getByRole("button", { name: "在途" }).click();
  await expect(inQueue(page)).toContainText("已确认，未开票");
  await expect(page).toHaveURL(/only=open/);
});

test("today shows what waits, and leads there", async ({ page, edge }) => {
  const { book, customer } = await fresh(edge, 115_000, { owed: 30_000 });
  const sales = await book.signIn("sales");
  const asked = { limit: { kind: "amount", amount: yuan(200_000) }, reason: "旺季备货" };
  expect((await sales.write("POST", "applications", { application: randomUUID(), customer: customer.id, asked })).status).toBe(200);
  await page.goto(`/desk/#t=${await book.link("desk", "manager")}`);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("heading", { name: "今天" })).toBeVisible();
  const card = (name) => page.getByRole("region", { name, exact: true });
  await expect(card("等放行的订单")).toContainText("¥115,000.00");
  await expect(card("等批的申请")).toContainText("额度 ¥200,000.00");
  await expect(card("逾期最多").getByRole("link", { name: /海川国际货运/ })).toContainText("¥30,000.00");
  await expect(card("超额度")).toContainText("没有客户超额度");
  await expect(page.locator(".kpi").first()).toContainText("30,000");
  await checkAccess(page);
  await card("等批的申请").getByRole("link", { name: /海川国际货运/ }).click();
  await expect(page.getByRole("heading", { name: "授信申请" })).toBeVisible();
  await page.goBack();
  await card("等放行的订单").getByRole("link", { name: /海川国际货运/ }).click();
  await expect(opened(page).getByRole("heading", { name: "海川国际货运" })).toBeVisible();
});

test("an order is refused with a reason that the salesperson reads", async ({ page, edge }) => {
  const { book, sales, order } = await fresh(edge, 108_000);
  await atOrders(page, book, "officer", `orders/${order.id}`);
  const one = opened(page);
  await one.getByRole("button", { name: "驳回" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("理由").fill("先付清上月的");
  await dialog.getByRole("button", { name: "驳回" }).click();
  await expect(page.getByText("已驳回")).toBeVisible();
  await expect(one).toContainText("不予");
  expect((await sales.get(`orders/${order.id}`)).body.steps.at(-1)).toMatchObject({ kind: "refused", reason: "先付清上月的" });
  await page.getByRole("button", { name: "不予" }).click();
  await expect(inQueue(page)).toBeVisible();
});

test("a hold by hand is lifted by a person only", async ({ page, edge }) => {
  const { book, order } = await fresh(edge, 50_000);
  await atOrders(page, book, "manager", `orders/${order.id}`);
  const one = opened(page);
  await expect(page.getByText("没有订单在等")).toBeVisible();
  const dialog = page.getByRole("dialog");
  await one.getByRole("button", { name: "手工冻结" }).click();
  await dialog.getByLabel("理由").fill("等法务意见");
  await dialog.getByRole("button", { name: "手工冻结" }).click();
  await expect(one).toContainText("王经理 于 2026-11-20 手工冻结：等法务意见");
  await expect(inQueue(page)).toContainText("手工冻结：等法务意见");
  await one.getByRole("button", { name: "解除冻结" }).click();
  await dialog.getByLabel("理由").fill("法务同意");
  await dialog.getByRole("button", { name: "解除冻结" }).click();
  await expect(page.getByText("没有订单在等")).toBeVisible();
  await expect(one.locator(".steps li").first()).toContainText("法务同意");
});

test("what another decided meanwhile is told, and what was written stays", async ({ page, edge }) => {
  const { book, order } = await fresh(edge, 108_000);
  await atOrders(page, book, "officer", `orders/${order.id}`);
  await opened(page).getByRole("button", { name: "放行" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("理由").fill("老客户，有担保");
  const manager = await book.signIn("manager");
  const { version } = (await manager.get(`orders/${order.id}`)).body.line;
  expect((await manager.change(`orders/${order.id}/refusal`, version, { reason: "不做" })).status).toBe(200);
  await dialog.getByRole("button", { name: "放行" }).click();
  await expect(dialog.getByRole("alert")).toContainText("这期间有人改过它");
  await expect(dialog.getByLabel("理由")).toHaveValue("老客户，有担保");
  await dialog.getByRole("button", { name: "再想想" }).click();
  await expect(opened(page)).toContainText("不予");
});

test("who may only read is told who may decide", async ({ page, edge }) => {
  const { book, order } = await fresh(edge, 115_000);
  await atOrders(page, book, "auditor", `orders/${order.id}`);
  await expect(opened(page)).toContainText("信用经理可以放行");
  await expect(opened(page).getByRole("button", { name: /放行|驳回|手工冻结/ })).toHaveCount(0);
});
